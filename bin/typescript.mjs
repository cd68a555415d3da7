// `node --import ./bin/typescript.mjs file.ts`: runs TypeScript as it is written, on every Node from 20.19 and from inside node_modules too, where
// Node's own type stripping is refused. Not tsx, because it keeps function names by a call for every closure that is made, which
// made the normaliser ten times slower (docs/decisions/0001-typescript-without-a-build.md).
import { register } from 'node:module'
import { isMainThread } from 'node:worker_threads'

register('./typescript-hooks.mjs', import.meta.url)
if (isMainThread) process.setSourceMapsEnabled(true)
