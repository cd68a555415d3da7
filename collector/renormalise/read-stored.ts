import type { Database } from '../../schema/clickhouse/database.ts'
import { RowBinaryReader } from '../../schema/clickhouse/row-binary-reader.ts'
import { LOGS, rowDecoder, SPANS } from '../../schema/clickhouse/tables.ts'
import { missingParts, type StoredBody, wholeBodies } from '../../schema/model/content-parts.ts'
import type { LogRecord, Span } from '../../schema/model/span.ts'
import { USAGE_BUCKETS, USAGE_COLUMNS } from '../../schema/model/usage.ts'

/** A stored span in its last version, with what its row keeps beside it. */
export interface StoredSpan {
  readonly span: Span
  readonly receivedAtMs: number
  readonly retentionDays: number
}

export interface StoredLog {
  readonly log: LogRecord
  readonly receivedAtMs: number
  readonly retentionDays: number
}

/** A stretch of time, and of its traces those whose hash falls into a part: what one step holds in memory. */
export interface Window {
  readonly fromNanos: bigint
  readonly toNanos: bigint
  readonly part: number
  readonly parts: number
}

/** Rows of one step, about: with their attributes some 2 KB each. */
const ROWS_PER_WINDOW = 5_000
const MINUTE_NANOS = 60_000_000_000n

/** Windows that cover the spans and logs of a time range, each of about `ROWS_PER_WINDOW` rows. */
export const windowsOf = async (
  database: Database,
  projectId: number,
  range: { readonly fromNanos: bigint; readonly toNanos: bigint },
): Promise<readonly Window[]> => {
  const rows = await database.query<{ minute: string; count: string }>(
    `SELECT toString(toUnixTimestamp(toStartOfMinute(t))) AS minute, toString(count()) AS count
FROM (
    SELECT start_time AS t FROM spans WHERE ${between('start_time', projectId, range)}
    UNION ALL
    SELECT time AS t FROM logs WHERE ${between('time', projectId, range)}
)
GROUP BY minute ORDER BY toUInt64(minute)`,
  )
  const windows: Window[] = []
  let count = 0
  let from = 0n
  let to = 0n
  const close = (): void => {
    const parts = Math.max(1, Math.ceil(count / ROWS_PER_WINDOW))
    for (let part = 0; part < parts && count > 0; part++) windows.push({ fromNanos: from, toNanos: to, part, parts })
    count = 0
  }
  for (const row of rows) {
    const start = BigInt(row.minute) * 1_000_000_000n
    if (count > 0 && count + Number(row.count) > ROWS_PER_WINDOW) close()
    if (count === 0) from = start
    to = start + MINUTE_NANOS
    count += Number(row.count)
  }
  close()
  return windows.map((window) => ({
    ...window,
    fromNanos: window.fromNanos < range.fromNanos ? range.fromNanos : window.fromNanos,
    toNanos: window.toNanos > range.toNanos ? range.toNanos : window.toNanos,
  }))
}

export const spansIn = async (database: Database, projectId: number, window: Window): Promise<StoredSpan[]> =>
  readSpans(database, `${between('start_time', projectId, window)} AND ${partOf(window)}`)

/** Rows that were derived from these log records, wherever they stand in time. */
export const derivedOf = async (
  database: Database,
  projectId: number,
  logs: readonly LogRecord[],
  traceIds: readonly string[],
): Promise<StoredSpan[]> =>
  logs.length === 0
    ? []
    : readSpans(
        database,
        `project_id = ${projectId} AND origin = 'log' AND trace_id IN (SELECT toFixedString(unhex(arrayJoin({traceIds:Array(String)})), 16))
    AND span_id IN (SELECT toFixedString(unhex(arrayJoin({spanIds:Array(String)})), 8))`,
        { traceIds: [...new Set(traceIds)], spanIds: logs.map(({ logId }) => logId.slice(0, 16)) },
      )

export const logsIn = async (database: Database, projectId: number, window: Window): Promise<StoredLog[]> => {
  const bytes = await database.queryBytes(
    `SELECT ${LOGS.columns.map((c) => c.name).join(', ')} FROM logs
WHERE ${between('time', projectId, window)} AND ${partOf(window)}
ORDER BY received_order DESC LIMIT 1 BY log_id`,
    'RowBinary',
  )
  const reader = new RowBinaryReader(bytes)
  const rows: StoredLog[] = []
  while (!reader.done) {
    const { receivedAtMs, retentionDays, receivedOrder: _, ...log } = decodeLog(reader)
    rows.push({
      log: { ...log, traceId: idOf(log.traceId), spanId: idOf(log.spanId) },
      receivedAtMs: Number(receivedAtMs),
      retentionDays,
    })
  }
  return rows
}

/** Bodies by hash, put together from their parts. */
export const bodiesOf = async (
  database: Database,
  projectId: number,
  spans: readonly StoredSpan[],
): Promise<ReadonlyMap<string, string>> => {
  const traceIds = [...new Set(spans.map(({ span }) => span.traceId))]
  const read = async (hashes: readonly string[]): Promise<readonly StoredBody[]> =>
    hashes.length === 0
      ? []
      : database.query<StoredBody>(
          // `c.`: a bare `hash` in the condition would be the alias, which is text.
          `SELECT lower(hex(c.hash)) AS hash, c.body AS body, arrayMap(part -> lower(hex(part)), c.parts) AS parts
FROM content AS c
WHERE c.project_id = ${projectId} AND c.trace_id IN (SELECT toFixedString(unhex(arrayJoin({traceIds:Array(String)})), 16))
    AND c.hash IN (SELECT toFixedString(unhex(arrayJoin({hashes:Array(String)})), 16))
LIMIT 1 BY c.hash`,
          { traceIds, hashes },
        )
  const rows = await read([...new Set(spans.flatMap(({ span }) => [...span.attrRefs.values()]))])
  return wholeBodies(rows, await read(missingParts(rows)))
}

const readSpans = async (
  database: Database,
  where: string,
  params: Record<string, readonly string[]> = {},
): Promise<StoredSpan[]> => {
  const bytes = await database.queryBytes(
    `SELECT ${SPANS.columns.map((c) => c.name).join(', ')} FROM spans
WHERE ${where}
ORDER BY received_order DESC LIMIT 1 BY trace_id, span_id`,
    'RowBinary',
    params,
  )
  const reader = new RowBinaryReader(bytes)
  const rows: StoredSpan[] = []
  while (!reader.done) rows.push(storedSpan(decodeSpan(reader)))
  return rows
}

const between = (
  column: string,
  projectId: number,
  { fromNanos, toNanos }: { readonly fromNanos: bigint; readonly toNanos: bigint },
): string => `project_id = ${projectId}
    AND ${column} >= fromUnixTimestamp64Nano(${fromNanos}, 'UTC') AND ${column} < fromUnixTimestamp64Nano(${toNanos}, 'UTC')`

const partOf = ({ part, parts }: Window): string => (parts === 1 ? '1' : `cityHash64(trace_id) % ${parts} = ${part}`)

/** Column → field of the model; what is not named here is the column's name in camelCase. */
const FIELDS: Readonly<Record<string, string>> = {
  start_time: 'startNanos',
  duration_ns: 'durationNanos',
  cost_reported: 'costReportedNanoUsd',
  tool_fee: 'toolFeeNanoUsd',
  ttft_ns: 'ttftNanos',
  received_at: 'receivedAtMs',
  time: 'timeNanos',
  observed_time: 'observedNanos',
  'events.time': 'eventTimes',
  'events.name': 'eventNames',
  'events.attrs': 'eventAttrs',
  'links.trace_id': 'linkTraceIds',
  'links.span_id': 'linkSpanIds',
  'links.attrs': 'linkAttrs',
}

const fieldOf = (name: string): string => {
  const bucket = USAGE_COLUMNS.indexOf(name)
  if (bucket >= 0) return `usage.${USAGE_BUCKETS[bucket]}`
  return FIELDS[name] ?? name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}

interface SpanColumns extends Omit<Span, 'events' | 'links'> {
  readonly eventTimes: readonly bigint[]
  readonly eventNames: readonly string[]
  readonly eventAttrs: readonly string[]
  readonly linkTraceIds: readonly string[]
  readonly linkSpanIds: readonly string[]
  readonly linkAttrs: readonly string[]
  readonly receivedOrder: bigint
  readonly receivedAtMs: bigint
  readonly retentionDays: number
}
interface LogColumns extends LogRecord {
  readonly receivedOrder: bigint
  readonly receivedAtMs: bigint
  readonly retentionDays: number
}

const decodeSpan = rowDecoder<SpanColumns>(SPANS.columns.map((c) => ({ field: fieldOf(c.name), type: c.type })))
const decodeLog = rowDecoder<LogColumns>(LOGS.columns.map((c) => ({ field: fieldOf(c.name), type: c.type })))

const storedSpan = (row: SpanColumns): StoredSpan => {
  const {
    eventTimes,
    eventNames,
    eventAttrs,
    linkTraceIds,
    linkSpanIds,
    linkAttrs,
    receivedOrder: _,
    receivedAtMs,
    retentionDays,
    ...span
  } = row
  return {
    span: {
      ...span,
      parentSpanId: idOf(span.parentSpanId),
      toolDefinitionsRef: idOf(span.toolDefinitionsRef),
      events: eventTimes.map((timeNanos, i) => ({ timeNanos, name: eventNames[i] ?? '', attrs: eventAttrs[i] ?? '' })),
      links: linkTraceIds.map((traceId, i) => ({ traceId, spanId: linkSpanIds[i] ?? '', attrs: linkAttrs[i] ?? '' })),
    },
    receivedAtMs: Number(receivedAtMs),
    retentionDays,
  }
}

/** Columns of fixed length hold zeros where the model has no id. */
const idOf = (hex: string): string => (/^0*$/.test(hex) ? '' : hex)
