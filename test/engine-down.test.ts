import { expect, onTestFinished, test } from 'vitest'
import { SERVE_DEFAULTS } from '../cli/serve/config.ts'
import { startRecount } from '../cli/serve/start.ts'
import { SPOOL_LIMITS } from '../collector/spool/spool.ts'
import { openHttp } from '../schema/clickhouse/http.ts'
import { postTraces, runSpans, traceRequest } from './support/agent-run.ts'
import { spawnClickHouseServer } from './support/clickhouse-server/spawn.ts'
import { expectConsistent } from './support/ledger-checks.ts'
import { tempDir } from './support/temp-dir.ts'

const DOWN_MS = Number(process.env.RECOUNT_TEST_ENGINE_DOWN_MS ?? 5_000)

const startWith = async (clickhouseUrl: string, spoolBytesMax: number) => {
  const said: string[] = []
  const recount = await startRecount({
    ...SERVE_DEFAULTS,
    dataDir: tempDir('data'),
    clickhouseUrl,
    port: 0,
    otlpHttpPort: 0,
    minFreeDiskBytes: 0,
    spool: { ...SPOOL_LIMITS, bytesMax: spoolBytesMax },
    log: (line) => void said.push(line),
  })
  onTestFinished(() => recount.close(1_000))
  return { recount, said }
}

test(`the engine is away for ${DOWN_MS / 1000} s under load: nothing acknowledged is lost, and nobody is turned away`, async () => {
  const engine = await spawnClickHouseServer({ dataDir: tempDir('engine') })
  onTestFinished(() => engine.stop())
  const { recount, said } = await startWith(engine.url, SPOOL_LIMITS.bytesMax)
  const acknowledged = new Set<string>()
  const statuses = new Map<number, number>()
  let number = 0
  let sending = true
  const sender = async (): Promise<void> => {
    while (sending) {
      const spans = runSpans({ number: ++number, endMs: Date.now(), session: `s-${number % 20}` })
      const { status } = await postTraces(recount.urls.otlpHttp, traceRequest(spans))
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (status === 200) for (const { traceId, spanId } of spans) acknowledged.add(traceId + spanId)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  const senders = [sender(), sender()]
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  await engine.signal('SIGKILL')
  await new Promise((resolve) => setTimeout(resolve, DOWN_MS))
  const ready = await fetch(`${recount.urls.api}/readyz`)
  expect(ready.status).toBe(503)
  expect(await ready.text()).toContain('ClickHouse')
  await engine.start()
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  sending = false
  await Promise.all(senders)
  await recount.settled()

  expect([...statuses.keys()]).toEqual([200])
  expect(said.some((line) => line.includes('trying again'))).toBe(true)
  const database = await openHttp(engine.url)
  onTestFinished(() => database.close())
  const { spans } = await expectConsistent(database)
  expect(spans).toBe(acknowledged.size)
  console.log(
    `engine away ${DOWN_MS} ms: ${acknowledged.size} spans acknowledged, ${spans} stored, statuses ${JSON.stringify([...statuses])}`,
  )
}, 120_000)

test('only when the spool is full are clients told to come back, with Retry-After from 1 to 5 s, and then it goes on', async () => {
  const engine = await spawnClickHouseServer({ dataDir: tempDir('engine') })
  onTestFinished(() => engine.stop())
  const { recount } = await startWith(engine.url, 200_000)
  await engine.signal('SIGKILL')
  let sent = 0
  let full: Awaited<ReturnType<typeof postTraces>> | undefined
  while (!full && sent < 1_000) {
    const answer = await postTraces(
      recount.urls.otlpHttp,
      traceRequest(runSpans({ number: ++sent, endMs: Date.now() })),
    )
    if (answer.status === 503) full = answer
    else expect(answer.status).toBe(200)
  }
  expect(full?.retryAfterSeconds).toBeGreaterThanOrEqual(1)
  expect(full?.retryAfterSeconds).toBeLessThanOrEqual(5)
  expect(sent).toBeGreaterThan(10)
  await engine.start()
  await recount.settled()
  expect(
    (await postTraces(recount.urls.otlpHttp, traceRequest(runSpans({ number: sent, endMs: Date.now() })))).status,
  ).toBe(200)
}, 120_000)
