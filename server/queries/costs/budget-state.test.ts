import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Budget } from '../../../schema/api/budgets.ts'
import { DAY_MS, HOUR_MS, periodAt } from '../../../schema/model/period.ts'
import { budgetState } from './budget-state.ts'
import type { ExactSeries } from './hourly.ts'

const NANO = 1_000_000_000n
/** Noon of the leap day; the series begins eight weeks before. */
const NOW = Date.parse('2028-02-29T12:30:00Z')
const FROM = Date.parse('2028-01-04T00:00:00Z')
const HOURS = Math.ceil((NOW - FROM) / HOUR_MS)

const seriesOf = (values: Readonly<Record<string, bigint>>): ExactSeries => {
  const hours = Array.from({ length: HOURS }, () => 0n)
  for (const [iso, value] of Object.entries(values)) hours[(Date.parse(iso) - FROM) / HOUR_MS] = value
  return { fromMs: FROM, values: hours }
}
const nothing = seriesOf({})
const budget = (given: Partial<Budget>): Budget => Budget.parse({ name: 'b', limit: '100', ...given })
const stateOf = (given: Partial<Budget>, values: Readonly<Record<string, bigint>>) =>
  budgetState(budget(given), { series: seriesOf(values), unpriced: nothing }, NOW)

describe('a threshold', () => {
  test('is crossed in the hour in which it is reached exactly', () => {
    const { crossed, state, share } = stateOf(
      {},
      { '2028-02-01T00:00:00Z': 50n * NANO, '2028-02-10T07:00:00Z': 30n * NANO, '2028-02-29T12:00:00Z': 20n * NANO },
    )
    expect(crossed).toEqual([
      { threshold: 0.5, at: '2028-02-01T00:00:00.000Z' },
      { threshold: 0.8, at: '2028-02-10T07:00:00.000Z' },
      { threshold: 1, at: '2028-02-29T12:00:00.000Z' },
    ])
    expect([state, share]).toEqual(['breached', 1])
  })

  test('is not crossed a nano-dollar below it', () => {
    const { crossed, state, spent } = stateOf({}, { '2028-02-01T00:00:00Z': 80n * NANO - 1n })
    expect(crossed.map(({ threshold }) => threshold)).toEqual([0.5])
    expect([state, spent]).toEqual(['ok', '79.999999999'])
  })

  test.each([0.1, 0.3, 0.7, 1.1])('of %d is compared in whole numbers', (threshold) => {
    const limit = BigInt(Math.round(threshold * 10)) * 10n * NANO
    const at = '2028-02-01T00:00:00Z'
    expect(stateOf({ thresholds: [threshold] }, { [at]: limit }).crossed.some((c) => c.threshold === threshold)).toBe(
      true,
    )
    expect(
      stateOf({ thresholds: [threshold] }, { [at]: limit - 1n }).crossed.some((c) => c.threshold === threshold),
    ).toBe(false)
  })

  test('that several hours pass at once is crossed once; the limit is one although nobody named it', () => {
    const { crossed } = stateOf({ thresholds: [0.9, 0.2] }, { '2028-02-05T00:00:00Z': 500n * NANO })
    expect(crossed.map(({ threshold }) => threshold)).toEqual([0.2, 0.9, 1])
  })
})

describe('a period', () => {
  test('is half-open: the hour before midnight of the first is last month’s', () => {
    const state = stateOf({}, { '2028-01-31T23:00:00Z': 90n * NANO, '2028-02-01T00:00:00Z': 7n * NANO })
    expect([state.spent, state.periodFrom, state.periodTo]).toEqual([
      '7',
      '2028-02-01T00:00:00.000Z',
      '2028-03-01T00:00:00.000Z',
    ])
  })

  test('of a week begins on Monday, of a day at midnight', () => {
    const values = {
      '2028-02-27T23:00:00Z': 9n * NANO,
      '2028-02-28T00:00:00Z': 3n * NANO,
      '2028-02-29T00:00:00Z': NANO,
    }
    expect(stateOf({ period: 'week' }, values).spent).toBe('4')
    expect(stateOf({ period: 'day' }, values).spent).toBe('1')
  })

  test('spends what its hours say, whatever they are, and never crosses backwards', () => {
    const anHour = fc.record({ at: fc.integer({ min: 0, max: HOURS - 1 }), cents: fc.bigInt({ min: 0n, max: 5000n }) })
    fc.assert(
      fc.property(fc.array(anHour, { maxLength: 40 }), fc.constantFrom('day', 'week', 'month'), (spent, period) => {
        const values = Array.from({ length: HOURS }, () => 0n)
        for (const { at, cents } of spent) values[at]! += cents * 10_000_000n
        const state = budgetState(budget({ period }), { series: { fromMs: FROM, values }, unpriced: nothing }, NOW)
        const { fromMs } = periodAt(period, NOW)
        const cents = spent.filter(({ at }) => FROM + at * HOUR_MS >= fromMs).reduce((sum, one) => sum + one.cents, 0n)
        expect(state.share).toBeCloseTo(Number(cents) / 10_000, 9)
        expect(state.crossed.map(({ threshold }) => threshold)).toEqual(
          [0.5, 0.8, 1].filter((threshold) => Number(cents) >= threshold * 10_000),
        )
        const times = state.crossed.map(({ at }) => Date.parse(at))
        expect(times).toEqual(times.toSorted((a, b) => a - b))
        expect(times.every((at) => at >= fromMs && at < NOW)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})

describe('a forecast of a budget', () => {
  /** $2 an hour since the series began, which is $48 a day. */
  const steady: ExactSeries = {
    fromMs: FROM,
    values: Array.from({ length: HOURS }, (_, i) => (i === HOURS - 1 ? NANO : 2n * NANO)),
  }
  const ask = (given: Partial<Budget>) => budgetState(budget(given), { series: steady, unpriced: nothing }, NOW)

  test('tells the hour in which the limit will be reached', () => {
    // Monday and half of Tuesday are over: $73 of $336 a week; $200 are reached 100 hours into the week, on Friday at 04:00.
    const state = ask({ period: 'week', limit: '200' })
    expect(state).toMatchObject({ spent: '73', state: 'forecast_breach', forecast: '336', p10: '336', p90: '336' })
    expect(Math.abs(Date.parse(state.breachAt!) - Date.parse('2028-03-03T03:00:00Z'))).toBeLessThanOrEqual(HOUR_MS)
  })

  test('says nothing more of a limit that is reached, nor of one that will not be', () => {
    expect(ask({ period: 'week', limit: '73' })).toMatchObject({ state: 'breached', breachAt: null })
    expect(ask({ period: 'week', limit: '337' })).toMatchObject({ state: 'ok', breachAt: null })
    expect(ask({ period: 'week', limit: '90' })).toMatchObject({ state: 'warning' })
  })

  test('is null without a week of history; then nothing is forecast to break', () => {
    const young: ExactSeries = {
      fromMs: FROM,
      values: steady.values.map((value, i) => (FROM + i * HOUR_MS < NOW - 4 * DAY_MS ? 0n : value)),
    }
    expect(budgetState(budget({ limit: '250' }), { series: young, unpriced: nothing }, NOW)).toMatchObject({
      forecast: null,
      p10: null,
      p90: null,
      breachAt: null,
      state: 'ok',
    })
  })
})

test('a budget without costs stands at nothing', () => {
  expect(stateOf({}, {})).toMatchObject({ spent: '0', share: 0, crossed: [], state: 'ok', unpricedCalls: 0 })
})
