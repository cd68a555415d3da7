import { defineConfig } from 'vitest/config'

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
