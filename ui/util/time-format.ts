import type { TimeRange, Zone } from './time-range.ts'
import { isLive } from './time-range.ts'

const zoneOption = (zone: Zone) => (zone === 'UTC' ? { timeZone: 'UTC' } : {})

/** `12 Nov, 02:14:07`; with the year where it is not this one. */
export const formatMoment = (ms: number, zone: Zone, nowMs = Date.now()): string =>
  Number.isNaN(ms) ? '—' : `${formatDay(ms, zone, nowMs)}, ${formatClock(ms, zone)}`

/** With date, milliseconds and zone, for hover and detail: `2026-11-12 02:14:07.310 UTC`. */
export const formatExact = (ms: number, zone: Zone): string => {
  if (Number.isNaN(ms)) return '—'
  if (zone === 'UTC') return `${new Date(ms).toISOString().replace('T', ' ').replace('Z', '')} UTC`
  const shifted = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString()
  return `${shifted.replace('T', ' ').replace('Z', '')} ${zoneName(ms)}`
}

const zoneName = (ms: number) =>
  new Intl.DateTimeFormat('en', { timeZoneName: 'short' }).formatToParts(ms).find((p) => p.type === 'timeZoneName')
    ?.value ?? ''

export const formatDay = (ms: number, zone: Zone, nowMs = Date.now()): string => {
  const sameYear = new Date(ms).getUTCFullYear() === new Date(nowMs).getUTCFullYear()
  return new Intl.DateTimeFormat('en-GB', {
    ...zoneOption(zone),
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(ms)
}

export const formatClock = (ms: number, zone: Zone, seconds = true): string =>
  new Intl.DateTimeFormat('en-GB', {
    ...zoneOption(zone),
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' } : {}),
    hourCycle: 'h23',
  }).format(ms)

const STEPS = [
  [60_000, 1000, 's'],
  [3_600_000, 60_000, 'min'],
  [172_800_000, 3_600_000, 'h'],
  [Number.POSITIVE_INFINITY, 86_400_000, 'd'],
] as const

/** `12 s ago`, `4 min ago`, `2 d ago`; what lies ahead (a clock that is off) reads `in 4 min`. */
export const formatAgo = (ms: number, nowMs: number): string => {
  if (Number.isNaN(ms)) return '—'
  const age = nowMs - ms
  if (Math.abs(age) < 2000) return 'now'
  const text = formatAge(Math.abs(age))
  return age < 0 ? `in ${text}` : `${text} ago`
}

/** A length of time in its largest unit: `2 d`. */
export const formatAge = (ms: number): string => {
  const [, unitMs, unit] = STEPS.find(([limit]) => ms < limit)!
  return `${Math.floor(ms / unitMs)}\u00a0${unit}`
}

const UNIT_WORDS: Readonly<Record<string, string>> = { s: 's', m: 'min', h: 'h', d: 'd', w: 'wk' }

/** The range as the header says it: `last 7 d`, `1 Nov – 15 Nov`, `12 Nov, 02:00 – 03:30`. */
export const describeRange = (range: TimeRange, zone: Zone, nowMs = Date.now()): string => {
  const last = /^now-(\d+)([smhdw])$/.exec(range.from)
  if (last && isLive(range)) return `last ${last[1]}\u00a0${UNIT_WORDS[last[2]!]}`
  const from = Date.parse(range.from)
  if (Number.isNaN(from)) return `${range.from} – ${range.to ?? 'now'}`
  if (isLive(range)) return `since ${isMidnight(from, zone) ? formatDay(from, zone, nowMs) : short(from, zone, nowMs)}`
  const to = Date.parse(range.to!)
  if (Number.isNaN(to)) return `${short(from, zone, nowMs)} – ${range.to}`
  if (isMidnight(from, zone) && isMidnight(to, zone)) {
    const [first, lastDay] = [formatDay(from, zone, nowMs), formatDay(to - 1, zone, nowMs)]
    return first === lastDay ? first : `${first} – ${lastDay}`
  }
  const sameDay = formatDay(from, zone, nowMs) === formatDay(to, zone, nowMs)
  return `${short(from, zone, nowMs)} – ${sameDay ? formatClock(to, zone, false) : short(to, zone, nowMs)}`
}

const short = (ms: number, zone: Zone, nowMs: number) =>
  `${formatDay(ms, zone, nowMs)}, ${formatClock(ms, zone, false)}`
const isMidnight = (ms: number, zone: Zone) => formatClock(ms, zone) === '00:00:00'
