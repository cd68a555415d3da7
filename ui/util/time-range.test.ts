import { describe, expect, test } from 'vitest'
import { parseTimeExpression } from './time-expression.ts'
import { describeRange, formatAgo, formatExact, formatMoment } from './time-format.ts'
import { isLive, isTimeRange, previousRange, resolveRange } from './time-range.ts'

const NOW = Date.parse('2026-11-18T10:30:00Z') // a Wednesday
const parse = (text: string) => parseTimeExpression(text, 'UTC', NOW)
const day = (text: string) => `${text}T00:00:00.000Z`

describe('typed time ranges', () => {
  test.each([
    ['last 7d', 'now-7d'],
    ['7d', 'now-7d'],
    ['Last 24 hours', 'now-24h'],
    ['past 90 minutes', 'now-90m'],
    ['last hour', 'now-1h'],
    ['now-15m', 'now-15m'],
    ['2 w', 'now-2w'],
  ])('"%s" moves with the clock', (text, from) => expect(parse(text)).toEqual({ from }))

  test.each([
    ['2026-11-01 → 15', day('2026-11-01'), day('2026-11-16')],
    ['2026-11-01 → 2026-11-15', day('2026-11-01'), day('2026-11-16')],
    ['2026-11-01 -> 11-15', day('2026-11-01'), day('2026-11-16')],
    ['11-01..11-05', day('2026-11-01'), day('2026-11-06')],
    ['2026-10-30 to 2026-11-02', day('2026-10-30'), day('2026-11-03')],
    ['1 nov → 3 nov', day('2026-11-01'), day('2026-11-04')],
    ['Nov 1 → 3', day('2026-11-01'), day('2026-11-04')],
    ['1 december 2025 → 3', day('2025-12-01'), day('2025-12-04')],
    ['2026-11-01', day('2026-11-01'), day('2026-11-02')],
    ['2026-11-30', day('2026-11-30'), day('2026-12-01')],
    ['2026-11-01 14:00 → 16:30', '2026-11-01T14:00:00.000Z', '2026-11-01T16:30:00.000Z'],
    ['02:00 – 03:15', '2026-11-18T02:00:00.000Z', '2026-11-18T03:15:00.000Z'],
    ['2026-11-01T14:00:05Z → 2026-11-02T00:00:00+02:00', '2026-11-01T14:00:05.000Z', '2026-11-01T22:00:00.000Z'],
    ['yesterday', day('2026-11-17'), day('2026-11-18')],
    ['last week', day('2026-11-09'), day('2026-11-16')],
  ])('"%s" is from %s to %s', (text, from, to) => expect(parse(text)).toEqual({ from, to }))

  test.each([
    ['today', day('2026-11-18')],
    ['this week', day('2026-11-16')],
    ['this month', day('2026-11-01')],
    ['2026-11-01 → now', day('2026-11-01')],
  ])('"%s" stays open at now', (text, from) => expect(parse(text)).toEqual({ from }))

  test.each([
    '',
    'soon',
    'last',
    '0d',
    '2026-02-30',
    '2026-11-15 → 2026-11-01',
    '25:99 → 26:00',
    'a → b → c',
    '1 foo → 2',
  ])('"%s" is not understood rather than guessed', (text) => expect(parse(text)).toBeNull())

  test('days are of the zone of the page', () => {
    const local = parseTimeExpression('2026-11-01', 'local', NOW)
    expect(local?.from).toBe(new Date(2026, 10, 1).toISOString())
  })
})

describe('ranges', () => {
  test('the period before has the same length and ends where this one starts', () => {
    expect(previousRange({ from: 'now-7d' }, NOW)).toEqual({ from: 'now-14d', to: 'now-7d' })
    expect(previousRange({ from: day('2026-11-10'), to: day('2026-11-12') }, NOW)).toEqual({
      from: day('2026-11-08'),
      to: day('2026-11-10'),
    })
  })

  test('only a range that can be read and is not empty is one', () => {
    expect(isTimeRange({ from: 'now-7d' })).toBe(true)
    expect(isTimeRange({ from: 'yesterdayish' })).toBe(false)
    expect(isTimeRange({ from: day('2026-11-10'), to: day('2026-11-10') })).toBe(false)
    expect(isLive({ from: 'now-7d' })).toBe(true)
    expect(isLive({ from: 'now-7d', to: 'now-1d' })).toBe(false)
    expect(resolveRange({ from: 'now-1h' }, NOW)).toEqual({ fromMs: NOW - 3_600_000, toMs: NOW })
  })
})

describe('times as text', () => {
  const plain = (text: string) => text.replaceAll('\u00a0', ' ')

  test.each([
    [{ from: 'now-7d' }, 'last 7 d'],
    [{ from: 'now-15m', to: 'now' }, 'last 15 min'],
    [{ from: day('2026-11-01'), to: day('2026-11-16') }, '1 Nov – 15 Nov'],
    [{ from: day('2026-11-01'), to: day('2026-11-02') }, '1 Nov'],
    [{ from: '2026-11-12T02:00:00Z', to: '2026-11-12T03:30:00Z' }, '12 Nov, 02:00 – 03:30'],
    [{ from: day('2025-12-01'), to: day('2025-12-03') }, '1 Dec 2025 – 2 Dec 2025'],
    [{ from: day('2026-11-18') }, 'since 18 Nov'],
  ])('%j reads %s', (range, text) => expect(plain(describeRange(range, 'UTC', NOW))).toBe(text))

  test('a moment is relative in lists, absolute with its zone in detail', () => {
    expect(plain(formatAgo(NOW - 4 * 60_000, NOW))).toBe('4 min ago')
    expect(plain(formatAgo(NOW - 50 * 3_600_000, NOW))).toBe('2 d ago')
    expect(plain(formatAgo(NOW + 90_000, NOW))).toBe('in 1 min')
    expect(formatMoment(NOW, 'UTC', NOW)).toBe('18 Nov, 10:30:00')
    expect(formatExact(NOW + 310, 'UTC')).toBe('2026-11-18 10:30:00.310 UTC')
  })
})
