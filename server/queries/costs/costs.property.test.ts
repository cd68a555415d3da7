import fc from 'fast-check'
import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DIMENSIONS_MAX } from '../../../schema/api/cost-queries.ts'
import { type CostItem, type CostReport, INTERVALS, SharedCosts } from '../../../schema/api/costs.ts'
import { COMPONENTS } from '../../../schema/model/component.ts'
import { DIMENSION_NAMES, NOT_SET } from '../../../schema/model/dimension.ts'
import { OUTCOMES } from '../../../schema/model/kind.ts'
import { get, testApp } from '../../../test/support/api.ts'
import { addAllocated, drawLedger, type LedgerTruth, linesOf, WORDS } from '../../../test/support/cost-ledger.ts'
import { openTestStore, type TestStore } from '../../../test/support/rows.ts'
import { allocatedOf } from '../../../test/support/shared-cost-truth.ts'
import { nanoUsdOf, usdOf } from '../../answers/money.ts'
import { writeSharedCosts } from './shared-costs.ts'

const START = Date.parse('2026-09-28T00:00:00Z')
const HOUR = 3_600_000
const PIVOTS = 1000
const ROUNDS = 6
let store: TestStore
let app: Hono
let truth: LedgerTruth

beforeAll(async () => {
  store = await openTestStore()
  truth = drawLedger(20261121, START, ROUNDS, 120)
  for (const { talliedAtMs, tallies } of truth.rounds) await store.runs(tallies, talliedAtMs)
  await writeSharedCosts(store.database, { projectId: 1, body: SharedCosts.parse({ items: SHARED }), actor: 'ada' })
  app = testApp(store, { nowMs: () => START + 60 * 24 * HOUR })
})
afterAll(() => store.close())

const SHARED = [
  { name: 'gpu', amountUsd: '1000.000000007', from: '2026-10-01', to: '2026-11-01', rule: 'tokens', over: 'team' },
  {
    name: 'hub',
    amountUsd: '99.99',
    from: '2026-10-05',
    to: '2026-10-12T06:00:00Z',
    rule: 'cost',
    over: 'agent',
    component: 'model',
  },
  {
    name: 'seats',
    amountUsd: '31',
    from: '2026-09-20',
    to: '2026-10-20',
    rule: 'even',
    over: 'customer',
    component: 'review',
  },
  {
    name: 'rent',
    amountUsd: '0.000000101',
    from: '2026-10-01',
    to: '2026-10-02',
    rule: 'fixed',
    over: 'model',
    shares: { gpt: 0.5, nobody: 0.25 },
  },
  { name: 'quiet', amountUsd: '7', from: '2031-01-01', to: '2031-02-01', rule: 'tokens', over: 'team' },
]

const some = <T extends string>(words: readonly T[]) =>
  fc.option(fc.uniqueArray(fc.constantFrom(...words), { minLength: 1, maxLength: 2 }), { nil: undefined, freq: 4 })
const named = (words: readonly string[]) => some(words.map((word) => word || NOT_SET))

const pivot = fc.record({
  by: fc.uniqueArray(fc.constantFrom(...DIMENSION_NAMES), { maxLength: DIMENSIONS_MAX }),
  interval: fc.constantFrom(undefined, undefined, ...INTERVALS),
  sort: fc.constantFrom('-cost', 'cost', 'period'),
  fromHour: fc.integer({ min: -10, max: 1300 }),
  hours: fc.integer({ min: 1, max: 1300 }),
  // As of ROUNDS nothing is asked for, and the answer is of now: shared costs were settled after the last round.
  asOf: fc.oneof(fc.constant(ROUNDS), fc.integer({ min: -1, max: ROUNDS })),
  shared: fc.constantFrom('include', 'include', 'exclude'),
  limit: fc.constantFrom(7, 500),
  filters: fc.record({
    team: named(WORDS.team),
    costCenter: named(WORDS.costCenter),
    workflow: named(WORDS.workflow),
    customer: named(WORDS.customer),
    env: named(WORDS.env),
    user: named(WORDS.user),
    version: named(WORDS.version),
    agent: named(WORDS.agent),
    callVersion: named(WORDS.version),
    model: named(WORDS.model),
    provider: named(WORDS.provider),
    tool: named(WORDS.tool),
    component: some(COMPONENTS),
    outcome: some(OUTCOMES),
    errors: fc.option(fc.constantFrom('true' as const, 'false' as const), { nil: undefined, freq: 5 }),
  }),
})
type Pivot = typeof pivot extends fc.Arbitrary<infer T> ? T : never

const pathOf = (
  { by, interval, sort, fromHour, hours, asOf, shared, limit, filters }: Pivot,
  cursor?: string | null,
): string => {
  const search = new URLSearchParams({ sort, shared, limit: String(limit), by: by.join(',') })
  search.set('from', new Date(START + fromHour * HOUR).toISOString())
  search.set('to', new Date(START + (fromHour + hours) * HOUR).toISOString())
  if (asOf < ROUNDS) search.set('as_of', new Date(START + asOf * 60_000).toISOString())
  if (interval) search.set('interval', interval)
  for (const [name, values] of Object.entries(filters))
    for (const value of [values ?? []].flat()) search.append(name, value)
  if (cursor) search.set('cursor', cursor)
  return `/api/costs?${search}`
}

const MAX_PAGES = 3
/** Every page, or the first few of a long list. */
const read = async (asked: Pivot): Promise<{ items: CostItem[]; first: CostReport; whole: boolean }> => {
  const first = await get<CostReport>(app, pathOf(asked))
  const items = [...first.items]
  let { next } = first
  for (let page = 1; next && page < MAX_PAGES; page++) {
    const more: CostReport = await get<CostReport>(app, pathOf(asked, next))
    expect(more.total).toEqual(first.total)
    items.push(...more.items)
    next = more.next
  }
  return { items, first, whole: next === null }
}

const sum = (items: readonly CostItem[]): string =>
  usdOf(items.reduce((total, { costUsd }) => total + nanoUsdOf(costUsd), 0n))

describe('any pivot', () => {
  it(`adds up to its total, which is the sum over the runs as they were known: ${PIVOTS} of them`, {
    timeout: 1_800_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(pivot, async (asked) => {
        const { items, first, whole } = await read(asked)
        const range = { fromMs: START + asked.fromHour * HOUR, toMs: START + (asked.fromHour + asked.hours) * HOUR }
        const known = truth.runsAsOf(START + asked.asOf * 60_000)
        const expected = linesOf(known, asked.by, asked.interval, asked.filters, range)
        if (asked.asOf === ROUNDS && asked.shared === 'include')
          for (const cost of SharedCosts.parse({ items: SHARED }).items)
            for (const [text, nanoUsd] of allocatedOf(cost, known, asked.by, asked.interval, asked.filters, range))
              addAllocated(expected, text, cost.component, nanoUsd)
        const lines = [...expected.values()]
        const runs = new Set(lines.flatMap((line) => [...line.runs]))
        expect(first.total).toMatchObject({
          costUsd: usdOf(lines.reduce((total, { nanoUsd }) => total + nanoUsd, 0n)),
          calls: lines.reduce((total, { calls }) => total + calls, 0),
          unpricedCalls: lines.reduce((total, { unpriced }) => total + unpriced, 0),
          runs: runs.size,
        })
        if (whole) {
          expect(sum(items)).toBe(first.total.costUsd)
          expect(items).toHaveLength(lines.length)
        }
        for (const item of items) {
          const line = expected.get(JSON.stringify([asked.by.map((name) => item.key[name]), item.period]))
          expect(item).toMatchObject({
            costUsd: usdOf(line!.nanoUsd),
            calls: line!.calls,
            runs: line!.runs.size,
            allocatedUsd: usdOf(line!.allocated),
            unpricedCalls: line!.unpriced,
            components: Object.fromEntries(COMPONENTS.map((name) => [name, usdOf(line!.components[name])])),
          })
          expect(item.usage.inputUncached).toBe(line!.inputUncached)
        }
        const costs = items.map(({ costUsd }) => nanoUsdOf(costUsd))
        if (asked.sort === '-cost') expect(costs).toEqual(costs.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0)))
      }),
      { numRuns: PIVOTS, seed: 5 },
    )
  })
})
