import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Response } from '../schema/api/contract.ts'
import type { CostPerOutcomeReport } from '../schema/api/costs.ts'
import { writeSetting } from '../schema/settings/settings.ts'
import { adminOf, get, testApp } from '../test/support/api.ts'
import { aCall, openTestStore, type TestStore } from '../test/support/rows.ts'
import { drawTrace } from '../test/support/traces.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const HOUR = 3_600_000
const DAY = 24 * HOUR
const id = (n: number): string => n.toString(16).padStart(32, '0')
let store: TestStore
let app: Hono

const run = (n: number, ageMs: number, text: string, facts: object = {}) =>
  drawTrace(text, { traceId: id(n), startMs: NOW - ageMs, run: facts }).run

const plain = (usd: number) => `agent support 0-1000\n  llm gpt 0-100 in=1 out=1 cost=${usd}`
/** Three refusals of one tool in a row, and one that gets on after two. */
const loops =
  'agent support 0-1000\n  llm gpt 0-9 cost=0.5\n  tool pay 10-11 !E\n  llm gpt 12-19 cost=0.5\n  tool pay 20-21 !E\n  tool pay 30-31 !E'
const retries =
  'agent support 0-1000\n  llm gpt 0-9 cost=0.25\n  tool pay 10-11 !E\n  tool pay 20-21 !E\n  tool look 25-26\n  tool pay 30-31 !E'

const first = [
  run(1, 50 * HOUR, plain(0.1), { outcome: 'success' }),
  run(2, 49 * HOUR, plain(0.2), { outcome: 'success' }),
  run(3, 48 * HOUR, plain(0.4), { outcome: 'failure' }),
  run(4, 47 * HOUR, loops, { outcome: 'failure' }),
  run(5, 46 * HOUR, retries, { outcome: 'user_abandoned' }),
  run(6, 45 * HOUR, `${plain(0.05)}\n  guardrail pii 200-201 verdict=block`, { outcome: 'failure' }),
  run(7, 44 * HOUR, `${plain(0.03)}\n  guardrail pii 200-201 verdict=block`, { outcome: 'success' }),
  run(8, 3 * HOUR, plain(0.01), { outcome: 'pending' }),
  run(9, 2 * HOUR, 'agent fraud 0-10\n  llm gpt 0-9 cost=0.7\n  agent support 2-8\n    llm gpt 3-4 cost=0.1', {
    outcome: 'failure',
  }),
]

beforeAll(async () => {
  store = await openTestStore()
  await store.runs(first, NOW - HOUR)
  // Later the pending run turns out a success, and somebody looked at it for two dollars.
  const late = run(8, 3 * HOUR, plain(0.01), { outcome: 'success' })
  const review = aCall({
    traceId: id(8),
    spanId: '00000000000000aa',
    kind: 'review',
    startNanos: late.endNanos,
    costNanoUsd: 2_000_000_000n,
    costStatus: 'reported',
  })
  await store.runs([{ ...late, calls: [...late.calls, review], costNanoUsd: 2_010_000_000n }], NOW - HOUR / 2)
  await store.runs([{ ...run(10, HOUR, plain(99), { outcome: 'success' }), projectId: 2 }], NOW - HOUR)
  app = testApp(store, { nowMs: () => NOW })
})
afterAll(() => store.close())

const ask = (query = '') => get<CostPerOutcomeReport>(app, `/api/costs/per-outcome?from=now-7d&${query}`)
const EARLIER = `as_of=${new Date(NOW - HOUR).toISOString()}`

describe('cost per outcome', () => {
  it('is the cost of all runs over the successes, by the agent of the root', async () => {
    const { items } = await ask(EARLIER)
    expect(items.map(({ key }) => key)).toEqual([{ agent: 'support' }, { agent: 'fraud' }])
    // 0.1 + 0.2 + 0.4 + 1 + 0.25 + 0.05 + 0.03 + 0.01 = 2.04 over three successes; the helper's call inside of fraud's run is fraud's.
    expect(items[0]).toMatchObject({
      runs: 8,
      settled: 7,
      successes: 3,
      costUsd: '2.04',
      costPerSuccess: '0.68',
      coverage: 0.875,
      provisional: true,
      outcomes: { success: 3, failure: 3, escalated: 0, user_abandoned: 1, infra_error: 0, pending: 1 },
    })
    expect(items[1]).toMatchObject({ runs: 1, costUsd: '0.8', successes: 0, costPerSuccess: null, interval: null })
  })

  it('tells what was wasted, each run once, and nothing that brought a success', async () => {
    const { items, total } = await ask()
    expect(items.find(({ key }) => key.agent === 'support')).toMatchObject({
      wasteUsd: '1.45',
      waste: { failed: '0.4', looping: '1', blocked: '0.05' },
    })
    expect(total).toMatchObject({ wasteUsd: '2.25', costUsd: '4.84', runs: 9 })
    expect(total.wasteShare).toBeCloseTo(2.25 / 4.84, 5)
  })

  it('follows late outcomes and late costs, and answers what it said before', async () => {
    const now = (await ask()).items.find(({ key }) => key.agent === 'support')
    expect(now).toMatchObject({ successes: 4, settled: 8, costUsd: '4.04', costPerSuccess: '1.01', provisional: false })
    expect(now!.components).toEqual({ model: '2.04', tools: '0', review: '2', evaluation: '0', platform: '0' })
    expect((await ask(EARLIER)).total.costUsd).toBe('2.84')
    expect((await ask(`as_of=${new Date(NOW - 3 * DAY).toISOString()}`)).total).toMatchObject({
      runs: 0,
      costPerSuccess: null,
    })
  })

  it('leaves runs without an outcome out where they are asked to be', async () => {
    const { items } = await ask(`${EARLIER}&unsettled=exclude`)
    expect(items[0]).toMatchObject({ runs: 8, settled: 7, costUsd: '2.03', costPerSuccess: '0.676666667' })
  })

  it('waits for an outcome as long as it is told to', async () => {
    const over = `${EARLIER}&to=${new Date(NOW - HOUR).toISOString()}`
    expect((await ask(`${over}&settleAfterHours=2.5`)).items[0]!.provisional).toBe(true)
    expect((await ask(`${over}&settleAfterHours=1.5`)).items[0]!.provisional).toBe(false)
  })

  it('has a trend by the end of the run, in half-open periods', async () => {
    const day = (ago: number) => new Date(Math.floor((NOW - ago) / DAY) * DAY).toISOString()
    const { items } = await ask('interval=day&sort=period&agent=support')
    expect(items.map(({ period, runs }) => [period, runs])).toEqual([
      [day(50 * HOUR), 7],
      [day(3 * HOUR), 1],
    ])
    const end = (ms: number) => new Date(ms).toISOString()
    const at = NOW - 50 * HOUR + 1000
    const runs = async (from: number, to: number) =>
      (await get<CostPerOutcomeReport>(app, `/api/costs/per-outcome?from=${end(from)}&to=${end(to)}`)).total.runs
    expect([await runs(at - 1, at), await runs(at, at + 1)]).toEqual([0, 1])
  })

  it('agrees with the report of agents', async () => {
    const agents = await get<Response<'agents'>>(app, '/api/agents?from=now-7d')
    const { items } = await ask()
    for (const { key, costPerSuccess, runs } of items) {
      const agent = agents.items.find((item) => item.key.agent === key.agent)
      expect([agent!.costPerSuccess, agent!.runs]).toEqual([costPerSuccess, runs])
    }
  })

  it('waits for an outcome as long as the project says for the workflow', async () => {
    const provisional = async () =>
      (await ask(`by=workflow&${EARLIER}&to=${new Date(NOW - HOUR).toISOString()}`)).items.map(
        ({ provisional: is }) => is,
      )
    expect(await provisional()).toEqual([true])
    const settings = (perWorkflow: object) => ({
      projectId: 1,
      kind: 'outcomes' as const,
      actor: 'test',
      action: 'outcomes.put',
      body: { settleAfterHours: 1, perWorkflow },
    })
    await writeSetting(store.database, settings({}))
    expect(await provisional()).toEqual([false])
    await writeSetting(store.database, settings({ '': 6 }))
    expect(await provisional()).toEqual([true])
    await writeSetting(store.database, { ...settings({}), body: undefined })
  })

  it('pages, filters and refuses what a run is not known by', async () => {
    const page = await ask('limit=1')
    const next = await ask(`limit=1&cursor=${page.next}`)
    expect([page.items[0]!.key.agent, next.items[0]!.key.agent, next.next]).toEqual(['support', 'fraud', null])
    expect(next.total).toEqual(page.total)
    expect((await ask('by=workflow,team&agent=fraud')).items.map(({ key }) => key)).toEqual([
      { workflow: null, team: 'support' },
    ])
    await get(app, '/api/costs/per-outcome?by=model', 400)
  })

  it('is no other project’s', async () => {
    const other = testApp(store, { nowMs: () => NOW, principalOf: () => adminOf(2) })
    const { total } = await get<CostPerOutcomeReport>(other, '/api/costs/per-outcome')
    expect([total.costUsd, total.runs]).toEqual(['99', 1])
  })
})
