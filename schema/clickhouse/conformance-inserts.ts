import { expect } from 'vitest'
import { decodeRows, encodeRows, idColumnOf, type PlainRow, plainTable, sampleRows } from './conformance-rows.ts'
import { type Database, DatabaseError } from './database.ts'
import { columnNamesOf } from './insert-tables.ts'
import { blockEncoder } from './native-writer.ts'
import { TABLE_NAMES, TABLES, type TableName } from './tables.ts'

export interface Store {
  database: Database
  /** Closes the database and opens it again on the same data. */
  reopen: () => Promise<void>
}
export type Test = (name: string, body: () => Promise<void>) => void

/** What hangs on run_ledger by materialised views. */
const HALF_WAY_TRIES = 20
export const LEDGER_VIEWS = ['runs', 'calls_1h', 'runs_1h'] as const
/** What hangs on any table. */
export const VIEW_TARGETS = [...LEDGER_VIEWS, 'strays'] as const

/** What an insert promises: every column as it was, once per token, in the table and in every view. */
export const insertTests = (test: Test, store: Store): void => {
  for (const [index, name] of TABLE_NAMES.entries())
    test(`${name}: every column comes back as it was inserted`, async () => {
      const project = 9000 + index
      const rows = sampleRows(name, project, 60, index + 1)
      const bytes = encodeRows(name, rows)
      // Cut in the middle of a row: pieces follow each other, whatever their borders.
      const cut = Math.floor(bytes.length / 3)
      await store.database.insert({
        table: name,
        format: 'RowBinary',
        chunks: [bytes.subarray(0, cut), bytes.subarray(cut)],
        token: `round-trip-${name}`,
      })
      const back = await store.database.queryBytes(
        `SELECT ${columnNamesOf(TABLES[name])} FROM ${name} WHERE project_id = {project:UInt32} ORDER BY ${idColumnOf(name)}`,
        'RowBinary',
        { project },
      )
      expect(decodeRows(name, back).map(comparable)).toEqual(rows.map(comparable))
    })

  for (const [index, name] of TABLE_NAMES.entries())
    test(`${name}: blocks of differing columns come back as they were inserted`, async () => {
      const project = 9050 + index
      const rows = sampleRows(name, project, 61, index + 9)
      // A block of one row leaves out what that row does not say, so no two blocks have the same columns.
      const blocks = [rows.slice(0, 30), ...rows.slice(30, 40).map((row) => [row]), rows.slice(40)]
      const encode = blockEncoder(plainTable(name))
      await store.database.insert({
        table: name,
        format: 'Native',
        chunks: blocks.map((some) => encode(some).bytes),
        token: `blocks-${name}`,
      })
      const back = await store.database.queryBytes(
        `SELECT ${columnNamesOf(TABLES[name] as never)} FROM ${name} WHERE project_id = {project:UInt32} ORDER BY ${idColumnOf(name)}`,
        'RowBinary',
        { project },
      )
      expect(decodeRows(name, back).map(comparable)).toEqual(rows.map(comparable))
    })

  test('a token inserts once: again it changes nothing, under a new token it does', async () => {
    for (const [index, name] of TABLE_NAMES.entries()) {
      const project = 9100 + index
      const chunks = [encodeRows(name, sampleRows(name, project, 3, index))]
      const insert = (token: string): Promise<void> =>
        store.database.insert({ table: name, format: 'RowBinary', chunks, token })
      // Merges may fold equal rows of a replacing table: parts are counted by their inserts instead.
      await store.database.command(`SYSTEM STOP MERGES ${name}`)
      await insert(`once-${name}`)
      await insert(`once-${name}`)
      expect(await countOf(store.database, name, project), name).toBe(3)
      await insert(`twice-${name}`)
      expect(await countOf(store.database, name, project), name).toBe(6)
      await store.database.command(`SYSTEM START MERGES ${name}`)
    }
  })

  test('a token inserts once into every view too, and is remembered when the store is opened again', async () => {
    const insert = ledgerInsert(9200, 'views-once')
    await store.database.insert(insert)
    await store.database.insert(insert)
    expect(await sumsOf(store.database, 9200)).toEqual(LEDGER_SUMS)
    await store.reopen()
    await store.database.insert(insert)
    expect(await sumsOf(store.database, 9200)).toEqual(LEDGER_SUMS)
    await store.database.insert({ ...insert, token: 'views-twice' })
    expect(await sumsOf(store.database, 9200)).toEqual(twice(LEDGER_SUMS))
  })

  for (const [index, target] of LEDGER_VIEWS.entries())
    test(`an insert that failed half-way, at ${target}, is completed by the same token`, async () => {
      // Views are filled side by side, so whether the base table was written when one of them failed is chance: tried until it was.
      let wasHalfWay = false
      for (let attempt = 0; attempt < HALF_WAY_TRIES && !wasHalfWay; attempt++) {
        const project = 10_000 + index * 100 + attempt
        const insert = ledgerInsert(project, `half-way-${target}-${attempt}`)
        await store.database.command(`ALTER TABLE ${target} ADD CONSTRAINT broken CHECK project_id != ${project}`)
        const failure = await store.database.insert(insert).catch((error: unknown) => error)
        expect(failure).toBeInstanceOf(DatabaseError)
        const halfWay = await sumsOf(store.database, project)
        expect(halfWay[target]).toBe(0)
        wasHalfWay = halfWay.run_ledger === LEDGER_SUMS.run_ledger
        await store.database.command(`ALTER TABLE ${target} DROP CONSTRAINT broken`)
        await store.database.insert(insert)
        expect(await sumsOf(store.database, project)).toEqual(LEDGER_SUMS)
        await store.database.insert(insert)
        expect(await sumsOf(store.database, project)).toEqual(LEDGER_SUMS)
      }
      expect(wasHalfWay).toBe(true)
    })

  test('a row taken back leaves nothing in any sum', async () => {
    const rows = ledgerRows(9400)
    const insert = (sign: 1 | -1, token: string): Promise<void> =>
      store.database.insert({
        table: 'run_ledger',
        format: 'RowBinary',
        chunks: [
          encodeRows(
            'run_ledger',
            rows.map((row) => ({ ...row, sign })),
          ),
        ],
        token,
      })
    await insert(1, 'sign-plus')
    await insert(-1, 'sign-minus')
    expect(await sumsOf(store.database, 9400)).toEqual({ run_ledger: 0, runs: 0, calls_1h: 0, runs_1h: 0 })
    expect(await store.database.query('SELECT run_id FROM runs FINAL WHERE project_id = 9400')).toEqual([])
  })

  test('inserts of several tables at once all arrive', async () => {
    await Promise.all(
      TABLE_NAMES.map((name, index) =>
        store.database.insert({
          table: name,
          format: 'RowBinary',
          chunks: [encodeRows(name, sampleRows(name, 9500, 50, index + 50))],
          token: `together-${name}`,
        }),
      ),
    )
    for (const name of TABLE_NAMES) expect(await countOf(store.database, name, 9500), name).toBe(50)
  })
}

export const countOf = async (database: Database, table: TableName, project: number): Promise<number> => {
  const rows = await database.query<{ n: number }>(
    `SELECT count() AS n FROM ${table} WHERE project_id = {project:UInt32}`,
    {
      project,
    },
  )
  return rows[0]!.n
}

type Sums = Record<'run_ledger' | (typeof LEDGER_VIEWS)[number], number>

/** Two runs of two and three calls. */
const LEDGER_SUMS: Sums = { run_ledger: 2, runs: 2, calls_1h: 5, runs_1h: 2 }

const sumsOf = async (database: Database, project: number): Promise<Sums> => {
  const [row] = await database.query<Sums>(
    `SELECT
      (SELECT toInt64(sum(sign)) FROM run_ledger WHERE project_id = {project:UInt32}) AS run_ledger,
      (SELECT toInt64(sum(sign)) FROM runs WHERE project_id = {project:UInt32}) AS runs,
      (SELECT sum(call_count) FROM calls_1h WHERE project_id = {project:UInt32}) AS calls_1h,
      (SELECT sum(run_count) FROM runs_1h WHERE project_id = {project:UInt32}) AS runs_1h`,
    { project },
  )
  return row!
}

const twice = (sums: Sums): Sums => Object.fromEntries(Object.entries(sums).map(([name, n]) => [name, n * 2])) as Sums

const ledgerRows = (project: number): PlainRow[] => {
  const rows = sampleRows('run_ledger', project, 200, 7)
  const withCalls = (n: number): PlainRow => rows.find((row) => (row['calls.kind'] as unknown[]).length === n)!
  return [withCalls(2), withCalls(3)]
}

const ledgerInsert = (project: number, token: string) =>
  ({
    table: 'run_ledger',
    format: 'RowBinary',
    chunks: [encodeRows('run_ledger', ledgerRows(project))],
    token,
  }) as const

/** Maps keep no order: the engine may store their keys in buckets. */
const comparable = (row: PlainRow): PlainRow =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Map ? [...value].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)) : value,
    ]),
  )
