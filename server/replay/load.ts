import type { Database } from '../../schema/clickhouse/database.ts'
import type { Kind } from '../../schema/model/kind.ts'
import { objectOfJson } from '../answers/attributes.ts'
import { type CallRow, type CheckRow, callsOfRuns, checksOfRuns, spanKey } from '../queries/calls.ts'
import { contentsByHash } from '../queries/content.ts'
import { type LogRow, logRows } from '../queries/logs.ts'
import { spanBounds } from '../queries/spans.ts'
import { sqlFile } from '../queries/sql-file.ts'
import type { TracePlace } from '../queries/traces.ts'
import { AGENT_EVENT_ENDS, type AgentRecord, agentRecordsOf } from './agent-records.ts'
import { type Carrier, MESSAGE_EVENT_NAMES } from './messages/carrier.ts'

const SPANS = sqlFile('replay-spans')
const BODIES = sqlFile('span-bodies')
const SCORES = sqlFile('scores-of-session')

/** A replay covers the first so many spans of its session by start; the pages of its traces show the rest. */
export const REPLAY_SPANS_MAX = 50_000
const REPLAY_LOGS_MAX = 50_000
const REPLAY_SCORES_MAX = 5000
/** Messages told by log records, of a part of a session. */
const LOGS_PER_SPAN = 4
/** Bodies that one question brings: a history of 100 KB on each is 50 MB. */
const BODIES_AT_ONCE = 500
const BATCHES_AHEAD = 1
/** Traces of one session that lie closer together than this are read with one query. */
const GAP_NANOS = 3_600_000_000_000n

export interface ReplaySpan {
  readonly trace_id: string
  readonly span_id: string
  readonly parent_span_id: string
  readonly origin: 'span' | 'log'
  readonly name: string
  readonly kind: Kind
  readonly service: string
  readonly agent: string
  readonly model: string
  readonly provider: string
  readonly response_id: string
  readonly finish_reason: string
  readonly tool: string
  readonly tool_call_id: string
  readonly tool_arguments: string
  readonly tool_definitions_ref: string
  readonly guardrail: string
  readonly verdict: string
  readonly start_nanos: string
  readonly duration_nanos: string
  readonly status: number
  readonly status_message: string
  readonly failed: boolean
  readonly error_type: string
  readonly has_body: boolean
}

export interface ScoreRow {
  readonly score_id: string
  readonly time_nanos: string
  readonly name: string
  readonly source: string
  readonly evaluator: string
  readonly value: number | null
  readonly label: string
  readonly explanation: string
  readonly trace_id: string
  readonly span_id: string
}

/** Everything of a session but the bodies of its spans. */
export interface Loaded {
  readonly projectId: number
  readonly places: readonly TracePlace[]
  readonly spans: readonly ReplaySpan[]
  readonly calls: ReadonlyMap<string, CallRow>
  readonly checks: readonly CheckRow[]
  readonly scores: readonly ScoreRow[]
  readonly logs: ReadonlyMap<string, readonly LogRow[]>
  /** Records of rows that were derived from them, by the span id that the row has. */
  readonly recordOf: ReadonlyMap<string, LogRow>
  readonly agentRecords: readonly AgentRecord[]
  readonly toolDefinitions: ReadonlyMap<string, string>
}

export interface Wanted {
  readonly projectId: number
  readonly places: readonly TracePlace[]
  /** Id of the session where it is asked for as a whole: scores that judge it as such belong to the replay too. */
  readonly session: string
  /** The first so many spans alone. */
  readonly spansMax?: number
}

export const load = async (
  database: Database,
  { projectId, places, session, spansMax = REPLAY_SPANS_MAX }: Wanted,
): Promise<Loaded> => {
  const runIds = [...new Set(places.map((place) => place.run_id))]
  const traceIds = places.map((place) => place.trace_id)
  const groups = grouped(places)
  const reading = inTurn(groups, spansMax, (group, limit) =>
    database.query<ReplaySpan>(SPANS, { ...spanBounds(projectId, group), limit }),
  )
  // Of a few spans only their calls are worth the way; of all, both are asked for at once.
  const isPart = spansMax < REPLAY_SPANS_MAX
  const callsWanted = isPart ? (await reading).map((span) => span.span_id) : []
  const [spans, calls, checks, scores, logs] = await Promise.all([
    reading,
    callsOfRuns(database, projectId, runIds, callsWanted),
    checksOfRuns(database, projectId, runIds),
    database.query<ScoreRow>(SCORES, {
      project: projectId,
      traceIds,
      session,
      wholeSession: session !== '',
      limit: REPLAY_SCORES_MAX,
    }),
    inTurn(groups, isPart ? spansMax * LOGS_PER_SPAN : REPLAY_LOGS_MAX, (group, limit) =>
      logRows(database, projectId, group, {
        limit,
        names: MESSAGE_EVENT_NAMES,
        ends: AGENT_EVENT_ENDS,
        sessions: [...new Set(group.map((place) => place.session_id))].filter((id) => id !== ''),
      }),
    ),
  ])
  const kept = spans.filter((span) => span.origin !== 'log' || calls.has(spanKey(span.trace_id, span.span_id)))
  const definitions = new Set(kept.map((span) => span.tool_definitions_ref).filter((hash) => hash !== ''))
  return {
    projectId,
    places,
    spans: kept,
    calls,
    checks,
    scores,
    logs: bySpan(logs.filter((log) => MESSAGE_EVENT_NAMES.includes(log.event_name))),
    recordOf: new Map(logs.map((log) => [log.log_id.slice(0, 16), log])),
    agentRecords: agentRecordsOf(logs),
    toolDefinitions:
      definitions.size === 0 ? new Map() : await contentsByHash(database, projectId, traceIds, definitions),
  }
}

interface BodyRow {
  readonly trace_id: string
  readonly span_id: string
  readonly attrs: Record<string, string>
  readonly nums: Record<string, number | string>
  readonly attr_refs: Record<string, string>
  readonly event_times: string[]
  readonly event_names: string[]
  readonly event_attrs: string[]
}

export interface SpanBody extends Carrier {
  readonly events: readonly {
    readonly timeNanos: string
    readonly name: string
    readonly attributes: Readonly<Record<string, unknown>>
  }[]
}

const NO_BODY: SpanBody = { attrs: {}, events: [], logs: [] }

/**
 * Calls `use` for each span in the order given, with its attributes and events, large bodies put back. A few batches are held at a time: one
 * in use, the next ones on their way.
 */
export const eachBody = async (
  database: Database,
  loaded: Loaded,
  spans: readonly ReplaySpan[],
  use: (span: ReplaySpan, body: SpanBody) => void,
): Promise<void> => {
  const batches = batchesOf(spans)
  const coming: Promise<Map<string, SpanBody>>[] = []
  for (const [i, batch] of batches.entries()) {
    while (coming.length <= BATCHES_AHEAD && i + coming.length < batches.length) {
      const wanted = batches[i + coming.length]!.filter((span) => span.has_body)
      const bodies = bodiesOf(database, loaded, wanted)
      // Waited for in its turn below; until then a failure must not count as unhandled.
      bodies.catch(() => undefined)
      coming.push(bodies)
    }
    const bodies = await coming.shift()!
    for (const span of batch) {
      const key = spanKey(span.trace_id, span.span_id)
      const record = span.origin === 'log' ? loaded.recordOf.get(span.span_id) : undefined
      const body = bodies.get(key) ?? (record ? { ...NO_BODY, attrs: record.attrs } : NO_BODY)
      use(span, { ...body, logs: loaded.logs.get(key) ?? [] })
    }
  }
}

const batchesOf = (spans: readonly ReplaySpan[]): ReplaySpan[][] => {
  const batches: ReplaySpan[][] = []
  let room = 0
  for (const span of spans) {
    if (room === 0) {
      batches.push([])
      room = BODIES_AT_ONCE
    }
    batches.at(-1)!.push(span)
    if (span.has_body) room--
  }
  return batches
}

const bodiesOf = async (
  database: Database,
  { projectId }: Loaded,
  spans: readonly ReplaySpan[],
): Promise<Map<string, SpanBody>> => {
  if (spans.length === 0) return new Map()
  const starts = spans.map((span) => BigInt(span.start_nanos))
  const traceIds = [...new Set(spans.map((span) => span.trace_id))]
  const rows = await database.query<BodyRow>(BODIES, {
    project: projectId,
    traceIds,
    spanIds: spans.map((span) => span.span_id),
    firstNanos: starts.reduce((a, b) => (a < b ? a : b)).toString(),
    lastNanos: starts.reduce((a, b) => (a > b ? a : b)).toString(),
  })
  const hashes = new Set(rows.flatMap((row) => Object.values(row.attr_refs)))
  const contents =
    hashes.size === 0 ? new Map<string, string>() : await contentsByHash(database, projectId, traceIds, hashes)
  return new Map(rows.map((row) => [spanKey(row.trace_id, row.span_id), bodyOf(row, contents)]))
}

const bodyOf = (row: BodyRow, contents: ReadonlyMap<string, string>): SpanBody => {
  const attrs: Record<string, string> = Object.assign(Object.create(null), row.attrs)
  for (const [key, number] of Object.entries(row.nums)) attrs[key] = String(number)
  for (const [key, hash] of Object.entries(row.attr_refs)) {
    const body = contents.get(hash)
    if (body !== undefined) attrs[key] = body
  }
  const events = row.event_names.map((name, i) => ({
    timeNanos: row.event_times[i] ?? '0',
    name,
    attributes: objectOfJson(row.event_attrs[i] ?? ''),
  }))
  return { attrs, events, logs: [] }
}

const bySpan = (logs: readonly LogRow[]): Map<string, LogRow[]> => {
  const map = new Map<string, LogRow[]>()
  for (const log of logs) {
    const key = spanKey(log.trace_id, log.span_id)
    const list = map.get(key)
    if (list) list.push(log)
    else map.set(key, [log])
  }
  return map
}

/** Traces that lie close together in time; places come sorted by start. */
const grouped = (places: readonly TracePlace[]): TracePlace[][] => {
  const groups: TracePlace[][] = []
  let until = 0n
  for (const place of places) {
    const last = groups.at(-1)
    if (last && BigInt(place.start_nanos) <= until + GAP_NANOS) last.push(place)
    else groups.push([place])
    const end = BigInt(place.end_nanos)
    if (end > until) until = end
  }
  return groups
}

const inTurn = async <Row>(
  groups: readonly TracePlace[][],
  max: number,
  ask: (group: TracePlace[], limit: number) => Promise<Row[]>,
): Promise<Row[]> => {
  const rows: Row[] = []
  for (const group of groups) {
    if (rows.length >= max) break
    rows.push(...(await ask(group, max - rows.length)))
  }
  return rows
}
