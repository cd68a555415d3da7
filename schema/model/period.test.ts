import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY_MS, PERIODS, type Period, periodAt, weekdayOf } from './period.ts'

const at = (iso: string): number => Date.parse(iso)
const boundsOf = (period: Period, iso: string): string[] => {
  const { fromMs, toMs } = periodAt(period, at(iso))
  return [fromMs, toMs].map((ms) => new Date(ms).toISOString().slice(0, 10))
}
/** 1972 to 2100: leap years, and 2100 that is none. */
const moments = fc.integer({ min: at('1972-01-01T00:00:00Z'), max: at('2100-12-31T23:59:59Z') })

describe('a period of the calendar in UTC', () => {
  test.each([
    ['day', '2026-11-21T23:59:59.999Z', '2026-11-21', '2026-11-22'],
    ['week', '2026-11-21T12:00:00Z', '2026-11-16', '2026-11-23'],
    ['week', '2026-11-22T23:59:59.999Z', '2026-11-16', '2026-11-23'],
    ['week', '2026-11-23T00:00:00Z', '2026-11-23', '2026-11-30'],
    // ISO week 53 of 2026 ends in January.
    ['week', '2027-01-01T00:00:00Z', '2026-12-28', '2027-01-04'],
    ['month', '2028-02-29T12:00:00Z', '2028-02-01', '2028-03-01'],
    ['month', '2026-02-28T23:59:59.999Z', '2026-02-01', '2026-03-01'],
    ['month', '2100-02-28T12:00:00Z', '2100-02-01', '2100-03-01'],
    ['month', '2026-12-31T23:59:59Z', '2026-12-01', '2027-01-01'],
  ] as const)('%s of %s', (period, moment, from, to) => {
    expect(boundsOf(period, moment)).toEqual([from, to])
  })

  test('holds its moment, is half-open, and its neighbours touch it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PERIODS), moments, (period, ms) => {
        const { fromMs, toMs } = periodAt(period, ms)
        expect(fromMs).toBeLessThanOrEqual(ms)
        expect(ms).toBeLessThan(toMs)
        expect(periodAt(period, fromMs)).toEqual({ fromMs, toMs })
        expect(periodAt(period, toMs - 1)).toEqual({ fromMs, toMs })
        expect(periodAt(period, toMs).fromMs).toBe(toMs)
        expect(periodAt(period, fromMs - 1).toMs).toBe(fromMs)
      }),
    )
  })

  test('begins at midnight; a week on Monday, a month on the first; whole days long', () => {
    fc.assert(
      fc.property(moments, (ms) => {
        for (const period of PERIODS) {
          const { fromMs, toMs } = periodAt(period, ms)
          expect([fromMs % DAY_MS, (toMs - fromMs) % DAY_MS]).toEqual([0, 0])
        }
        const week = periodAt('week', ms)
        expect([new Date(week.fromMs).getUTCDay(), weekdayOf(week.fromMs)]).toEqual([1, 0])
        expect(new Date(periodAt('month', ms).fromMs).getUTCDate()).toBe(1)
        expect(weekdayOf(ms)).toBe((new Date(ms).getUTCDay() + 6) % 7)
      }),
    )
  })

  test('the months of a leap year have 366 days together', () => {
    const days = (year: number): number => {
      let sum = 0
      for (let ms = Date.UTC(year, 0, 1); ms < Date.UTC(year + 1, 0, 1); ms = periodAt('month', ms).toMs)
        sum += (periodAt('month', ms).toMs - ms) / DAY_MS
      return sum
    }
    expect([days(2026), days(2028), days(2100)]).toEqual([365, 366, 365])
  })
})
