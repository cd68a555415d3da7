import { CLOSED_COSTS } from './closed-costs-table.ts'
import { AUDIT_LOG, SETTINGS } from './settings-table.ts'
import { TABLES } from './tables.ts'

/** Steps that talliers agree on; `collector/tally/journal.ts` writes and reads its rows itself, two columns being rows of other tables. */
export const TALLY_JOURNAL = {
  name: 'tally_journal',
  columns: [
    { name: 'shard', type: 'UInt8' },
    { name: 'sequence', type: 'UInt64' },
    { name: 'entry_id', type: 'FixedString(16)' },
    { name: 'writer', type: 'FixedString(16)' },
    { name: 'state', type: 'UInt8' },
    { name: 'ledger', type: 'String' },
    { name: 'traces', type: 'String' },
  ],
} as const

/** Every table that takes inserts: those of the segments, and the program's own. */
export const INSERT_TABLES = {
  ...TABLES,
  tally_journal: TALLY_JOURNAL,
  settings: SETTINGS,
  audit_log: AUDIT_LOG,
  closed_costs: CLOSED_COSTS,
} as const
export type InsertTableName = keyof typeof INSERT_TABLES

export interface ColumnList {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
}

/** `a UInt32, b String`: the structure argument of `file()` and the column list of an INSERT. */
export const structureOf = (table: ColumnList): string => table.columns.map((c) => `\`${c.name}\` ${c.type}`).join(', ')
export const columnNamesOf = (table: ColumnList): string => table.columns.map((c) => `\`${c.name}\``).join(', ')
