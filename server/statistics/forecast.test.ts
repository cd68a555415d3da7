import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, type Period, periodAt } from '../../schema/model/period.ts'
import { type CostWorld, drawHours, WORLDS } from '../../test/support/synthetic-costs.ts'
import { type ForecastOfPeriod, forecastPeriod } from './forecast.ts'

/** A Monday; 56 days later is Monday, 2 March. */
const FIRST = Date.parse('2026-01-05T00:00:00Z')
const WORLD_DAYS = 130
const SEEDS = 12
/** Day and hour at which a forecast is asked for, in the first days of a month, in its middle and near its end. */
const MOMENTS = [
  [58, 10],
  [62, 3],
  [70, 15],
  [77, 20],
  [85, 12],
] as const

interface Asked {
  readonly world: string
  readonly forecast: ForecastOfPeriod
  readonly actual: number
}

/** What was known half an hour into the hour, and what came of it. */
const ask = (hours: readonly number[], day: number, hour: number, period: Period): Omit<Asked, 'world'> => {
  const at = day * 24 + hour
  const nowMs = FIRST + at * HOUR_MS + HOUR_MS / 2
  const bounds = periodAt(period, nowMs)
  const known = [...hours.slice(0, at), hours[at]! / 2]
  const index = (ms: number) => Math.max(0, (ms - FIRST) / HOUR_MS)
  return {
    forecast: forecastPeriod({ fromMs: FIRST, values: known }, bounds, nowMs),
    actual: hours.slice(index(bounds.fromMs), index(bounds.toMs)).reduce((a, b) => a + b, 0),
  }
}

const backtest = (period: Period, worlds: readonly CostWorld[]): Asked[] =>
  worlds.flatMap((world) =>
    Array.from({ length: SEEDS }, (_, i) => drawHours(world, (i + 1) * 7919, FIRST, WORLD_DAYS)).flatMap((hours) =>
      MOMENTS.map(([day, hour]) => ({ world: world.name, ...ask(hours, day, hour, period) })),
    ),
  )

const covered = (asked: readonly Asked[]): number =>
  asked.filter(({ forecast: { total }, actual }) => total!.p10 <= actual && actual <= total!.p90).length / asked.length
const meanError = (asked: readonly Asked[]): number =>
  asked.reduce((sum, { forecast, actual }) => sum + Math.abs(forecast.total!.expected / actual - 1), 0) / asked.length

describe('on ten made-up worlds', () => {
  const months = backtest('month', WORLDS)
  const weeks = backtest('week', WORLDS)
  const days = backtest('day', WORLDS)

  test.each([
    ['month', months],
    ['week', weeks],
    ['day', days],
    ['all', [...months, ...weeks, ...days]],
  ] as const)('P10 to P90 holds what came in 70 to 90 of 100: %s', (_, asked) => {
    expect(covered(asked)).toBeGreaterThan(0.7)
    expect(covered(asked)).toBeLessThan(0.9)
  })

  test('a month is forecast to a few hundredths, in quiet worlds and in those that grow or shrink', () => {
    const errorOf = (world: string) => meanError(months.filter((asked) => asked.world === world))
    for (const world of ['steady', 'office week', 'growing', 'shrinking'])
      expect(errorOf(world), world).toBeLessThan(0.04)
    for (const world of ['with spikes', 'with an outage', 'dear month ends', 'wandering'])
      expect(errorOf(world), world).toBeLessThan(0.09)
    for (const world of ['loud', 'small']) expect(errorOf(world), world).toBeLessThan(0.12)
  })

  test('weekdays are told apart: an office week forecast on its Friday knows that the weekend costs half', () => {
    const office = WORLDS.find(({ name }) => name === 'office week')!
    const quiet: CostWorld = { ...office, dayNoise: 0.02, hourNoise: 0.05 }
    // Day 60 is a Friday.
    const { forecast, actual } = ask(drawHours(quiet, 5, FIRST, 80), 60, 12, 'week')
    expect(Math.abs(forecast.total!.expected / actual - 1)).toBeLessThan(0.02)
    const [friday, saturday] = forecast.days
    expect(saturday!.expected / friday!.expected).toBeCloseTo(0.65 / 1.05, 1)
  })
})

describe('a forecast', () => {
  const hours = drawHours(WORLDS[1]!, 42, FIRST, WORLD_DAYS)

  test('is the same whenever it is asked for', () => {
    expect(ask(hours, 62, 9, 'month')).toEqual(ask(hours, 62, 9, 'month'))
  })

  test('needs a week of whole days, and the first day of all is none', () => {
    const nowMs = FIRST + 40 * DAY_MS
    const since = (day: number) => hours.map((value, i) => (i >= day * 24 && i < 40 * 24 ? value : 0)).slice(0, 40 * 24)
    const asked = (day: number) =>
      forecastPeriod({ fromMs: FIRST, values: since(day) }, periodAt('month', nowMs), nowMs)
    expect(asked(33)).toMatchObject({ historyDays: 6, total: undefined, hours: [], days: [] })
    expect(asked(32).historyDays).toBe(7)
    expect(asked(32).total).toBeDefined()
  })

  test('of nothing is nothing, and of what has ended long ago close to it', () => {
    const nowMs = FIRST + 60 * DAY_MS
    const nothing = Array.from({ length: 60 * 24 }, () => 0)
    expect(forecastPeriod({ fromMs: FIRST, values: nothing }, periodAt('month', nowMs), nowMs).total).toBeUndefined()
    const ended = nothing.map((_, i) => (i < 10 * 24 ? 5 : 0))
    const { total } = forecastPeriod({ fromMs: FIRST, values: ended }, periodAt('month', nowMs), nowMs)
    expect(total!.expected).toBe(0)
  })

  test('of the last minute of a month is what was spent', () => {
    const nowMs = Date.parse('2026-03-31T23:59:00Z')
    const known = hours.slice(0, (Date.parse('2026-04-01T00:00:00Z') - FIRST) / HOUR_MS)
    const { total } = forecastPeriod({ fromMs: FIRST, values: known }, periodAt('month', nowMs), nowMs)
    const spent = known.slice((Date.parse('2026-03-01T00:00:00Z') - FIRST) / HOUR_MS).reduce((a, b) => a + b, 0)
    expect(total!.expected / spent).toBeCloseTo(1, 3)
    expect(total!.p90 / spent).toBeLessThan(1.001)
  })

  test('never falls below what is spent; its hours and days add up to it; P10 ≤ expected ≤ P90', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { minLength: 9 * 24, maxLength: 62 * 24 }),
        fc.constantFrom('day', 'week', 'month'),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (values, period, part) => {
          const nowMs = FIRST + (values.length - 1 + part) * HOUR_MS
          const bounds = periodAt(period, nowMs)
          const { total, hours: ahead, days } = forecastPeriod({ fromMs: FIRST, values }, bounds, nowMs)
          if (!total) return
          const spent = values.slice(Math.max(0, (bounds.fromMs - FIRST) / HOUR_MS)).reduce((a, b) => a + b, 0)
          const near = 1e-6 * (1 + spent)
          expect(total.p10).toBeGreaterThanOrEqual(spent - near)
          expect(total.p10).toBeLessThanOrEqual(total.expected + near)
          expect(total.p90).toBeGreaterThanOrEqual(total.expected - near)
          expect(Math.abs(ahead.reduce((sum, { expected }) => sum + expected, spent) - total.expected)).toBeLessThan(
            near * 10,
          )
          expect(days.at(-1)!.fromMs).toBe(bounds.toMs - DAY_MS)
          expect(ahead.at(-1)!.fromMs).toBe(bounds.toMs - HOUR_MS)
          expect(ahead.every(({ fromMs }) => fromMs + HOUR_MS > nowMs)).toBe(true)
        },
      ),
      { numRuns: 40 },
    )
  })
})
