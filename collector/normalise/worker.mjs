// Bootstraps the TypeScript worker: a thread starts with none of its parent's loaders.
import { register } from 'tsx/esm/api'

register()
await import('./worker.ts')
