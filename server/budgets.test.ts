import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AuditItem } from '../schema/api/audit.ts'
import type { Anomaly, Budget, BudgetState, Forecast } from '../schema/api/budgets.ts'
import type { CostReport } from '../schema/api/costs.ts'
import type { Call, RunTally } from '../schema/model/run.ts'
import { emptyUsage } from '../schema/model/usage.ts'
import { adminOf, get, testApp } from '../test/support/api.ts'
import { aCall, aRun, openTestStore, type TestStore } from '../test/support/rows.ts'

/** A Saturday; ten weeks lie before it. */
const NOW = Date.parse('2026-11-21T12:30:00Z')
const HOUR = 3_600_000
const FIRST = Date.parse('2026-09-14T00:00:00Z')
let store: TestStore
let app: Hono

/** `support` spends a dollar an hour with gpt and fifty cents with claude; `sales` of the other team a dollar. */
const hourOf = (ms: number, project: number): RunTally => {
  const n = Math.round((ms - FIRST) / HOUR)
  const id = (kind: number) => `${project}${kind}${n.toString(16).padStart(6, '0')}`.padEnd(16, '0')
  const runId = id(0).padEnd(32, '0')
  // Two events: a Thursday on which support used claude for $40, and a Friday on which sales stood still.
  const claude = ms === Date.parse('2026-11-19T15:00:00Z') ? 40 : 0.5
  const quiet = ms === Date.parse('2026-11-20T09:00:00Z')
  const call = (kind: number, agent: string, model: string, usd: number): Call =>
    aCall({
      spanId: id(kind),
      traceId: runId,
      kind: 'llm',
      startNanos: BigInt(ms + 60_000) * 1_000_000n,
      agent,
      model,
      provider: 'openai',
      usage: { ...emptyUsage(), inputUncached: 100, outputText: 10 },
      usageReported: 65,
      costNanoUsd: BigInt(Math.round(usd * 1e9)),
      costStatus: usd > 0 ? 'computed' : 'unpriced',
    })
  const calls = [
    call(1, 'support', 'gpt', 1),
    call(2, 'support', 'claude', claude),
    ...(quiet ? [] : [call(3, 'sales', 'gpt', 1)]),
    ...(n % 24 === 0 ? [call(4, 'sales', 'new-model', 0)] : []),
  ]
  return aRun({
    projectId: project,
    runId,
    startNanos: BigInt(ms) * 1_000_000n,
    endNanos: BigInt(ms + 10 * 60_000) * 1_000_000n,
    team: n % 2 === 0 ? 'red' : 'blue',
    rootAgent: 'support',
    agents: ['support', 'sales'],
    models: ['gpt', 'claude'],
    calls,
  })
}

beforeAll(async () => {
  store = await openTestStore()
  const hours = Array.from({ length: Math.ceil((NOW - FIRST) / HOUR) }, (_, i) => FIRST + i * HOUR)
  await store.runs(
    hours.map((ms) => hourOf(ms, 1)),
    NOW - 60_000,
  )
  await store.runs([hourOf(NOW - 2 * HOUR - 30 * 60_000, 3)], NOW - 60_000)
  app = testApp(store, { nowMs: () => NOW })
})
afterAll(() => store.close())

interface List<T> {
  readonly items: readonly T[]
  readonly next: string | null
}
const put = async <T>(body: unknown, status = 200, on = app): Promise<T> => {
  const answer = await on.request('/api/budgets', {
    method: 'PUT',
    headers: { host: 'localhost:4320', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await answer.text()
  expect(answer.status, text).toBe(status)
  return JSON.parse(text) as T
}
const putBudgets = async (...budgets: (Partial<Budget> & Pick<Budget, 'name' | 'limit'>)[]): Promise<BudgetState[]> => [
  ...(await put<List<BudgetState>>({ budgets })).items,
]

describe('budgets', () => {
  test('count what GET /api/costs counts, in any scope', async () => {
    const states = await putBudgets(
      { name: 'all', limit: '5000' },
      { name: 'blue week', limit: '100', period: 'week', scope: { team: 'blue' } },
      { name: 'support with claude', limit: '1', period: 'day', scope: { agent: 'support', model: 'claude' } },
      { name: 'tokens of sales', limit: '1000000', metric: 'tokens', scope: { agent: 'sales' } },
      { name: 'nobody', limit: '1', scope: { customer: '(not set)', provider: 'none' } },
    )
    const costs = async (query: string) =>
      (await get<CostReport>(app, `/api/costs?to=${new Date(NOW).toISOString()}&${query}`)).total
    const month = await costs('from=2026-11-01')
    expect([states[0]!.spent, states[0]!.unpricedCalls]).toEqual([month.costUsd, month.unpricedCalls])
    expect(month.unpricedCalls).toBe(21)
    expect(states[1]!.spent).toBe((await costs('from=2026-11-16&team=blue')).costUsd)
    // Thirteen hours have begun.
    expect(states[2]!.spent).toBe('6.5')
    const sales = await costs('from=2026-11-01&agent=sales')
    expect(states[3]!.spent).toBe(String(sales.usage.inputTotal + sales.usage.outputTotal))
    expect(states[4]).toMatchObject({ spent: '0', state: 'ok', crossed: [] })
  })

  test('count shared costs of the period, those that have ended in it too; unusual hours leave them out', async () => {
    const shares = async (items: readonly unknown[]) => {
      const answer = await app.request('/api/shared-costs', {
        method: 'PUT',
        headers: { host: 'localhost:4320', 'content-type': 'application/json' },
        body: JSON.stringify({ items }),
      })
      expect(answer.status, await answer.clone().text()).toBe(200)
    }
    const [before] = await putBudgets({ name: 'blue', limit: '5000', scope: { team: 'blue' } })
    const fixed = { rule: 'fixed', over: 'team', shares: { blue: 1 } }
    await shares([{ name: 'licence', amountUsd: '240', from: '2026-11-17', to: '2026-11-18', ...fixed }])
    const [after] = await putBudgets({ name: 'blue', limit: '5000', scope: { team: 'blue' } })
    expect(Number(after!.spent) - Number(before!.spent)).toBeCloseTo(240, 6)
    const { items } = await get<List<Anomaly>>(app, '/api/costs/anomalies?from=2026-11-17&to=2026-11-18')
    expect(items).toEqual([])
    await shares([])
  })

  test('of runs count them by their end, and those that hold a call of the scope', async () => {
    const [all, red, sales, none] = await putBudgets(
      { name: 'all', limit: '100', metric: 'runs', period: 'day' },
      { name: 'red', limit: '100', metric: 'runs', period: 'day', scope: { team: 'red' } },
      {
        name: 'sales on Friday',
        limit: '1000',
        metric: 'runs',
        period: 'week',
        scope: { agent: 'sales', model: 'gpt' },
      },
      { name: 'none', limit: '100', metric: 'runs', period: 'day', scope: { agent: 'sales', model: 'claude' } },
    )
    expect([all!.spent, red!.spent]).toEqual(['13', '7'])
    // Monday to Saturday noon, but for one hour in which sales stood still.
    expect(sales!.spent).toBe(String(5 * 24 + 13 - 1))
    expect(none!.spent).toBe('0')
  })

  test('tell when thresholds were crossed and whether the forecast breaks the limit', async () => {
    const [early, late] = await putBudgets({ name: 'early', limit: '1000' }, { name: 'late', limit: '1805' })
    // $60 a day: $500 on the ninth at 08:00, $800 on the fourteenth at 08:00.
    expect(early!.crossed).toEqual([
      { threshold: 0.5, at: '2026-11-09T07:00:00.000Z' },
      { threshold: 0.8, at: '2026-11-14T07:00:00.000Z' },
      { threshold: 1, at: expect.stringMatching(/^2026-11-17/) },
    ])
    expect(early).toMatchObject({ state: 'breached', breachAt: null })
    expect(late).toMatchObject({ state: 'forecast_breach', breachAt: expect.stringMatching(/^2026-11-30/) })
    expect(Number(late!.forecast)).toBeCloseTo(1838.5, -1)
  })

  test('are replaced as a whole, each change audited, and the same again is none', async () => {
    const audited = async () =>
      (await get<List<AuditItem>>(app, `/api/audit?from=2020-01-01&to=2100-01-01&action=budgets.put`)).items
    await putBudgets({ name: 'a', limit: '1' }, { name: 'b', limit: '2' })
    const before = (await audited()).length
    await putBudgets({ name: 'b', limit: '3' }, { name: 'c', limit: '4' })
    const [newest] = await audited()
    expect(newest).toMatchObject({
      actor: 'test',
      detail: { added: ['c'], removed: ['a'], changed: ['b'], was: [{ name: 'a', limit: '1' }, { limit: '2' }] },
    })
    await putBudgets({ name: 'b', limit: '3' }, { name: 'c', limit: '4' })
    expect((await audited()).length).toBe(before + 1)
    expect((await get<List<BudgetState>>(app, '/api/budgets')).items.map(({ budget }) => budget.name)).toEqual([
      'b',
      'c',
    ])
  })

  test.each([
    [{ budgets: [{ name: 'a', limit: '0' }] }, 'more than 0'],
    [{ budgets: [{ name: 'a', limit: 'ten' }] }, 'decimal number'],
    [
      {
        budgets: [
          { name: 'a', limit: '1' },
          { name: 'a', limit: '2' },
        ],
      },
      'one name',
    ],
    [{ budgets: [{ name: 'a', limit: '1', scope: { planet: 'earth' } }] }, 'budgets.0.scope'],
    [{ budgets: [{ name: 'a', limit: '1', scope: { component: 'modle' } }] }, 'must be one of model'],
  ])('%j is refused with a reason', async (body, reason) => {
    expect((await put<{ detail: string }>(body, 400)).detail).toContain(reason)
  })

  test('need a key of scope admin to be changed, and are no other project’s', async () => {
    await putBudgets({ name: 'mine', limit: '1' })
    const reader = testApp(store, { principalOf: () => ({ projectId: 1, scope: 'read', name: 'r' }) })
    await put({ budgets: [] }, 403, reader)
    const other = testApp(store, { principalOf: () => adminOf(2), nowMs: () => NOW })
    expect((await get<List<BudgetState>>(other, '/api/budgets')).items).toEqual([])
  })
})

test('the scrape tells of budgets, of those of its project alone, and waits five minutes to ask again', async () => {
  await putBudgets({ name: 'a "quoted" one', limit: '1000' }, { name: 'day', limit: '65', period: 'day' })
  let now = NOW
  const scraped = testApp(store, { nowMs: () => now })
  const scrape = () => get<string>(scraped, '/metrics')
  const text = await scrape()
  expect(text).toContain('recount_up 1')
  expect(text).toContain('# TYPE agent_budget_spent_ratio gauge')
  expect(text).toMatch(/agent_budget_spent_ratio\{budget="a \\"quoted\\" one",period="month"\} 1\.271/)
  expect(text).toContain('agent_budget_spent_ratio{budget="day",period="day"} 0.5')
  expect(text).toMatch(/agent_budget_forecast_ratio\{budget="day",period="day"\} 0\.9/)
  await putBudgets({ name: 'other', limit: '1000' })
  expect(await scrape()).toBe(text)
  now += 5 * 60_000
  expect(await scrape()).toContain('budget="other"')
  expect(await get<string>(testApp(store, { principalOf: () => adminOf(2) }), '/metrics')).not.toContain('agent_budget')
})

describe('the forecast', () => {
  const ask = (query = '', on = app) => get<Forecast>(on, `/api/costs/forecast?${query}`)

  test('of the month adds what is spent and what its days are like', async () => {
    const forecast = await ask()
    expect(forecast.period).toEqual({ from: '2026-11-01T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z' })
    expect(forecast.historyDays).toBe(56)
    // Twenty days of $60, the dear hour, the quiet one, and 13 hours of $2.50.
    expect(forecast.spentUsd).toBe(String(20 * 60 + 39.5 - 1 + 13 * 2.5))
    expect(Number(forecast.forecastUsd)).toBeCloseTo(1838.5, -1)
    expect(Number(forecast.p10Usd)).toBeLessThanOrEqual(Number(forecast.forecastUsd))
    expect(Number(forecast.p90Usd)).toBeGreaterThanOrEqual(Number(forecast.forecastUsd))
    expect(forecast.points).toHaveLength(30)
    expect(forecast.points[18]).toMatchObject({ actualUsd: '99.5', forecastUsd: null })
    expect(forecast.points[20]).toMatchObject({ time: '2026-11-21T00:00:00.000Z', actualUsd: '32.5' })
    expect(forecast.points[21]).toMatchObject({ actualUsd: null, forecastUsd: expect.any(String) })
  })

  test('of the day has its hours, of the week its days', async () => {
    const day = await ask('period=day')
    expect(day.points).toHaveLength(24)
    expect(day.points.filter(({ actualUsd }) => actualUsd !== null)).toHaveLength(13)
    expect(day.points.filter(({ forecastUsd }) => forecastUsd !== null)).toHaveLength(12)
    expect(Number(day.forecastUsd)).toBeCloseTo(60, -1)
    expect((await ask('period=week')).points).toHaveLength(7)
  })

  test('takes the filters of costs, and the present of as_of', async () => {
    expect((await ask('agent=sales&model=gpt')).spentUsd).toBe(String(20 * 24 + 13 - 1))
    expect((await ask('as_of=now')).spentUsd).toBe((await ask()).spentUsd)
    // Three weeks ago nothing was tallied yet.
    expect(await ask('as_of=now-21d')).toMatchObject({ spentUsd: '0', period: { from: '2026-10-01T00:00:00.000Z' } })
  })

  test('is null where nothing was spent for a week, and in an empty project', async () => {
    const of = (project: number) => ask('', testApp(store, { principalOf: () => adminOf(project), nowMs: () => NOW }))
    expect(await of(2)).toMatchObject({ spentUsd: '0', forecastUsd: null, p10Usd: null, historyDays: 0 })
    expect(await of(3)).toMatchObject({ spentUsd: '2.5', forecastUsd: null, p90Usd: null, historyDays: 0 })
  })
})

describe('anomalies', () => {
  const ask = (query: string, on = app) => get<List<Anomaly>>(on, `/api/costs/anomalies?from=2026-11-16&${query}`)

  test('are the dear hour and the quiet one, newest first, with who made the difference', async () => {
    const { items, next } = await ask('minUsd=0.5')
    expect(next).toBeNull()
    expect(items.map(({ time, direction, costUsd, expectedUsd }) => [time, direction, costUsd, expectedUsd])).toEqual([
      ['2026-11-20T09:00:00.000Z', 'down', '1.5', '2.5'],
      ['2026-11-19T15:00:00.000Z', 'up', '42', '2.5'],
    ])
    expect(items[0]!.contributors).toEqual([
      { key: { agent: 'sales', model: 'gpt' }, costUsd: '0', expectedUsd: '1', deltaUsd: '-1' },
    ])
    expect(items[1]!.contributors).toEqual([
      { key: { agent: 'support', model: 'claude' }, costUsd: '40', expectedUsd: '0.5', deltaUsd: '39.5' },
    ])
  })

  test('leave out cents, and can be told apart by other dimensions', async () => {
    const { items } = await ask('minUsd=2&by=team')
    expect(items.map(({ contributors }) => contributors.map(({ key, deltaUsd }) => [key, deltaUsd]))).toEqual([
      [[{ team: 'blue' }, '39.5']],
    ])
  })

  test('come page by page', async () => {
    const first = await ask('minUsd=0.5&limit=1')
    expect(first.items).toHaveLength(1)
    const second = await ask(`minUsd=0.5&limit=1&cursor=${first.next}`)
    expect([second.items.map(({ direction }) => direction), second.next]).toEqual([['up'], null])
  })

  test('are none of what the filter leaves out, nor of another project', async () => {
    expect((await ask('agent=sales')).items.map(({ direction }) => direction)).toEqual(['down'])
    expect((await ask('agent=sales&minUsd=1.01')).items).toEqual([])
    expect((await ask('model=claude')).items).toHaveLength(1)
    expect((await ask('', testApp(store, { principalOf: () => adminOf(2), nowMs: () => NOW }))).items).toEqual([])
  })

  test('refuse three dimensions', async () => {
    await get(app, '/api/costs/anomalies?by=team,agent,model', 400)
  })
})
