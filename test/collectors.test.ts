import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { COLLECTOR_DEFAULTS, type Collector, startCollector } from '../collector/collector.ts'
import { SPOOL_LIMITS } from '../collector/spool/spool.ts'
import type { Database } from '../schema/clickhouse/database.ts'
import { openEmbedded } from '../schema/clickhouse/embedded.ts'
import { migrate } from '../schema/clickhouse/migrate.ts'
import { MetricsRegistry } from '../schema/metrics/registry.ts'
import type { WireSpan } from '../schema/otlp/wire.ts'
import { runSpans, traceRequest } from './support/agent-run.ts'
import { type FailingDatabase, failingDatabase } from './support/failing-database.ts'
import { figuresOf } from './support/figures.ts'
import { expectConsistent } from './support/ledger-checks.ts'
import { seededRandom } from './support/seeded-random.ts'

/**
 * Several collectors load and tally into one store at once. Whatever way the telemetry is spread over them, and whenever one of them is cut off and
 * comes back, a project must show the same figures as one whose telemetry came whole through one collector.
 */
const ROUNDS = Number(process.env.RECOUNT_TEST_COLLECTOR_ROUNDS ?? 2)
const SEED = Number(process.env.RECOUNT_TEST_SEED ?? 20261121)
const COLLECTORS = 3
const END_MS = Math.floor(Date.now() / 60_000) * 60_000 - 120_000

const folder = mkdtempSync(join(tmpdir(), 'recount-collectors-'))
let database: Database

beforeAll(async () => {
  database = await openEmbedded(folder)
  await migrate(database, { minFreeDiskBytes: 0 })
})
afterAll(async () => {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

const start = async (name: string, through: Database, said: string[] = []) => {
  const metrics = new MetricsRegistry()
  const collector = await startCollector(
    {
      ...COLLECTOR_DEFAULTS,
      dataDir: join(folder, name),
      spool: { ...SPOOL_LIMITS, segmentAgeMsMax: 20, segmentRowsMax: 40 },
      // So short that a tallier at work is often taken to be gone: figures must not depend on the guess.
      sharedStore: { pollMs: 10, heartbeatMs: 100, goneAfterMs: 300 },
    },
    { database: through, metrics, log: (line) => void said.push(line) },
  )
  return { collector, metrics }
}

const send = async (collector: Collector, projectId: number, spans: readonly WireSpan[]): Promise<void> => {
  const answer = await collector.accept({
    projectId,
    signal: 'traces',
    encoding: 'protobuf',
    body: traceRequest(spans),
    receivedAtMs: Date.now(),
  })
  expect(answer).toMatchObject({ kind: 'accepted', accepted: spans.length, rejections: [] })
}

/** One of several, killed and started again on its directory whenever its way to the store was cut. */
class Restarting {
  readonly #name: string
  readonly #random: () => number
  readonly said: string[] = []
  restarts = 0
  turnsLost = 0
  #now: { collector: Collector; metrics: MetricsRegistry } | undefined
  #way: FailingDatabase | undefined
  #chance = 0

  constructor(name: string, random: () => number) {
    this.#name = name
    this.#random = random
  }

  async collector(): Promise<Collector> {
    if (this.#now && this.#way) {
      if (!this.#way.isCut()) return this.#now.collector
      await this.stop()
      this.restarts++
    }
    this.#way = failingDatabase(database, this.#random)
    this.#now = await start(this.#name, this.#way.database, this.said)
    this.#way.arm(this.#chance)
    return this.#now.collector
  }

  arm(chance: number): void {
    this.#chance = chance
    this.#way?.arm(chance)
  }

  cut(): void {
    this.#way?.cut()
  }

  async settled(): Promise<void> {
    this.arm(0)
    await (await this.collector()).settled()
  }

  async stop(): Promise<void> {
    await this.#now?.collector.close(0)
    this.turnsLost += Number(/^recount_tally_turns_lost_total (\d+)/m.exec(this.#now?.metrics.expose() ?? '')?.[1] ?? 0)
    this.#now = undefined
  }
}

const RUNS = [1, 2, 3, 4, 5, 6, 8, 14].map((number, i) =>
  runSpans({ number, endMs: END_MS - i * 5_000, session: `session-${i % 3}`, bareCalls: number % 6 === 2 }),
)
const ALL = RUNS.flat()

const shuffled = <T>(items: readonly T[], random: () => number): T[] =>
  items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)

test(`${COLLECTORS} collectors that tally at once and are cut off at random moments: the same figures as one`, async () => {
  const random = seededRandom(SEED)
  const alone = await start('alone', database)
  await send(alone.collector, 1, ALL)
  await alone.collector.settled()
  await alone.collector.close(0)
  const whole = await figuresOf(database, 1, END_MS)
  expect(whole).toMatchObject({ overview: { spans: ALL.length } })

  const several = Array.from({ length: COLLECTORS }, (_, i) => new Restarting(`collector-${i}`, random))
  for (let round = 0; round < ROUNDS; round++) {
    const projectId = 2 + round
    // Some spans go to two of them, as when a sender was not answered and a load balancer chose another.
    const spans = shuffled([...ALL, ...ALL.filter(() => random() < 0.2)], random)
    await Promise.all(
      several.map(async (one, i) => {
        one.arm(0.1)
        const mine = spans.filter((_, n) => n % COLLECTORS === i)
        for (let sent = 0; mine.length > 0; sent++) {
          // Chance may spare them all; one of them is not spared.
          if (sent === 3 && i === round % COLLECTORS) one.cut()
          await send(await one.collector(), projectId, mine.splice(0, 1 + Math.floor(random() * 6)))
          await new Promise((resolve) => setTimeout(resolve, random() * 120))
        }
        await one.settled()
      }),
    )
    expect(await figuresOf(database, projectId, END_MS), `seed ${SEED}, round ${round}`).toEqual(whole)
  }
  for (const one of several) await one.stop()
  await expectConsistent(database)
  const sum = (of: (one: Restarting) => number): number => several.reduce((total, one) => total + of(one), 0)
  console.log(
    `${COLLECTORS} collectors, ${ROUNDS} rounds, seed ${SEED}: ${sum((one) => one.restarts)} cut off and started again, ${sum((one) => one.turnsLost)} turns lost to another`,
  )
  expect(sum((one) => one.restarts)).toBeGreaterThan(0)
}, 240_000)
