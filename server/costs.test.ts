import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CostReport } from '../schema/api/costs.ts'
import { get, put, testApp } from '../test/support/api.ts'
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
  await put(store, [
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
})
