import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { COLLECTOR_DEFAULTS, startCollector } from '../collector/collector.ts'
import { SPOOL_LIMITS } from '../collector/spool/spool.ts'
import type { Overview } from '../schema/api/shapes.ts'
import { openEmbedded } from '../schema/clickhouse/embedded.ts'
import { migrate } from '../schema/clickhouse/migrate.ts'
import { LOOPBACK_DOORS } from '../schema/http/doors.ts'
import { MetricsRegistry } from '../schema/metrics/registry.ts'
import type { RunTally } from '../schema/model/run.ts'
import { addUsage, emptyUsage, USAGE_BUCKETS } from '../schema/model/usage.ts'
import { genaiPriceBook } from '../schema/prices/project-price-book.ts'
import { createApp } from '../server/app.ts'
import { adminOf } from './support/api.ts'
import { CAPTURES, capturesOf, decodedBodies, hasCaptures, rowsOf, scenariosOf, tally } from './support/captures.ts'
import { expectConsistent } from './support/ledger-checks.ts'

// captures.test.ts holds the rules against the expectations. Here every recording takes the whole way, each scenario as a project of its own:
// request bodies → spool → ClickHouse → tally → overview, and the overview must say what the rules say of all bodies at once.

if (!hasCaptures)
  console.warn(`SKIPPED: no recordings at ${CAPTURES}; the write path was not checked with real frameworks`)

const ALL = (): boolean => true

describe.skipIf(!hasCaptures)('recordings of real frameworks, stored and asked for', () => {
  it('have the figures in the overview that the rules give, whatever traces share a run', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'recount-captures-'))
    const database = await openEmbedded(dataDir)
    await migrate(database, { minFreeDiskBytes: 0 })
    const said: string[] = []
    const collector = await startCollector(
      // Small segments: a body seldom shares one with the next, so runs are tallied in parts and taken back.
      {
        ...COLLECTOR_DEFAULTS,
        retentionDays: 0,
        dataDir,
        spool: { ...SPOOL_LIMITS, segmentRowsMax: 400, segmentAgeMsMax: 100 },
      },
      { database, metrics: new MetricsRegistry(), log: (line) => void said.push(line) },
    )
    try {
      const scenarios = capturesOf(ALL).flatMap(scenariosOf)
      for (const [i, { directory }] of scenarios.entries())
        for (const { signal, encoding, body } of bodiesOf(directory)) {
          const answer = await collector.accept({ projectId: i + 1, signal, encoding, body, receivedAtMs: Date.now() })
          expect(answer.kind, directory).toBe('accepted')
        }
      await collector.settled()
      expect(said).toEqual([])

      const prices = genaiPriceBook()
      const differences: string[] = []
      for (const [i, { capture, name, directory }] of scenarios.entries()) {
        const expected = figuresOf(tally(rowsOf(decodedBodies(directory)), prices))
        const found = await overviewOf(i + 1)
        for (const [field, value] of Object.entries(expected))
          if (found[field] !== value)
            differences.push(`${capture}/${name}: ${field} ${found[field]}, by the rules ${value}`)
      }
      console.log(`${scenarios.length} scenarios stored, ${differences.length} differences`)
      expect(differences).toEqual([])
      await expectConsistent(database)
    } finally {
      await collector.close(0)
      await database.close()
      rmSync(dataDir, { recursive: true, force: true })
    }

    async function overviewOf(projectId: number): Promise<Record<string, unknown>> {
      const app = createApp({
        database,
        doors: LOOPBACK_DOORS,
        version: 'test',
        metrics: () => '',
        explain: () => [],
        principalOf: () => adminOf(projectId),
        status: () => {
          throw new Error('not asked')
        },
      })
      const answer = await app.request(
        'http://localhost/api/overview?from=2026-11-01T00:00:00Z&to=2027-12-31T00:00:00Z',
        {
          headers: { host: 'localhost' },
        },
      )
      const overview = (await answer.json()) as Overview
      const { usage, ...rest } = overview
      return { ...rest, ...usage }
    }
  }, 600_000)
})

const bodiesOf = (directory: string) =>
  readdirSync(directory)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .flatMap((file) => {
      const match = /^\d+-(traces|logs)\.(pb|json)\.gz$/.exec(file)
      if (!match) return []
      return [
        {
          signal: match[1] as 'traces' | 'logs',
          encoding: match[2] === 'pb' ? ('protobuf' as const) : ('json' as const),
          body: new Uint8Array(gunzipSync(readFileSync(join(directory, file)))),
        },
      ]
    })

const figuresOf = (runs: readonly RunTally[]): Record<string, unknown> => {
  const usage = emptyUsage()
  for (const run of runs) addUsage(usage, run.usage)
  const sum = (of: (run: RunTally) => number): number => runs.reduce((total, run) => total + of(run), 0)
  return {
    runs: runs.length,
    spans: sum((run) => run.spanCount),
    errors: sum((run) => run.errorCount),
    modelCalls: sum((run) => run.modelCalls),
    failedModelCalls: sum((run) => run.failedModelCalls),
    embeddingCalls: sum((run) => run.embeddingCalls),
    toolCalls: sum((run) => run.toolCalls),
    missingUsageCalls: sum((run) => run.missingUsageCalls),
    unpricedCalls: sum((run) => run.unpricedCalls),
    sessionsNamed: new Set(runs.flatMap((run) => run.sessionIds)).size,
    users: new Set(runs.flatMap((run) => run.userIds)).size,
    ...Object.fromEntries(USAGE_BUCKETS.map((bucket) => [bucket, usage[bucket]])),
  }
}
