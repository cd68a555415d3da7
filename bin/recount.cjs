#!/usr/bin/env -S node --max-semi-space-size=64
// The flag: what a request and a tally make is garbage soon; with 64 MB of room for it the collector copies a third as much (V8's default is 16).
// Every running query of the embedded engine holds a thread of libuv's pool, which also serves all file access: its four threads would make the spool's
// fsync wait for a dashboard. The pool reads its size once, before the first file is read in the background; an ES module would be too late.
process.env.UV_THREADPOOL_SIZE ??= '16'

import('./main.mjs').catch((error) => {
  console.error(error)
  process.exit(1)
})
