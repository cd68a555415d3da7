import type { Database } from '../../schema/clickhouse/database.ts'
import { RowBinaryReader } from '../../schema/clickhouse/row-binary-reader.ts'
import { RowBinaryWriter } from '../../schema/clickhouse/row-binary-writer.ts'
import type { Section } from '../normalise/encode-batch.ts'

/** free: whoever comes may write. taken: its writer is at work. written: its rows are decided, and may or may not be in the ledger yet. */
export const STATES = ['free', 'taken', 'written'] as const
export type State = (typeof STATES)[number]

export interface JournalHead {
  readonly sequence: bigint
  readonly entryId: string
  readonly writer: string
  readonly state: State
}

export interface JournalEntry extends JournalHead {
  readonly shard: number
  /** Rows of run_ledger and traces. */
  readonly sections: readonly Section[]
}

export const FIRST: JournalHead = { sequence: 0n, entryId: '', writer: '', state: 'free' }

/** The last entry of a shard, without its rows. */
export const readHead = async (database: Database, shard: number): Promise<JournalHead> => {
  const [row] = await database.query<{ sequence: string; entryId: string; writer: string; state: number }>(
    `SELECT toString(j.sequence) AS sequence, lower(hex(entry_id)) AS entryId, lower(hex(writer)) AS writer, state
FROM tally_journal AS j
WHERE shard = ${shard}
ORDER BY j.sequence DESC
LIMIT 1`,
  )
  return row ? { ...row, sequence: BigInt(row.sequence), state: STATES[row.state]! } : FIRST
}

/** The rows of an entry; undefined where later ones have taken its place. */
export const readRows = async (
  database: Database,
  shard: number,
  head: JournalHead,
): Promise<readonly Section[] | undefined> => {
  const bytes = await database.queryBytes(
    `SELECT ledger, traces FROM tally_journal WHERE shard = ${shard} AND sequence = ${head.sequence}`,
    'RowBinary',
  )
  if (bytes.length === 0) return undefined
  const reader = new RowBinaryReader(bytes)
  const blob = (): Uint8Array => {
    const length = reader.varint()
    reader.offset += length
    return bytes.subarray(reader.offset - length, reader.offset)
  }
  const sections = [
    { table: 'run_ledger', format: 'Native', rows: 0, bytes: blob() },
    { table: 'traces', format: 'Native', rows: 0, bytes: blob() },
  ] as const
  return sections.filter((section) => section.bytes.length > 0)
}

/**
 * Offers an entry for its number. Several may: the engine keeps the first and drops the others without a word, so who it was is read afterwards.
 * The same entry may be offered again after a failure.
 */
export const offer = (database: Database, entry: JournalEntry): Promise<void> => {
  const writer = new RowBinaryWriter(1024)
  writer.u8(entry.shard)
  writer.u64(entry.sequence)
  writer.hex(entry.entryId, 16)
  writer.hex(entry.writer, 16)
  writer.u8(STATES.indexOf(entry.state))
  const chunks: Uint8Array[] = []
  for (const table of ['run_ledger', 'traces'] as const) {
    const mine = entry.sections.filter((section) => section.table === table)
    writer.varint(mine.reduce((sum, section) => sum + section.bytes.length, 0))
    chunks.push(writer.take(), ...mine.map((section) => section.bytes))
  }
  return database.insert({
    table: 'tally_journal',
    format: 'RowBinary',
    chunks,
    token: `journal:${entry.shard}:${entry.sequence}`,
  })
}

/** Puts an entry's rows into their tables. Whoever does it, and however often: the names of the inserts are the entry's. */
export const apply = async (database: Database, entryId: string, sections: readonly Section[]): Promise<void> => {
  // The ledger before `traces`, which points into it.
  for (const table of ['run_ledger', 'traces'] as const) {
    const chunks = sections.filter((section) => section.table === table).map((section) => section.bytes)
    if (chunks.length > 0)
      await database.insert({ table, format: 'Native', chunks, token: `entry:${entryId}:${table}` })
  }
}
