import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countOf, insertTests, type Store, type Test, VIEW_TARGETS } from './conformance-inserts.ts'
import { encodeRows, sampleRows } from './conformance-rows.ts'
import { streamTests } from './conformance-streams.ts'
import { type Database, DatabaseError } from './database.ts'
import { migrate, migrationFiles } from './migrate.ts'
import { TABLE_NAMES, TABLES } from './tables.ts'

export interface DatabaseTests {
  readonly name: string
  /** A Database on an empty store; called again after `close`, on the same store as before. */
  readonly open: () => Promise<Database>
  /** Names of tests that this engine cannot pass, and why. They are shown as skipped, with the reason. */
  readonly skip?: readonly { readonly reason: string; readonly tests: readonly string[] }[]
}

/** What every engine behind a `Database` must do. Call it once in a test file: one embedded store per process. */
export const runDatabaseTests = (suite: DatabaseTests): void => {
  const test = (name: string, body: () => Promise<void>): void => {
    const skipped = suite.skip?.find(({ tests }) => tests.includes(name))
    if (skipped) it.skip(`${name} (${skipped.reason})`, body)
    else it(name, body)
  }
  const store: Store = { database: undefined as never, reopen: async () => undefined }

  describe(`${suite.name} as a Database`, () => {
    beforeAll(async () => {
      store.database = await suite.open()
      store.reopen = async () => {
        await store.database.close()
        store.database = await suite.open()
      }
      await migrate(store.database, { minFreeDiskBytes: 0 })
    })
    afterAll(() => store.database.close())

    describe('schema', () => schemaTests(test, store))
    describe('inserts', () => insertTests(test, store))
    describe('queries', () => queryTests(test, store))
    describe('streams', () => streamTests(test, store))
    describe('failures', () => failureTests(test, store))
    describe('close', () => closeTests(test, store))
  })
}

const schemaTests = (test: Test, store: Store): void => {
  const ddl = (): Promise<{ name: string; create_table_query: string }[]> =>
    store.database.query(
      'SELECT name, create_table_query FROM system.tables WHERE database = currentDatabase() ORDER BY name',
    )

  test('migrations change nothing when they are run again, nor when what was applied is forgotten', async () => {
    const before = await ddl()
    await migrate(store.database, { minFreeDiskBytes: 0 })
    expect(await ddl()).toEqual(before)
    await store.database.command('TRUNCATE TABLE schema_migrations')
    await migrate(store.database, { minFreeDiskBytes: 0 })
    expect(await ddl()).toEqual(before)
    const applied = await store.database.query<{ version: number }>(
      'SELECT version FROM schema_migrations ORDER BY version',
    )
    expect(applied.map((row) => row.version)).toEqual(migrationFiles().map((file) => file.version))
  })

  test('data of a newer program is refused', async () => {
    await store.database.command("INSERT INTO schema_migrations (version, name) VALUES (9999, 'later')")
    await expect(migrate(store.database, { minFreeDiskBytes: 0 })).rejects.toThrow('newer Recount')
    await store.database.command(
      'ALTER TABLE schema_migrations DELETE WHERE version = 9999 SETTINGS mutations_sync = 1',
    )
    await migrate(store.database, { minFreeDiskBytes: 0 })
  })

  test('columns of the tables are those of the column lists, in order and type', async () => {
    for (const name of TABLE_NAMES) {
      const stored = TABLES[name].columns.map((column) => `${column.name} ${column.type.replaceAll(', ', ',')}`)
      expect(await columnsOf(store.database, name), name).toEqual(stored)
    }
  })

  test('runs has every column of the ledger but the calls and checks', async () => {
    const ledger = await columnsOf(store.database, 'run_ledger')
    expect(await columnsOf(store.database, 'runs')).toEqual(ledger.filter((c) => !/^(calls|checks)\./.test(c)))
  })

  test('every table is on disk when an insert returns, and knows the tokens of earlier inserts', async () => {
    const tables = await store.database.query<{ name: string; engine_full: string }>(
      "SELECT name, engine_full FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree' ORDER BY name",
    )
    expect(tables.map((t) => t.name)).toEqual(expect.arrayContaining([...TABLE_NAMES, ...VIEW_TARGETS]))
    const without = (setting: RegExp): string[] => tables.filter((t) => !setting.test(t.engine_full)).map((t) => t.name)
    // Losing the list of applied migrations only makes them run again.
    expect(without(/fsync_after_insert = 1\b/)).toEqual(['schema_migrations'])
    expect(without(/fsync_part_directory = 1\b/)).toEqual(['schema_migrations'])
    expect(without(/non_replicated_deduplication_window = [1-9]\d{3,}/)).toEqual(['schema_migrations'])
  })

  test('every materialised view writes to a table of the schema', async () => {
    const views = await store.database.query<{ create_table_query: string }>(
      "SELECT create_table_query FROM system.tables WHERE database = currentDatabase() AND engine = 'MaterializedView'",
    )
    const targets = views.map((v) => / TO (?:\w+\.)?(\w+)/.exec(v.create_table_query)?.[1]).sort()
    expect(targets).toEqual([...VIEW_TARGETS].sort())
  })
}

const queryTests = (test: Test, store: Store): void => {
  test('typed parameters arrive as they were given', async () => {
    const text = `it's "quoted" \\ back\\slash, tab\t, line\n, {p:String}, 'x' OR 1=1 --, 🙂`
    const params = {
      text,
      list: [text, '', "'"],
      n: 2 ** 32 - 1,
      big: 2n ** 63n,
      yes: true,
      f: 1.5,
      ids: ['00ff', 'ab'],
      empty: [],
    }
    const sql = `SELECT {text:String} AS text, {list:Array(String)} AS list, {n:UInt32} AS n, toString({big:UInt64}) AS big,
      {yes:Bool} AS yes, {f:Float64} AS f, arrayMap(id -> lower(hex(unhex(id))), {ids:Array(String)}) AS ids, length({empty:Array(String)}) AS empty`
    expect(await store.database.query(sql, params)).toEqual([{ ...params, big: String(2n ** 63n), empty: 0 }])
  })

  test('queries side by side see their own parameters', async () => {
    const rows = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        store.database.query('SELECT {i:UInt32} AS i, {s:String} AS s, sleep({wait:Float64}) AS w', {
          i,
          s: `value ${i}`,
          wait: (i % 3) / 100,
        }),
      ),
    )
    expect(rows).toEqual(rows.map((_, i) => [{ i, s: `value ${i}`, w: 0 }]))
  })

  test('a quick query does not wait for a slow one', async () => {
    const slow = store.database.query('SELECT sleep({seconds:Float64}) AS w', { seconds: 2 })
    let slowDone = false
    slow.then(() => {
      slowDone = true
    })
    for (let i = 0; i < 5; i++) await store.database.query('SELECT {i:UInt32} AS i', { i })
    expect(slowDone).toBe(false)
    await slow
  })

  test('64-bit integers are numbers, and values that JSON has no word for are text', async () => {
    expect(
      await store.database.query(`SELECT toUInt64(1) AS n, toInt64(-${2 ** 53 - 1}) AS least, nan AS nan, -inf AS inf`),
    ).toEqual([{ n: 1, least: -(2 ** 53 - 1), nan: 'nan', inf: '-inf' }])
  })

  test('a large answer comes whole, as rows and as bytes', async () => {
    const rows = await store.database.query<{ n: number; s: string }>(
      "SELECT number AS n, concat('line ', toString(number)) AS s FROM numbers(300000) ORDER BY n",
    )
    expect(rows.length).toBe(300_000)
    expect(rows.at(-1)).toEqual({ n: 299_999, s: 'line 299999' })
    const bytes = await store.database.queryBytes('SELECT repeat({c:String}, 1000) FROM numbers(50000)', 'TSV', {
      c: 'x',
    })
    expect(bytes.length).toBe(50_000 * 1_001)
  })

  test('an empty answer is no rows', async () => {
    expect(await store.database.query('SELECT 1 AS a WHERE 0')).toEqual([])
    expect((await store.database.queryBytes('SELECT 1 WHERE 0', 'RowBinary')).length).toBe(0)
  })

  test('limits hold for their query alone', async () => {
    const threads = "SELECT toString(getSetting('max_threads')) AS n"
    const [before] = await store.database.query(threads)
    expect(await store.database.query(threads, {}, { settings: { max_threads: 77 } })).toEqual([{ n: '77' }])
    for (let i = 0; i < 8; i++) expect(await store.database.query(threads)).toEqual([before])
  })

  test('ping resolves', async () => {
    await store.database.ping()
  })
}

const failureTests = (test: Test, store: Store): void => {
  const failureOf = async (work: Promise<unknown>): Promise<DatabaseError> => {
    const error = await work.then(
      () => new Error('it succeeded'),
      (e: unknown) => e,
    )
    expect(error).toBeInstanceOf(DatabaseError)
    return error as DatabaseError
  }

  test('a wrong statement is a query error with the engine’s code, and the connection goes on', async () => {
    const cases: [string, string][] = [
      ['SELECT FROM WHERE', '62'],
      ['SELECT * FROM no_such_table', '60'],
      ['SELECT no_such_column FROM spans', '47'],
      ["SELECT throwIf(1, 'on purpose')", '395'],
    ]
    for (const [sql, code] of cases) {
      expect(await failureOf(store.database.query(sql))).toMatchObject({ kind: 'query', code })
      expect(await failureOf(store.database.queryBytes(sql, 'RowBinary'))).toMatchObject({ kind: 'query', code })
      expect(await store.database.query('SELECT 1 AS a')).toEqual([{ a: 1 }])
    }
    expect(await failureOf(store.database.command('CREATE TABLE spans (a UInt8) ENGINE = Memory'))).toMatchObject({
      kind: 'query',
      code: '57',
    })
  })

  test('an answer that fails half-way is an error, not half an answer', async () => {
    const sql = "SELECT number, throwIf(number = 900000, 'late') FROM numbers(1000000)"
    expect(await failureOf(store.database.query(sql))).toMatchObject({ kind: 'query', code: '395' })
    expect(await failureOf(store.database.queryBytes(sql, 'TSV'))).toMatchObject({ kind: 'query', code: '395' })
    // The rows it had come to must not begin the next answer, on whichever connection that comes.
    const next = await Promise.all(Array.from({ length: 12 }, () => store.database.query('SELECT 1 AS a')))
    expect(next).toEqual(next.map(() => [{ a: 1 }]))
  })

  test('parameters that are missing or of another type are query errors', async () => {
    const sql = 'SELECT {id:UInt32} AS id'
    await store.database.query(sql, { id: 7 })
    for (let i = 0; i < 8; i++)
      expect(await failureOf(store.database.query(sql))).toMatchObject({ kind: 'query', code: '456' })
    expect(await failureOf(store.database.query(sql, { id: 'seven' }))).toMatchObject({ kind: 'query', code: '457' })
  })

  test('a query that takes too long or too much is a limit error', async () => {
    const slow = store.database.query(
      'SELECT count() FROM numbers(100000000000) WHERE sipHash64(number) = 1',
      {},
      { timeoutSeconds: 1 },
    )
    expect(await failureOf(slow)).toMatchObject({ kind: 'limit', code: '159' })
    const hungry = store.database.query(
      'SELECT groupArray(number) FROM numbers(100000000)',
      {},
      { settings: { max_memory_usage: 10_000_000 } },
    )
    expect(await failureOf(hungry)).toMatchObject({ kind: 'limit', code: '241' })
  })

  test('rows that are no rows insert nothing', async () => {
    const bytes = encodeRows('content', sampleRows('content', 9600, 3, 1))
    const torn = {
      table: 'content',
      format: 'RowBinary',
      chunks: [bytes.subarray(0, bytes.length - 1)],
      token: 'torn',
    } as const
    expect(await failureOf(store.database.insert(torn))).toMatchObject({ kind: 'query' })
    expect(await countOf(store.database, 'content', 9600)).toBe(0)
  })
}

const closeTests = (test: Test, store: Store): void => {
  test('what was asked before close is answered, what is asked after is refused', async () => {
    const running = [1, 2, 3, 4, 5, 6].map((n) => store.database.query('SELECT sleep(0.2) + {n:UInt8} AS n', { n }))
    const answers = Promise.all(running)
    await Promise.all(running.slice(0, 1))
    await Promise.all([answers, store.reopen()])
    expect(await answers).toEqual([1, 2, 3, 4, 5, 6].map((n) => [{ n }]))
    const closed = store.database
    await store.reopen()
    await expect(closed.query('SELECT 1')).rejects.toMatchObject({ kind: 'unavailable' })
    expect(await store.database.query('SELECT 1 AS a')).toEqual([{ a: 1 }])
  })
}

/** Name and type of the columns that are written; materialised ones are the migrations' own. */
const columnsOf = async (database: Database, table: string): Promise<string[]> => {
  const columns = await database.query<{ name: string; type: string }>(
    `SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String}
     AND default_kind IN ('', 'DEFAULT') ORDER BY position`,
    { table },
  )
  return columns.map(({ name, type }) => `${name} ${canonical(type)}`)
}

/** The engine spells types out; the column lists keep the short form. */
const canonical = (type: string): string => type.replaceAll(', ', ',').replace(/Decimal\(18,(\d+)\)/g, 'Decimal64($1)')
