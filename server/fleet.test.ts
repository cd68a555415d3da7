import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Response } from '../schema/api/contract.ts'
import { adminOf, get, put, testApp } from '../test/support/api.ts'
import { aCall, openTestStore, type TestStore } from '../test/support/rows.ts'
import { type DrawnTrace, drawTrace } from '../test/support/traces.ts'
import { histogramQuantile } from './queries/fleet.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const HOUR = 3_600_000
const traceId = (n: number): string => n.toString(16).padStart(32, '0')
let store: TestStore
let app: Hono

const outcomes = ['success', 'success', 'failure', 'infra_error', 'pending'] as const

/** Five runs of `support`, one second long and a second longer each; the third asks `fraud` for help; the last has made-up times. */
const runs: readonly DrawnTrace[] = outcomes.map((outcome, i) =>
  drawTrace(
    `
    agent support 0-${1000 * (i + 1)}
      llm gpt-4.1 0-${100 * (i + 1)} in=1000 out=100 cost=0.01
      tool lookup 400-${410 + i * 10} ${i === 4 ? '!Timeout' : ''}
      guardrail pii 500-510 verdict=${i === 2 ? 'block' : 'pass'}
      ${i === 2 ? '  agent fraud 600-700\n          llm claude 600-650 in=10 out=1 cost=0.002' : ''}
    `,
    {
      traceId: traceId(i + 1),
      startMs: NOW - (i + 1) * 2 * HOUR,
      run: {
        outcome,
        agentVersion: i < 2 ? 'v1' : 'v2',
        ...(i === 4 ? { labels: new Map([['import.synthetic_timing', 'true']]) } : {}),
      },
    },
  ),
)

beforeAll(async () => {
  store = await openTestStore()
  await put(store, runs)
  app = testApp(store, { nowMs: () => NOW })
})
afterAll(() => store.close())

describe('agents', () => {
  test('are judged by the runs whose root they are', async () => {
    const { items } = await get<Response<'agents'>>(app, '/api/agents')
    expect(items.map((item) => item.key)).toEqual([{ agent: 'support' }, { agent: 'fraud' }])
    const [support] = items
    expect(support).toMatchObject({
      runs: 5,
      errors: 1,
      calls: 10,
      costUsd: '0.05',
      guardrailEvaluations: 5,
      guardrailHits: 1,
      // All five runs cost 0.052 together, the helper's call included; two succeeded.
      costPerSuccess: '0.026',
    })
    // Abandoned runs and failures of infrastructure are not judged, and the pending one may still be.
    expect(support!.success).toMatchObject({ good: 2, valid: 3, coverage: 0.8, provisional: true })
    expect(support!.success!.interval![0]).toBeCloseTo(0.2077, 4)
    expect(support!.series.reduce((a, b) => a + b, 0)).toBe(5)
    expect(support!.versions.map(({ version, runs: n, success }) => [version, n, success.good, success.valid])).toEqual(
      [
        ['v2', 3, 0, 1],
        ['v1', 2, 2, 2],
      ],
    )
  })

  test('have no latency from made-up times', async () => {
    const { items } = await get<Response<'agents'>>(app, '/api/agents')
    expect(items[0]!.p95Ms).toBe(4000)
  })

  test('that only work for others have calls and no runs', async () => {
    const { items } = await get<Response<'agents'>>(app, '/api/agents')
    expect(items[1]).toMatchObject({
      runs: 0,
      calls: 1,
      costUsd: '0.002',
      success: null,
      p50Ms: null,
      costPerSuccess: null,
    })
  })

  test('without a success have no cost per success', async () => {
    const { items } = await get<Response<'agents'>>(app, '/api/agents?outcome=failure')
    expect(items[0]!.costPerSuccess).toBeNull()
  })

  test('are restricted by a filter on agents', async () => {
    const { items } = await get<Response<'agents'>>(app, '/api/agents?agent=fraud')
    expect(items.map((item) => item.key.agent)).toEqual(['fraud'])
  })
})

describe('tools and models', () => {
  test('are not the minutes of people and not what was charged later', async () => {
    const { run } = drawTrace('agent support 0-100\n  llm gpt-4.1 0-10 in=1 out=1 cost=0.01\n  tool lookup 20-30', {
      traceId: traceId(99),
      startMs: NOW - HOUR,
    })
    const money = (['review', 'charge.tools', 'charge.model'] as const).map((kind, i) =>
      aCall({
        traceId: traceId(99),
        spanId: `00000000000000f${i}`,
        kind,
        startNanos: run.startNanos,
        costNanoUsd: 1_000_000_000n,
        costStatus: 'reported',
      }),
    )
    await store.runs([{ ...run, projectId: 2, calls: [...run.calls, ...money] }])
    const alone = testApp(store, { nowMs: () => NOW, principalOf: () => adminOf(2) })
    const keys = async (name: 'tools' | 'models') =>
      (await get<Response<'tools'>>(alone, `/api/${name}`)).items.map(({ key }) => key[name.slice(0, -1)])
    expect([await keys('tools'), await keys('models')]).toEqual([['lookup'], ['gpt-4.1']])
  })

  test('have their calls, failures and exact durations', async () => {
    const [lookup] = (await get<Response<'tools'>>(app, '/api/tools')).items
    expect(lookup).toMatchObject({
      key: { tool: 'lookup' },
      runs: 5,
      calls: 5,
      errors: 1,
      agents: ['support'],
      costUsd: '0',
    })
    expect(lookup!.failureRate).toMatchObject({ value: 0.2, good: 1, valid: 5 })
    expect([lookup!.p50Ms, lookup!.p95Ms]).toEqual([20, 40])
    expect(lookup!.valid).toMatchObject({ valid: 0, value: null, coverage: 0 })
  })

  test('models are keyed by provider and model', async () => {
    const { items } = await get<Response<'models'>>(app, '/api/models')
    expect(items.map((item) => [item.key, item.calls, item.costUsd, item.usage.inputTotal])).toEqual([
      [{ provider: 'openai', model: 'gpt-4.1' }, 5, '0.05', 5000],
      [{ provider: 'openai', model: 'claude' }, 1, '0.002', 10],
    ])
  })

  test('page by cursor', async () => {
    const first = await get<Response<'models'>>(app, '/api/models?limit=1')
    const second = await get<Response<'models'>>(app, `/api/models?limit=1&cursor=${first.next}`)
    expect([first.items[0]!.key.model, second.items[0]!.key.model, second.next]).toEqual(['gpt-4.1', 'claude', null])
  })

  test('add up to the overview, also over a range that the rollup answers', async () => {
    for (const range of ['from=now-24h', 'from=now-30d', `from=${new Date(NOW - 7 * HOUR).toISOString()}`]) {
      const overview = await get<Response<'overview'>>(app, `/api/overview?${range}`)
      const { items } = await get<Response<'models'>>(app, `/api/models?${range}`)
      expect(items.reduce((sum, item) => sum + item.calls, 0)).toBe(overview.modelCalls)
      expect(items.reduce((sum, item) => sum + item.usage.inputTotal, 0)).toBe(overview.usage.inputTotal)
    }
  })
})

test('a quantile of a histogram is within 5 % of the true one', () => {
  const histogram = new Map<number, number>()
  for (let ms = 1; ms <= 1000; ms++) {
    const bucket = Math.floor(Math.log2(ms * 1e6 + 1) * 8)
    histogram.set(bucket, (histogram.get(bucket) ?? 0) + 1)
  }
  expect(histogramQuantile(histogram, 0.5)! / 500e6).toBeCloseTo(1, 1)
  expect(Math.abs(histogramQuantile(histogram, 0.95)! / 950e6 - 1)).toBeLessThan(0.05)
  expect(histogramQuantile(new Map(), 0.5)).toBeUndefined()
})

describe('search', () => {
  const found = async (q: string) =>
    (await get<Response<'search'>>(app, `/api/search?q=${encodeURIComponent(q)}`)).items.map((item) => [
      item.type,
      item.id,
    ])

  test('finds agents, tools and models by a part of their name', async () => {
    expect(await found('supp')).toEqual([['agent', 'support']])
    expect(await found('LOOK')).toEqual([['tool', 'lookup']])
    expect(await found('claude')).toEqual([['model', 'claude']])
  })

  test('finds traces and runs by the beginning of their id', async () => {
    expect(await found(traceId(3))).toEqual([
      ['session', traceId(3)],
      ['trace', traceId(3)],
    ])
    expect((await found('0000000')).filter(([type]) => type === 'trace')).toHaveLength(5)
  })
})
