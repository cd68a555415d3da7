import type { Response as Answer } from '../../schema/api/contract.ts'
import { openApi } from '../openapi.ts'
import type { Handlers, ServerDeps } from '../server-deps.ts'

export const healthRoutes = {
  healthz: async () => ({ status: 'ok' }),

  readyz: async ({ deps }) => {
    const reasons = await reasonsAgainst(deps)
    return { status: reasons.length === 0 ? 'ready' : 'not_ready', reasons }
  },

  openapi: async ({ deps }) => openApi(deps.version),

  status: async ({ deps }) => deps.status(),
} satisfies Partial<Handlers>

export const readinessStatus = (body: unknown): number => ((body as Answer<'readyz'>).status === 'ready' ? 200 : 503)

const PING_TIMEOUT_MS = 5000

const reasonsAgainst = async (deps: ServerDeps): Promise<string[]> => {
  const [engine, status] = await Promise.all([pingProblem(deps), deps.status()])
  return [
    ...(engine === undefined ? [] : [engine]),
    ...(status.state === 'down' ? [`ingest is down: ${status.detail}`] : []),
  ]
}

const pingProblem = async ({ database }: ServerDeps): Promise<string | undefined> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`ClickHouse did not answer within ${PING_TIMEOUT_MS / 1000} s`), PING_TIMEOUT_MS)
  })
  const ping = database.ping().then(
    () => undefined,
    () => 'ClickHouse does not answer',
  )
  return Promise.race([ping, late]).finally(() => clearTimeout(timer))
}
