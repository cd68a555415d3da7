import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { mockApiPlugin } from './mock-api/vite-plugin.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const API = 'http://127.0.0.1:4320'
const PROXIED = ['/api', '/healthz', '/readyz', '/metrics', '/openapi.json']

/** `--mode mock` answers from seed data instead of a server. */
export default defineConfig(({ mode }) => ({
  root: here('.'),
  plugins: [react(), ...(mode === 'mock' ? [mockApiPlugin()] : [])],
  build: {
    outDir: here('../dist/ui'),
    emptyOutDir: true,
    // light-dark() and oklch() reach the browser as written: the first versions that know both.
    target: ['chrome123', 'edge123', 'firefox128', 'safari17.5'],
    modulePreload: { polyfill: false },
    // Small assets inlined as data: URIs would need a wider content security policy.
    assetsInlineLimit: 0,
  },
  server: {
    port: 4321,
    strictPort: true,
    proxy: mode === 'mock' ? {} : Object.fromEntries(PROXIED.map((path) => [path, { target: API, bypass: ownSource }])),
  },
}))

/** The folder ui/api has the name of the server's routes: while developing, its modules are Vite's to answer. */
const ownSource = ({ url = '' }: { readonly url?: string }) => (/\.tsx?(\?|$)/.test(url) ? url : undefined)
