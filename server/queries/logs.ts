import type { LogItem } from '../../schema/api/shapes.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { attributesOf } from '../answers/attributes.ts'
import { cursorOf, numericKey, pageOf, parseCursor } from './cursor.ts'
import { fill, sqlFile } from './sql-file.ts'
import type { TracePlace } from './traces.ts'

const COLUMNS = { columns: sqlFile('logs-columns') }
const SQL = fill(sqlFile('logs-of-trace'), COLUMNS)
const SEARCH = fill(sqlFile('logs-search'), COLUMNS)
const SORT = '+time'
const NEWEST = '-time'
/** A record may be written shortly before its span starts or after it ended, by another clock. */
const SLACK_NANOS = 3_600_000_000_000n

/** Judgements of a run are told by records too, and come when somebody has judged it. */
const LATE_NANOS = 30n * 86_400_000_000_000n

export interface LogRow {
  readonly log_id: string
  readonly time_nanos: string
  readonly trace_id: string
  readonly span_id: string
  readonly service: string
  readonly severity: number
  readonly severity_text: string
  readonly event_name: string
  readonly body: string
  readonly attrs: Record<string, string>
  readonly nums: Record<string, number>
}

export interface LogsRequest {
  readonly limit: number
  readonly after?: string
  readonly afterKey?: string
  /** Names of events; none: every record. */
  readonly names?: readonly string[]
  /** Besides `names`, events whose name ends so. */
  readonly ends?: readonly string[]
  /** Besides the traces' records, those of these sessions that have no trace. */
  readonly sessions?: readonly string[]
}

export const logRows = (
  database: Database,
  projectId: number,
  places: readonly TracePlace[],
  { limit, after = '', afterKey = '', names = [], ends = [], sessions = [] }: LogsRequest,
): Promise<LogRow[]> => {
  const first = places.map((place) => BigInt(place.start_nanos)).reduce((a, b) => (a < b ? a : b))
  const last = places.map((place) => BigInt(place.end_nanos)).reduce((a, b) => (a > b ? a : b))
  return database.query<LogRow>(SQL, {
    project: projectId,
    traceIds: places.map((place) => place.trace_id),
    firstNanos: (first - SLACK_NANOS).toString(),
    lastNanos: (last + SLACK_NANOS).toString(),
    names,
    ends,
    sessions,
    after,
    afterKey,
    limit,
  })
}

export const logsOfTrace = async (
  database: Database,
  projectId: number,
  place: TracePlace,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<{ items: LogItem[]; next: string | null }> => {
  const after = parseCursor(cursor, SORT, 2)
  const rows = await logRows(database, projectId, [place], {
    limit: limit + 1,
    // A trace without spans stands for its session's records, which name none.
    sessions: place.span_count === 0 && place.session_id !== '' ? [place.session_id] : [],
    after: numericKey(after?.keys[0]),
    afterKey: after?.keys[1] ?? '',
  })
  const { page, next } = pageOf(rows, limit, (last) => cursorOf(SORT, last.time_nanos, last.log_id))
  return { items: page.map(itemOfRow), next }
}

const itemOfRow = (row: LogRow): LogItem => ({
  logId: row.log_id,
  timeNanos: row.time_nanos,
  traceId: row.trace_id,
  spanId: row.span_id,
  service: row.service,
  severity: row.severity,
  severityText: row.severity_text,
  eventName: row.event_name,
  body: row.body,
  attributes: attributesOf(row.attrs, row.nums),
})

export interface LogSearch {
  /** Undefined: whatever trace they belong to, or none. */
  readonly places: readonly TracePlace[] | undefined
  readonly fromMs: number | undefined
  readonly toMs: number | undefined
  readonly spanId: string
  readonly services: readonly string[]
  readonly events: readonly string[]
  readonly envs: readonly string[]
  readonly severity: number
  readonly q: string
}

/** Log records that match, newest first. */
export const searchLogs = async (
  database: Database,
  projectId: number,
  { places, fromMs, toMs, ...search }: LogSearch,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<{ items: LogItem[]; next: string | null }> => {
  const after = parseCursor(cursor, NEWEST, 2)
  const starts = places?.map((place) => BigInt(place.start_nanos) - SLACK_NANOS) ?? []
  const ends = places?.map((place) => BigInt(place.end_nanos) + LATE_NANOS) ?? []
  const first =
    fromMs === undefined ? starts.reduce((a, b) => (a < b ? a : b), starts[0] ?? 0n) : BigInt(fromMs) * 1_000_000n
  const last = toMs === undefined ? ends.reduce((a, b) => (a > b ? a : b), ends[0] ?? 0n) : BigInt(toMs) * 1_000_000n
  const rows = await database.query<LogRow>(SEARCH, {
    project: projectId,
    ...search,
    byTrace: places !== undefined,
    traceIds: places?.map((place) => place.trace_id) ?? [],
    firstNanos: first.toString(),
    lastNanos: last.toString(),
    after: numericKey(after?.keys[0]),
    afterKey: after?.keys[1] ?? '',
    limit: limit + 1,
  })
  const { page, next } = pageOf(rows, limit, (row) => cursorOf(NEWEST, row.time_nanos, row.log_id))
  return { items: page.map(itemOfRow), next }
}
