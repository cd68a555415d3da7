import type { CostInterval } from '../../../schema/api/costs.ts'
import { badRequest } from '../../problem.ts'
import type { BoundedRange } from '../time-range.ts'

/** A UTC hour, day, ISO week or month, or the part of one that a range covers. */
export interface Period {
  readonly startMs: number
  readonly fromMs: number
  readonly toMs: number
}

const PERIODS_MAX = 20_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Start of the period that holds the moment; as `PERIODS` of cost-question.ts says it in SQL. */
export const periodStart = (ms: number, interval: CostInterval): number => {
  const at = new Date(ms)
  if (interval === 'month') return Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1)
  const days = Math.floor(ms / DAY_MS)
  // The epoch was a Thursday.
  if (interval === 'week') return (Math.floor((days + 3) / 7) * 7 - 3) * DAY_MS
  return interval === 'day' ? days * DAY_MS : Math.floor(ms / HOUR_MS) * HOUR_MS
}

/** Start of the period after the one that starts then. */
export const periodEnd = (ms: number, interval: CostInterval): number => {
  const at = new Date(ms)
  if (interval === 'month') return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1)
  return ms + { hour: HOUR_MS, day: DAY_MS, week: 7 * DAY_MS }[interval]
}

/** The periods that a range is cut into; one that starts at 0 without interval, as the questions have it. @throws HttpProblem 400 for too many */
export const periodsOf = ({ fromMs, toMs }: BoundedRange, interval: CostInterval | undefined): Period[] => {
  if (fromMs >= toMs) return []
  if (!interval) return [{ startMs: 0, fromMs, toMs }]
  const periods: Period[] = []
  for (let startMs = periodStart(fromMs, interval); startMs < toMs; startMs = periodEnd(startMs, interval)) {
    if (periods.length === PERIODS_MAX)
      throw badRequest(`interval=${interval} cuts this range into more than ${PERIODS_MAX} periods: take a longer one.`)
    periods.push({
      startMs,
      fromMs: Math.max(fromMs, startMs),
      toMs: Math.min(toMs, periodEnd(startMs, interval)),
    })
  }
  return periods
}
