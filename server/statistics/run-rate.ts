import { mean } from 'simple-statistics'
import { DAY_MS, weekdayOf } from '../../schema/model/period.ts'

/** What whole days of the past say about days to come (docs/decisions/0017): a level, a factor per weekday, and the weeks that there were. */
export interface RunRate {
  /** Per day, the weekday's factor taken out. */
  readonly level: number
  /** Monday first; their mean is 1. */
  readonly weekday: readonly number[]
  readonly weeks: readonly Week[]
}

/** How a week of the past stood to the level of the days before it. */
export interface Week {
  /** Each of its days, the weekday's factor taken out, over the level before the week. */
  readonly days: readonly number[]
  /** The level after the week over the level before it. */
  readonly growth: number
}

/** Days that the level stands for: two weeks, so that a spike or an outage of some days does not move it. */
const LEVEL_DAYS = 14
const WEEK_DAYS = 7
/** Fewer days say nothing about weekdays. */
export const HISTORY_DAYS_MIN = 7
/** A project that begins grows tenfold in a week; so much of that is believed of the weeks to come. */
const GROWTH_MAX = 1.5

/** @param days values of whole days, oldest first, at least HISTORY_DAYS_MIN */
export const runRateOf = (days: readonly number[], firstDayMs: number): RunRate => {
  const weekdays = days.map((_, i) => weekdayOf(firstDayMs + i * DAY_MS))
  const weekday = weekdayFactors(days, weekdays)
  const plain = days.map((value, i) => value / weekday[weekdays[i]!]!)
  return { level: levelAt(plain, plain.length), weekday, weeks: weeksOf(plain) }
}

/** The midmean of the days before; the mean where most of them have nothing, or what happens on two days a week would be nothing at all. */
const levelAt = (plain: readonly number[], at: number): number => {
  const before = plain.slice(Math.max(0, at - LEVEL_DAYS), at)
  return midmean(before) || mean(before)
}

/** From so many days on there are enough weeks to draw from. */
const WEEKS_FROM_DAYS = 35

const weeksOf = (plain: readonly number[]): Week[] => {
  if (plain.length < WEEKS_FROM_DAYS) {
    const level = levelAt(plain, plain.length)
    return plain.slice(-LEVEL_DAYS).map((value) => ({ days: [level > 0 ? value / level : 1], growth: 1 }))
  }
  const weeks = Array.from({ length: plain.length - LEVEL_DAYS - WEEK_DAYS + 1 }, (_, i) =>
    weekFrom(plain, i + LEVEL_DAYS),
  ).filter((week) => week !== undefined)
  if (weeks.length === 0) return [{ days: [1], growth: 1 }]
  // What grew by chance would grow on for a month: the less is known, the less of it is believed.
  const disjoint = (plain.length - LEVEL_DAYS) / WEEK_DAYS
  const usual = Math.exp(midmean(weeks.map((week) => Math.log(week.growth))))
  const doubt = usual ** -(DOUBT / (disjoint + DOUBT))
  return weeks.map((week) => ({ ...week, growth: week.growth * doubt }))
}
const DOUBT = 2

const weekFrom = (plain: readonly number[], from: number): Week | undefined => {
  const level = levelAt(plain, from)
  if (level <= 0) return undefined
  const growth = levelAt(plain, from + WEEK_DAYS) / level
  return {
    days: plain.slice(from, from + WEEK_DAYS).map((value) => value / level),
    growth: Math.min(GROWTH_MAX, Math.max(1 / GROWTH_MAX, growth)),
  }
}

/** The mean of the middle half: as deaf to a quarter of outliers as the median, and less moved by chance. */
const midmean = (values: readonly number[]): number => {
  const cut = Math.floor(values.length / 4)
  return mean(values.toSorted((a, b) => a - b).slice(cut, values.length - cut))
}

/** A factor that is not known to be 0 never is: a day of the week without any cost so far may have some. */
const FACTOR_MIN = 0.01

/**
 * The day over the mean of the week around it, the midmean of that over the weeks, drawn towards 1 where few weeks are known: after one week a
 * weekday cannot be told from chance.
 */
const weekdayFactors = (days: readonly number[], weekdays: readonly number[]): number[] => {
  const ratios: number[][] = Array.from({ length: 7 }, () => [])
  days.forEach((value, i) => {
    const around = mean(weekAround(days, i))
    if (around > 0) ratios[weekdays[i]!]!.push(value / around)
  })
  const factors = ratios.map((seen) => {
    if (seen.length === 0) return 1
    return Math.max(FACTOR_MIN, (midmean(seen) * seen.length + 0.5) / (seen.length + 0.5))
  })
  const all = mean(factors)
  return factors.map((factor) => factor / all)
}

/** Seven neighbours of a day with itself in the middle, moved inwards at both ends: every weekday is among them once. */
const weekAround = (values: readonly number[], at: number): number[] => {
  const from = Math.max(0, Math.min(at - 3, values.length - WEEK_DAYS))
  return values.slice(from, from + WEEK_DAYS)
}
