// A worker thread has loader hooks of its own, so it switches TypeScript on for itself (docs/decisions/0001-typescript-without-a-build.md).
import '../../bin/typescript.mjs'

await import('./zstd-worker.ts')
