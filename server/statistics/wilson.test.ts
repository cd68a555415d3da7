import { describe, expect, test } from 'vitest'
import { sufficientSample, wilsonInterval } from './wilson.ts'

describe('Wilson interval', () => {
  test('is the published one for 300 of 629 attacks', () => {
    const [lo, hi] = wilsonInterval(300, 629)!
    expect(lo).toBeCloseTo(0.4382, 4)
    expect(hi).toBeCloseTo(0.516, 4)
  })

  test('0 violations in 500 trials still leave an upper bound of 0.76 %', () => {
    expect(wilsonInterval(0, 500)![0]).toBe(0)
    expect(wilsonInterval(0, 500)![1]).toBeCloseTo(0.0076, 4)
  })

  test('reaches exactly 1 where all are good and is null where none was valid', () => {
    expect(wilsonInterval(7, 7)![1]).toBe(1)
    expect(wilsonInterval(0, 0)).toBeNull()
  })

  test.each([
    [0.9, 35],
    [0.95, 73],
    [0.99, 381],
    [0.999, 3838],
  ])('below the sample for a target of %d, zero failures say nothing', (target, sample) => {
    expect(sufficientSample(target)).toBe(sample)
  })
})
