// Bootstraps the TypeScript worker: a thread starts with none of its parent's loaders.
import '../../../bin/typescript.mjs'

await import('./worker.ts')
