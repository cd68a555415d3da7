import { describe, expect, test } from 'vitest'
import { parseTimeRange, stepsOf } from './time-range.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const HOUR = 3_600_000

describe('a range', () => {
  test('is the last 24 hours without from and to', () => {
    expect(parseTimeRange({}, NOW, false)).toEqual({ fromMs: NOW - 24 * HOUR, toMs: NOW })
  })

  test('is unbounded where the question names its runs', () => {
    expect(parseTimeRange({}, NOW, true)).toEqual({ fromMs: undefined, toMs: undefined })
    expect(parseTimeRange({ from: 'now-1h' }, NOW, true)).toEqual({ fromMs: NOW - HOUR, toMs: undefined })
  })

  test.each([
    ['now-90s', NOW - 90_000],
    ['now-15m', NOW - 15 * 60_000],
    ['now-7d', NOW - 7 * 24 * HOUR],
    ['now-2w', NOW - 14 * 24 * HOUR],
    ['2026-11-20', Date.parse('2026-11-20T00:00:00Z')],
    ['2026-11-20T10:00', Date.parse('2026-11-20T10:00:00Z')],
    ['2026-11-20T10:00:00.5+02:00', Date.parse('2026-11-20T08:00:00.500Z')],
  ])('from=%s is read', (from, fromMs) => {
    expect(parseTimeRange({ from }, NOW, false)).toEqual({ fromMs, toMs: NOW })
  })

  test('that names only its end is the 24 hours before it', () => {
    expect(parseTimeRange({ to: '2026-11-20' }, NOW, false).fromMs).toBe(Date.parse('2026-11-19T00:00:00Z'))
  })

  test.each(['yesterday', 'now+1h', 'now-1y', '2026-13-01', '1763726400', '2026-11-20 10:00'])(
    'from=%s is refused, saying what to write',
    (from) => {
      expect(() => parseTimeRange({ from }, NOW, false)).toThrow(/is no time. Use ISO 8601/)
    },
  )

  test('must not end before it begins', () => {
    expect(() => parseTimeRange({ from: 'now-1h', to: 'now-2h' }, NOW, false)).toThrow('must lie before')
  })
})

describe('steps', () => {
  test.each([[1000], [59_000], [24 * HOUR], [7 * 24 * HOUR], [400 * 24 * HOUR], [100 * 365 * 24 * HOUR]])(
    'cover %d ms in at most 120 equal parts',
    (length) => {
      const range = { fromMs: NOW - length + 1, toMs: NOW + 1 }
      const { stepMs, firstMs, count } = stepsOf(range)
      expect(count).toBeLessThanOrEqual(120)
      expect(firstMs).toBeLessThanOrEqual(range.fromMs)
      expect(firstMs + count * stepMs).toBeGreaterThanOrEqual(range.toMs)
      expect(firstMs + (count - 1) * stepMs).toBeLessThan(range.toMs)
    },
  )

  test('from an hour on begin at whole hours, so that the rollups can fill them', () => {
    const { stepMs, firstMs } = stepsOf({ fromMs: NOW - 30 * 24 * HOUR + 1234, toMs: NOW })
    expect(stepMs % HOUR).toBe(0)
    expect(firstMs % HOUR).toBe(0)
  })
})
