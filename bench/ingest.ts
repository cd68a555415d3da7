import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openEmbedded } from '../schema/clickhouse/embedded.ts'
import { type RecountProcess, startRecountProcess } from '../test/support/recount-process.ts'
import { SPANS_PER_REQUEST } from './workload.ts'

const TYPESCRIPT = fileURLToPath(new URL('../bin/typescript.mjs', import.meta.url))

export interface SenderResult {
  readonly spans: number
  readonly bytes: number
  readonly seconds: number
  readonly spansPerSecond: number
  readonly ackP50Ms: number
  readonly ackP99Ms: number
  readonly throttled: number
  readonly cpuSeconds: number
}

export const send = (flags: readonly string[]): Promise<SenderResult> =>
  new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--import', TYPESCRIPT, fileURLToPath(new URL('./sender.ts', import.meta.url)), ...flags],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    let printed = ''
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
    })
    child.once('exit', (code) =>
      code === 0 ? resolve(JSON.parse(printed) as SenderResult) : reject(new Error(`sender exited with ${code}`)),
    )
  })

/** Waits until the overview counts `spans`: loaded, tallied, queryable. */
export const untilCounted = async (recount: RecountProcess, spans: number, timeoutMs = 600_000): Promise<void> => {
  const until = Date.now() + timeoutMs
  for (;;) {
    // Asked for its state until it is through, which costs nothing: the overview ten times a second would be load of our own making.
    const { lagMs } = (await (await fetch(`${recount.api}/api/status`)).json()) as { lagMs: number }
    if (lagMs > 0 && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      continue
    }
    const counted = ((await (await fetch(`${recount.api}/api/overview?from=now-2d`)).json()) as { spans: number }).spans
    if (counted >= spans) {
      if (counted > spans) throw new Error(`${counted} spans counted, ${spans} sent`)
      return
    }
    if (Date.now() > until) throw new Error(`only ${counted} of ${spans} spans counted after ${timeoutMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Durable until queryable and tallied; then acknowledgement times at half that rate; then the engine's own bulk rate for the same rows. */
export const benchIngest = async (spans: number) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'recount-bench-'))
  const asked = Math.ceil(spans / SPANS_PER_REQUEST) * SPANS_PER_REQUEST
  const recount = await startRecountProcess({ dataDir })
  try {
    // Warm: JIT and caches, not counted.
    const warm = await send(['--url', recount.otlpHttp, '--spans', '20480', '--seed', '90001'])
    await untilCounted(recount, warm.spans)
    const cpuBefore = recount.cpuSeconds()
    const started = performance.now()
    const sent = await send(['--url', recount.otlpHttp, '--spans', String(spans)])
    const acknowledgedSeconds = (performance.now() - started) / 1000
    await untilCounted(recount, warm.spans + asked)
    const seconds = (performance.now() - started) / 1000
    const cpuSeconds = recount.cpuSeconds() - cpuBefore
    const spansPerSecond = asked / seconds

    const half = await send([
      ...['--url', recount.otlpHttp, '--spans', String(Math.round(spansPerSecond * 5)), '--seed', '50001'],
      ...['--rate', String(Math.round(spansPerSecond / 2))],
    ])
    await untilCounted(recount, warm.spans + asked + half.spans)
    const peakBytes = recount.residentBytes()
    const protocols = await byProtocol(recount, warm.spans + asked + half.spans, Math.round(spans / 5))
    await recount.stop()
    const bulk = await bulkRate(dataDir)
    return {
      spans: asked,
      bytesPerSpanOnTheWire: Math.round(sent.bytes / sent.spans),
      spansPerSecond: Math.round(spansPerSecond),
      acknowledgedSpansPerSecond: Math.round(asked / acknowledgedSeconds),
      cpuSecondsPerMillionSpans: round((cpuSeconds / asked) * 1e6),
      bulkRowsPerSecond: Math.round(bulk.rowsPerSecond),
      shareOfBulkRate: round(spansPerSecond / bulk.rowsPerSecond, 3),
      ackP50MsAtHalfLoad: half.ackP50Ms,
      ackP99MsAtHalfLoad: half.ackP99Ms,
      storedBytesPerSpan: round(bulk.bytesPerSpan),
      storedBytesPerSpanByTable: bulk.byTable,
      residentMiB: Math.round(peakBytes / 1024 ** 2),
      protocols,
      generatorCpuSecondsPerMillionSpans: round((sent.cpuSeconds / sent.spans) * 1e6),
    }
  } finally {
    recount.child.kill('SIGKILL')
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** The other roads in, each until tallied: rate and CPU beside those of HTTP protobuf above. */
const byProtocol = async (recount: RecountProcess, before: number, spans: number) => {
  const roads = {
    protobuf: ['--url', recount.otlpHttp],
    protobufGzip: ['--url', recount.otlpHttp, '--gzip'],
    json: ['--url', recount.otlpHttp, '--protocol', 'json'],
    grpc: ['--url', `http://${recount.otlpGrpc}`, '--protocol', 'grpc'],
    grpcGzip: ['--url', `http://${recount.otlpGrpc}`, '--protocol', 'grpc', '--gzip'],
  }
  const figures: Record<string, object> = {}
  let counted = before
  let seed = 60_001
  for (const [name, flags] of Object.entries(roads)) {
    const cpuBefore = recount.cpuSeconds()
    const sent = await send([...flags, '--spans', String(spans), '--seed', String(seed)])
    const acknowledged = performance.now()
    counted += sent.spans
    await untilCounted(recount, counted)
    const seconds = sent.seconds + (performance.now() - acknowledged) / 1000
    figures[name] = {
      spansPerSecond: Math.round(sent.spans / seconds),
      cpuSecondsPerMillionSpans: round(((recount.cpuSeconds() - cpuBefore) / sent.spans) * 1e6),
      ackP50Ms: sent.ackP50Ms,
      ackP99Ms: sent.ackP99Ms,
      bytesPerSpanOnTheWire: Math.round(sent.bytes / sent.spans),
    }
    seed += 1000
  }
  return figures
}

/** The same rows from a Native file into the same table with its indexes and fsync, no views: what the engine itself can do. */
const bulkRate = async (dataDir: string) => {
  const database = await openEmbedded(dataDir)
  try {
    await database.command('OPTIMIZE TABLE spans FINAL')
    const tables = await database.query<{ table: string; bytes: number }>(
      'SELECT table, sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database = currentDatabase() GROUP BY table ORDER BY bytes DESC',
    )
    const [{ rows }] = (await database.query<{ rows: number }>('SELECT count() AS rows FROM spans')) as [
      { rows: number },
    ]
    const file = join(dataDir, 'bulk.native')
    await database.command(`SELECT * FROM spans INTO OUTFILE '${file}' FORMAT Native`)
    const rates: number[] = []
    for (let i = 0; i < 3; i++) {
      await database.command('DROP TABLE IF EXISTS spans_bulk SYNC')
      await database.command('CREATE TABLE spans_bulk AS spans')
      const started = performance.now()
      await database.command(
        `INSERT INTO spans_bulk SELECT * FROM file('${file}', 'Native') SETTINGS async_insert = 0, max_partitions_per_insert_block = 1000`,
      )
      rates.push(rows / ((performance.now() - started) / 1000))
    }
    rates.sort((a, b) => a - b)
    const total = tables.reduce((sum, t) => sum + Number(t.bytes), 0)
    return {
      rowsPerSecond: rates[1]!,
      bytesPerSpan: total / rows,
      byTable: Object.fromEntries(tables.map((t) => [t.table, round(Number(t.bytes) / rows)])),
    }
  } finally {
    await database.close()
  }
}

export const round = (value: number, digits = 1): number => Math.round(value * 10 ** digits) / 10 ** digits
