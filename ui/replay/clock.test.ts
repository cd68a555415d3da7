import { expect, test } from 'vitest'
import { clock, spokenClock } from './clock.ts'

test('moments read like a player shows them', () => {
  expect([0, 52_310, 63_200, 3_787_000].map((ms) => clock(ms))).toEqual(['0:00', '0:52', '1:03', '1:03:07'])
  expect(clock(52_310, 3)).toBe('0:52.310')
  expect(clock(-5)).toBe('0:00')
})

test('a voice names the units', () => {
  expect(spokenClock(63_200)).toBe('1 minute 3 seconds')
  expect(spokenClock(400)).toBe('0 seconds')
})
