import type { Database } from '../../schema/clickhouse/database.ts'
import type { TableName } from '../../schema/clickhouse/tables.ts'
import type { Section } from '../normalise/encode-batch.ts'
import { decodeKeys, mergeKeys, type TraceKey } from '../spool/keys.ts'

export interface Loaded {
  readonly rows: Readonly<Partial<Record<TableName, number>>>
  /** Traces that the segment touched. */
  readonly keys: readonly TraceKey[]
}

/** Content first and spans last: whoever sees a span can read its bodies. The ledger before `traces`, which points into it. */
const ORDER: readonly TableName[] = ['content', 'scores', 'logs', 'metrics', 'spans', 'run_ledger', 'traces']

/**
 * One insert per table, named after the segment, so that doing it again changes nothing (architecture.md §2, "load").
 * @throws DatabaseError: the segment stays, try again
 */
export const loadSegment = async (
  database: Database,
  segment: { readonly id: string },
  sections: readonly Section[],
): Promise<Loaded> => {
  const rows: Partial<Record<TableName, number>> = {}
  for (const table of ORDER) {
    const mine = sections.filter((section) => section.table === table)
    if (mine.length === 0) continue
    await database.insert({ table, chunks: mine.map((section) => section.bytes), token: `${segment.id}:${table}` })
    rows[table] = mine.reduce((sum, section) => sum + section.rows, 0)
  }
  const keys = sections.filter((section) => section.table === 'keys').flatMap((section) => decodeKeys(section.bytes))
  return { rows, keys: mergeKeys(keys) }
}
