import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Savings } from '../schema/api/costs.ts'
import type { UsageBuckets } from '../schema/model/usage.ts'
import { emptyUsage } from '../schema/model/usage.ts'
import { get, testApp } from '../test/support/api.ts'
import { aCall, aRun, openTestStore, type TestStore } from '../test/support/rows.ts'
import { drawTrace } from '../test/support/traces.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const HOUR = 3_600_000
const id = (n: number): string => n.toString(16).padStart(32, '0')
let store: TestStore
let app: Hono

const sonnet = (n: number, agent: string, usage: Partial<UsageBuckets>, model = 'claude-sonnet-4-5') => {
  const startNanos = BigInt(NOW - 5 * HOUR) * 1_000_000n
  const call = aCall({
    traceId: id(n),
    spanId: '00000000000000aa',
    kind: 'llm',
    startNanos,
    agent,
    provider: 'anthropic',
    model,
    usage: { ...emptyUsage(), ...usage },
  })
  return aRun({ runId: id(n), startNanos, endNanos: startNanos + 1000n, calls: [call], outcome: 'success' })
}
const run = (n: number, text: string, facts: object) =>
  drawTrace(text, { traceId: id(n), startMs: NOW - 3 * HOUR, run: facts }).run

beforeAll(async () => {
  store = await openTestStore()
  await store.runs([
    sonnet(1, 'cacher', { inputUncached: 10_000, cacheRead: 80_000, cacheWrite5m: 10_000 }),
    sonnet(2, 'careless', { inputUncached: 100_000 }),
    sonnet(3, 'stranger', { inputUncached: 10, cacheRead: 500_000 }, 'nobody-knows-1'),
    sonnet(8, 'reader', { inputUncached: 100_000, cacheRead: 800_000, cacheWrite5m: 100_000 }),
    // The first call failed and was asked again, and the run failed all the same.
    run(4, 'agent a 0-90\n  llm m 0-9 !E cost=0.01\n  llm m 10-19 cost=0.02', { outcome: 'failure' }),
    // A failed call in a run that succeeded, and never asked again.
    run(5, 'agent a 0-90\n  llm m 0-9 cost=0.1\n  tool t 10-19 !E cost=0.001', { outcome: 'success' }),
    // Four refusals in a row: the third and fourth and the model calls before them are the loop.
    run(
      6,
      `
        agent a 0-90
          llm m 0-1 cost=0.1
          tool pay 2-3 !E cost=0.001
          llm m 4-5 cost=0.1
          tool pay 6-7 !E cost=0.001
          llm m 8-9 cost=0.1
          tool pay 10-11 !E cost=0.001
          llm m 12-13 cost=0.1
          tool pay 14-15 !E cost=0.001
          llm m 16-17 cost=0.1
          tool other 18-19
      `,
      { outcome: 'success' },
    ),
    run(7, 'agent b 0-90\n  llm m 0-9 cost=0.5\n  guardrail g 10-11 verdict=block', { outcome: 'escalated' }),
  ])
  app = testApp(store, { nowMs: () => NOW })
})
afterAll(() => store.close())

const ask = (query = '') => get<Savings>(app, `/api/costs/savings?${query}`)

describe('savings', () => {
  it('of the cache are the difference to the uncached price, less what writing cost more', async () => {
    const { cache, items } = await ask('agent=cacher&agent=careless&agent=stranger')
    // Per million: uncached 3 $, read 0.30 $, written for five minutes 3.75 $. 0.08 × 2.70 − 0.01 × 0.75 = 0.2085.
    expect(items.map(({ key, savedUsd, cacheHitShare }) => [key.agent, savedUsd, cacheHitShare])).toEqual([
      ['cacher', '0.2085', 0.8],
      ['careless', '0', 0],
      // Without a price nothing is known to be saved.
      ['stranger', '0', 500_000 / 500_010],
    ])
    expect(cache).toMatchObject({ readTokens: 580_000, savedUsd: '0.2085' })
    expect(cache.hitShare).toBeCloseTo(580_000 / 700_010, 9)
    // The careless one reading 80 % of its tokens from the cache: 0.08 × 2.70.
    expect(cache.couldSaveUsd).toBe('0.216')
  })

  it('of long contexts are at the price of long contexts', async () => {
    // Beyond 200,000 tokens 6 $, 0.60 $ and 7.50 $: 0.8 × 5.40 − 0.1 × 1.50.
    expect((await ask('agent=reader')).cache.savedUsd).toBe('4.17')
  })

  it('could be had of what failed, was asked again, went in circles or came to nothing', async () => {
    const { waste, items } = await ask('agent=a&agent=b')
    expect(waste).toEqual({
      // 0.01 + 0.001 + 4 × 0.001
      failedCallsUsd: '0.015',
      // The model call that was asked again, and the first three of the four refusals.
      retriedCallsUsd: '0.013',
      // The third and the fourth refusal, and the model calls that led to them.
      loopsUsd: '0.202',
      failedRunsUsd: '0.03',
      blockedRunsUsd: '0.5',
    })
    // Each dollar once: b's blocked run; of a the failed run, the failed tool, the first two refusals and the loop.
    expect(items.map(({ key, wasteUsd }) => [key.agent, wasteUsd])).toEqual([
      ['b', '0.5'],
      ['a', '0.235'],
    ])
  })

  it('are told by other dimensions, and of nothing where nothing was', async () => {
    const { items } = await ask('by=team,model&agent=b')
    expect(items.map(({ key, wasteUsd }) => [key, wasteUsd])).toEqual([[{ team: 'support', model: 'm' }, '0.5']])
    const { cache, waste, items: none } = await ask('agent=nobody')
    expect([cache.savedUsd, cache.hitShare, cache.couldSaveUsd, waste.loopsUsd, none]).toEqual([
      '0',
      null,
      null,
      '0',
      [],
    ])
    await get(app, '/api/costs/savings?by=session', 400)
  })
})
