import type { Database, RowFormat } from '../../schema/clickhouse/database.ts'
import type { TableName } from '../../schema/clickhouse/tables.ts'
import type { Section } from '../normalise/encode-batch.ts'
import { decodeKeys, decodeTargets, mergeKeys, type Target, type TraceKey } from '../spool/keys.ts'

export interface Loaded {
  readonly rows: Readonly<Partial<Record<TableName, number>>>
  /** Traces that the segment touched. */
  readonly keys: readonly TraceKey[]
  /** Sessions and business keys that it said something of. */
  readonly targets: readonly Target[]
  /** The sections of spans that it held. */
  readonly spans: readonly Section[]
}

/** Content first and spans last: whoever sees a span can read its bodies, and what was said of a run stands before the run is tallied. The ledger before `traces`, which points into it. */
const ORDER: readonly TableName[] = ['content', 'scores', 'charges', 'logs', 'metrics', 'spans', 'run_ledger', 'traces']

/** A segment of an older program holds RowBinary; one of this program never holds both for one table. */
const FORMATS: readonly RowFormat[] = ['Native', 'RowBinary']

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
    for (const format of FORMATS) {
      const chunks = mine.filter((section) => section.format === format).map((section) => section.bytes)
      const token = format === 'Native' ? `${segment.id}:${table}:native` : `${segment.id}:${table}`
      if (chunks.length > 0) await database.insert({ table, format, chunks, token })
    }
    rows[table] = mine.reduce((sum, section) => sum + section.rows, 0)
  }
  const keys = sections.filter((section) => section.table === 'keys').flatMap((section) => decodeKeys(section.bytes))
  const targets = sections
    .filter((section) => section.table === 'targets')
    .flatMap((section) => decodeTargets(section.bytes))
  return { rows, keys: mergeKeys(keys), targets, spans: sections.filter((section) => section.table === 'spans') }
}
