import './typescript.mjs'

await import('../cli/recount.ts')
