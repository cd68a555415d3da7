/**
 * A time range as it stands in the URL: `from` and `to` are what the API takes, ISO 8601 or relative (`now-7d`). Half-open; without a
 * `to` the range ends now and keeps moving.
 */
export interface TimeRange {
  readonly from: string
  readonly to?: string
}

export type Zone = 'local' | 'UTC'

export const DEFAULT_RANGE: TimeRange = { from: 'now-7d' }
export const PRESETS: readonly TimeRange[] = [
  { from: 'now-15m' },
  { from: 'now-1h' },
  { from: 'now-6h' },
  { from: 'now-24h' },
  { from: 'now-7d' },
  { from: 'now-30d' },
  { from: 'now-90d' },
]

const UNIT_MS: Readonly<Record<string, number>> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 }
const RELATIVE = /^now(?:-(\d{1,6})([smhdw]))?$/

/** A moment of a range in milliseconds, or NaN. */
export const resolveTime = (text: string, nowMs: number): number => {
  const match = RELATIVE.exec(text)
  if (!match) return Date.parse(text)
  return match[1] ? nowMs - Number(match[1]) * UNIT_MS[match[2]!]! : nowMs
}

export const resolveRange = (range: TimeRange, nowMs: number): { readonly fromMs: number; readonly toMs: number } => ({
  fromMs: resolveTime(range.from, nowMs),
  toMs: range.to ? resolveTime(range.to, nowMs) : nowMs,
})

/** Usable: both ends can be read and the range is not empty. */
export const isTimeRange = (range: TimeRange): boolean => {
  const { fromMs, toMs } = resolveRange(range, Date.now())
  return Number.isFinite(fromMs) && Number.isFinite(toMs) && fromMs < toMs
}

/** Does the range end now, so that new telemetry falls into it? */
export const isLive = (range: TimeRange): boolean => !range.to || range.to === 'now'

/** The period of the same length just before, for comparison: relative stays relative, so that both move together. */
export const previousRange = (range: TimeRange, nowMs: number): TimeRange => {
  const match = RELATIVE.exec(range.from)
  if (match?.[1] && isLive(range)) return { from: `now-${Number(match[1]) * 2}${match[2]}`, to: range.from }
  const { fromMs, toMs } = resolveRange(range, nowMs)
  return { from: iso(2 * fromMs - toMs), to: iso(fromMs) }
}

const iso = (ms: number) => new Date(ms).toISOString()
export const rangeOfMs = (fromMs: number, toMs: number): TimeRange => ({ from: iso(fromMs), to: iso(toMs) })
