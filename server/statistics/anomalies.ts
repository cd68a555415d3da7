import { mean, median } from 'simple-statistics'
import { DAY_MS, dayStart, HOUR_MS } from '../../schema/model/period.ts'
import type { HourlySeries } from './forecast.ts'

/** Weeks that an hour is compared with. */
export const WEEKS_BACK = 8
/** Fewer hours of the same weekday and time say nothing. */
const OBSERVATIONS_MIN = 3
const WEEK_HOURS = 168
/** Makes the deviation comparable with a normal distribution's z (B. Iglewicz, D. Hoaglin 1993, where 3.5 is the usual threshold too). */
const MAD_TO_SIGMA = 0.6745
/** What is small beside the usual hour is no deviation, however regular its own hour is. */
const FLOOR_OF_MEAN_HOUR = 0.05

export interface AnomalyLimits {
  /** Of |z|. */
  readonly threshold: number
  /** In the series' unit: what differs by less is not told. */
  readonly least: number
}

export interface AnomalousHour {
  readonly fromMs: number
  readonly value: number
  readonly expected: number
  readonly z: number
}

/**
 * Hours of [fromMs, toMs) that are far from the same hour of the same weekday before, newest first (semantics.md §8). The scale is the median absolute
 * deviation of those hours, but never less than what is usual for an hour of that size in the week before: of three to eight values it is small by chance
 * alone. The series must reach WEEKS_BACK weeks back, or to the beginning of all.
 */
export const anomalousHours = (
  { fromMs: origin, values }: HourlySeries,
  range: { readonly fromMs: number; readonly toMs: number },
  { threshold, least }: AnomalyLimits,
): AnomalousHour[] => {
  const first = values.findIndex((value) => value > 0)
  if (first < 0) return []
  const usual = memoByDay((day) => usualSpread(values, first, Math.round((day - origin) / HOUR_MS)))
  const found: AnomalousHour[] = []
  const begin = Math.ceil(Math.max(range.fromMs, origin) / HOUR_MS) * HOUR_MS
  for (let fromMs = begin; fromMs + HOUR_MS <= range.toMs; fromMs += HOUR_MS) {
    const at = (fromMs - origin) / HOUR_MS
    const before = hoursBefore(values, first, at)
    const value = values[at]
    if (value === undefined || before.length < OBSERVATIONS_MIN) continue
    const expected = median(before)
    const { relative, floor } = usual(dayStart(fromMs))
    const scale = Math.max(deviation(before, expected), relative * expected, floor)
    if (scale <= 0 || Math.abs(value - expected) < least) continue
    const z = (MAD_TO_SIGMA * (value - expected)) / scale
    if (Math.abs(z) > threshold) found.push({ fromMs, value, expected, z })
  }
  return found.reverse()
}

/** The hours that an hour is compared with, as moments. */
export const comparedHours = (fromMs: number): number[] =>
  Array.from({ length: WEEKS_BACK }, (_, i) => fromMs - (i + 1) * 7 * DAY_MS)

const hoursBefore = (values: readonly number[], first: number, at: number): number[] => {
  const before: number[] = []
  for (let week = 1; week <= WEEKS_BACK; week++) {
    const value = at - week * WEEK_HOURS >= first ? values[at - week * WEEK_HOURS] : undefined
    if (value !== undefined) before.push(value)
  }
  return before
}

const deviation = (values: readonly number[], around: number): number =>
  median(values.map((value) => Math.abs(value - around)))

/** Over the week before a day: how far hours usually lie from the hours they are compared with, and the least scale in the series' unit. */
const usualSpread = (
  values: readonly number[],
  first: number,
  day: number,
): { readonly relative: number; readonly floor: number } => {
  const week = Array.from({ length: WEEK_HOURS }, (_, i) => day - WEEK_HOURS + i).filter((at) => at >= first)
  const relatives = week.flatMap((at) => {
    const before = hoursBefore(values, first, at)
    if (before.length < OBSERVATIONS_MIN) return []
    const expected = median(before)
    return expected > 0 ? [Math.abs((values[at] ?? 0) - expected) / expected] : []
  })
  const hours = week.map((at) => values[at] ?? 0)
  return {
    relative: relatives.length > 0 ? median(relatives) : 0,
    floor: hours.length > 0 ? FLOOR_OF_MEAN_HOUR * mean(hours) : 0,
  }
}

const memoByDay = <T>(make: (day: number) => T): ((day: number) => T) => {
  const made = new Map<number, T>()
  return (day) => {
    const known = made.get(day) ?? make(day)
    made.set(day, known)
    return known
  }
}
