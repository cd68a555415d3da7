import type { Plugin } from 'vite'
import { createMockApi } from './create-mock-api.ts'

/** The mock API behind the dev server: `npx vite --config ui/vite.config.ts --mode mock`. */
export const mockApiPlugin = (): Plugin => ({
  name: 'recount-mock-api',
  configureServer(server) {
    const answer = createMockApi()
    server.middlewares.use((request, response, next) => {
      // The folder ui/api has the name of the server's routes: its modules are not the mock's to answer.
      if (!request.url?.startsWith('/api/') || /\.tsx?(\?|$)/.test(request.url)) return next()
      const result = answer(new Request(new URL(request.url, 'http://localhost'), { method: request.method ?? 'GET' }))
      response.statusCode = result.status
      response.setHeader('content-type', result.headers.get('content-type') ?? 'application/json')
      void result.text().then((body) => response.end(body))
    })
  },
})
