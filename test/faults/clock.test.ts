import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { COLLECTOR_DEFAULTS, type Collector, startCollector } from '../../collector/collector.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { openEmbedded } from '../../schema/clickhouse/embedded.ts'
import { migrate } from '../../schema/clickhouse/migrate.ts'
import { MetricsRegistry } from '../../schema/metrics/registry.ts'
import type { WireSpan } from '../../schema/otlp/wire.ts'
import { runSpans, traceRequest } from '../support/agent-run.ts'
import { expectConsistent } from '../support/ledger-checks.ts'

const HOUR_MS = 3_600_000
const dataDir = mkdtempSync(join(tmpdir(), 'recount-clock-'))
const NOW_MS = Date.now()
let database: Database
let collector: Collector
let offsetMs = 0

beforeAll(async () => {
  database = await openEmbedded(dataDir)
  await migrate(database, { minFreeDiskBytes: 0 })
  vi.spyOn(Date, 'now').mockImplementation(() => NOW_MS + Math.floor(performance.now()) + offsetMs)
  collector = await startCollector(
    { ...COLLECTOR_DEFAULTS, dataDir },
    { database, metrics: new MetricsRegistry(), log: () => undefined },
  )
})
afterAll(async () => {
  await collector.close(0)
  await database.close()
  vi.restoreAllMocks()
  rmSync(dataDir, { recursive: true, force: true })
})

const send = async (spans: readonly WireSpan[]): Promise<void> => {
  const answer = await collector.accept({
    projectId: 1,
    signal: 'traces',
    encoding: 'protobuf',
    body: traceRequest(spans),
    receivedAtMs: Date.now(),
  })
  expect(answer).toMatchObject({ kind: 'accepted', accepted: spans.length })
}

test('the clock jumps an hour ahead, two back and home again: what is sent is seen at once each time, and the last version of a span counts', async () => {
  onTestFinished(() => {
    offsetMs = 0
  })
  const spans = runSpans({ number: 3, endMs: NOW_MS - 5 * HOUR_MS })
  let expected = 0
  for (const [i, jump] of [0, HOUR_MS, -HOUR_MS, 0].entries()) {
    offsetMs = jump
    // The same run again, each time with a later answer of its root.
    const root = spans.at(-1)!
    await send([...spans.slice(0, -1), { ...root, name: `version ${i}` }])
    await send(runSpans({ number: 100 + i, endMs: NOW_MS - 5 * HOUR_MS }))
    expected =
      spans.length +
      Array.from({ length: i + 1 }, (_, n) => runSpans({ number: 100 + n, endMs: NOW_MS }).length).reduce(
        (a, b) => a + b,
      )
    // Not `settled`, which closes the segment: an idle one must close by itself, whatever the clock says.
    await expect.poll(() => collector.status().spoolBytes, { timeout: 20_000 }).toBe(0)
    expect(collector.status().lagMs).toBe(0)
    const { spans: stored } = await expectConsistent(database)
    expect(stored).toBe(expected)
    const [run] = await database.query<{ name: string }>(
      "SELECT root_name AS name FROM runs FINAL WHERE root_name LIKE 'version %'",
    )
    expect(run?.name).toBe(`version ${i}`)
  }
}, 120_000)
