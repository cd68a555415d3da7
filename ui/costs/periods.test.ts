import { expect, test } from 'vitest'
import { fittingInterval, namedPeriods, periodsOf, previousPeriod, startOf } from './periods.ts'

const NOW = Date.parse('2026-11-21T20:45:00Z')
const iso = (ms: number) => new Date(ms).toISOString()

test('weeks begin on Monday, months on the first, in UTC', () => {
  expect(iso(startOf('week', NOW))).toBe('2026-11-16T00:00:00.000Z')
  expect(iso(startOf('week', Date.parse('2026-11-15T23:59:59Z')))).toBe('2026-11-09T00:00:00.000Z')
  expect(iso(startOf('month', NOW))).toBe('2026-11-01T00:00:00.000Z')
})

test('a chart has every period of its range, also those in which nothing was spent', () => {
  expect(periodsOf('day', Date.parse('2026-11-01T00:00:00Z'), NOW)).toHaveLength(21)
  expect(periodsOf('month', Date.parse('2026-01-31T12:00:00Z'), NOW).at(1)).toBe('2026-02-01T00:00:00.000Z')
  expect(periodsOf('week', Date.parse('2026-11-02T00:00:00Z'), Date.parse('2026-11-16T00:00:00Z'))).toHaveLength(2)
})

test.each([
  ['this month, so far', { from: '2026-11-01T00:00:00.000Z' }, '2026-10-01T00:00:00.000Z', '2026-10-21T20:45:00.000Z'],
  [
    'a whole month',
    { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z' },
    '2026-10-01T00:00:00.000Z',
    '2026-11-01T00:00:00.000Z',
  ],
  [
    'a whole quarter',
    { from: '2026-07-01T00:00:00Z', to: '2026-10-01T00:00:00Z' },
    '2026-04-01T00:00:00.000Z',
    '2026-07-01T00:00:00.000Z',
  ],
  ['a week', { from: 'now-7d' }, '2026-11-07T20:45:00.000Z', '2026-11-14T20:45:00.000Z'],
  [
    'the first days of a month, chosen',
    { from: '2026-11-01T00:00:00Z', to: '2026-11-04T00:00:00Z' },
    '2026-10-29T00:00:00.000Z',
    '2026-11-01T00:00:00.000Z',
  ],
])('%s is compared with what finance compares it with', (_, range, from, to) => {
  expect(previousPeriod(range, NOW)).toEqual({ from, to })
})

test('the named periods end where the next one begins', () => {
  const [, lastMonth, quarter, lastQuarter] = namedPeriods(NOW)
  expect(lastMonth!.range).toEqual({ from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' })
  expect(lastQuarter!.range.to).toBe(quarter!.range.from)
})

test('bars stay wider than a pixel', () => {
  const days = (n: number) => fittingInterval(NOW - n * 86_400_000, NOW)
  expect([days(1), days(21), days(200), days(800)]).toEqual(['hour', 'day', 'week', 'month'])
})
