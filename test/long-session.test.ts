import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { COLLECTOR_DEFAULTS, startCollector } from '../collector/collector.ts'
import { openEmbedded } from '../schema/clickhouse/embedded.ts'
import { migrate } from '../schema/clickhouse/migrate.ts'
import { MetricsRegistry } from '../schema/metrics/registry.ts'
import type { WireSpan } from '../schema/otlp/wire.ts'
import { runSpans, traceRequest } from './support/agent-run.ts'
import { expectConsistent } from './support/ledger-checks.ts'

/**
 * A session of bare calls is one run of as many traces as it has calls. What is known of them no longer fits one query: the engine reads 256 KiB of
 * a query's text, some 7,900 ids. Found by `npm run torture -- --kills 50 --seed 777`.
 */
const dataDir = mkdtempSync(join(tmpdir(), 'recount-long-session-'))
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

const callsOf = (from: number, to: number): WireSpan[] =>
  Array.from({ length: to - from }, (_, i) =>
    runSpans({ number: from + i, endMs: Date.now(), session: 'one', bareCalls: true }),
  ).flat()

test('a session of more bare calls than one query can name is tallied whole when it grows', async () => {
  const database = await openEmbedded(dataDir)
  await migrate(database, { minFreeDiskBytes: 0 })
  const metrics = new MetricsRegistry()
  const said: string[] = []
  const collector = await startCollector(
    { ...COLLECTOR_DEFAULTS, dataDir },
    { database, metrics, log: (line) => said.push(line) },
  )
  const traces = new Set<string>()
  // A seventh thousand, an eighth and one call more: the last tally must read all the others again.
  for (const [from, to] of [
    [0, 2600],
    [2600, 3000],
    [3000, 3001],
  ] as const) {
    const spans = callsOf(from, to)
    for (const { traceId } of spans) traces.add(traceId)
    for (let i = 0; i < spans.length; i += 4000) {
      const body = traceRequest(spans.slice(i, i + 4000))
      await collector.accept({ projectId: 1, signal: 'traces', encoding: 'protobuf', body, receivedAtMs: Date.now() })
    }
    await collector.settled()
  }
  const { runs } = await expectConsistent(database)
  expect(said).toEqual([])
  expect(traces.size).toBeGreaterThan(8_000)
  expect(runs).toBe(1)
  await collector.close(0)
  await database.close()
}, 120_000)
