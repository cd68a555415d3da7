import type { LogItem } from '../../schema/api/shapes.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { attributesOf } from '../answers/attributes.ts'
import { cursorOf, numericKey, pageOf, parseCursor } from './cursor.ts'
import { sqlFile } from './sql-file.ts'
import type { TracePlace } from './traces.ts'

const SQL = sqlFile('logs-of-trace')
const SORT = '+time'
/** A record may be written shortly before its span starts or after it ended, by another clock. */
const SLACK_NANOS = 3_600_000_000_000n

export interface LogRow {
  readonly log_id: string
  readonly time_nanos: string
  readonly trace_id: string
  readonly span_id: string
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
    after: numericKey(after?.keys[0]),
    afterKey: after?.keys[1] ?? '',
  })
  const { page, next } = pageOf(rows, limit, (last) => cursorOf(SORT, last.time_nanos, last.log_id))
  return {
    items: page.map((row) => ({
      logId: row.log_id,
      timeNanos: row.time_nanos,
      traceId: row.trace_id,
      spanId: row.span_id,
      severity: row.severity,
      severityText: row.severity_text,
      eventName: row.event_name,
      body: row.body,
      attributes: attributesOf(row.attrs, row.nums),
    })),
    next,
  }
}
