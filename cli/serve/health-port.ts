import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Status } from '../../schema/api/shapes.ts'
import { checkDoors } from '../../schema/http/doors.ts'
import type { Base, Undo } from './base.ts'
import { mayRead } from './keys.ts'
import { closeServer, listen, openServer, orPortProblem, urlOf } from './listen.ts'

const PING_TIMEOUT_MS = 5_000

/** A collector's own port: whether it lives, whether it can take telemetry, what it counts. No telemetry is read here. */
export const startHealthPort = async (
  base: Base,
  status: () => Status,
  undo: Undo,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> => {
  const { config } = base
  const server = openServer(config.tls, (request, response) => {
    answer(base, status, request).then(
      ({ code, type, body }) =>
        response.writeHead(code, { 'content-type': type, 'cache-control': 'no-store' }).end(body),
      (error: Error) => failed(response, base, error),
    )
  })
  const address = await orPortProblem(config.host, config.port, '--port', () =>
    listen(server, config.host, config.port),
  )
  undo.push(() => closeServer(server))
  return { url: urlOf(config.host, address.port, config.tls), stop: () => closeServer(server) }
}

interface Answer {
  readonly code: number
  readonly type: string
  readonly body: string
}

const json = (code: number, value: unknown): Answer => ({ code, type: 'application/json', body: JSON.stringify(value) })

const problem = (code: number, detail: string): Answer => ({
  code,
  type: 'application/problem+json',
  body: JSON.stringify({ title: detail, status: code, detail }),
})

const answer = async (base: Base, status: () => Status, request: IncomingMessage): Promise<Answer> => {
  const door = checkDoors(request.headers, { ...base.doors, corsOrigins: [] })
  if (!door.open) return problem(403, door.reason)
  if (request.method !== 'GET' && request.method !== 'HEAD') return problem(405, 'Only GET is answered here.')
  switch (new URL(request.url ?? '/', 'http://collector').pathname) {
    case '/healthz':
      return json(200, { status: 'ok' })
    case '/readyz': {
      const reasons = await reasonsAgainst(base, status)
      return json(reasons.length === 0 ? 200 : 503, { status: reasons.length === 0 ? 'ready' : 'not_ready', reasons })
    }
    case '/status':
      return json(200, status())
    case '/metrics':
      if (!mayRead(base.guard(request.headers))) return problem(401, 'Send an API key of scope read or admin.')
      return { code: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: base.metrics.expose() }
    default:
      return problem(
        404,
        'This is a collector: /healthz, /readyz, /status and /metrics. The API is at `recount server`.',
      )
  }
}

/** A store that is away is no reason: telemetry is taken all the same, and waits in the spool. */
const reasonsAgainst = async ({ database }: Base, status: () => Status): Promise<string[]> => {
  const { state, detail, spoolBytes } = status()
  if (state !== 'down') return []
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PING_TIMEOUT_MS)
  })
  const answers = await Promise.race([
    database.ping().then(
      () => true,
      () => false,
    ),
    late,
  ])
  clearTimeout(timer)
  return [
    `${answers ? 'loading fails' : 'ClickHouse does not answer'}, ${spoolBytes} bytes wait in the spool: ${detail}`,
  ]
}

const failed = (response: ServerResponse, base: Base, error: Error): void => {
  base.config.log(`health port: ${error.message}`)
  response.writeHead(500).end()
}
