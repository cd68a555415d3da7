import { expect, test } from 'vitest'
import { brushedRange, timeTicks } from './histogram.ts'

const HOUR = 3_600_000
const SPAN = { fromMs: 0, toMs: 24 * HOUR }

test('a brush takes whole steps, whichever way it was drawn', () => {
  expect(brushedRange(105, 195, 240, SPAN, HOUR)).toEqual({ fromMs: 10 * HOUR, toMs: 20 * HOUR })
  expect(brushedRange(195, 105, 240, SPAN, HOUR)).toEqual({ fromMs: 10 * HOUR, toMs: 20 * HOUR })
})

test('a click takes the step under it, and a drag past the edge ends at the edge', () => {
  expect(brushedRange(105, 105, 240, SPAN, HOUR)).toEqual({ fromMs: 10 * HOUR, toMs: 11 * HOUR })
  expect(brushedRange(200, 999, 240, SPAN, HOUR)).toEqual({ fromMs: 20 * HOUR, toMs: 24 * HOUR })
})

test('ticks are round in the zone of the page', () => {
  const { stepMs, ticks } = timeTicks(SPAN, 480, 100, 2 * HOUR)
  expect(stepMs).toBe(6 * HOUR)
  expect(ticks.map((t) => (t + 2 * HOUR) % (6 * HOUR))).toEqual(ticks.map(() => 0))
  expect(ticks[0]).toBe(4 * HOUR)
})
