import type { Plugin } from 'vite'

/** The mock API behind the dev server: `vite --mode mock`. */
export const mockApiPlugin = (): Plugin => ({ name: 'recount-mock-api' })
