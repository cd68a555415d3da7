import { resolveTime, type TimeRange, type Zone } from './time-range.ts'

/**
 * What people type into the time-range picker:
 *   last 7d · 24 h · last 90 minutes · today · yesterday · this week · this month
 *   2026-11-01 → 15 · 2026-11-01 14:00 → 16:30 · 1 nov → 3 nov · 2026-11-01 · any two moments with →, ->, .. , "to" or –
 * A day as the end of a range is meant whole (`→ 15` ends at the end of the 15th). Days and clock times are of `zone`.
 */
export const parseTimeExpression = (text: string, zone: Zone, nowMs: number): TimeRange | null => {
  const input = text.trim().toLowerCase().replace(/\s+/g, ' ')
  if (input === '') return null
  return named(input, zone, nowMs) ?? relative(input) ?? between(input, zone, nowMs)
}

const UNITS: readonly [RegExp, string][] = [
  [/^s(ec(ond)?s?)?$/, 's'],
  [/^m(in(ute)?s?)?$/, 'm'],
  [/^h((ou)?rs?)?$/, 'h'],
  [/^d(ays?)?$/, 'd'],
  [/^w(eeks?)?$/, 'w'],
]
const unitOf = (word: string) => UNITS.find(([pattern]) => pattern.test(word))?.[1]

const relative = (input: string): TimeRange | null => {
  const match = /^(?:last |past |now ?- ?)?(\d{1,6})? ?([a-z]+)$/.exec(input)
  const unit = match && unitOf(match[2]!)
  if (!unit || !(match[1] || /^(last|past) /.test(input))) return null
  const n = Number(match[1] ?? 1)
  return n > 0 ? { from: `now-${n}${unit}` } : null
}

const named = (input: string, zone: Zone, nowMs: number): TimeRange | null => {
  const now = partsOf(nowMs, zone)
  const day = (offset: number) => msOf({ ...now, day: now.day + offset, hour: 0, minute: 0, second: 0 }, zone)
  const weekday = (new Date(Date.UTC(now.year, now.month, now.day)).getUTCDay() + 6) % 7
  switch (input) {
    case 'today':
      return { from: iso(day(0)) }
    case 'yesterday':
      return { from: iso(day(-1)), to: iso(day(0)) }
    case 'this week':
      return { from: iso(day(-weekday)) }
    case 'last week':
      return { from: iso(day(-weekday - 7)), to: iso(day(-weekday)) }
    case 'this month':
      return { from: iso(day(1 - now.day)) }
    default:
      return null
  }
}

const between = (input: string, zone: Zone, nowMs: number): TimeRange | null => {
  const [left, right, ...rest] = input.split(/ ?(?:→|->|–|—|\.\.+) ?| (?:to|until|-) /)
  if (!left || rest.length > 0) return null
  const from = moment(left, zone, partsOf(nowMs, zone), nowMs)
  if (!from) return null
  if (right === 'now' || right === '') return { from: from.text }
  const to = right === undefined ? from : moment(right, zone, from.parts, nowMs)
  if (!to || (right === undefined && !from.wholeDay)) return null
  const end = to.wholeDay ? iso(msOf({ ...to.parts, day: to.parts.day + 1 }, zone)) : to.text
  return resolveTime(from.text, nowMs) < resolveTime(end, nowMs) ? { from: from.text, to: end } : null
}

interface Parts {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}
interface Moment {
  readonly text: string
  readonly parts: Parts
  readonly wholeDay: boolean
}

const CLOCK = '(\\d{1,2}):(\\d{2})(?::(\\d{2}))?'
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** What is left out is taken from `base`: the other end of the range, or today. */
const moment = (input: string, zone: Zone, base: Parts, nowMs: number): Moment | null => {
  if (input.startsWith('now')) {
    const ms = resolveTime(input.replaceAll(' ', ''), nowMs)
    return Number.isNaN(ms) ? null : { text: input.replaceAll(' ', ''), parts: partsOf(ms, zone), wholeDay: false }
  }
  if (/\d(z|[+-]\d{2}:?\d{2})$/.test(input) && !Number.isNaN(Date.parse(input))) {
    return { text: iso(Date.parse(input)), parts: partsOf(Date.parse(input), zone), wholeDay: false }
  }
  const clockMatch = new RegExp(`(?:^|[ t])${CLOCK}$`).exec(input)
  const dayText = clockMatch ? input.slice(0, clockMatch.index) : input
  const date = dayText === '' ? base : dayOf(dayText, base)
  if (!date) return null
  const [hour, minute, second] = clockMatch ? clockMatch.slice(1).map((x) => Number(x ?? 0)) : [0, 0, 0]
  const parts = { ...date, hour: hour!, minute: minute!, second: second! }
  if (!isReal(parts)) return null
  return { text: iso(msOf(parts, zone)), parts, wholeDay: !clockMatch }
}

const dayOf = (input: string, base: Parts): Parts | null => {
  const full = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(input)
  if (full) return { ...base, year: Number(full[1]), month: Number(full[2]) - 1, day: Number(full[3]) }
  const monthDay = /^(\d{1,2})-(\d{1,2})$/.exec(input)
  if (monthDay) return { ...base, month: Number(monthDay[1]) - 1, day: Number(monthDay[2]) }
  const words = /^(?:(\d{1,2})\.? ([a-z]{3})[a-z]*|([a-z]{3})[a-z]* (\d{1,2}))(?:,? (\d{4}))?$/.exec(input)
  if (words) {
    const month = MONTHS.indexOf(words[2] ?? words[3]!)
    return month < 0 ? null : { ...base, year: Number(words[5] ?? base.year), month, day: Number(words[1] ?? words[4]) }
  }
  return /^\d{1,2}$/.test(input) ? { ...base, day: Number(input) } : null
}

const isReal = ({ year, month, day, hour, minute, second }: Parts) => {
  const date = new Date(Date.UTC(year, month, day))
  return date.getUTCMonth() === month && date.getUTCDate() === day && hour < 25 && minute < 60 && second < 60
}

const partsOf = (ms: number, zone: Zone): Parts => {
  const d = new Date(ms)
  return zone === 'UTC'
    ? {
        year: d.getUTCFullYear(),
        month: d.getUTCMonth(),
        day: d.getUTCDate(),
        hour: d.getUTCHours(),
        minute: d.getUTCMinutes(),
        second: d.getUTCSeconds(),
      }
    : {
        year: d.getFullYear(),
        month: d.getMonth(),
        day: d.getDate(),
        hour: d.getHours(),
        minute: d.getMinutes(),
        second: d.getSeconds(),
      }
}

const msOf = ({ year, month, day, hour, minute, second }: Parts, zone: Zone): number =>
  zone === 'UTC'
    ? Date.UTC(year, month, day, hour, minute, second)
    : new Date(year, month, day, hour, minute, second).getTime()

const iso = (ms: number) => new Date(ms).toISOString()
