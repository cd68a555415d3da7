import type { AuditItem } from '../../schema/api/audit.ts'
import type { IngestAttributes, IngestSources } from '../../schema/api/ingest.ts'
import type { Replay, SessionItem, TraceItem, UsageItem } from '../../schema/api/shapes.ts'
import type { VisitedRecount } from './browser-recount.ts'

/** A page of the app with the demo's data, and words that only those data can have put there. */
export interface DemoPage {
  readonly path: string
  readonly shows: readonly string[]
}

interface List<T> {
  readonly items: readonly T[]
}

/** Every page of the app, by name; what they must show comes from the API, which has tests of its own. */
export const demoPages = async ({ get }: VisitedRecount): Promise<ReadonlyMap<string, DemoPage>> => {
  const [agents, tools, models, sessions, traces] = await Promise.all([
    get<List<UsageItem>>('/api/agents'),
    get<List<UsageItem>>('/api/tools'),
    get<List<UsageItem>>('/api/models'),
    get<List<SessionItem>>('/api/sessions?agent=refund-agent&outcome=failure'),
    get<List<TraceItem>>('/api/traces'),
  ])
  const most = <T extends UsageItem>(list: List<T>) => list.items.toSorted((a, b) => b.calls - a.calls)[0]!
  // Sending the demo sets what its people's minutes cost.
  const audit = await get<List<AuditItem>>('/api/audit')
  const agent = agents.items.toSorted((a, b) => b.runs - a.runs)[0]!
  const tool = most(tools)
  const session = sessions.items[0]!
  const { steps } = await get<Replay>(`/api/sessions/${session.id}/replay`)
  const toolStep = steps.find((step) => step.toolCall)!
  const called = toolStep.toolCall!
  const trace = traces.items[0]!
  const [{ services }, unread] = await Promise.all([
    get<IngestSources>('/api/ingest/sources'),
    get<IngestAttributes>('/api/ingest/attributes'),
  ])
  return new Map(
    Object.entries({
      fleet: { path: '/', shows: agents.items.filter((item) => item.runs > 0).map((item) => nameOf(item, 'agent')) },
      sessions: { path: '/sessions?agent=refund-agent&outcome=failure', shows: sessions.items.map(({ id }) => id) },
      session: { path: `/sessions/${session.id}`, shows: [session.agent, called.name] },
      traces: { path: '/traces', shows: [trace.rootName, trace.traceId] },
      trace: { path: `/traces/${session.traceIds[0]}`, shows: ['refund-agent', called.name] },
      agent: { path: `/agents/${nameOf(agent, 'agent')}`, shows: [agent.versions[0]!.version, 'Last failures'] },
      tools: { path: '/tools', shows: tools.items.slice(0, 5).map((item) => nameOf(item, 'tool')) },
      tool: { path: `/tools/${nameOf(tool, 'tool')}`, shows: [String(tool.agents?.[0] ?? 'Agents that use it')] },
      models: { path: '/models', shows: models.items.map((item) => nameOf(item, 'model')) },
      costs: { path: '/costs?from=now-24h', shows: ['Total last 24', nameOf(agent, 'agent')] },
      audit: { path: '/audit', shows: ['Who', 'Did', ...audit.items.map(({ action }) => action)] },
      ingest: { path: '/ingest', shows: ['Received', 'Everything that came in this time was taken as it was sent'] },
      senders: { path: '/ingest?tab=sources', shows: services.map(({ service }) => service) },
      'not understood': { path: '/ingest?tab=unread', shows: unread.items.slice(0, 5).map(({ key }) => key) },
      mapping: { path: '/mapping', shows: ['What would Recount make of it?'] },
      'mapping of a span': {
        path: `/mapping?trace=${toolStep.traceId}&span=${toolStep.spanId}`,
        shows: [called.name, 'Attribute by attribute'],
      },
      'not found': { path: '/no/such/page', shows: ['There is no such page'] },
    }),
  )
}

const nameOf = (item: UsageItem, key: string): string => String(item.key[key])

/** Every page that a test visits, by the key of `demoPages`. */
export const PAGE_NAMES = [
  'fleet',
  'sessions',
  'session',
  'traces',
  'trace',
  'agent',
  'tools',
  'tool',
  'models',
  'costs',
  'audit',
  'ingest',
  'senders',
  'not understood',
  'mapping',
  'mapping of a span',
  'not found',
] as const
