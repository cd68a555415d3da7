import { mean, quantileSorted } from 'simple-statistics'
import { DAY_MS, dayStart, HOUR_MS, type PeriodBounds, weekdayOf } from '../../schema/model/period.ts'
import { randomOf } from './random.ts'
import { HISTORY_DAYS_MIN, type RunRate, runRateOf, type Week } from './run-rate.ts'

/** Whole weeks that are looked back. */
export const HISTORY_DAYS_MAX = 56
/** The shape of a day is the mean of so many. */
const SHAPE_DAYS = 28
const REPLICATES = 1000
const SEED = 20_170_101

/** Values per hour without a gap, from `fromMs` (a midnight in UTC) on; the last may be of an hour that is not over. */
export interface HourlySeries {
  readonly fromMs: number
  readonly values: readonly number[]
}

export interface ForecastOfPeriod {
  /** Whole days that were looked at. */
  readonly historyDays: number
  /** Of the whole period, what is spent already included; undefined under a week of history. */
  readonly total: Spread | undefined
  /** Of every hour of the period from the present one on, without what is spent in it already. */
  readonly hours: readonly { readonly fromMs: number; readonly expected: number }[]
  /** Of every day of the period that is not over, as it will stand at its end. */
  readonly days: readonly ({ readonly fromMs: number } & Spread)[]
}
export interface Spread {
  readonly expected: number
  readonly p10: number
  readonly p90: number
}

/** What a period will have come to at its end: what is spent, and run rate × weekday for the rest (semantics.md §8). */
export const forecastPeriod = (series: HourlySeries, period: PeriodBounds, nowMs: number): ForecastOfPeriod => {
  const history = wholeDays(series, nowMs)
  const historyDays = history.days.length
  if (historyDays < HISTORY_DAYS_MIN || nowMs >= period.toMs)
    return { historyDays, total: undefined, hours: [], days: [] }
  const shapes = shapesOf(history.hours)
  const today = dayStart(nowMs)
  const firstDay = Math.max(today, period.fromMs)
  const rest: Rest = {
    firstDay,
    dayCount: Math.round((period.toMs - firstDay) / DAY_MS),
    today,
    spentToday: sumOf(series, today, nowMs + HOUR_MS),
    remaining: remainingOfHours(nowMs),
  }
  const paths = simulate(runRateOf(history.days, history.firstDayMs), shapes, rest)
  const widen = widening(historyDays)
  const spentBefore = sumOf(series, period.fromMs, Math.min(today, period.toMs))
  const totals = paths.map((path) => path.reduce((a, b) => a + b, spentBefore))
  const total = spreadOf(totals, widen, spentBefore + (firstDay === today ? rest.spentToday : 0))
  const days = Array.from({ length: rest.dayCount }, (_, i) => {
    const fromMs = firstDay + i * DAY_MS
    const values = paths.map((path) => path[i]!)
    return { fromMs, ...spreadOf(values, widen, fromMs === today ? rest.spentToday : 0) }
  })
  return { historyDays, total, days, hours: hoursOf(days, shapes, rest, total.expected - spentBefore) }
}

/** The hours to come: a day's share each, and together what the period's forecast leaves for them. */
const hoursOf = (
  days: ForecastOfPeriod['days'],
  { mean: shape }: Shapes,
  { today, spentToday, remaining }: Rest,
  sum: number,
): ForecastOfPeriod['hours'] => {
  const hours = days.flatMap(({ fromMs, expected }) => {
    const ofToday = fromMs === today
    const weights = shape.map((share, h) => (ofToday ? share * remaining[h]! : share))
    const left = ofToday ? expected - spentToday : expected
    const all = weights.reduce((a, b) => a + b, 0)
    return weights.flatMap((weight, h) =>
      ofToday && remaining[h] === 0
        ? []
        : [{ fromMs: fromMs + h * HOUR_MS, expected: all > 0 ? (left * weight) / all : 0 }],
    )
  })
  const left = days[0]?.fromMs === today ? sum - spentToday : sum
  const all = hours.reduce((a, { expected }) => a + expected, 0)
  // The medians of days do not add up to the median of their sum.
  return all > 0 ? hours.map(({ fromMs, expected }) => ({ fromMs, expected: (expected / all) * left })) : hours
}

interface History {
  readonly firstDayMs: number
  readonly days: readonly number[]
  readonly hours: readonly (readonly number[])[]
}

/**
 * Whole days before today, at most HISTORY_DAYS_MAX. Days before anything was spent are no history; nor is the first day of all, which seldom began
 * at midnight.
 */
const wholeDays = ({ fromMs, values }: HourlySeries, nowMs: number): History => {
  const today = dayStart(nowMs)
  const hours: number[][] = []
  const earliest = Math.max(fromMs, today - HISTORY_DAYS_MAX * DAY_MS)
  for (let day = earliest; day < today; day += DAY_MS) {
    const at = (day - fromMs) / HOUR_MS
    hours.push(Array.from({ length: 24 }, (_, h) => values[at + h] ?? 0))
  }
  const days = hours.map((of) => of.reduce((a, b) => a + b, 0))
  const first = days.findIndex((value) => value > 0)
  if (first < 0) return { firstDayMs: today, days: [], hours: [] }
  const from = first === 0 ? 0 : first + 1
  return { firstDayMs: earliest + from * DAY_MS, days: days.slice(from), hours: hours.slice(from) }
}

interface Shapes {
  /** Share of a day's value in each of its hours. */
  readonly mean: readonly number[]
  readonly each: readonly (readonly number[])[]
}

const shapesOf = (hours: readonly (readonly number[])[]): Shapes => {
  const each = hours.slice(-SHAPE_DAYS).flatMap((day) => {
    const all = day.reduce((a, b) => a + b, 0)
    return all > 0 ? [day.map((value) => value / all)] : []
  })
  const even = Array.from({ length: 24 }, () => 1 / 24)
  return each.length === 0
    ? { mean: even, each: [even] }
    : { mean: even.map((_, h) => mean(each.map((day) => day[h]!))), each }
}

/** Of each hour of today the part that is still to come. */
const remainingOfHours = (nowMs: number): number[] => {
  const past = (nowMs - dayStart(nowMs)) / HOUR_MS
  return Array.from({ length: 24 }, (_, h) => Math.min(1, Math.max(0, h + 1 - past)))
}

interface Rest {
  readonly firstDay: number
  readonly dayCount: number
  readonly today: number
  readonly spentToday: number
  readonly remaining: readonly number[]
}

/**
 * Paths of the days to come, put together of weeks that happened: as a week stood to the days before it, so may the next one stand to the present
 * level, and as the level grew with it, so may it grow. Of today the rest is drawn with the shape of a past day; how much today weighs by its own
 * pace, and how much by the run rate, is the share of a day that is usually over by now.
 */
const simulate = (
  rate: RunRate,
  shapes: Shapes,
  { firstDay, dayCount, today, spentToday, remaining }: Rest,
): number[][] => {
  const random = randomOf(SEED)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const usualRest = restOf(shapes.mean, remaining)
  return Array.from({ length: REPLICATES }, () =>
    daysAhead(rate, dayCount, pick).map((plain, i) => {
      const dayMs = firstDay + i * DAY_MS
      const whole = plain * rate.weekday[weekdayOf(dayMs)]!
      if (dayMs !== today) return whole
      return spentToday + restOf(pick(shapes.each), remaining) * (spentToday + usualRest * whole)
    }),
  )
}

const daysAhead = (rate: RunRate, count: number, pick: (from: RunRate['weeks']) => Week): number[] => {
  const days: number[] = []
  for (let level = rate.level; days.length < count; ) {
    const week = pick(rate.weeks)
    for (const ratio of week.days) days.push(level * ratio)
    level *= week.growth
  }
  return days.slice(0, count)
}

const restOf = (shape: readonly number[], remaining: readonly number[]): number =>
  shape.reduce((sum, share, h) => sum + share * remaining[h]!, 0)

/** `least` is what is spent already. */
const spreadOf = (values: readonly number[], widen: number, least: number): Spread => {
  const sorted = values.toSorted((a, b) => a - b)
  const expected = quantileSorted(sorted, 0.5)
  return {
    expected,
    p10: Math.max(least, expected - (expected - quantileSorted(sorted, 0.1)) * widen),
    p90: expected + (quantileSorted(sorted, 0.9) - expected) * widen,
  }
}

/**
 * Weekdays and level were fitted to the very days that are drawn from, so these lie too close to the fit, and what is to come too far from it, by as
 * much as a week of n weeks is used up. How many weeks count as used up was chosen by the coverage that it gives (docs/decisions/0017).
 */
const widening = (historyDays: number): number => {
  const weeks = historyDays / 7
  return weeks > FITTED_WEEKS
    ? Math.min(WIDENING_MAX, Math.sqrt((weeks + FITTED_WEEKS) / (weeks - FITTED_WEEKS)))
    : WIDENING_MAX
}
const FITTED_WEEKS = 2.5
const WIDENING_MAX = 2

const sumOf = ({ fromMs, values }: HourlySeries, from: number, to: number): number => {
  let sum = 0
  for (let at = Math.max(0, (from - fromMs) / HOUR_MS); at < Math.min(values.length, (to - fromMs) / HOUR_MS); at++)
    sum += values[Math.floor(at)]!
  return sum
}
