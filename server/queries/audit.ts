import type { AuditItem } from '../../schema/api/audit.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { isoOfNanos } from '../answers/time.ts'
import { cursorOf, numericKey, pageOf, parseCursor } from './cursor.ts'
import { sqlFile } from './sql-file.ts'
import type { BoundedRange } from './time-range.ts'

const SQL = sqlFile('audit')
const SORT = '-time'

export interface AuditRequest {
  readonly limit: number
  readonly cursor: string | undefined
  readonly actions: readonly string[]
  readonly actors: readonly string[]
}

interface AuditRow {
  readonly id: string
  readonly nanos: string
  readonly actor: string
  readonly action: string
  readonly subject: string
  readonly detail: string
}

/** Entries of a project in a range, newest first. @throws HttpProblem 400 for a damaged cursor */
export const auditPage = async (
  database: Database,
  projectId: number,
  { fromMs, toMs }: BoundedRange,
  { limit, cursor, actions, actors }: AuditRequest,
): Promise<{ items: AuditItem[]; next: string | null }> => {
  const after = parseCursor(cursor, SORT, 2)
  const rows = await database.query<AuditRow>(SQL, {
    project: projectId,
    from: Math.floor(fromMs),
    to: Math.ceil(toMs),
    actions,
    actors,
    afterMs: numericKey(after?.keys[0]) || '0',
    afterId: after?.keys[1] ?? '',
    limit: limit + 1,
  })
  const { page, next } = pageOf(rows, limit, (row) => cursorOf(SORT, String(BigInt(row.nanos) / 1_000_000n), row.id))
  return {
    items: page.map(({ id, nanos, actor, action, subject, detail }) => ({
      id,
      time: isoOfNanos(BigInt(nanos)),
      actor,
      action,
      subject,
      detail: JSON.parse(detail) as Record<string, unknown>,
    })),
    next,
  }
}
