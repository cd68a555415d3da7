import type { CostInterval } from '../../schema/api/costs.ts'
import { resolveRange, type TimeRange } from '../util/time-range.ts'

/** Periods of money: UTC, half-open, weeks from Monday (semantics.md §8). */
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export const startOf = (interval: CostInterval, ms: number): number => {
  const date = new Date(ms)
  if (interval === 'hour') return Math.floor(ms / HOUR_MS) * HOUR_MS
  const day = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate())
  if (interval === 'day') return day
  if (interval === 'week') return day - ((date.getUTCDay() + 6) % 7) * DAY_MS
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
}

const next = (interval: CostInterval, ms: number): number => {
  if (interval === 'month') return Date.UTC(new Date(ms).getUTCFullYear(), new Date(ms).getUTCMonth() + 1, 1)
  return ms + (interval === 'hour' ? HOUR_MS : interval === 'day' ? DAY_MS : 7 * DAY_MS)
}

/** A chart of more steps than this would be drawn narrower than a pixel. */
export const PERIODS_MAX = 1_200

/** Starts of every period that has a part in the range: those in which nothing was spent have their place in a chart too. */
export const periodsOf = (interval: CostInterval, fromMs: number, toMs: number): readonly string[] => {
  const starts: string[] = []
  for (let ms = startOf(interval, fromMs); ms < toMs && starts.length < PERIODS_MAX; ms = next(interval, ms))
    starts.push(new Date(ms).toISOString())
  return starts
}

/** Width of a step on the chart's axis; months are drawn as equally wide. */
export const stepMsOf = (interval: CostInterval): number =>
  ({ hour: HOUR_MS, day: DAY_MS, week: 7 * DAY_MS, month: 30.436875 * DAY_MS })[interval]

/** The finest interval that keeps the bars of a range apart. */
export const fittingInterval = (fromMs: number, toMs: number): CostInterval => {
  const days = (toMs - fromMs) / DAY_MS
  if (days <= 3) return 'hour'
  if (days <= 95) return 'day'
  return days <= 380 ? 'week' : 'month'
}

export const monthStart = (ms: number): string => new Date(startOf('month', ms)).toISOString()
export const thisMonth = (nowMs: number): TimeRange => ({ from: monthStart(nowMs) })
export const monthOf = (ms: number): string => new Date(ms).toISOString().slice(0, 7)
export const rangeOfMonth = (month: string): TimeRange => {
  const from = Date.parse(`${month}-01T00:00:00Z`)
  return { from: new Date(from).toISOString(), to: new Date(next('month', from)).toISOString() }
}

export interface Period {
  readonly id: string
  readonly label: string
  readonly range: TimeRange
}

/** What finance asks for by name. */
export const namedPeriods = (nowMs: number): readonly Period[] => {
  const now = new Date(nowMs)
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()]
  const at = (y: number, m: number) => new Date(Date.UTC(y, m, 1)).toISOString()
  const quarter = Math.floor(month / 3) * 3
  return [
    { id: 'month', label: 'This month', range: { from: at(year, month) } },
    { id: 'last-month', label: 'Last month', range: { from: at(year, month - 1), to: at(year, month) } },
    { id: 'quarter', label: 'This quarter', range: { from: at(year, quarter) } },
    { id: 'last-quarter', label: 'Last quarter', range: { from: at(year, quarter - 3), to: at(year, quarter) } },
    { id: 'year', label: 'This year', range: { from: at(year, 0) } },
  ]
}

/**
 * What a period is compared with. A month is compared with the same days of the month before (1–21 Nov with 1–21 Oct), because a bill is;
 * a quarter and a year likewise; anything else with the time of equal length before.
 */
export const previousPeriod = (range: TimeRange, nowMs: number): { readonly from: string; readonly to: string } => {
  const { fromMs, toMs } = resolveRange(range, nowMs)
  const iso = (ms: number) => new Date(ms).toISOString()
  const months = calendarMonths(range, fromMs, toMs)
  if (months === null) return { from: iso(2 * fromMs - toMs), to: iso(fromMs) }
  const start = new Date(fromMs)
  const before = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() - months, 1)
  // A period that is over is compared with the whole one before, however many days each has.
  const to = isOpen(range) ? Math.min(before + (toMs - fromMs), fromMs) : fromMs
  return { from: iso(before), to: iso(to) }
}

const isOpen = ({ to }: TimeRange): boolean => !to || to === 'now'

/** Months of the calendar period a range is or is a part of: 1, 3 or 12; null where it is none. A range without an end is one that is not over. */
const calendarMonths = (range: TimeRange, fromMs: number, toMs: number): number | null => {
  const from = new Date(fromMs)
  if (startOf('month', fromMs) !== fromMs || /^now/.test(range.from)) return null
  for (const months of [1, 3, 12]) {
    if (from.getUTCMonth() % months !== 0) continue
    const end = Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, 1)
    if (toMs === end || (isOpen(range) && toMs < end)) return months
  }
  return null
}
