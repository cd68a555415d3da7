import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CostReport } from '../schema/api/costs.ts'
import { adminOf, get, put as putTraces, testApp } from '../test/support/api.ts'
import { openTestStore, type TestStore } from '../test/support/rows.ts'
import { drawTrace } from '../test/support/traces.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const HOUR = 3_600_000
const id = (n: number): string => n.toString(16).padStart(32, '0')
let store: TestStore
let app: Hono

const run = (n: number, hoursAgo: number, text: string, facts: object = {}) =>
  drawTrace(text, { traceId: id(n), startMs: NOW - hoursAgo * HOUR, run: facts })

beforeAll(async () => {
  store = await openTestStore()
  await putTraces(store, [
    run(1, 3, 'agent a 0-900\n  llm gpt 0-400 in=100 out=10 cost=0.01\n  llm gpt 500-600 in=100 out=10 cost=0.02'),
    run(2, 2, 'agent a 0-900\n  llm claude 0-400 in=10 out=1 cost=0.1\n  tool t 400-500', {
      team: '',
      customer: 'acme',
    }),
    run(3, 1, 'agent b 0-900\n  llm gpt 0-400 in=7 out=3', { team: 'research', usageUnreported: 128 }),
  ])
  app = testApp(store, { nowMs: () => NOW })
})
afterAll(() => store.close())

const costs = (query: string) => get<CostReport>(app, `/api/costs?${query}`)

describe('costs', () => {
  it('are told apart by dimensions, and what telemetry did not say is null', async () => {
    const { items, total, coverage, provisional } = await costs('by=team,model')
    expect(
      items.map(({ key, costUsd, calls, runs, unpricedCalls }) => [key, costUsd, calls, runs, unpricedCalls]),
    ).toEqual([
      [{ team: null, model: 'claude' }, '0.1', 1, 1, 0],
      [{ team: 'support', model: 'gpt' }, '0.03', 2, 1, 0],
      [{ team: null, model: null }, '0', 1, 1, 0],
      [{ team: 'research', model: 'gpt' }, '0', 1, 1, 1],
    ])
    expect(total).toMatchObject({ costUsd: '0.13', calls: 5, runs: 3, unpricedCalls: 1, costStatus: 'partial' })
    expect(total.usage.unreported).toEqual(['reasoning'])
    expect([coverage, provisional]).toEqual([0.75, true])
  })

  it('lie in half-open ranges by the start of the call', async () => {
    const start = NOW - 3 * HOUR
    const within = async (from: number, to: number) =>
      (await costs(`from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`)).total.costUsd
    expect(await within(start - 1, start)).toBe('0')
    expect(await within(start, start + 1)).toBe('0.01')
    expect(await within(start, start + 500)).toBe('0.01')
    expect(await within(start, start + 501)).toBe('0.03')
  })

  it('can be asked for by what telemetry did not say, page by page', async () => {
    expect((await costs('team=%28not%20set%29')).total).toMatchObject({ costUsd: '0.1', runs: 1, calls: 2 })
    expect((await costs('by=customer&customer=%28not%20set%29')).items.map(({ key }) => key)).toEqual([
      { customer: null },
    ])
    const all = await costs('by=team,model')
    const pages: CostReport[] = []
    for (let cursor: string | null = ''; cursor !== null; cursor = pages.at(-1)!.next)
      pages.push(await costs(`by=team&by=model&limit=1&cursor=${cursor}`))
    expect(pages.flatMap(({ items }) => items)).toEqual(all.items)
    expect(new Set(pages.map(({ total }) => JSON.stringify(total))).size).toBe(1)
  })

  it('are refused where they cannot be told apart', async () => {
    for (const query of ['by=colour', 'by=team,model,user,env,tool', 'interval=year', 'as_of=yesterday', 'cursor=abc'])
      await get(app, `/api/costs?${query}`, 400)
  })

  it('are no other project’s', async () => {
    const other = testApp(store, { nowMs: () => NOW, principalOf: () => adminOf(2) })
    expect((await get<CostReport>(other, '/api/costs?by=team')).items).toEqual([])
  })
})

describe('shared costs', () => {
  const put = async (items: readonly object[], status = 200): Promise<void> => {
    const answer = await app.request('/api/shared-costs', {
      method: 'PUT',
      headers: { host: 'localhost:4320', 'content-type': 'application/json' },
      body: JSON.stringify({ items }),
    })
    expect(answer.status).toBe(status)
  }
  const cost = { name: 'node', amountUsd: '24', from: '2026-11-21', to: '2026-11-22', rule: 'fixed', over: 'team' }

  it('are split by rule, grow evenly and stand under null for what nobody said of them', async () => {
    const before = await costs('by=team')
    await put([{ ...cost, shares: { support: 0.5, research: 0.25 } }])
    // Half of the day is over: 12 of 24 dollars, 6 of them of support, 3 of research and 3 of nobody.
    const { items, total } = await costs('by=team&from=2026-11-21T00:00:00Z')
    expect(items.map(({ key, costUsd, allocatedUsd, runs }) => [key.team, costUsd, allocatedUsd, runs])).toEqual([
      ['support', '6.03', '6', 1],
      [null, '3.1', '3', 1],
      ['research', '3', '3', 1],
    ])
    expect(total).toMatchObject({ costUsd: '12.13', allocatedUsd: '12' })
    expect(total.components.platform).toBe('12')
    const models = await costs('by=model&from=2026-11-21T00:00:00Z')
    expect(models.items.find(({ key }) => key.model === null)!.costUsd).toBe('12')
    expect(models.total).toEqual(total)
    // As of before, and without them, the answer is what it was.
    expect((await costs(`by=team&as_of=${before.asOf}`)).items).toEqual(before.items)
    expect((await costs('by=team&shared=exclude')).items).toEqual(before.items)
    expect((await costs('team=research&from=2026-11-21T00:00:00Z')).total.costUsd).toBe('3')
    expect((await costs('outcome=pending&from=2026-11-21T00:00:00Z')).total.allocatedUsd).toBe('0')
  })

  it('are refused where they do not add up', async () => {
    await put([{ ...cost, shares: { a: 0.7, b: 0.4 } }], 400)
    await put([{ ...cost, rule: 'tokens', shares: { a: 0.7 } }], 400)
    await put([{ ...cost, rule: 'even', to: '2026-11-21' }], 400)
    await put([{ ...cost, rule: 'even', amountUsd: '0.0000000001' }], 400)
    await put([{ ...cost, rule: 'even', over: 'run' }], 400)
    await put(
      [
        { ...cost, rule: 'even' },
        { ...cost, rule: 'cost' },
      ],
      400,
    )
  })
})
