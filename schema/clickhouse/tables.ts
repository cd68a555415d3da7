import {
  CALL_COST_STATUSES,
  type Call,
  COST_STATUSES,
  type GuardrailCheck,
  type RunTally,
  VALIDITIES,
} from '../model/run.ts'
import type { Content, LogRecord, Span } from '../model/span.ts'
import { USAGE_BUCKETS, USAGE_COLUMNS, type UsageBuckets } from '../model/usage.ts'
import { CHARGES } from './charges-table.ts'
import { INGEST_STATS } from './ingest-table.ts'
import { METRICS } from './metrics-table.ts'
import { decoderOf, encoderOf } from './row-binary.ts'
import type { RowBinaryReader } from './row-binary-reader.ts'
import type { RowBinaryWriter } from './row-binary-writer.ts'
import { SCORES } from './scores-table.ts'

/**
 * The columns that are written, once: name, type and where the value comes from. Inserts, selects and decoding are made from these lists;
 * a test holds them against the migrations. Materialised columns (`drop_date`, `is_root`) live in the migrations alone.
 */
export interface Column<Row> {
  readonly name: string
  readonly type: string
  readonly value: (row: Row) => unknown
  /** Of a column that is one part of every element of a list: the list, and the part. `value` is all parts. */
  readonly parts?: Parts<Row>
}

interface Parts<Row> {
  readonly of: (row: Row) => readonly unknown[]
  readonly value: (element: unknown) => unknown
}

export interface Table<Row> {
  readonly name: string
  readonly columns: readonly Column<Row>[]
}

const column = <Row>(name: string, type: string, value: (row: Row) => unknown): Column<Row> => ({ name, type, value })

/** A column with one part of every element of a list that the row holds. */
const partColumn =
  <Row, Element>(of: (row: Row) => readonly Element[]) =>
  (name: string, type: string, value: (element: Element) => unknown): Column<Row> => ({
    ...column<Row>(name, `Array(${type})`, (row) => of(row).map(value)),
    parts: { of, value: value as (element: unknown) => unknown },
  })

const LC = 'LowCardinality(String)'
const TIME = "DateTime64(9,'UTC')"
const TEXT_MAP = 'Map(LowCardinality(String), String)'

/** What a row carries beside its own facts: when it was received, before or after which other, and how long it is kept. */
export interface Stored<T> {
  readonly row: T
  /** Strictly increasing over requests (microseconds): of two versions of one span the larger counts. */
  readonly receivedOrder: bigint
  readonly receivedAtMs: number
  /** 0 keeps for ever. */
  readonly retentionDays: number
}

const usageColumns = <Row>(usage: (row: Row) => UsageBuckets): Column<Row>[] =>
  USAGE_BUCKETS.map((bucket, i) => column<Row>(USAGE_COLUMNS[i]!, 'UInt32', (r) => usage(r)[bucket]))

type S = Stored<Span>
const ofEvents = partColumn((s: S) => s.row.events)
const ofLinks = partColumn((s: S) => s.row.links)
export const SPANS: Table<S> = {
  name: 'spans',
  columns: [
    column('project_id', 'UInt32', (s) => s.row.projectId),
    column('trace_id', 'FixedString(16)', (s) => s.row.traceId),
    column('span_id', 'FixedString(8)', (s) => s.row.spanId),
    column('parent_span_id', 'FixedString(8)', (s) => s.row.parentSpanId),
    column('start_time', TIME, (s) => s.row.startNanos),
    column('duration_ns', 'UInt64', (s) => s.row.durationNanos),
    column('span_kind', 'UInt8', (s) => s.row.spanKind),
    column('status', 'UInt8', (s) => s.row.status),
    column('status_message', 'String', (s) => s.row.statusMessage),
    column('name', LC, (s) => s.row.name),
    column('trace_state', 'String', (s) => s.row.traceState),
    column('otlp_flags', 'UInt32', (s) => s.row.otlpFlags),
    column('origin', LC, (s) => s.row.origin),
    column('service', LC, (s) => s.row.service),
    column('scope', LC, (s) => s.row.scope),
    column('scope_version', LC, (s) => s.row.scopeVersion),
    column('env', LC, (s) => s.row.env),
    column('team', LC, (s) => s.row.team),
    column('cost_center', LC, (s) => s.row.costCenter),
    column('customer', LC, (s) => s.row.customer),
    column('kind', LC, (s) => s.row.kind),
    column('raw_kind', LC, (s) => s.row.rawKind),
    column('dialect', LC, (s) => s.row.dialect),
    column('mapper_version', 'UInt16', (s) => s.row.mapperVersion),
    column('provider', LC, (s) => s.row.provider),
    column('model', LC, (s) => s.row.model),
    column('request_model', LC, (s) => s.row.requestModel),
    column('response_id', 'String', (s) => s.row.responseId),
    column('finish_reason', LC, (s) => s.row.finishReason),
    column('service_tier', LC, (s) => s.row.serviceTier),
    column('agent', LC, (s) => s.row.agent),
    column('agent_id', LC, (s) => s.row.agentId),
    column('agent_version', LC, (s) => s.row.agentVersion),
    column('workflow', LC, (s) => s.row.workflow),
    column('prompt', LC, (s) => s.row.prompt),
    column('prompt_version', LC, (s) => s.row.promptVersion),
    column('policy_version', LC, (s) => s.row.policyVersion),
    column('session_id', 'String', (s) => s.row.sessionId),
    column('user_id', 'String', (s) => s.row.userId),
    column('tool', LC, (s) => s.row.tool),
    column('tool_call_id', 'String', (s) => s.row.toolCallId),
    column('tool_arguments', 'String', (s) => s.row.toolArguments),
    column('tool_definitions_ref', 'FixedString(16)', (s) => s.row.toolDefinitionsRef),
    column('guardrail', LC, (s) => s.row.guardrail),
    column('verdict', LC, (s) => s.row.verdict),
    ...usageColumns<S>((s) => s.row.usage),
    column('usage_reported', 'UInt16', (s) => s.row.usageReported),
    column('has_usage', 'Bool', (s) => s.row.hasUsage),
    column('input_semantics', LC, (s) => s.row.inputSemantics),
    column('usage_conflict', 'Bool', (s) => s.row.usageConflict),
    column('cost_reported', 'Decimal64(9)', (s) => s.row.costReportedNanoUsd),
    column('tool_fee', 'Decimal64(9)', (s) => s.row.toolFeeNanoUsd),
    column('answered', 'Bool', (s) => s.row.answered),
    column('ttft_ns', 'UInt64', (s) => s.row.ttftNanos),
    column('failed', 'Bool', (s) => s.row.failed),
    column('error_type', LC, (s) => s.row.errorType),
    column('labels', TEXT_MAP, (s) => s.row.labels),
    column('input_preview', 'String', (s) => s.row.inputPreview),
    column('output_preview', 'String', (s) => s.row.outputPreview),
    column('attrs', TEXT_MAP, (s) => s.row.attrs),
    column('nums', 'Map(LowCardinality(String), Float64)', (s) => s.row.nums),
    column('attr_refs', 'Map(LowCardinality(String), FixedString(16))', (s) => s.row.attrRefs),
    column('resource', TEXT_MAP, (s) => s.row.resource),
    ofEvents('events.time', TIME, (e) => e.timeNanos),
    ofEvents('events.name', LC, (e) => e.name),
    ofEvents('events.attrs', 'String', (e) => e.attrs),
    ofLinks('links.trace_id', 'FixedString(16)', (l) => l.traceId),
    ofLinks('links.span_id', 'FixedString(8)', (l) => l.spanId),
    ofLinks('links.attrs', 'String', (l) => l.attrs),
    column('received_order', 'UInt64', (s) => s.receivedOrder),
    column('received_at', "DateTime64(3,'UTC')", (s) => BigInt(s.receivedAtMs)),
    column('retention_days', 'UInt16', (s) => s.retentionDays),
    column('masking', LC, (s) => s.row.masking),
  ],
}

type L = Stored<LogRecord>
export const LOGS: Table<L> = {
  name: 'logs',
  columns: [
    column('project_id', 'UInt32', (l) => l.row.projectId),
    column('log_id', 'FixedString(16)', (l) => l.row.logId),
    column('time', TIME, (l) => l.row.timeNanos),
    column('observed_time', TIME, (l) => l.row.observedNanos),
    column('trace_id', 'FixedString(16)', (l) => l.row.traceId),
    column('span_id', 'FixedString(8)', (l) => l.row.spanId),
    column('severity', 'UInt8', (l) => l.row.severity),
    column('severity_text', LC, (l) => l.row.severityText),
    column('event_name', LC, (l) => l.row.eventName),
    column('service', LC, (l) => l.row.service),
    column('scope', LC, (l) => l.row.scope),
    column('env', LC, (l) => l.row.env),
    column('session_id', 'String', (l) => l.row.sessionId),
    column('body', 'String', (l) => l.row.body),
    column('attrs', TEXT_MAP, (l) => l.row.attrs),
    column('nums', 'Map(LowCardinality(String), Float64)', (l) => l.row.nums),
    column('resource', TEXT_MAP, (l) => l.row.resource),
    column('otlp_flags', 'UInt32', (l) => l.row.otlpFlags),
    column('received_order', 'UInt64', (l) => l.receivedOrder),
    column('received_at', "DateTime64(3,'UTC')", (l) => BigInt(l.receivedAtMs)),
    column('retention_days', 'UInt16', (l) => l.retentionDays),
  ],
}

type C = Stored<Content>
export const CONTENT: Table<C> = {
  name: 'content',
  columns: [
    column('project_id', 'UInt32', (c) => c.row.projectId),
    column('trace_id', 'FixedString(16)', (c) => c.row.traceId),
    column('hash', 'FixedString(16)', (c) => c.row.hash),
    column('body', 'String', (c) => c.row.body),
    column('received_at', "DateTime64(3,'UTC')", (c) => BigInt(c.receivedAtMs)),
    column('retention_days', 'UInt16', (c) => c.retentionDays),
    column('parts', 'Array(FixedString(16))', (c) => c.row.parts),
  ],
}

/** One version of a run in the ledger: +1 says what holds now, −1 takes back what an earlier version said (architecture.md §3). */
export interface LedgerRow {
  readonly sign: 1 | -1
  readonly talliedAtMs: number
  readonly version: bigint
  readonly tally: RunTally
}

const ofCalls = partColumn((r: LedgerRow) => r.tally.calls)
const call = (name: string, type: string, value: (c: Call) => unknown) => ofCalls(`calls.${name}`, type, value)
const ofChecks = partColumn((r: LedgerRow) => r.tally.checks)
const check = (name: string, type: string, value: (c: GuardrailCheck) => unknown) =>
  ofChecks(`checks.${name}`, type, value)
const fact = (name: string, type: string, value: (t: RunTally) => unknown): Column<LedgerRow> =>
  column(name, type, (r) => value(r.tally))

/** `sign`, `tallied_at` and `version` come first: a row is taken back by copying its bytes and changing these (see LEDGER_HEADER_BYTES). */
export const LEDGER: Table<LedgerRow> = {
  name: 'run_ledger',
  columns: [
    column('sign', 'Int8', (r) => r.sign),
    column('tallied_at', "DateTime64(3,'UTC')", (r) => BigInt(r.talliedAtMs)),
    column('version', 'UInt64', (r) => r.version),
    fact('project_id', 'UInt32', (t) => t.projectId),
    fact('run_id', 'FixedString(16)', (t) => t.runId),
    fact('start_time', TIME, (t) => t.startNanos),
    fact('end_time', TIME, (t) => t.endNanos),
    fact('trace_ids', 'Array(FixedString(16))', (t) => t.traceIds),
    fact('session_id', 'String', (t) => t.sessionId),
    fact('session_ids', 'Array(String)', (t) => t.sessionIds),
    fact('user_id', 'String', (t) => t.userId),
    fact('user_ids', 'Array(String)', (t) => t.userIds),
    fact('root_agent', LC, (t) => t.rootAgent),
    fact('agent_version', LC, (t) => t.agentVersion),
    fact('service', LC, (t) => t.service),
    fact('team', LC, (t) => t.team),
    fact('cost_center', LC, (t) => t.costCenter),
    fact('customer', LC, (t) => t.customer),
    fact('env', LC, (t) => t.env),
    fact('workflow', LC, (t) => t.workflow),
    fact('policy_version', LC, (t) => t.policyVersion),
    fact('root_name', LC, (t) => t.rootName),
    fact('status', 'UInt8', (t) => t.status),
    fact('outcome', LC, (t) => t.outcome),
    fact('outcome_source', LC, (t) => t.outcomeSource),
    fact('outcome_evaluator', LC, (t) => t.outcomeEvaluator),
    fact('span_count', 'UInt32', (t) => t.spanCount),
    fact('error_count', 'UInt32', (t) => t.errorCount),
    fact('model_calls', 'UInt32', (t) => t.modelCalls),
    fact('failed_model_calls', 'UInt32', (t) => t.failedModelCalls),
    fact('embedding_calls', 'UInt32', (t) => t.embeddingCalls),
    fact('tool_calls', 'UInt32', (t) => t.toolCalls),
    fact('tool_errors', 'UInt32', (t) => t.toolErrors),
    fact('missing_usage_calls', 'UInt32', (t) => t.missingUsageCalls),
    fact('unpriced_calls', 'UInt32', (t) => t.unpricedCalls),
    fact('guardrail_evaluations', 'UInt32', (t) => t.guardrailEvaluations),
    fact('guardrail_hits', 'UInt32', (t) => t.guardrailHits),
    ...USAGE_BUCKETS.map((b, i) => fact(USAGE_COLUMNS[i]!, 'UInt64', (t) => BigInt(t.usage[b]))),
    fact('usage_unreported', 'UInt16', (t) => t.usageUnreported),
    fact('cost', 'Decimal64(9)', (t) => t.costNanoUsd),
    fact('cost_status', 'UInt8', (t) => COST_STATUSES.indexOf(t.costStatus)),
    fact('models', `Array(${LC})`, (t) => t.models),
    fact('tools', `Array(${LC})`, (t) => t.tools),
    fact('agents', `Array(${LC})`, (t) => t.agents),
    fact('guardrails', `Array(${LC})`, (t) => t.guardrails),
    fact('score_names', `Array(${LC})`, (t) => t.scoreNames),
    fact('first_input', 'String', (t) => t.firstInput),
    fact('last_output', 'String', (t) => t.lastOutput),
    fact('labels', TEXT_MAP, (t) => t.labels),
    call('span_id', 'FixedString(8)', (c) => c.spanId),
    call('trace_id', 'FixedString(16)', (c) => c.traceId),
    call('kind', LC, (c) => c.kind),
    call('start_time', TIME, (c) => c.startNanos),
    call('duration_ns', 'UInt64', (c) => c.durationNanos),
    call('agent', LC, (c) => c.agent),
    call('agent_version', LC, (c) => c.agentVersion),
    call('provider', LC, (c) => c.provider),
    call('model', LC, (c) => c.model),
    call('tool', LC, (c) => c.tool),
    call('service_tier', LC, (c) => c.serviceTier),
    call('failed', 'Bool', (c) => c.failed),
    call('error_type', LC, (c) => c.errorType),
    ...USAGE_BUCKETS.map((b, i) => call(USAGE_COLUMNS[i]!, 'UInt32', (c) => c.usage[b])),
    call('usage_reported', 'UInt16', (c) => c.usageReported),
    call('cost', 'Decimal64(9)', (c) => c.costNanoUsd),
    call('cost_status', 'UInt8', (c) => CALL_COST_STATUSES.indexOf(c.costStatus)),
    call('price_ref', LC, (c) => c.priceRef),
    call('ttft_ns', 'UInt64', (c) => c.ttftNanos),
    call('validity', 'UInt8', (c) => VALIDITIES.indexOf(c.validity)),
    check('span_id', 'FixedString(8)', (c) => c.spanId),
    check('name', LC, (c) => c.name),
    check('verdict', LC, (c) => c.verdict),
    check('time', TIME, (c) => c.timeNanos),
    check('agent', LC, (c) => c.agent),
    check('fail_open', 'Bool', (c) => c.failOpen),
    check('count', 'UInt32', (c) => c.count),
    call('cost_reported', 'Decimal64(9)', (c) => c.costReportedNanoUsd),
    call('cost_computed', 'Decimal64(9)', (c) => c.costComputedNanoUsd),
    call('request_model', LC, (c) => c.requestModel),
  ],
}
/** Int8 + DateTime64 + UInt64. */
export const LEDGER_HEADER_BYTES = 1 + 8 + 8

/** Where a trace stands: which run it belongs to, and its bounds, so that every later question about it is narrow. Written by the tallier. */
export interface TraceRow {
  readonly projectId: number
  readonly traceId: string
  readonly version: bigint
  readonly runId: string
  readonly sessionId: string
  readonly isCallRoot: boolean
  /** How many traces the run had at that version; a run of one is found without asking for others. */
  readonly runTraces: number
  /** Answers that another trace may turn out to tell of as well (`strayResponseIds`); mostly empty. */
  readonly strayResponseIds: readonly string[]
  readonly startNanos: bigint
  /** Start of the last span: with `startNanos` the bounds of `spans.start_time`. */
  readonly lastStartNanos: bigint
  readonly endNanos: bigint
  /** End of the run at that version: where in the ledger the run's row stands. */
  readonly runEndNanos: bigint
  readonly runVersion: bigint
  readonly spanCount: number
  readonly errorCount: number
  readonly rootName: string
  readonly service: string
  readonly agent: string
  readonly env: string
  /** Words of the business by which late outcomes and charges may name the run (`recount.outcome.key`). */
  readonly outcomeKeys: readonly string[]
}

export const TRACES: Table<TraceRow> = {
  name: 'traces',
  columns: [
    column('project_id', 'UInt32', (t) => t.projectId),
    column('trace_id', 'FixedString(16)', (t) => t.traceId),
    column('version', 'UInt64', (t) => t.version),
    column('run_id', 'FixedString(16)', (t) => t.runId),
    column('session_id', 'String', (t) => t.sessionId),
    column('is_call_root', 'Bool', (t) => t.isCallRoot),
    column('run_traces', 'UInt32', (t) => t.runTraces),
    column('stray_response_ids', 'Array(String)', (t) => t.strayResponseIds),
    column('start_time', TIME, (t) => t.startNanos),
    column('last_start_time', TIME, (t) => t.lastStartNanos),
    column('end_time', TIME, (t) => t.endNanos),
    column('run_end_time', TIME, (t) => t.runEndNanos),
    column('run_version', 'UInt64', (t) => t.runVersion),
    column('span_count', 'UInt32', (t) => t.spanCount),
    column('error_count', 'UInt32', (t) => t.errorCount),
    column('root_name', LC, (t) => t.rootName),
    column('service', LC, (t) => t.service),
    column('agent', LC, (t) => t.agent),
    column('env', LC, (t) => t.env),
    column('outcome_keys', 'Array(String)', (t) => t.outcomeKeys),
  ],
}

/** Every table that a segment can carry rows for. */
export const TABLES = {
  spans: SPANS,
  logs: LOGS,
  scores: SCORES,
  content: CONTENT,
  run_ledger: LEDGER,
  traces: TRACES,
  ingest_stats: INGEST_STATS,
  metrics: METRICS,
  charges: CHARGES,
} as const
export type TableName = keyof typeof TABLES
export const TABLE_NAMES = Object.keys(TABLES) as TableName[]

/**
 * An encoder of whole rows. It is written out as one function, a call per column (`new Function`), so that every call has one target that V8 can
 * inline; a loop over the columns costs twice as much. Nothing but our own column list goes into its text.
 */
export const rowEncoder = <Row>(table: Table<Row>): ((writer: RowBinaryWriter, row: Row) => void) => {
  const parts = table.columns.map((c) => ({ encode: encoderOf(c.type), value: c.value }))
  const body = parts.map((_, i) => `e${i}(writer, v${i}(row))`).join('\n')
  const names = parts.flatMap((_, i) => [`e${i}`, `v${i}`])
  const make = new Function(...names, `return (writer, row) => {\n${body}\n}`)
  return make(...parts.flatMap(({ encode, value }) => [encode, value]))
}

/**
 * A decoder of whole rows into objects with these fields, written out for the same reason: as one literal, so that all rows share a shape.
 * `field` may be a path of one dot (`usage.reasoning`): those become one inner object.
 */
export const rowDecoder = <Row>(
  columns: readonly { readonly field: string; readonly type: string }[],
): ((reader: RowBinaryReader) => Row) => {
  const decoders = columns.map(({ type }) => decoderOf(type))
  const inner = new Map<string, string[]>()
  const outer: string[] = []
  columns.forEach(({ field }, i) => {
    const [name, key] = field.split('.') as [string, string | undefined]
    if (key === undefined) outer.push(`${name}: x${i}`)
    else inner.set(name, [...(inner.get(name) ?? []), `${key}: x${i}`])
  })
  for (const [name, pairs] of inner) outer.push(`${name}: { ${pairs.join(', ')} }`)
  const body = columns.map((_, i) => `const x${i} = d${i}(reader)`).join('\n')
  const make = new Function(
    ...decoders.map((_, i) => `d${i}`),
    `return (reader) => {\n${body}\nreturn { ${outer.join(', ')} }\n}`,
  )
  return make(...decoders)
}
