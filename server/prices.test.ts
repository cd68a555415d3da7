import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuditItem } from '../schema/api/audit.ts'
import type { CostExplanation, PriceImport, Prices, Unpriced, WhatIf } from '../schema/api/prices.ts'
import { emptyUsage } from '../schema/model/usage.ts'
import { storedPriceBooks } from '../schema/prices/stored-price-books.ts'
import { adminOf, get, put, testApp } from '../test/support/api.ts'
import { openTestStore, type TestStore } from '../test/support/rows.ts'
import { drawTrace } from '../test/support/traces.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const HOUR = 3_600_000
const id = (n: number): string => n.toString(16).padStart(32, '0')
const span = (n: number, line: number): string => `${id(n).slice(0, 12)}${line.toString(16).padStart(4, '0')}`
let store: TestStore
let app: Hono

beforeAll(async () => {
  store = await openTestStore()
  await put(store, [
    // gpt-4.1 at 2 and 8 USD per million: 1,000 × 2 + 100 × 8 = 2,800 millionths
    drawTrace(
      'agent a 0-900\n  llm gpt-4.1 0-400 in=1000 out=100 cost=0.0028\n  llm gpt-99 500-600 in=5000 out=10\n  tool t 700-800',
      { traceId: id(1), startMs: NOW - 2 * HOUR },
    ),
    drawTrace('agent b 0-900\n  llm own-model 0-400 in=70 out=7', { traceId: id(2), startMs: NOW - HOUR }),
  ])
  // A run of which the ledger holds the reported cost, and whose framework repeats the call above the SDK's span.
  const repeated = drawTrace(
    'agent c 0-900\n  llm gpt-4.1 0-500 in=1000 out=100\n    llm gpt-4.1 0-400 in=1000 out=100',
    {
      traceId: 'ab'.repeat(16),
      startMs: NOW - HOUR,
    },
  )
  const [outer] = repeated.run.calls
  await put(store, [
    {
      ...repeated,
      run: {
        ...repeated.run,
        calls: [
          {
            ...outer!,
            costNanoUsd: 5_000_000n,
            costReportedNanoUsd: 5_000_000n,
            costComputedNanoUsd: 2_800_000n,
            costStatus: 'reported',
            priceRef: 'genai-prices@0.1.8/openai/gpt-4.1',
          },
          {
            ...outer!,
            spanId: 'cc'.repeat(8),
            kind: 'review',
            usage: emptyUsage(),
            usageReported: 0,
            durationNanos: 120_000_000_000n,
            costNanoUsd: 0n,
            costStatus: 'unpriced',
          },
        ],
      },
    },
  ])
  app = testApp(store, { nowMs: () => NOW })
})
afterAll(() => store.close())

const send = async <T>(on: Hono, method: string, path: string, body: unknown, status = 200): Promise<T> => {
  const answer = await on.request(path, {
    method,
    headers: { host: 'localhost:4320', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await answer.text()
  expect(answer.status, text).toBe(status)
  return JSON.parse(text) as T
}
const explained = (traceId: string, spanId: string) =>
  get<CostExplanation>(app, `/api/traces/${traceId}/spans/${spanId}/cost`)

describe('what no price is known for', () => {
  it('is listed with its volume, most tokens first, the reason and what is like it', async () => {
    const { items } = await get<{ items: Unpriced[] }>(app, '/api/costs/unpriced')
    expect(items.map(({ model, calls, runs, reason }) => [model, calls, runs, reason])).toEqual([
      ['gpt-99', 1, 1, 'unknown model'],
      ['own-model', 1, 1, 'unknown model'],
    ])
    expect(items[0]!.usage).toMatchObject({ inputTotal: 5000, outputTotal: 10 })
    expect(items[0]!.similar.length).toBeGreaterThan(0)
  })

  it('pages', async () => {
    const first = await get<{ items: Unpriced[]; next: string }>(app, '/api/costs/unpriced?limit=1')
    const second = await get<{ items: Unpriced[]; next: null }>(app, `/api/costs/unpriced?limit=1&cursor=${first.next}`)
    expect([first.items[0]!.model, second.items[0]!.model, second.next]).toEqual(['gpt-99', 'own-model', null])
  })
})

describe('the same tokens on another model', () => {
  it('are priced call by call at what it would have cost', async () => {
    // gpt-4.1-mini at 0.4 and 1.6: the run's own 1,000 × 0.4 + 100 × 1.6 = 560 millionths, and the same again for the reported one
    const answer = await get<WhatIf>(app, '/api/costs/what-if?toProvider=openai&toModel=gpt-4.1-mini&model=gpt-4.1')
    expect(answer).toMatchObject({
      currentUsd: '0.0078',
      whatIfUsd: '0.00112',
      deltaUsd: '-0.00668',
      calls: 2,
      unpricedCalls: 0,
    })
    expect(answer.items.map(({ key, calls }) => [key, calls])).toEqual([[{ model: 'gpt-4.1' }, 2]])
  })

  it('takes the dearer price for calls that are longer than its first step', async () => {
    // gpt-5.4 costs 2.5 up to 271,999 input tokens and 5 beyond; 5,000 tokens are far below: 5,000 × 2.5 + 10 × 15 = 12,650 millionths
    const answer = await get<WhatIf>(app, '/api/costs/what-if?toProvider=openai&toModel=gpt-5.4&model=gpt-99')
    expect([answer.whatIfUsd, answer.unpricedCalls]).toEqual(['0.01265', 1])
  })

  it('says which models are meant by a name that nobody has a price for', async () => {
    const problem = await get<{ detail: string }>(
      app,
      '/api/costs/what-if?toProvider=openai&toModel=gpt-4.1-minni',
      400,
    )
    expect(problem.detail).toContain('openai/gpt-4.1-mini')
  })
})

describe('the cost of a span', () => {
  it('is explained line by line, and the lines add up', async () => {
    const cost = await explained(id(1), span(1, 2))
    expect(cost).toMatchObject({ counted: true, component: 'model', costUsd: '0.0028', costStatus: 'computed' })
    expect(cost.lines.map(({ label, quantity, unitPrice, cost: usd }) => [label, quantity, unitPrice, usd])).toEqual([
      ['Input', 1000, '2', '0.002'],
      ['Output', 100, '8', '0.0008'],
    ])
    expect(cost.price).toMatchObject({ origin: 'built-in', provider: 'openai', model: 'gpt-4.1', currency: 'USD' })
  })

  it('that was reported says what the book says as well', async () => {
    const cost = await explained('ab'.repeat(16), `${'ab'.repeat(6)}0002`)
    expect(cost).toMatchObject({ costUsd: '0.005', reportedUsd: '0.005', computedUsd: '0.0028', wins: 'reported' })
    expect(cost.why).toContain('the book says $0.0028')
  })

  it('that only repeats another names the span that holds it', async () => {
    const cost = await explained('ab'.repeat(16), `${'ab'.repeat(6)}0003`)
    expect(cost).toMatchObject({ counted: false, countedAs: `${'ab'.repeat(6)}0002`, costUsd: null, lines: [] })
  })

  it('of an agent is what is below it; of a free tool nothing; without a price not $0', async () => {
    const agent = await explained(id(1), span(1, 1))
    expect([agent.counted, agent.countedAs, agent.why]).toEqual([false, null, expect.stringContaining('3 spans')])
    expect(await explained(id(1), span(1, 4))).toMatchObject({ costStatus: 'free', costUsd: '0', lines: [] })
    const unpriced = await explained(id(1), span(1, 3))
    expect([unpriced.costUsd, unpriced.lines.length, unpriced.why]).toEqual([
      null,
      0,
      expect.stringContaining('not $0'),
    ])
  })

  it('of people is minutes times the rate, and without a rate not known', async () => {
    const cost = await explained('ab'.repeat(16), 'cc'.repeat(8))
    expect(cost).toMatchObject({ component: 'review', costUsd: null })
    expect(cost.lines).toEqual([
      { bucket: null, label: 'Time of people', quantity: 2, unit: 'minutes', unitPrice: null, cost: null },
    ])
  })

  it('is no other project’s', async () => {
    const other = testApp(store, { principalOf: () => adminOf(2) })
    await get(other, `/api/traces/${id(1)}/spans/${span(1, 2)}/cost`, 404)
  })
})

describe('prices of a project', () => {
  const settings = {
    overrides: [{ provider: 'openai', model: 'own-*', perMillionTokens: { inputUncached: '10', outputText: '20' } }],
    toolFees: [{ tool: 't', usdPerCall: '0.01' }],
    reviewUsdPerMinute: '1.5',
  }

  it('are the built-in book until something is said, then that over it, at once and with an audit entry', async () => {
    const books = storedPriceBooks(store.database)
    await books.refresh()
    const own = testApp(store, { prices: books, nowMs: () => NOW })
    expect(await get<Prices>(own, '/api/prices')).toMatchObject({ version: null, settings: { overrides: [] } })
    const call = {
      provider: 'openai',
      model: 'own-model',
      serviceTier: '',
      startNanos: 0n,
      usage: { ...emptyUsage(), inputUncached: 70, outputText: 7 },
    }
    expect(books.of(1).price(call)).toBeUndefined()
    const answer = await send<Prices>(own, 'PUT', '/api/prices', settings)
    expect(answer).toMatchObject({ actor: 'test', settings: { wins: 'reported', toolFees: [{ tool: 't' }] } })
    expect(answer.book.models).toBeGreaterThan(500)
    // 70 × 10 + 7 × 20 = 840 millionths
    expect(books.of(1).price(call)?.nanoUsd).toBe(840_000n)
    expect(books.of(2).price(call)).toBeUndefined()
    const { items } = await get<{ items: AuditItem[] }>(app, '/api/audit?from=now-30d&action=prices.put&to=2100-01-01')
    expect(items[0]).toMatchObject({ actor: 'test', subject: 'prices', detail: { overrides: 1, toolFees: 1 } })
  })

  it('reach another process when it looks', async () => {
    const elsewhere = storedPriceBooks(store.database)
    expect(elsewhere.of(1).reviewNanoUsdPerMinute).toBe(0n)
    await elsewhere.refresh()
    expect(elsewhere.of(1).reviewNanoUsdPerMinute).toBe(1_500_000_000n)
  })

  it('that are set later explain what was counted before: a price is known by now', async () => {
    const { items } = await get<{ items: Unpriced[] }>(app, '/api/costs/unpriced?model=own-model')
    expect(items[0]?.reason).toBe('a price is known by now: re-price')
    expect((await explained(id(2), span(2, 2))).why).toContain('re-price')
  })

  it.each([
    [{ overrides: [{ provider: 'openai', model: 'm', perMillionTokens: { inputUncached: 'free' } }] }],
    [{ overrides: [{ provider: 'openai', model: 'm', validFrom: 'soon', perMillionTokens: {} }] }],
    [{ overrides: [{ provider: 'openai', model: 'm', currency: 'euro', perMillionTokens: {} }] }],
    [{ reviewUsdPerMinute: 'two' }],
  ])('that are none are refused: %j', async (wrong) => {
    await send(app, 'PUT', '/api/prices', wrong, 400)
  })

  it('need a key of scope admin to be changed', async () => {
    const reader = testApp(store, { principalOf: () => ({ projectId: 1, scope: 'read', name: 'r' }) })
    await send(reader, 'PUT', '/api/prices', settings, 403)
    await send(reader, 'POST', '/api/prices/import', {}, 403)
    await send(reader, 'POST', '/api/prices/reprice', { from: 'now-30d' }, 403)
    await get(reader, '/api/prices')
  })
})

describe("a price file of LiteLLM's", () => {
  const file = {
    sample_spec: { input_cost_per_token: 1 },
    'gpt-4.1': { litellm_provider: 'openai', input_cost_per_token: 2e-6, output_cost_per_token: 8e-6 },
    'gpt-5': { litellm_provider: 'openai', input_cost_per_token: 1.1e-6, output_cost_per_token: 1e-5 },
    'groq/new-model': {
      litellm_provider: 'groq',
      input_cost_per_token: 5e-8,
      output_cost_per_token: 1e-7,
      input_cost_per_token_above_200k_tokens: 1e-7,
      input_cost_per_token_batches: 2.5e-8,
      cache_creation_input_token_cost_above_1hr: '1e-7',
    },
    'azure/eu/gpt-4.1': { litellm_provider: 'azure', input_cost_per_token: 2.2e-6 },
    'dall-e-3': { litellm_provider: 'openai', input_cost_per_pixel: 3.8e-8 },
    free: { litellm_provider: 'groq', input_cost_per_token: 0, output_cost_per_token: 0 },
    broken: { litellm_provider: 'groq', input_cost_per_token: 'x' },
    odd: 17,
  }

  it('says what it would bring and what not, and brings it when told to', async () => {
    const tried = await send<PriceImport>(app, 'POST', '/api/prices/import', file)
    expect(tried).toMatchObject({ overrides: 4, applied: false })
    expect(Object.fromEntries(tried.reasons.map(({ reason, count }) => [reason, count]))).toEqual({
      'no model': 2,
      'the built-in book says the same': 1,
      'a price of one region, which telemetry does not name': 1,
      'no price per token': 2,
      'every price is 0: free, or not known': 1,
    })
    const before = await get<Prices>(app, '/api/prices')
    const applied = await send<PriceImport>(app, 'POST', '/api/prices/import?apply=true&provider=groq', file)
    expect(applied).toMatchObject({ overrides: 3, applied: true })
    const { settings, version } = await get<Prices>(app, '/api/prices')
    expect(version).not.toBe(before.version)
    expect(
      settings.overrides.map(({ model, serviceTier, fromInputTokens, perMillionTokens }) => [
        model,
        serviceTier,
        fromInputTokens,
        perMillionTokens,
      ]),
    ).toEqual([
      ['new-model', 'standard', 0, { inputUncached: '0.05', outputText: '0.1', cacheWrite1h: '0.1' }],
      ['new-model', 'standard', 200_001, { inputUncached: '0.1' }],
      ['new-model', 'batch', 0, { inputUncached: '0.025' }],
      ['own-*', 'standard', 0, { inputUncached: '10', outputText: '20' }],
    ])
    // Again: what the first brought is replaced, not doubled, and what somebody wrote stays.
    await send<PriceImport>(app, 'POST', '/api/prices/import?apply=true&provider=groq', file)
    expect((await get<Prices>(app, '/api/prices')).settings).toEqual(settings)
  })

  it.each([['[]'], ['"x"'], ['{']])('that is none (%s) is told so', async (text) => {
    const answer = await app.request('/api/prices/import', {
      method: 'POST',
      headers: { host: 'localhost:4320', 'content-type': 'application/json' },
      body: text,
    })
    if (answer.status === 200) expect(await answer.json()).toMatchObject({ overrides: 0, applied: false })
    else expect(answer.status).toBe(400)
  })
})
