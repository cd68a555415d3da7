import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { SERVE_DEFAULTS } from '../../cli/serve/config.ts'
import { type Recount, startRecount } from '../../cli/serve/start.ts'
import { encodeFrame, FRAME_HEADER_BYTES } from '../../collector/spool/segment.ts'
import { SPOOL_LIMITS } from '../../collector/spool/spool.ts'
import { openHttp } from '../../schema/clickhouse/http.ts'
import { postTraces, runSpans, traceRequest } from '../support/agent-run.ts'
import { spawnClickHouseServer } from '../support/clickhouse-server/spawn.ts'
import { expectConsistent } from '../support/ledger-checks.ts'
import { tempDir } from '../support/temp-dir.ts'

/** Frames of a segment file by their offsets. */
const framesOf = (bytes: Buffer): { from: number; to: number }[] => {
  const frames: { from: number; to: number }[] = []
  for (let from = 0; from < bytes.length; from = frames.at(-1)!.to)
    frames.push({ from, to: from + FRAME_HEADER_BYTES + bytes.readUInt32LE(from + 4) })
  return frames
}

test('a torn last segment and damage in the middle of one: the rest loads, the damage is said, counted and kept aside', async () => {
  const engine = await spawnClickHouseServer({ dataDir: tempDir('engine') })
  onTestFinished(() => engine.stop())
  const dataDir = tempDir('data')
  const said: string[] = []
  const spansOf = (number: number) => runSpans({ number: number * 3, endMs: Date.now() })
  const perRequest = spansOf(1).length
  const start = async (): Promise<Recount> => {
    const recount = await startRecount({
      ...SERVE_DEFAULTS,
      dataDir,
      clickhouseUrl: engine.url,
      port: 0,
      otlpHttpPort: 0,
      minFreeDiskBytes: 0,
      spool: { ...SPOOL_LIMITS, segmentRowsMax: 2 * perRequest },
      log: (line) => void said.push(line),
    })
    onTestFinished(() => recount.close(0))
    return recount
  }
  // Acknowledged while the engine is away, so that everything waits in the spool.
  const first = await start()
  await engine.signal('SIGKILL')
  let sent = 0
  for (let segment = 0; segment < 3; segment++) {
    const answers = await Promise.all(
      [1, 2, 3].map((i) => postTraces(first.urls.otlpHttp, traceRequest(spansOf(++sent + i * 100)))),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    await new Promise((resolve) => setTimeout(resolve, 600))
  }
  await first.close(0)

  const folder = join(dataDir, 'spool', 'telemetry')
  const files = (await readdir(folder)).filter((name) => name.endsWith('.seg')).sort()
  expect(files.length).toBeGreaterThanOrEqual(3)
  const damaged = join(folder, files[1]!)
  const bytes = await readFile(damaged)
  const frames = framesOf(bytes)
  const middle = frames[Math.floor(frames.length / 2)]!
  bytes[middle.from + FRAME_HEADER_BYTES + 20]! ^= 0x01
  await writeFile(damaged, bytes)
  const last = join(folder, files.at(-1)!)
  const torn = Buffer.concat(
    encodeFrame([{ table: 'spans', format: 'Native', rows: 1, bytes: Buffer.alloc(500, 7) }]).pieces,
  )
  await writeFile(last, Buffer.concat([await readFile(last), torn.subarray(0, 300)]))

  said.length = 0
  await engine.start()
  const again = await start()
  await again.settled()
  const database = await openHttp(engine.url)
  onTestFinished(() => database.close())
  const { spans } = await expectConsistent(database)
  expect(spans).toBe(8 * perRequest)
  expect(said.filter((line) => line.includes('damaged'))).toEqual([expect.stringContaining(files[1]!)])
  expect(await readdir(join(folder, 'quarantine'))).toEqual([files[1]])
  expect(await (await fetch(`${again.urls.api}/metrics`)).text()).toMatch(/^recount_spool_corrupt_total 1$/m)
  // What the damaged frame held was lost on this disk; the copy is there for a person, and new telemetry goes on.
  expect((await postTraces(again.urls.otlpHttp, traceRequest(spansOf(900)))).status).toBe(200)
  await again.settled()
  expect((await expectConsistent(database)).spans).toBe(9 * perRequest)
}, 120_000)
