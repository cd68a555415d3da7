import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from '../schema/clickhouse/database.ts'
import { openEmbedded } from '../schema/clickhouse/embedded.ts'
import { TABLES } from '../schema/clickhouse/tables.ts'
import { type RecountProcess, startRecountProcess } from '../test/support/recount-process.ts'
import { round, send, untilCounted } from './ingest.ts'
import { latencies, picksOf, questionsAbout } from './questions.ts'

export const SEED_SPANS = 1_000_000
const DAYS = 29
const SETTLE_MS = 900_000

/**
 * Queries, disk and memory at `spans` stored spans over 29 days. A million spans are sent as any agent sends them; the rest are copies of their rows with
 * other ids, sessions and times, made by the engine itself through the same tables and views, because sending a hundred million takes an hour and
 * would measure `bench ingest` again.
 */
export const benchScale = async (spans: number) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'recount-scale-'))
  try {
    const seeded = await seed(dataDir, Math.min(SEED_SPANS, spans))
    const copied = await multiply(dataDir, Math.max(0, Math.round(spans / seeded) - 1))
    const recount = await startRecountProcess({ dataDir, readyTimeoutMs: 120_000 })
    try {
      const idleBytes = recount.residentBytes()
      const days = Array.from({ length: 8 }, (_, i) => `from=now-${(i + 1) * 3}d&to=now-${i * 3}d`)
      const questions = await latencies(recount, questionsAbout(await picksOf(recount, days)))
      return {
        ...copied,
        readyMs: Math.round(recount.readyMs),
        questions,
        idleMiB: Math.round(idleBytes / 1024 ** 2),
        residentMiB: Math.round(recount.residentBytes() / 1024 ** 2),
      }
    } finally {
      await recount.stop()
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

export const seed = async (dataDir: string, spans: number): Promise<number> => {
  const recount: RecountProcess = await startRecountProcess({ dataDir })
  const sent = await send(['--url', recount.otlpHttp, '--spans', String(spans)])
  await untilCounted(recount, sent.spans)
  await recount.stop()
  return sent.spans
}

/** What differs between a row and its `k`-th copy; `step` is the distance of two copies in seconds. Runs of one trace carry its id, so both change alike. */
const copyOf = (column: string, k: number, step: number): string => {
  const of = (name: string) => `\`${name}\``
  const id = (x: string) => `sipHash128(${x}, toUInt32(${k}))`
  const spanId = (x: string) =>
    `if(${x} = toFixedString('', 8), ${x}, reinterpretAsFixedString(sipHash64(${x}, toUInt32(${k}))))`
  const earlier = (x: string) => `${x} - toIntervalSecond(${Math.round(k * step)})`
  const renamed = (x: string) => `if(${x} = '', '', concat(${x}, '-${k}'))`
  if (['trace_id', 'run_id'].includes(column)) return id(of(column))
  if (['span_id', 'parent_span_id'].includes(column)) return spanId(of(column))
  if (column === 'trace_ids' || column === 'calls.trace_id') return `arrayMap(x -> ${id('x')}, ${of(column)})`
  if (column === 'calls.span_id' || column === 'checks.span_id') return `arrayMap(x -> ${spanId('x')}, ${of(column)})`
  if (column === 'calls.start_time' || column === 'checks.time') return `arrayMap(x -> ${earlier('x')}, ${of(column)})`
  if (['start_time', 'end_time', 'last_start_time', 'run_end_time', 'received_at'].includes(column))
    return earlier(of(column))
  if (['session_id', 'response_id', 'tool_call_id'].includes(column)) return renamed(of(column))
  if (column === 'session_ids') return `arrayMap(x -> ${renamed('x')}, ${of(column)})`
  return of(column)
}

export const multiply = async (dataDir: string, copies: number) => {
  const database = await openEmbedded(dataDir)
  try {
    const tables = ['spans', 'run_ledger', 'traces'] as const
    for (const table of tables)
      await database.command(
        `CREATE TABLE scale_${table} ENGINE = MergeTree ORDER BY tuple() AS SELECT * FROM ${table} SETTINGS async_insert = 0`,
      )
    const started = performance.now()
    const step = copies === 0 ? 0 : (DAYS * 86_400) / copies
    for (let k = 1; k <= copies; k++) {
      for (const table of tables) {
        const names = TABLES[table].columns.map((column) => column.name)
        await database.command(
          `INSERT INTO ${table} (${names.map((name) => `\`${name}\``).join(', ')})
SELECT ${names.map((name) => copyOf(name, k, step)).join(', ')} FROM scale_${table}
SETTINGS async_insert = 0, max_insert_threads = 1, max_block_size = 131072, min_insert_block_size_rows = 131072, max_partitions_per_insert_block = 1000`,
        )
      }
      if (k % 10 === 0) console.log(`  ${k} of ${copies} copies, ${round((performance.now() - started) / 1000)} s`)
    }
    const copySeconds = (performance.now() - started) / 1000
    for (const table of tables) await database.command(`DROP TABLE scale_${table} SYNC`)
    await untilMerged(database)
    const settledSeconds = (performance.now() - started) / 1000
    const bytes = await database.query<{ table: string; bytes: number; rows: number; parts: number }>(
      `SELECT table, toFloat64(sum(bytes_on_disk)) AS bytes, toFloat64(sum(rows)) AS rows, count() AS parts FROM system.parts
WHERE active AND database = currentDatabase() GROUP BY table ORDER BY bytes DESC`,
    )
    const rows = bytes.find(({ table }) => table === 'spans')!.rows
    return {
      spans: rows,
      copySeconds: round(copySeconds),
      settledSeconds: round(settledSeconds),
      storedBytesPerSpan: round(bytes.reduce((sum, t) => sum + t.bytes, 0) / rows),
      storedBytesPerSpanByTable: Object.fromEntries(bytes.map((t) => [t.table, round(t.bytes / rows, 2)])),
      parts: Object.fromEntries(bytes.map((t) => [t.table, t.parts])),
      peakLoadMiB: Math.round(process.memoryUsage().rss / 1024 ** 2),
    }
  } finally {
    await database.close()
  }
}

const untilMerged = async (database: Database): Promise<void> => {
  const until = Date.now() + SETTLE_MS
  let quiet = 0
  while (quiet < 5 && Date.now() < until) {
    const [row] = await database.query<{ merges: number }>('SELECT count() AS merges FROM system.merges')
    quiet = row!.merges === 0 ? quiet + 1 : 0
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
}
