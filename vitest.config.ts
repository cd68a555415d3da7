import { defineConfig } from 'vitest/config'

// As bin/recount.cjs does: a running query of the embedded engine holds a thread of libuv's pool. The test processes inherit it.
process.env.UV_THREADPOOL_SIZE ??= '16'

// Whoever is started without a port for gRPC takes a free one: tests run side by side.
process.env.RECOUNT_OTLP_GRPC ??= '0'

export default defineConfig({
  test: {
    include: ['{bench,cli,collector,evals,schema,server,test,ui}/**/*.test.{ts,tsx}'],
    // The embedded engine lives once per process and holds one data directory: every file gets a process of its own.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
