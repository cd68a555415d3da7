import { describe, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../schema/model/period.ts'
import { drawHours, WORLDS } from '../../test/support/synthetic-costs.ts'
import { type AnomalousHour, anomalousHours, comparedHours } from './anomalies.ts'

const FIRST = Date.parse('2026-01-05T00:00:00Z')
const LIMITS = { threshold: 3.5, least: 1 }
const WEEKS_WATCHED = 2

/** Hours of the two watched weeks, counted from their start, that are made dear, and that are silenced. */
const DEAR: readonly (readonly [number, number])[] = [
  [30, 3],
  [105, 4],
  [170, 3],
  [250, 4],
]
const SILENT = [60, 61, 210]

const watch = (values: readonly number[], startDay: number, limits = LIMITS): AnomalousHour[] =>
  anomalousHours(
    { fromMs: FIRST, values },
    { fromMs: FIRST + startDay * DAY_MS, toMs: FIRST + (startDay + WEEKS_WATCHED * 7) * DAY_MS },
    limits,
  )
const indexOf = ({ fromMs }: AnomalousHour): number => (fromMs - FIRST) / HOUR_MS

interface Score {
  readonly dear: number
  readonly silent: number
  readonly falsePerWeek: number
}

const judge = (worldName: string, startDay: number): Score => {
  const seeds = 20
  const world = WORLDS.find(({ name }) => name === worldName)!
  let [dear, silent, wrong] = [0, 0, 0]
  for (let seed = 1; seed <= seeds; seed++) {
    const values = drawHours(world, seed * 31 + 7, FIRST, startDay + WEEKS_WATCHED * 7)
    const start = startDay * 24
    for (const [hour, factor] of DEAR) values[start + hour]! *= factor
    for (const hour of SILENT) values[start + hour] = 0
    const found = new Map(watch(values, startDay).map((hour) => [indexOf(hour) - start, hour]))
    dear += DEAR.filter(([hour]) => (found.get(hour)?.z ?? 0) > 0).length
    silent += SILENT.filter((hour) => (found.get(hour)?.z ?? 0) < 0).length
    wrong += [...found.keys()].filter((at) => !SILENT.includes(at) && !DEAR.some(([hour]) => hour === at)).length
  }
  return {
    dear: dear / (seeds * DEAR.length),
    silent: silent / (seeds * SILENT.length),
    falsePerWeek: wrong / (seeds * WEEKS_WATCHED),
  }
}

describe('on made-up worlds after eight weeks', () => {
  test.each(['steady', 'office week', 'wandering'])('%s: dear hours are found, and few others', (world) => {
    const { dear, silent, falsePerWeek } = judge(world, 56)
    expect(dear).toBeGreaterThan(0.85)
    expect(silent).toBeGreaterThan(0.45)
    expect(falsePerWeek).toBeLessThan(1)
  })

  test('growing: some of the growth is told as well', () => {
    const { dear, falsePerWeek } = judge('growing', 56)
    expect(dear).toBeGreaterThan(0.95)
    expect(falsePerWeek).toBeLessThan(2)
  })

  test('loud: an hour of three times the usual is nothing special there', () => {
    const { dear, falsePerWeek } = judge('loud', 56)
    expect(dear).toBeLessThan(0.6)
    expect(falsePerWeek).toBeLessThan(7)
  })

  test('three weeks are enough to find what is far off, at the price of more alarms', () => {
    const { dear, falsePerWeek } = judge('office week', 21)
    expect(dear).toBeGreaterThan(0.85)
    expect(falsePerWeek).toBeLessThan(3)
  })
})

describe('an hour', () => {
  /** $2 every hour, a cent more or less, for nine weeks. */
  const even = Array.from({ length: 63 * 24 }, (_, i) => 2 + (i % 3) * 0.01)
  const changed = (...changes: readonly (readonly [number, number])[]): number[] => {
    const values = [...even]
    for (const [at, value] of changes) values[at] = value
    return values
  }
  const AT = 58 * 24 + 5

  test('is judged by the same hour of the same weekday, up and down, the newest first', () => {
    const [down, up] = watch(changed([AT, 9], [AT + 30, 0]), 56)
    expect([up!.fromMs, up!.value, up!.z > 3.5]).toEqual([FIRST + AT * HOUR_MS, 9, true])
    expect(up!.expected).toBeCloseTo(2, 1)
    expect([down!.fromMs, down!.value, down!.z < -3.5]).toEqual([FIRST + (AT + 30) * HOUR_MS, 0, true])
  })

  test('that differs by cents is none, whatever its z', () => {
    expect(watch(changed([AT, 2.9]), 56)).toEqual([])
    expect(watch(changed([AT, 2.9]), 56, { threshold: 3.5, least: 0.5 })).toHaveLength(1)
  })

  test('is seen although its past never varied: the scale has a floor', () => {
    const flat = even.map(() => 2)
    flat[AT] = 4
    const [only] = watch(flat, 56)
    // 5 % of the mean hour of $2 is the least scale.
    expect(only!.z).toBeCloseTo((0.6745 * 2) / 0.1, 6)
  })

  test('without three weeks before it is not judged', () => {
    const late = even.map((value, i) => (i < 42 * 24 ? 0 : value))
    late[AT] = 50
    expect(watch(late, 56)).toEqual([])
  })

  test('in whose past stands a spike is not told to be cheap', () => {
    expect(watch(changed([AT - 168, 90], [AT - 3 * 168, 70]), 56)).toEqual([])
  })

  test('outside the range, or not over, is not told: ranges are half-open', () => {
    const values = changed([AT, 9])
    const ask = (fromMs: number, toMs: number) => anomalousHours({ fromMs: FIRST, values }, { fromMs, toMs }, LIMITS)
    const hour = FIRST + AT * HOUR_MS
    expect(ask(hour, hour + HOUR_MS)).toHaveLength(1)
    expect(ask(hour, hour + HOUR_MS - 1)).toEqual([])
    expect(ask(hour + 1, hour + 2 * HOUR_MS)).toEqual([])
    expect(ask(hour - HOUR_MS, hour)).toEqual([])
  })

  test('of a project without costs is none', () => {
    expect(
      watch(
        even.map(() => 0),
        56,
      ),
    ).toEqual([])
    expect(watch([], 56)).toEqual([])
  })

  test('is compared with the eight hours of its weekday before it', () => {
    expect(comparedHours(FIRST).map((ms) => (FIRST - ms) / (7 * DAY_MS))).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })
})
