import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { COLLECTOR_DEFAULTS, type Collector, startCollector } from '../collector/collector.ts'
import { SPOOL_LIMITS } from '../collector/spool/spool.ts'
import type { Database } from '../schema/clickhouse/database.ts'
import { openEmbedded } from '../schema/clickhouse/embedded.ts'
import { migrate } from '../schema/clickhouse/migrate.ts'
import { MetricsRegistry } from '../schema/metrics/registry.ts'
import type { WireSpan } from '../schema/otlp/wire.ts'
import { runSpans, traceRequest } from './support/agent-run.ts'
import { figuresOf } from './support/figures.ts'
import { expectConsistent } from './support/ledger-checks.ts'

/**
 * Every way of sending the same telemetry is a project of its own in one database, and every project must answer with the same figures as the first,
 * to which everything came whole, once and in order.
 */
const dataDir = mkdtempSync(join(tmpdir(), 'recount-once-'))
const END_MS = Math.floor(Date.now() / 60_000) * 60_000 - 120_000
let database: Database
let collector: Collector
let projects = 0

const open = (): Promise<Collector> =>
  startCollector(
    // Small segments, so that runs are spread over several and are tallied again and again.
    { ...COLLECTOR_DEFAULTS, dataDir, spool: { ...SPOOL_LIMITS, segmentAgeMsMax: 20, segmentRowsMax: 40 } },
    { database, metrics: new MetricsRegistry(), log: () => undefined },
  )

beforeAll(async () => {
  database = await openEmbedded(dataDir)
  await migrate(database, { minFreeDiskBytes: 0 })
  collector = await open()
})
afterAll(async () => {
  await collector.close(0)
  await database.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const send = async (projectId: number, spans: readonly WireSpan[]): Promise<void> => {
  const answer = await collector.accept({
    projectId,
    signal: 'traces',
    encoding: 'protobuf',
    body: traceRequest(spans),
    receivedAtMs: Date.now(),
  })
  expect(answer).toMatchObject({ kind: 'accepted', accepted: spans.length, rejections: [] })
}

const NUMBERS = [1, 2, 3, 4, 5, 6, 8, 14] as const
const RUNS = NUMBERS.map((number, i) =>
  runSpans({ number, endMs: END_MS - i * 5_000, session: `session-${i % 3}`, bareCalls: number % 6 === 2 }),
)
const ALL = RUNS.flat()

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))

const restart = async (): Promise<void> => {
  await collector.close(0)
  collector = await open()
}

const figuresAfter = async (sending: (projectId: number) => Promise<void>): Promise<unknown> => {
  const projectId = ++projects
  await sending(projectId)
  await collector.settled()
  return figuresOf(database, projectId, END_MS)
}

test('whole, span by span in random order, twice, over two restarts, root last: one and the same figures', async () => {
  const whole = await figuresAfter((project) => send(project, ALL))
  expect(whole).toMatchObject({ overview: { spans: ALL.length } })

  const twice = await figuresAfter(async (project) => {
    await send(project, ALL)
    await send(project, ALL)
  })
  expect(twice).toEqual(whole)

  const rootLast = await figuresAfter(async (project) => {
    await send(
      project,
      ALL.filter((span) => span.parentSpanId !== ''),
    )
    await collector.settled()
    await send(
      project,
      ALL.filter((span) => span.parentSpanId === ''),
    )
  })
  expect(rootLast).toEqual(whole)

  const overRestarts = await figuresAfter(async (project) => {
    for (const [i, part] of chunks(ALL, Math.ceil(ALL.length / 3)).entries()) {
      if (i > 0) await restart()
      await send(project, part)
    }
  })
  expect(overRestarts).toEqual(whole)

  const anyWay = fc.record({
    order: fc.shuffledSubarray(ALL, { minLength: ALL.length, maxLength: ALL.length }),
    again: fc.subarray(ALL),
    batch: fc.integer({ min: 1, max: 12 }),
    restartAfter: fc.integer({ min: 0, max: 20 }),
    pauses: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(anyWay, async ({ order, again, batch, restartAfter, pauses }) => {
      const figures = await figuresAfter(async (project) => {
        for (const [i, part] of chunks([...order, ...again], batch).entries()) {
          if (i === restartAfter) await restart()
          if (pauses && i % 5 === 4) await collector.settled()
          await send(project, part)
        }
      })
      expect(figures).toEqual(whole)
    }),
    { numRuns: 6, seed: 20261121 },
  )
  await expectConsistent(database)
}, 300_000)
