import { type Context, Hono } from 'hono'
import { compress } from 'hono/compress'
import { CONTRACT } from '../schema/api/contract.ts'
import type { CostFileQuery } from '../schema/api/cost-queries.ts'
import { type Endpoint, EXPORT_FORMATS, type ExportFormat, FORMATS } from '../schema/api/endpoint.ts'
import type { RouteName } from '../schema/api/paths.ts'
import type { Trace } from '../schema/api/shapes.ts'
import { checkDoors, corsHeaders, preflightHeaders } from '../schema/http/doors.ts'
import { EXPOSITION_CONTENT_TYPE } from '../schema/metrics/registry.ts'
import { ARROW_TYPE, spansToArrow } from './answers/spans-arrow.ts'
import { errorAnswer } from './errors.ts'
import { acceptedFile, exportAnswer } from './exports/export-answer.ts'
import { csvAnswer, recordingSql, tableOf } from './formats.ts'
import { mountLogin } from './login.ts'
import { type BudgetMetrics, createBudgetMetrics } from './metrics/budget-metrics.ts'
import { parseRequest, readBody, readFile } from './parse-request.ts'
import { badRequest, HttpProblem, notFound } from './problem.ts'
import { budgetRoutes } from './routes/budgets.ts'
import { costRoutes } from './routes/costs.ts'
import { fleetRoutes } from './routes/fleet.ts'
import { healthRoutes, readinessStatus } from './routes/health.ts'
import { ingestRoutes } from './routes/ingest.ts'
import { lateFactRoutes } from './routes/late-facts.ts'
import { mappingRoutes } from './routes/mapping.ts'
import { metricRoutes } from './routes/metrics.ts'
import { priceRoutes } from './routes/prices.ts'
import { reconciliationRoutes } from './routes/reconciliation.ts'
import { renormaliseRoutes } from './routes/renormalise.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { settingsRoutes } from './routes/settings.ts'
import { traceRoutes } from './routes/traces.ts'
import { securityHeaders } from './security-headers.ts'
import type { Ask, Handlers, JsonRoute, Principal, ServerDeps } from './server-deps.ts'
import { serveUi } from './static-ui.ts'

const HANDLERS: Handlers = {
  ...healthRoutes,
  ...sessionRoutes,
  ...traceRoutes,
  ...fleetRoutes,
  ...ingestRoutes,
  ...mappingRoutes,
  ...renormaliseRoutes,
  ...metricRoutes,
  ...settingsRoutes,
  ...lateFactRoutes,
  ...costRoutes,
  ...budgetRoutes,
  ...reconciliationRoutes,
  ...priceRoutes,
}

/** The whole HTTP side of the read path: every route of CONTRACT, the UI's files, and problem+json for whatever goes wrong. */
export const createApp = (deps: ServerDeps): Hono => {
  const app = new Hono()
  const budgets = createBudgetMetrics(deps.database)
  app.use(securityHeaders)
  app.use(compress({ threshold: 1024 }))
  app.use(doorKeeper(deps))
  for (const name of inMatchingOrder())
    if (name !== 'login' && name !== 'logout')
      app[CONTRACT[name].method](honoPath(CONTRACT[name].path), (context) => answer(deps, budgets, name, context))
  mountLogin(app, deps)
  app.all('*', async (context) => {
    if (context.req.method !== 'GET' && context.req.method !== 'HEAD')
      throw new HttpProblem(405, 'This method is not answered here; /openapi.json lists every route.')
    const file = isProgram(context.req.path)
      ? undefined
      : await serveUi(deps.uiDir, context.req.path, context.req.raw.headers)
    if (file) return file
    throw notFound(`Nothing is at ${context.req.path.slice(0, 200)}; /openapi.json lists every route.`)
  })
  app.onError((error) => {
    const { problem, headers, unexpected } = errorAnswer(error)
    if (unexpected) deps.log?.(`request failed: ${error.stack ?? error.message}`)
    return Response.json(problem, {
      status: problem.status,
      headers: { ...headers, 'content-type': 'application/problem+json' },
    })
  })
  return app
}

/** Paths of the program's own interfaces never fall back to the UI's page. */
const isProgram = (path: string): boolean => /^\/(api|mcp|prometheus|tempo|v1)(\/|$)/.test(path)

const answer = async (
  deps: ServerDeps,
  budgets: BudgetMetrics,
  name: JsonRoute | 'metrics',
  context: Context,
): Promise<Response> => {
  const endpoint: Endpoint = CONTRACT[name]
  const { projectId, name: actor } = endpoint.open ? NOBODY : principalOf(deps, endpoint, context.req.raw.headers)
  if (name === 'metrics')
    return new Response((await deps.metrics()) + (await budgets(projectId, deps.nowMs?.() ?? Date.now())), {
      headers: { 'content-type': EXPOSITION_CONTENT_TYPE },
    })
  const search = new URL(context.req.url).searchParams
  const format = formatOf(endpoint, search, context.req.header('accept') ?? '')
  const { query, ...parsed } = parseRequest(
    endpoint,
    context.req.param(),
    search,
    endpoint.body ? await readBody(context.req.raw) : undefined,
  )
  const sql = format === 'sql' ? recordingSql(deps.database) : undefined
  const ask = {
    database: sql?.database ?? deps.database,
    deps,
    projectId,
    actor,
    ...parsed,
    file: endpoint.file ? await readFile(context.req.raw, endpoint.file) : NO_FILE,
    // Which form an answer has is nothing that its handler asks for, and no filter.
    query:
      query && typeof query === 'object' && 'format' in query && !namesAFile(endpoint)
        ? { ...query, format: undefined }
        : query,
    nowMs: deps.nowMs?.() ?? Date.now(),
  }
  if (endpoint.exports && isExport(format))
    return exportAnswer({ ...ask, query: { ...(query as CostFileQuery), format } }, context.req.raw)
  if (format === 'csv')
    return csvAnswer(tableOf(name), ask.nowMs, (paging) =>
      handle(tableOf(name), { ...ask, query: { ...(ask.query as object), ...paging } } as unknown as Ask<JsonRoute>),
    )
  const body = await handle(name, ask as Ask<JsonRoute>)
  if (sql)
    return new Response(sql.text(), {
      headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
    })
  if (deps.validateResponses) endpoint.response?.parse(body)
  if (name === 'trace' && context.req.header('accept')?.includes(ARROW_TYPE))
    return new Response((await spansToArrow((body as Trace).spans)) as BodyInit, {
      headers: { 'content-type': ARROW_TYPE, 'cache-control': 'no-store' },
    })
  return Response.json(body, {
    status: name === 'readyz' ? readinessStatus(body) : 200,
    headers: { 'cache-control': 'no-store' },
  })
}

const NO_FILE = new Uint8Array()

/** @throws HttpProblem 400 for a form that there is not */
const formatOf = (
  endpoint: Endpoint,
  search: URLSearchParams,
  accept: string,
): (typeof FORMATS)[number] | ExportFormat => {
  if (namesAFile(endpoint)) return 'json'
  const format = search.get('format') || (endpoint.exports && acceptedFile(accept)) || 'json'
  const known = [...FORMATS, ...(endpoint.exports ? EXPORT_FORMATS : [])].find((one) => one === format)
  if (!known || (known !== 'json' && endpoint.method !== 'get'))
    throw badRequest(
      `format=${format.slice(0, 40)} is not known here. Take ${endpoint.exports ? ['json', 'sql', ...EXPORT_FORMATS].join(', ') : 'json, sql, or csv for a list'}.`,
    )
  return known
}

/** Its `format` is that of a file that is taken or told of; its own answer is JSON. */
const namesAFile = ({ file, ofFile }: Endpoint): boolean => file !== undefined || ofFile === true

const isExport = (format: string): format is ExportFormat => (EXPORT_FORMATS as readonly string[]).includes(format)

/** The contract ties each name to its handler; TypeScript cannot follow that through a loop over names. */
const handle = (name: JsonRoute, ask: Ask<JsonRoute>): Promise<unknown> =>
  (HANDLERS[name] as (ask: Ask<JsonRoute>) => Promise<unknown>)(ask)

const NOBODY: Principal = { projectId: 0, scope: 'read', name: '' }

/** @throws HttpProblem 401 without a key, 403 where the key may not */
const principalOf = (deps: ServerDeps, { scope = 'read' }: Endpoint, headers: Headers): Principal => {
  const principal = deps.principalOf(headers)
  // Who may only send is told nothing of what there is to read.
  if (!principal || (scope === 'read' && principal.scope === 'ingest'))
    throw new HttpProblem(
      401,
      'An API key is needed: send it as "Authorization: Bearer rk_…" or x-api-key, or log in on the page. `recount key create` makes one.',
    )
  if (principal.scope !== 'admin' && principal.scope !== scope)
    throw new HttpProblem(403, `This needs a key of scope ${scope}: \`recount key create --scope ${scope}\`.`)
  return principal
}

const doorKeeper =
  (deps: ServerDeps) =>
  async (context: Context, next: () => Promise<void>): Promise<Response | undefined> => {
    const headers = Object.fromEntries(context.req.raw.headers)
    const door = checkDoors(headers, deps.doors)
    if (!door.open) throw new HttpProblem(403, door.reason)
    const preflight = context.req.method === 'OPTIONS' ? preflightHeaders(headers, deps.doors, 'GET') : undefined
    if (preflight) return new Response(null, { status: 204, headers: preflight })
    await next()
    for (const [name, value] of Object.entries(corsHeaders(headers, deps.doors))) context.header(name, value)
    return undefined
  }

/** `{id}` of OpenAPI is `:id` of Hono. Fixed segments come first: `/api/sessions/facets` is no session. */
const honoPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1')
const inMatchingOrder = (): RouteName[] =>
  (Object.keys(CONTRACT) as RouteName[]).toSorted(
    (a, b) => CONTRACT[a].path.split('{').length - CONTRACT[b].path.split('{').length,
  )
