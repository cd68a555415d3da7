import { z } from 'zod'
import { METRIC_TYPES } from '../model/metric.ts'
import { AuditItem } from './audit.ts'
import { COST_CONTRACT } from './cost-contract.ts'
import { type Endpoint, Format, list, many, Paging, RunFilters, TimeRange } from './endpoint.ts'
import { Failures } from './failures.ts'
import { IngestAttributes, IngestReport, IngestSources } from './ingest.ts'
import { LATE_FACT_CONTRACT } from './late-fact-contract.ts'
import { Mapping, MappingRequest, RenormaliseJob, StoredMapping } from './mapping.ts'
import { MetricName, MetricSeries } from './metric-shapes.ts'
import { PATHS, type RouteName } from './paths.ts'
import { PRICE_CONTRACT } from './price-contract.ts'
import {
  Facet,
  LogItem,
  Overview,
  Replay,
  Session,
  SessionItem,
  Span,
  Status,
  Trace,
  TraceItem,
  UsageItem,
} from './shapes.ts'
import { TextHits } from './text-hits.ts'

const MetricFilters = z.object({ ...TimeRange.shape, service: many.optional(), env: many.optional() })
const SessionList = z.object({
  ...RunFilters.shape,
  ...Paging.shape,
  ...Format.shape,
  sort: z.enum(['-end', '-costUsd', '-durationMs', '-errors']).default('-end'),
})
const ReplayQuery = z.object({
  limit: z.coerce.number().int().min(1).max(5000).default(5000),
  cursor: z.string().max(200).optional(),
  preview: z
    .enum(['true', 'false'])
    .optional()
    .describe(
      'true: of a recording of thousands of spans the first steps soon, marked `preview`, instead of the first page',
    ),
})
const Report = z.object({ ...RunFilters.shape, ...Paging.shape, ...Format.shape })

export const CONTRACT = {
  healthz: {
    method: 'get',
    path: PATHS.healthz,
    summary: 'The process is alive',
    open: true,
    response: z.object({ status: z.literal('ok') }),
  },
  readyz: {
    method: 'get',
    path: PATHS.readyz,
    summary: 'Can take telemetry and answer questions; 503 with reasons when not',
    open: true,
    response: z.object({ status: z.enum(['ready', 'not_ready']), reasons: z.array(z.string()) }),
  },
  metrics: { method: 'get', path: PATHS.metrics, summary: 'Own metrics, Prometheus text format' },
  openapi: {
    method: 'get',
    path: PATHS.openapi,
    summary: 'This contract as OpenAPI 3.1',
    response: z.record(z.string(), z.unknown()),
  },
  overview: {
    method: 'get',
    path: PATHS.overview,
    summary: 'Totals for the range',
    query: RunFilters,
    response: Overview,
  },
  sessions: {
    method: 'get',
    path: PATHS.sessions,
    summary: 'Sessions, newest end first',
    query: SessionList,
    response: list(SessionItem),
  },
  sessionFacets: {
    method: 'get',
    path: PATHS.sessionFacets,
    summary: 'Values to filter runs by, with counts of runs',
    query: RunFilters,
    response: z.object({ facets: z.array(Facet) }),
  },
  sessionHistogram: {
    method: 'get',
    path: PATHS.sessionHistogram,
    summary: 'Runs over time, failed ones apart, in at most 120 steps',
    query: RunFilters,
    response: z.object({
      stepMs: z.number(),
      items: z.array(z.object({ time: z.string(), runs: z.int(), errors: z.int(), failures: z.int() })),
    }),
  },
  session: {
    method: 'get',
    path: PATHS.session,
    summary: 'One session with its runs',
    params: z.object({ id: z.string() }),
    response: Session,
  },
  sessionReplay: {
    method: 'get',
    path: PATHS.sessionReplay,
    summary: 'What happened in a session, step by step',
    params: z.object({ id: z.string() }),
    query: ReplayQuery,
    response: Replay,
  },
  traces: {
    method: 'get',
    path: PATHS.traces,
    summary: 'Traces, newest first',
    query: Report,
    response: list(TraceItem),
  },
  trace: {
    method: 'get',
    path: PATHS.trace,
    summary: 'One trace with its light spans; as Arrow IPC with Accept: application/vnd.apache.arrow.stream',
    params: z.object({ traceId: z.string() }),
    query: z.object({
      spans: z.coerce.number().int().min(1).max(50_000).default(50_000).describe('the first so many, by start'),
    }),
    response: Trace,
  },
  traceReplay: {
    method: 'get',
    path: PATHS.traceReplay,
    summary: 'What happened in a trace, step by step',
    params: z.object({ traceId: z.string() }),
    query: ReplayQuery,
    response: Replay,
  },
  traceLogs: {
    method: 'get',
    path: PATHS.traceLogs,
    summary: 'Log records of a trace, oldest first',
    params: z.object({ traceId: z.string() }),
    query: Paging,
    response: list(LogItem),
  },
  span: {
    method: 'get',
    path: PATHS.span,
    summary: 'One span with everything',
    params: z.object({ traceId: z.string(), spanId: z.string() }),
    response: Span,
  },
  spanMapping: {
    method: 'get',
    path: PATHS.spanMapping,
    summary: 'Which rule of which dialect took each attribute of a span, and what lost or is unknown',
    params: z.object({ traceId: z.string(), spanId: z.string() }),
    response: StoredMapping,
  },
  mapping: {
    method: 'post',
    path: PATHS.mapping,
    summary: 'The same for a span or log record that is pasted; nothing is stored',
    body: MappingRequest,
    response: z.object({ items: z.array(Mapping) }),
  },
  renormalise: {
    method: 'post',
    path: PATHS.renormalise,
    summary: 'Reads a range of history again under the present rules (scope admin); answers at once, the job goes on',
    scope: 'admin',
    body: TimeRange,
    response: RenormaliseJob,
  },
  renormaliseJob: {
    method: 'get',
    path: PATHS.renormaliseJob,
    summary: 'How far the last of these jobs is (scope admin)',
    scope: 'admin',
    response: RenormaliseJob,
  },
  logs: {
    method: 'get',
    path: PATHS.logs,
    summary: 'Log records, newest first: of a session, a trace, a span, or all that match',
    query: z.object({
      ...TimeRange.shape,
      ...Paging.shape,
      session: z.string().max(500).optional(),
      traceId: z.string().max(32).optional(),
      spanId: z.string().max(16).optional(),
      service: many.optional(),
      event: many.optional(),
      env: many.optional(),
      severity: z.coerce.number().int().min(0).max(24).default(0).describe('at least: 9 info, 13 warning, 17 error'),
      q: z.string().max(500).optional().describe('text in the body'),
    }),
    response: list(LogItem),
  },
  failures: {
    method: 'get',
    path: PATHS.failures,
    summary: 'Runs that failed, by what failed first in them',
    query: RunFilters,
    response: Failures,
  },
  agents: {
    method: 'get',
    path: PATHS.agents,
    summary: 'Agents: runs, success, cost, latency, versions',
    query: Report,
    response: list(UsageItem),
  },
  tools: {
    method: 'get',
    path: PATHS.tools,
    summary: 'Tools: calls, errors, validity, latency',
    query: Report,
    response: list(UsageItem),
  },
  models: {
    method: 'get',
    path: PATHS.models,
    summary: 'Models: calls, errors, tokens, cost, latency',
    query: Report,
    response: list(UsageItem),
  },
  metricNames: {
    method: 'get',
    path: PATHS.metricNames,
    summary: 'Metrics that were received: name, type, unit, services',
    query: z.object({ ...MetricFilters.shape, ...Paging.shape, q: z.string().max(200).optional() }),
    response: list(MetricName),
  },
  metricSeries: {
    method: 'get',
    path: PATHS.metricSeries,
    summary: 'One metric over time: increases and rates of sums with resets, quantiles of histograms, by attribute',
    params: z.object({ name: z.string() }),
    query: z.object({
      ...MetricFilters.shape,
      type: z.enum(METRIC_TYPES).optional(),
      step: z.coerce.number().int().min(1).max(86_400).optional().describe('seconds; by default at most 120 steps'),
      by: many.optional().describe('attributes to group by, or service, env'),
      quantile: z
        .union([z.coerce.number().min(0).max(1), z.array(z.coerce.number().min(0).max(1)).max(10)])
        .transform((v) => (Array.isArray(v) ? v : [v]))
        .optional(),
    }),
    response: MetricSeries,
  },
  search: {
    method: 'get',
    path: PATHS.search,
    summary: 'Jump to: agents, tools, models, sessions and traces by the beginning of a name or id',
    query: z.object({ q: z.string().min(1).max(200) }),
    response: z.object({
      items: z.array(
        z.object({
          type: z.enum(['agent', 'tool', 'model', 'session', 'trace']),
          id: z.string(),
          label: z.string(),
          detail: z.string(),
        }),
      ),
    }),
  },
  searchText: {
    method: 'get',
    path: PATHS.searchText,
    summary: 'Full text of messages, tool arguments and results, events and logs: words, "phrases", -not; newest first',
    query: z.object({
      q: z.string().min(1).max(500).describe('words and "phrases" that stand in one text, -word that does not'),
      ...TimeRange.shape,
      limit: z.coerce.number().int().min(1).max(100).default(20),
      cursor: z.string().max(2000).optional(),
    }),
    response: TextHits,
  },
  login: {
    method: 'post',
    path: PATHS.login,
    summary:
      'Trades an API key that may read for the cookie of the UI (HttpOnly, SameSite=Strict); programs send their key with every request instead',
    body: z.object({ key: z.string().min(1).max(200) }),
    noContent: true,
    open: true,
  },
  logout: {
    method: 'post',
    path: PATHS.logout,
    summary: 'Ends the session of the cookie',
    noContent: true,
    open: true,
  },
  status: {
    method: 'get',
    path: PATHS.status,
    summary: 'How ingest is doing, for the foot of the navigation',
    response: Status,
  },
  ingest: {
    method: 'get',
    path: PATHS.ingest,
    summary: 'What was received, acknowledged, rejected and why, with examples; spool and lag over time',
    query: TimeRange,
    response: IngestReport,
  },
  ingestSources: {
    method: 'get',
    path: PATHS.ingestSources,
    summary: 'Services and instrumentation scopes that sent in the range, and what their SDKs dropped by themselves',
    query: TimeRange,
    response: IngestSources,
  },
  audit: {
    method: 'get',
    path: PATHS.audit,
    summary: 'Who changed what, when and why, newest first',
    query: z.object({
      ...TimeRange.shape,
      ...Paging.shape,
      ...Format.shape,
      action: many.optional(),
      actor: many.optional(),
    }),
    response: list(AuditItem),
  },
  ingestAttributes: {
    method: 'get',
    path: PATHS.ingestAttributes,
    summary: 'Attributes that no rule reads, the most frequent first',
    query: z.object({ ...TimeRange.shape, limit: z.coerce.number().int().min(1).max(500).default(50) }),
    response: IngestAttributes,
  },
  ...COST_CONTRACT,
  ...LATE_FACT_CONTRACT,
  ...PRICE_CONTRACT,
} as const satisfies Record<RouteName, Endpoint>

export type Contract = typeof CONTRACT
export type Query<N extends RouteName> = Contract[N] extends { query: infer Q extends z.ZodType }
  ? z.input<Q>
  : undefined
export type Parsed<N extends RouteName> = Contract[N] extends { query: infer Q extends z.ZodType }
  ? z.output<Q>
  : undefined
export type Params<N extends RouteName> = Contract[N] extends { params: infer P extends z.ZodType }
  ? z.output<P>
  : undefined
export type Body<N extends RouteName> = Contract[N] extends { body: infer B extends z.ZodType }
  ? z.output<B>
  : undefined
export type Response<N extends RouteName> = Contract[N] extends { response: infer R extends z.ZodType }
  ? z.output<R>
  : undefined
