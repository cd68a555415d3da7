// The program is TypeScript and runs as it is written: tsx strips the types on import, for a checkout and for the package alike.
import { register } from 'tsx/esm/api'

register()
await import('../cli/recount.ts')
