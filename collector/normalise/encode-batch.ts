import type { RowFormat } from '../../schema/clickhouse/database.ts'
import { METRICS } from '../../schema/clickhouse/metrics-table.ts'
import { type BlockEncoder, blockEncoder } from '../../schema/clickhouse/native-writer.ts'
import { SCORES } from '../../schema/clickhouse/scores-table.ts'
import { CONTENT, LOGS, SPANS, type Stored, type TableName } from '../../schema/clickhouse/tables.ts'
import { decodeJson } from '../../schema/otlp/decode-json.ts'
import { decodeProtobuf } from '../../schema/otlp/decode-protobuf.ts'
import { maskDecoded } from '../mask/mask-decoded.ts'
import type { MaskingPolicy } from '../mask/policy.ts'
import type { Notes, OtlpRequest, Rejection } from '../pipeline-types.ts'
import { encodeKeys, encodeTargets, type TraceKey, targetsOf } from '../spool/keys.ts'
import { normalise } from './normalise.ts'

/** One request on its way to disk: rows per table in ClickHouse's own form, and which traces they touch. */
export interface EncodedBatch {
  readonly sections: readonly Section[]
  readonly accepted: number
  readonly rejections: readonly Rejection[]
  readonly notes: Notes
  /** What masking found, and how often; empty where it is off. */
  readonly findings: Readonly<Record<string, number>>
}

/** Rows of one table; `keys` is not a table but the list of touched traces (`spool/keys.ts`), `targets` that of sessions and business keys. */
export interface Section {
  readonly table: TableName | 'keys' | 'targets'
  readonly format: RowFormat
  readonly rows: number
  readonly bytes: Uint8Array
}

export interface BatchContext {
  readonly receivedOrder: bigint
  readonly retentionDays: number
}

/**
 * Bytes of one export request to rows: decode, normalise, encode. Pure, so it runs in whatever thread the pool likes, and the road from
 * bytes to rows can be replaced without its neighbours noticing.
 * @throws DecodeError where the body is not what it claims to be
 */
export const encodeBatch = (
  request: OtlpRequest,
  context: BatchContext,
  policy: MaskingPolicy | undefined = undefined,
): EncodedBatch => {
  const sent =
    request.encoding === 'json'
      ? decodeJson(request.signal, request.body)
      : decodeProtobuf(request.signal, request.body)
  const masked = policy && maskDecoded(sent, policy)
  const decoded = masked?.decoded ?? sent
  const { projectId, receivedAtMs } = request
  const { spans, logs, metrics, scores, contents, rejections } = normalise(decoded, {
    projectId,
    receivedAtMs,
    retentionDays: context.retentionDays,
    ...(masked ? { masking: masked.labels } : {}),
  })
  const stored = <T>(row: T): Stored<T> => ({ row, receivedAtMs, ...context })
  const keys = new Map<string, TraceKey>()
  const touch = (traceId: string, startNanos?: bigint): void => {
    if (traceId === '') return
    const key = keys.get(traceId)
    if (!key) keys.set(traceId, { projectId, traceId, minStart: startNanos, maxStart: startNanos })
    else if (startNanos !== undefined) {
      if (key.minStart === undefined || startNanos < key.minStart) key.minStart = startNanos
      if (key.maxStart === undefined || startNanos > key.maxStart) key.maxStart = startNanos
    }
  }
  for (const span of spans) touch(span.traceId, span.startNanos)
  for (const score of scores) touch(score.traceId)

  const encodedSpans = section('spans', encodeSpans, spans.map(stored))
  const encodedLogs = section('logs', encodeLogs, logs.map(stored))
  const encodedMetrics = section('metrics', encodeMetrics, metrics.map(stored))
  const unfit = spans.length + logs.length + metrics.length - encodedSpans.rows - encodedLogs.rows - encodedMetrics.rows
  return {
    sections: [
      encodedSpans,
      encodedLogs,
      encodedMetrics,
      section('scores', encodeScores, scores.map(stored)),
      section('content', encodeContent, contents.map(stored)),
      { table: 'keys' as const, format: 'RowBinary' as const, rows: keys.size, bytes: encodeKeys([...keys.values()]) },
      targetsSection(scores),
    ].filter((s) => s.rows > 0),
    notes: { invalid_utf8: decoded.invalidUtf8 },
    findings: masked?.findings ?? {},
    accepted: { traces: encodedSpans, logs: encodedLogs, metrics: encodedMetrics }[decoded.signal].rows,
    rejections:
      unfit === 0
        ? rejections
        : [...rejections, { reason: 'undecodable', count: unfit, sample: 'a number or time that no column can hold' }],
  }
}

/** The list of what judgements and charges without a trace are about. */
export const targetsSection = (facts: Parameters<typeof targetsOf>[0]): Section => {
  const targets = targetsOf(facts)
  return { table: 'targets', format: 'RowBinary', rows: targets.length, bytes: encodeTargets(targets) }
}

const encodeSpans = blockEncoder(SPANS)
const encodeLogs = blockEncoder(LOGS)
const encodeMetrics = blockEncoder(METRICS)
const encodeScores = blockEncoder(SCORES)
const encodeContent = blockEncoder(CONTENT)

const section = <Row>(table: TableName, encode: BlockEncoder<Row>, rows: readonly Row[]): Section =>
  rows.length === 0
    ? { table, format: 'Native', rows: 0, bytes: NOTHING }
    : { table, format: 'Native', ...encode(rows) }

const NOTHING = new Uint8Array()
