import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { Manifest } from '../schema/api/costs.ts'
import type { Database } from '../schema/clickhouse/database.ts'
import { openEmbedded } from '../schema/clickhouse/embedded.ts'
import { migrate } from '../schema/clickhouse/migrate.ts'
import { get, testApp } from '../test/support/api.ts'
import { readByDuckdb } from '../test/support/duckdb.ts'

/** A report of so many rows: complete, as its manifest says, the same to another engine, in bounded memory. */
export const exportTorture = async (rows: number, print: (line: string) => void): Promise<boolean> => {
  const dir = await mkdtemp(join(tmpdir(), 'recount-export-'))
  const database = await openEmbedded(dir)
  const memory = watchMemory()
  try {
    await migrate(database, { minFreeDiskBytes: 0 })
    const truth = await fill(database, rows)
    const app = testApp({ database }, { nowMs: () => START + 40 * DAY })
    const settled = memory.now()
    memory.reset()
    let good = true
    for (const { format, read } of FORMATS) {
      const path = `/api/costs?${RANGE}&by=run,agent&sort=period&format=${format}`
      const startedMs = performance.now()
      const answer = await app.request(path, { headers: { host: 'localhost' } })
      if (answer.status !== 200) throw new Error(await answer.text())
      const firstMs = performance.now() - startedMs
      const file = join(dir, `report.${format}`)
      const { bytes, sha256, lines } = await save(answer, file)
      const seconds = (performance.now() - startedMs) / 1000
      const manifest = await get<Manifest>(
        app,
        path.replace('/costs?', '/costs/manifest?').concat(`&as_of=${answer.headers.get('recount-as-of')}`),
      )
      const seen = await read({ file, lines, money: 'costUsd' })
      const agrees =
        manifest.rows === rows &&
        manifest.sha256 === sha256 &&
        manifest.bytes === bytes &&
        manifest.sumUsd === truth &&
        seen.rows === rows &&
        (seen.sum === undefined || Number(seen.sum) === Number(truth))
      good &&= agrees
      print(
        `${format} ${seen.rows} rows · ${(bytes / 1e6).toFixed(0)} MB · $${seen.sum ?? manifest.sumUsd} of $${truth} · manifest ${agrees ? 'holds' : `DIFFERS ${JSON.stringify(manifest)}`} · first byte ${(firstMs / 1000).toFixed(1)} s, whole ${seconds.toFixed(1)} s · resident ${settled} → ${memory.peak()} MiB`,
      )
      await rm(file)
    }
    return good
  } finally {
    memory.stop()
    await database.close()
    await rm(dir, { recursive: true, force: true })
  }
}

const START = Date.parse('2026-10-01T00:00:00Z')
const DAY = 86_400_000
const RANGE = 'from=2026-09-30T00:00:00Z&to=2026-11-10T00:00:00Z'
const CALLS = 10
const RUNS_PER_INSERT = 50_000

interface Seen {
  readonly rows: number
  readonly sum?: string
}
const FORMATS: readonly {
  readonly format: string
  readonly read: (saved: { readonly file: string; readonly lines: number; readonly money: string }) => Promise<Seen>
}[] = [
  { format: 'csv', read: async ({ lines }) => ({ rows: lines - 1 }) },
  { format: 'parquet', read: ({ file, money }) => readByDuckdb(file, money) },
]

/** Runs of ten calls, each of another agent, so that each call is a row of the report; the sum by arithmetic of our own. */
const fill = async (database: Database, rows: number): Promise<string> => {
  const runs = Math.ceil(rows / CALLS)
  for (let from = 0; from < runs; from += RUNS_PER_INSERT)
    await database.command(`INSERT INTO run_ledger (sign, tallied_at, version, project_id, run_id, start_time, end_time, root_agent, team, cost_status,
        calls.kind, calls.start_time, calls.agent, calls.provider, calls.model, calls.input_uncached, calls.output_text, calls.cost, calls.cost_status, calls.price_ref)
      SELECT 1, toDateTime64('2026-11-01 00:00:00', 3, 'UTC'), 1, 1, toFixedString(unhex(leftPad(lower(hex(number)), 32, '0')), 16),
        toDateTime64('2026-10-01 00:00:00', 9, 'UTC') + toIntervalSecond(number % 2592000) AS begun, begun + toIntervalSecond(30),
        'agent', concat('team-', toString(number % 50)), 0,
        arrayMap(i -> 'llm', range(n)), arrayMap(i -> begun + toIntervalSecond(i), range(n)), arrayMap(i -> concat('agent-', toString(i)), range(n)),
        arrayMap(i -> 'openai', range(n)), arrayMap(i -> 'gpt-5', range(n)), arrayMap(i -> 1000 + i, range(n)), arrayMap(i -> 100, range(n)),
        arrayMap(i -> toDecimal64(${COST_SQL}, 9) / 1000000000, range(n)), arrayMap(i -> 2, range(n)), arrayMap(i -> 'genai-prices@test/openai/gpt-5', range(n))
      FROM (SELECT number, least(${CALLS}, ${rows} - number * ${CALLS}) AS n FROM numbers(${from}, ${Math.min(RUNS_PER_INSERT, runs - from)}))`)
  let nano = 0n
  for (let row = 0; row < rows; row++) nano += BigInt((row * 7919) % 1_000_003)
  const text = nano.toString().padStart(10, '0')
  return `${text.slice(0, -9)}.${text.slice(-9)}`.replace(/\.?0+$/, '')
}
const COST_SQL = `((number * ${CALLS} + i) * 7919) % 1000003`

const save = async (answer: Response, file: string): Promise<{ bytes: number; sha256: string; lines: number }> => {
  const hash = createHash('sha256')
  const to = createWriteStream(file)
  let bytes = 0
  let lines = 0
  for await (const piece of answer.body!) {
    hash.update(piece)
    bytes += piece.byteLength
    for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, at + 1)) lines++
    if (!to.write(piece)) await once(to, 'drain')
  }
  to.end()
  await finished(to)
  return { bytes, sha256: hash.digest('hex'), lines }
}
const NEWLINE = 10

const SAMPLE_MS = 50
const watchMemory = () => {
  const now = (): number => Math.round(process.memoryUsage.rss() / 1024 ** 2)
  let peak = now()
  const timer = setInterval(() => {
    peak = Math.max(peak, now())
  }, SAMPLE_MS)
  return {
    now,
    peak: () => peak,
    reset: () => {
      peak = now()
    },
    stop: () => clearInterval(timer),
  }
}
