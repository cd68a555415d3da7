import type { Response as Answer, Params } from '../../schema/api/contract.ts'
import { PATHS, type RouteName } from '../../schema/api/paths.ts'
import { resolveRange } from '../util/time-range.ts'
import { anomaliesOf, budgetsOf, forecastOf } from './budgets.ts'
import { costsOf, perOutcomeOf, savingsOf, unpricedOf, whatIfOf } from './costs.ts'
import { failuresOf } from './failures.ts'
import { fullSpanOf } from './full-span.ts'
import { attributesOf, ingestOf, sourcesOf } from './ingest.ts'
import { MAPPING_EXAMPLE } from './mapping-example.ts'
import { metricNamesOf, metricSeriesOf } from './metrics.ts'
import { NO_REPRICE, PRICES, reconciliationOf, spanCostOf } from './prices.ts'
import { logsOf, replayOf, spansOf, traceItemOf, traceOf, traceReplayOf } from './recording.ts'
import { facetsOf, histogramOf, overviewOf, reportOf } from './reports.ts'
import { createSessions, type MockSession, runOf } from './sessions.ts'

/** The API over seed data in memory: the pages can be looked at, and tested, without a server. */
interface Options {
  readonly seed?: number
  readonly nowMs?: number
  /** 0: an install that has received nothing yet. */
  readonly sessions?: number
}

interface Call {
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly sessions: readonly MockSession[]
  readonly nowMs: number
}
/** Undefined is 404; a route that no page needs may be away. */
type Handlers = {
  readonly [N in Exclude<RouteName, 'metrics' | 'openapi' | 'healthz' | 'readyz' | 'login' | 'logout'>]?: (
    call: Call,
  ) => Answer<N> | undefined
}

export const createMockApi = ({ seed = 11, nowMs = Date.now(), sessions: count = 4000 }: Options = {}) => {
  const sessions = createSessions(seed, nowMs, count)
  return (request: Request): Response => {
    const url = new URL(request.url)
    // An id that asks for the failure, so that error states can be looked at.
    if (url.pathname.endsWith('/broken'))
      return problem(503, 'The database does not answer', 'It is asked again in a moment.')
    if (request.method !== 'GET' && url.pathname !== PATHS.mapping)
      return problem(405, 'Seed data cannot be changed', 'Start the real server to change something.')
    for (const name of Object.keys(HANDLERS) as (keyof Handlers)[]) {
      const params = match(PATHS[name], url.pathname)
      if (!params) continue
      const answer = HANDLERS[name]?.({ params, query: url.searchParams, sessions, nowMs })
      return answer === undefined
        ? problem(404, 'Not found', 'Nothing with this id was received.')
        : Response.json(answer)
    }
    return problem(404, 'No such route', `${url.pathname} is not part of the API.`)
  }
}

const problem = (status: number, title: string, detail: string) =>
  Response.json(
    { type: 'about:blank', title, status, detail },
    { status, headers: { 'content-type': 'application/problem+json' } },
  )

const match = (template: string, path: string): Record<string, string> | null => {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map((one) => one[1]!)
  const found = new RegExp(`^${template.replace(/\{\w+\}/g, '([^/]+)')}$`).exec(path)
  return found ? Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(found[i + 1]!)])) : null
}

const periodOf = ({ query, nowMs }: Call) =>
  resolveRange({ from: query.get('from') ?? 'now-24h', ...(query.get('to') ? { to: query.get('to')! } : {}) }, nowMs)

const FIELDS: Readonly<Record<string, (session: MockSession) => readonly string[]>> = {
  agent: (s) => s.agents,
  version: (s) => [s.agentVersion],
  outcome: (s) => [s.outcome],
  model: (s) => s.models,
  tool: (s) => s.tools,
  env: (s) => [s.environment],
  team: (s) => [s.team],
  customer: (s) => [s.customer],
  user: (s) => [s.user],
  session: (s) => [s.id],
}

const chosen = (call: Call): readonly MockSession[] => {
  const { fromMs, toMs } = periodOf(call)
  const wanted = Object.entries(FIELDS).flatMap(([field, of]) => {
    const values = call.query.getAll(field)
    return values.length > 0 ? [{ of, values }] : []
  })
  const q = call.query.get('q')?.toLowerCase()
  const minCost = Number(call.query.get('minCostUsd') ?? 0)
  return call.sessions.filter((s) => {
    const end = Date.parse(s.end)
    if (end < fromMs || end >= toMs) return false
    if (call.query.get('errors') === 'true' && s.errors === 0) return false
    if (Number(s.costUsd) < minCost) return false
    if (q && !`${s.firstInput} ${s.lastOutput}`.toLowerCase().includes(q)) return false
    return wanted.every(({ of, values }) => of(s).some((value) => values.includes(value)))
  })
}

const paged = <T>(items: readonly T[], query: URLSearchParams) => {
  const limit = Number(query.get('limit') ?? 50)
  const start = Number(query.get('cursor') ?? 0)
  return { items: items.slice(start, start + limit), next: start + limit < items.length ? String(start + limit) : null }
}

const SORTS: Readonly<Record<string, (session: MockSession) => number>> = {
  '-costUsd': (s) => Number(s.costUsd),
  '-durationMs': (s) => s.durationMs,
  '-errors': (s) => s.errors,
}
const sorted = (sessions: readonly MockSession[], sort: string | null) => {
  const by = SORTS[sort ?? '']
  return by ? sessions.toSorted((a, b) => by(b) - by(a)) : sessions
}

const byTrace = ({ sessions, params }: Call) => sessions.find((s) => s.traceIds[0] === params.traceId)
const bySession = ({ sessions, params }: Call) => sessions.find((s) => s.id === params.id)
const report = (by: 'agent' | 'tool' | 'model') => (call: Call) =>
  paged(reportOf(by, chosen(call), periodOf(call)), call.query)
const when = <T, U>(value: T | undefined, then: (value: T) => U): U | undefined =>
  value === undefined ? undefined : then(value)

const HANDLERS: Handlers = {
  overview: (call) => overviewOf(chosen(call), periodOf(call)),
  sessionFacets: (call) => ({ facets: [...facetsOf(chosen(call))] }),
  sessionHistogram: (call) => histogramOf(chosen(call), periodOf(call)),
  sessions: (call) => paged(sorted(chosen(call), call.query.get('sort')), call.query),
  session: (call) => when(bySession(call), (s) => ({ ...s, runs: [runOf(s)] })),
  sessionReplay: (call) => when(bySession(call), replayOf),
  traces: (call) => paged(chosen(call).map(traceItemOf), call.query),
  trace: (call) => when(byTrace(call), traceOf),
  traceReplay: (call) => when(byTrace(call), traceReplayOf),
  traceLogs: (call) => when(byTrace(call), (s) => ({ items: [...logsOf(s)], next: null })),
  logs: ({ sessions, query }) => ({
    items: sessions
      .filter((s) => s.traceIds[0] === query.get('traceId') || s.id === query.get('session'))
      .flatMap((s) => [...logsOf(s)])
      .filter((log) => !query.get('spanId') || log.spanId === query.get('spanId')),
    next: null,
  }),
  costs: (call) => costsOf(money(call)),
  costsPerOutcome: (call) => perOutcomeOf(money(call)),
  savings: (call) => savingsOf(money(call)),
  unpriced: (call) => ({ items: [...unpricedOf(money(call))], next: null }),
  whatIf: (call) => whatIfOf(money(call), call.query.get('toProvider') ?? '', call.query.get('toModel') ?? ''),
  prices: () => PRICES,
  repriceJob: () => NO_REPRICE,
  spanCost: (call) => when(byTrace(call), (s) => spanCostOf(s, call.params.spanId ?? '', call.nowMs)),
  reconciliations: ({ query, nowMs }) =>
    reconciliationOf(query.get('month') ?? new Date(nowMs).toISOString().slice(0, 7), nowMs),
  closes: () => ({ items: [], next: null }),
  costForecast: forecastOf,
  costAnomalies: (call) => ({ items: [...anomaliesOf(call)], next: null }),
  budgets: (call) => ({ items: [...budgetsOf(call)], next: null }),
  audit: ({ nowMs }) => ({
    items: [
      {
        id: '2',
        time: new Date(nowMs - 3_600_000).toISOString(),
        actor: 'finance-ui',
        action: 'prices.put',
        subject: 'prices',
        detail: { overrides: { before: 0, after: 1 }, reason: 'frame contract 2026' },
      },
      {
        id: '1',
        time: new Date(nowMs - 90_000_000).toISOString(),
        actor: 'local',
        action: 'budgets.put',
        subject: 'budgets',
        detail: { added: ['Support'] },
      },
    ],
    next: null,
  }),
  failures: (call) => failuresOf(chosen(call)),
  span: (call) => when(byTrace(call), (s) => fullSpanOf(s, (call.params as Params<'span'>).spanId)),
  spanMapping: (call) => when(byTrace(call), () => ({ ...MAPPING_EXAMPLE, storedMapperVersion: 1, differs: [] })),
  mapping: () => ({ items: [MAPPING_EXAMPLE] }),
  renormalise: () => NO_JOB,
  renormaliseJob: () => NO_JOB,
  agents: report('agent'),
  tools: report('tool'),
  models: report('model'),
  metricNames: (call) => metricNamesOf(periodOf(call)),
  metricSeries: (call) => metricSeriesOf(periodOf(call)),
  ingest: (call) => ingestOf(periodOf(call)),
  ingestSources: (call) => sourcesOf(periodOf(call)),
  ingestAttributes: ({ sessions: [first] }) =>
    first ? attributesOf(first.traceIds[0]!, spansOf(first)[1]!.spanId) : { spansRead: 0, items: [] },
  search: ({ query, sessions }) => ({ items: searchFor(query.get('q') ?? '', sessions) }),
  searchText: ({ query, sessions }) => textHitsOf(query.get('q') ?? '', sessions),
  status: ({ nowMs }) => ({
    version: '0.1.0',
    uptimeSeconds: Math.round((Date.now() - nowMs) / 1000) + 3600,
    engine: 'embedded',
    spansPerSecond: 1204,
    lagMs: 800,
    spoolBytes: 81_920,
    state: 'ok',
    detail: '',
    otlpHttpUrl: 'http://127.0.0.1:4318',
  }),
}

const money = (call: Call) => ({ ...call, period: periodOf(call) })

/** Routes that the pages ask; the others are for probes, scrapers and programs. */
export const MOCKED_ROUTES = Object.keys(HANDLERS) as (keyof Handlers)[]

const NO_JOB = { state: 'none' as const, from: '', to: '', done: 0, windows: 0, read: 0, changed: 0, error: '' }

const searchFor = (q: string, sessions: readonly MockSession[]): Answer<'search'>['items'] => {
  const starts = (text: string) => text.toLowerCase().startsWith(q.toLowerCase())
  const names = (type: 'agent' | 'tool' | 'model', of: (s: MockSession) => readonly string[]) =>
    [...new Set(sessions.flatMap(of))].filter(starts).map((id) => ({ type, id, label: id, detail: type }))
  return [
    ...names('agent', (s) => s.agents),
    ...names('tool', (s) => s.tools),
    ...names('model', (s) => s.models),
    ...sessions
      .filter((s) => s.named && starts(s.id))
      .map((s) => ({ type: 'session' as const, id: s.id, label: s.id, detail: s.agent })),
    ...sessions
      .filter((s) => starts(s.traceIds[0]!))
      .map((s) => ({ type: 'trace' as const, id: s.traceIds[0]!, label: s.traceIds[0]!, detail: s.agent })),
  ].slice(0, 20)
}

/** One hit for every session whose first words hold the text. */
const textHitsOf = (q: string, sessions: readonly MockSession[]): Answer<'searchText'> => ({
  items: sessions
    .map((s) => ({ s, at: s.firstInput.toLowerCase().indexOf(q.toLowerCase()) }))
    .filter(({ at }) => q !== '' && at !== -1)
    .slice(0, 20)
    .map(({ s, at }) => ({
      type: 'span',
      traceId: s.traceIds[0]!,
      spanId: '',
      runId: s.traceIds[0]!,
      sessionId: s.id,
      time: s.start,
      name: 'chat',
      kind: 'llm',
      agent: s.agent,
      where: 'gen_ai.input.messages',
      snippet: { text: s.firstInput, marks: [[at, at + q.length]] },
    })),
  next: null,
  scanned: { from: sessions.at(-1)?.start ?? '', to: sessions[0]?.start ?? '', spans: sessions.length },
  truncated: false,
})
