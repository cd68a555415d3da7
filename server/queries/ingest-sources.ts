import type { IngestAttributes, IngestSources } from '../../schema/api/ingest.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { compileDialects, type KeyEntry } from '../../schema/dialects/compile.ts'
import { DIALECTS } from '../../schema/dialects/dialects.ts'
import { isoOfMs } from '../answers/time.ts'
import { sqlFile } from './sql-file.ts'
import type { BoundedRange } from './time-range.ts'

const SPAN_SOURCES = sqlFile('ingest-span-sources')
const LOG_SOURCES = sqlFile('ingest-log-sources')
const KEYS = sqlFile('ingest-keys')
const SPAN_COUNT = sqlFile('ingest-span-count')

/** Names of services and scopes are few; a client that puts ids into them must not fill the page. */
const SOURCES_MAX = 2_000
const SERVICES_OF_SCOPE = 5
/** Keys of so many spans, the newest, are looked at. */
const SPANS_READ_MAX = 100_000
const KEYS_MAX = 5_000

const RULES = compileDialects(DIALECTS)

interface SpanSourceRow {
  readonly service: string
  readonly scope: string
  readonly version: string
  readonly dialect: string
  readonly spans: number
  readonly first_ms: number
  readonly last_ms: number
  readonly dropped_attributes: number
  readonly dropped_events: number
  readonly dropped_links: number
}
interface LogSourceRow {
  readonly service: string
  readonly scope: string
  readonly logs: number
  readonly first_ms: number
  readonly last_ms: number
}
type SourceRow = SpanSourceRow & { readonly logs: number }

/** Who sent, by service and by instrumentation scope. */
export const ingestSources = async (
  database: Database,
  projectId: number,
  { fromMs, toMs }: BoundedRange,
): Promise<IngestSources> => {
  const params = { project: projectId, fromMs, toMs, limit: SOURCES_MAX }
  const [spans, logs] = await Promise.all([
    database.query<SpanSourceRow>(SPAN_SOURCES, params),
    database.query<LogSourceRow>(LOG_SOURCES, params),
  ])
  const rows: SourceRow[] = [
    ...spans.map((row) => ({ ...row, logs: 0 })),
    ...logs.map((row) => ({ ...NO_SPANS, ...row })),
  ]
  return {
    services: grouped(rows, (row) => row.service).map((of) => ({
      service: of[0]!.service,
      ...seenOf(of),
      droppedAttributes: sum(of, (row) => row.dropped_attributes),
      droppedEvents: sum(of, (row) => row.dropped_events),
      droppedLinks: sum(of, (row) => row.dropped_links),
    })),
    scopes: grouped(rows, ({ scope, version, dialect }) => JSON.stringify([scope, version, dialect])).map((of) => ({
      scope: of[0]!.scope,
      version: of[0]!.version,
      dialect: of[0]!.dialect,
      services: [...new Set(of.map((row) => row.service))].slice(0, SERVICES_OF_SCOPE),
      ...seenOf(of),
    })),
  }
}

const NO_SPANS = { version: '', dialect: '', spans: 0, dropped_attributes: 0, dropped_events: 0, dropped_links: 0 }

const grouped = (rows: readonly SourceRow[], keyOf: (row: SourceRow) => string): SourceRow[][] => {
  const groups = new Map<string, SourceRow[]>()
  for (const row of rows) {
    const group = groups.get(keyOf(row))
    if (group) group.push(row)
    else groups.set(keyOf(row), [row])
  }
  const weight = (group: readonly SourceRow[]): number => sum(group, (row) => row.spans + row.logs)
  return [...groups.values()].sort((a, b) => weight(b) - weight(a))
}

const sum = (rows: readonly SourceRow[], of: (row: SourceRow) => number): number =>
  rows.reduce((total, row) => total + of(row), 0)

const seenOf = (rows: readonly SourceRow[]) => ({
  spans: sum(rows, (row) => row.spans),
  logs: sum(rows, (row) => row.logs),
  firstSeen: isoOfMs(Math.min(...rows.map((row) => row.first_ms))),
  lastSeen: isoOfMs(Math.max(...rows.map((row) => row.last_ms))),
})

interface KeyRow {
  readonly pattern: string
  readonly example_key: string
  readonly spans: number
  readonly services: string[]
  readonly scopes: string[]
  readonly trace_id: string
  readonly span_id: string
}

/** Attributes that are kept and mean nothing yet: no rule of any dialect reads them. */
export const ingestAttributes = async (
  database: Database,
  projectId: number,
  { fromMs, toMs }: BoundedRange,
  limit: number,
): Promise<IngestAttributes> => {
  const params = { project: projectId, fromMs, toMs, spans: SPANS_READ_MAX }
  const [rows, [read]] = await Promise.all([
    database.query<KeyRow>(KEYS, { ...params, limit: KEYS_MAX }),
    database.query<{ spans: number }>(SPAN_COUNT, params),
  ])
  const unread = rows.filter(
    ({ example_key: key }) => !isRead(RULES.lookup(key)) && !READ_LATER.test(key) && !GENERAL.test(key),
  )
  return {
    spansRead: read?.spans ?? 0,
    items: unread.slice(0, limit).map((row) => ({
      key: row.pattern,
      spans: row.spans,
      services: row.services,
      scopes: row.scopes,
      recognised: RULES.lookup(row.example_key).dialect !== Number.POSITIVE_INFINITY,
      traceId: row.trace_id,
      spanId: row.span_id,
    })),
  }
}

const isRead = ({ meanings, kinds, family }: KeyEntry): boolean =>
  meanings.length > 0 || kinds !== undefined || family !== ''

/** Read not by a rule of the collector but when a recording is shown (`server/replay/`). */
const READ_LATER =
  /^(?:ai\.response\.reasoning|ai\.toolCall\.|approval\.|embedding\.embeddings\.|error\.|gcp\.vertex\.agent\.tool_response|gen_ai\.(?:completion|content|prompt|retrieval|system_instructions)|guardrail\.|handoff\.|(?:input|output)\.(?:mime_type|value)|langfuse\.observation\.|langwatch\.|llm\.(?:choices|prompts)\.|lmnr\.span\.|mastra\.|mcp\.response\.|mlflow\.span|reranker\.|retrieval\.|tool\.(?:parameters|result)|traceloop\.entity\.)/

/**
 * OpenTelemetry's conventions for what surrounds an agent (https://opentelemetry.io/docs/specs/semconv/registry/attributes/), and our own
 * marks: known, searchable, and nothing that a rule for agents should read.
 */
const GENERAL =
  /^(?:aws|azure|client|cloud|code|container|db|destination|deployment|dns|exception|faas|feature_flag|file|graphql|host|http|jsonrpc|k8s|messaging|net|network|os|otel|peer|process|recount|rpc|server|service|session|source|telemetry|thread|tls|url|user_agent)\./
