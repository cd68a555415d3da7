import { badRequest } from '../problem.ts'

/** Half-open, in milliseconds since the epoch; `undefined` is unbounded on that side. */
export interface TimeRange {
  readonly fromMs: number | undefined
  readonly toMs: number | undefined
}
export interface BoundedRange {
  readonly fromMs: number
  readonly toMs: number
}

export const DEFAULT_RANGE_MS = 24 * 3_600_000
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 }
const RELATIVE = /^now(?:-(\d{1,6})([smhdw]))?$/
const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/
/** DateTime64 with nanoseconds holds 1900 to 2262 (ClickHouse, "DateTime64"); what is asked for outside of it lies outside of all data. */
const EARLIEST_MS = Date.UTC(1970, 0, 1)
const LATEST_MS = Date.UTC(2262, 0, 1)

/**
 * `from` and `to` of a question: ISO 8601 (UTC unless it names an offset) or `now-7d`. Without either the last 24 hours, or everything where
 * the question names a session, a trace or an experiment (semantics.md §0).
 */
export const parseTimeRange = (
  given: { readonly from?: string | undefined; readonly to?: string | undefined },
  nowMs: number,
  namesItsRuns: boolean,
): TimeRange => {
  const fromMs = given.from === undefined ? undefined : parseTime('from', given.from, nowMs)
  const toMs = given.to === undefined ? undefined : parseTime('to', given.to, nowMs)
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs)
    throw badRequest(`from (${given.from}) must lie before to (${given.to})`)
  if (namesItsRuns) return { fromMs, toMs }
  const end = toMs ?? Math.max(nowMs, (fromMs ?? 0) + 1)
  return { fromMs: fromMs ?? end - DEFAULT_RANGE_MS, toMs: end }
}

/** The same where both ends are needed and nothing is named. */
export const boundedRange = (
  given: { readonly from?: string | undefined; readonly to?: string | undefined },
  nowMs: number,
): BoundedRange => {
  const { fromMs, toMs } = parseTimeRange(given, nowMs, false)
  return { fromMs: fromMs!, toMs: toMs! }
}

/** One moment, given like an end of a range. @throws HttpProblem 400 */
export const parseTime = (name: string, text: string, nowMs: number): number => {
  const relative = RELATIVE.exec(text)
  if (relative) return clamp(nowMs - Number(relative[1] ?? 0) * (UNIT_MS[relative[2] ?? 's'] ?? 0))
  const dated = ISO.exec(text)
  const ms = dated ? Date.parse(dated[4] || !dated[1] ? text : `${text}Z`) : Number.NaN
  if (Number.isNaN(ms))
    throw badRequest(
      `${name}=${text} is no time. Use ISO 8601 (2026-11-21T10:00:00Z) or now, now-15m, now-24h, now-7d, now-4w.`,
    )
  return clamp(ms)
}

const clamp = (ms: number): number => Math.min(Math.max(ms, EARLIEST_MS), LATEST_MS)

const NICE_STEPS_MS = [
  1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000,
  10_800_000, 21_600_000, 43_200_000, 86_400_000, 172_800_000, 604_800_000, 1_209_600_000, 2_592_000_000,
]
const STEPS_MAX = 120

/** Equal steps that cover the range, at most 120 of them, each starting at a multiple of its length (of an hour, from an hour on). */
export interface Steps {
  readonly stepMs: number
  readonly firstMs: number
  readonly count: number
}

export const stepsOf = ({ fromMs, toMs }: BoundedRange): Steps => {
  const fits = (stepMs: number) => stepCount(fromMs, toMs, stepMs) <= STEPS_MAX
  const yearMs = 365 * 86_400_000
  const stepMs = NICE_STEPS_MS.find(fits) ?? Math.ceil((toMs - fromMs) / (STEPS_MAX - 2) / yearMs) * yearMs
  return { stepMs, firstMs: Math.floor(fromMs / stepMs) * stepMs, count: stepCount(fromMs, toMs, stepMs) }
}

const stepCount = (fromMs: number, toMs: number, stepMs: number): number =>
  Math.ceil(toMs / stepMs) - Math.floor(fromMs / stepMs)
