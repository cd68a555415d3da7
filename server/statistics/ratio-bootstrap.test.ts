import { describe, expect, it } from 'vitest'
import { randomOf } from './random.ts'
import { type Cell, ratioInterval } from './ratio-bootstrap.ts'

/** The textbook's way: draw all runs anew, many times, with another generator. */
const bruteForce = (cells: readonly Cell[], resamples: number): [number, number] => {
  const runs = cells.flatMap(({ count, cost, success }) => Array.from({ length: count }, () => ({ cost, success })))
  const random = randomOf(7)
  const ratios = Array.from({ length: resamples }, () => {
    const drawn = runs.map(() => runs[Math.floor(random() * runs.length)]!)
    const successes = drawn.filter(({ success }) => success).length
    return drawn.reduce((sum, { cost }) => sum + cost, 0) / successes
  }).sort((a, b) => a - b)
  return [ratios[Math.floor(resamples * 0.025)]!, ratios[Math.floor(resamples * 0.975)]!]
}

const close = (a: readonly number[] | undefined, b: readonly number[], within: number) =>
  a?.forEach((value, i) => {
    expect(Math.abs(value / b[i]! - 1)).toBeLessThan(within)
  })

describe('the interval of cost per success', () => {
  it('is what drawing all runs anew gives', () => {
    const few: Cell[] = [
      { count: 1, cost: 5, success: false },
      { count: 20, cost: 1, success: true },
      { count: 10, cost: 2, success: false },
      { count: 9, cost: 3, success: true },
    ]
    const interval = ratioInterval(few)
    expect(interval).toBeDefined()
    close(interval, bruteForce(few, 20_000), 0.03)
  })

  it('is so as well where runs are drawn by the cell, a few very dear ones among them', () => {
    const many: Cell[] = [
      { count: 900, cost: 1, success: true },
      { count: 300, cost: 1.5, success: false },
      { count: 3, cost: 200, success: false },
      { count: 2, cost: 150, success: true },
    ]
    const interval = ratioInterval(many)
    expect(interval).toBeDefined()
    close(interval, bruteForce(many, 4000), 0.05)
  })

  it('is the same each time, and a point where all runs are alike', () => {
    const alike: Cell[] = [{ count: 50, cost: 4, success: true }]
    expect(ratioInterval(alike)).toEqual([4, 4])
    const cells: Cell[] = [...alike, { count: 5000, cost: 3, success: false }]
    expect(ratioInterval(cells)).toEqual(ratioInterval(cells))
  })

  it('is not known without successes, or with so few that a resample may miss them all', () => {
    expect(ratioInterval([{ count: 10, cost: 1, success: false }])).toBeUndefined()
    expect(ratioInterval([])).toBeUndefined()
    // A resample of ten misses one success of ten with probability 0.9¹⁰ = 35 %.
    expect(
      ratioInterval([
        { count: 9, cost: 1, success: false },
        { count: 1, cost: 1, success: true },
      ]),
    ).toBeUndefined()
  })
})
