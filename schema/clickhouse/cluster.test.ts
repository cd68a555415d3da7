import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clusterStatements } from './cluster.ts'
import { encodeRows, sampleRows } from './conformance-rows.ts'
import type { Database } from './database.ts'
import { openEmbedded } from './embedded.ts'
import { migrate, migrationFiles } from './migrate.ts'
import { TABLE_NAMES } from './tables.ts'

const STATEMENTS = clusterStatements({ cluster: 'agents', database: 'recount', minFreeDiskBytes: 268_435_456 })
let folder = ''
let database: Database

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recount-cluster-'))
  database = await openEmbedded(folder)
})
afterAll(async () => {
  await database.close()
  await rm(folder, { recursive: true, force: true })
})

test('every statement is one that the engine can parse', async () => {
  expect(STATEMENTS.length).toBeGreaterThan(2 * TABLE_NAMES.length)
  for (const statement of STATEMENTS) {
    const lines = await database.query<{ explain: string }>(`SELECT * FROM (EXPLAIN AST ${statement})`).catch(() =>
      // EXPLAIN of some statements is no table: it answers by itself.
      database.queryBytes(`EXPLAIN AST ${statement}`, 'TSV'),
    )
    expect(lines.length, statement.slice(0, 80)).toBeGreaterThan(0)
  }
})

test('every table of the migrations has a place on each shard and a way to all of them, with a key', () => {
  const tables = migrationFiles()
    .flatMap(({ statements }) => statements)
    .flatMap((statement) => /CREATE TABLE IF NOT EXISTS (\w+)/.exec(statement)?.[1] ?? [])
  for (const table of [...tables, 'schema_migrations']) {
    expect(
      STATEMENTS.filter((s) => s.startsWith(`CREATE TABLE IF NOT EXISTS recount.${table}_local ON CLUSTER`)),
    ).toHaveLength(1)
    const [way] = STATEMENTS.filter((s) => s.startsWith(`CREATE TABLE IF NOT EXISTS recount.${table} ON CLUSTER`))
    expect(way, table).toMatch(/ENGINE = Distributed\(agents, recount, \w+_local, \w+\(.*\)\)$/)
  }
  for (const table of ['spans', 'traces', 'content'])
    expect(STATEMENTS.join('\n')).toContain(`recount, ${table}_local, cityHash64(trace_id))`)
  for (const table of ['run_ledger', 'runs'])
    expect(STATEMENTS.join('\n')).toContain(`recount, ${table}_local, cityHash64(run_id))`)
})

test('every replicated table remembers the tokens of inserts, and none keeps the setting of a single server', () => {
  const local = STATEMENTS.filter((s) => s.includes('ENGINE = Replicated'))
  expect(STATEMENTS.join('\n')).not.toContain('non_replicated')
  expect(local.filter((s) => !/replicated_deduplication_window = \d{4,}/.test(s)).map((s) => s.slice(0, 60))).toEqual([
    expect.stringContaining('schema_migrations_local'),
  ])
  expect(STATEMENTS.join('\n')).not.toMatch(/\{(?!shard|replica|database|table)\w+\}/)
})

test('what one shard holds is a working schema: tables, columns and views, with the cluster taken away', async () => {
  await database.command('CREATE DATABASE IF NOT EXISTS shard ENGINE = Atomic')
  const onOneServer = clusterStatements({ cluster: 'agents', database: 'shard', minFreeDiskBytes: 0 })
    .filter(
      (s) =>
        /^(CREATE (TABLE|MATERIALIZED VIEW)|ALTER TABLE)/.test(s) &&
        (s.includes('_local ON CLUSTER') || s.includes(' TO shard.')),
    )
    .map((s) =>
      s
        .replace(' ON CLUSTER agents', '')
        .replace(/ENGINE = Replicated(\w+)\('[^']*', '[^']*'(?:, )?/, 'ENGINE = $1(')
        .replace(
          /replicated_deduplication_window = (\d+), replicated_deduplication_window_seconds = \d+/,
          'non_replicated_deduplication_window = $1',
        ),
    )
  for (const statement of onOneServer) await database.command(statement)
  const columns = (name: string, table: string): Promise<unknown[]> =>
    database.query(
      `SELECT name, type FROM system.columns WHERE database = '${name}' AND table = '${table}' ORDER BY position`,
    )
  await migrate(database, { minFreeDiskBytes: 0 })
  for (const table of TABLE_NAMES)
    expect(await columns('shard', `${table}_local`), table).toEqual(await columns('recount', table))

  const rows = sampleRows('run_ledger', 1, 5, 3)
  await database.insert({
    table: 'run_ledger',
    format: 'RowBinary',
    chunks: [encodeRows('run_ledger', rows)],
    token: 'shard',
  })
  await database.command('INSERT INTO shard.run_ledger_local SELECT * FROM recount.run_ledger')
  for (const view of ['runs', 'calls_1h', 'runs_1h']) {
    const count = async (name: string): Promise<unknown> => database.query(`SELECT count() AS n FROM ${name}`)
    expect(await count(`shard.${view}_local`), view).toEqual(await count(`recount.${view}`))
  }
})
