import { expect, test } from 'vitest'
import { recentRate } from './recent-rate.ts'

test('the rate is of the last ten whole seconds, and forgets what is older', () => {
  let nowMs = 1_000_000
  const rate = recentRate(() => nowMs)
  rate.add(100)
  expect(rate.perSecond()).toBe(0)
  nowMs += 1000
  expect(rate.perSecond()).toBe(10)
  rate.add(50)
  nowMs += 9000
  expect(rate.perSecond()).toBe(15)
  nowMs += 1000
  expect(rate.perSecond()).toBe(5)
  nowMs += 60_000
  expect(rate.perSecond()).toBe(0)
})
