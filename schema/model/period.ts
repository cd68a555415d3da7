/** Calendar periods in UTC, half-open: a moment on a boundary belongs to the period that begins there (semantics.md §8). */
export const PERIODS = ['day', 'week', 'month'] as const
export type Period = (typeof PERIODS)[number]

export interface PeriodBounds {
  readonly fromMs: number
  readonly toMs: number
}

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS
/** The epoch was a Thursday: ISO weeks begin three days before it (ISO 8601, week dates). */
const MONDAY_OFFSET_MS = 3 * DAY_MS

/** The period that holds a moment. Weeks are ISO's, from Monday. */
export const periodAt = (period: Period, ms: number): PeriodBounds => {
  if (period === 'day') return { fromMs: dayStart(ms), toMs: dayStart(ms) + DAY_MS }
  if (period === 'week') {
    const fromMs = Math.floor((ms + MONDAY_OFFSET_MS) / (7 * DAY_MS)) * 7 * DAY_MS - MONDAY_OFFSET_MS
    return { fromMs, toMs: fromMs + 7 * DAY_MS }
  }
  const date = new Date(ms)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  return { fromMs: Date.UTC(year, month, 1), toMs: Date.UTC(year, month + 1, 1) }
}

export const dayStart = (ms: number): number => Math.floor(ms / DAY_MS) * DAY_MS
export const hourStart = (ms: number): number => Math.floor(ms / HOUR_MS) * HOUR_MS
/** 0 is Monday. */
export const weekdayOf = (ms: number): number => Math.floor((ms + MONDAY_OFFSET_MS) / DAY_MS) % 7
