import { normal, poisson, randomOf } from './random.ts'

/** Runs that cost about the same: how many, their mean cost, and whether they succeeded. */
export interface Cell {
  readonly count: number
  readonly cost: number
  readonly success: boolean
}

const RESAMPLES = 1000
const SEED = 20_261_121
const LOWER = 0.025
const UPPER = 0.975
/** Up to so many runs each resample draws every run anew; beyond, how often each was drawn is Poisson(1), which is the same but for 1/√n (Chamandy et al., 2012). */
const DRAWN_ONE_BY_ONE_MAX = 400
/** A cell of so many runs is drawn as a whole, from the normal distribution that its count then has. */
const LARGE_CELL = 30

/**
 * 95 % percentile interval of Σ cost / Σ successes over resampled runs. Its work is bounded by the number of cells, not of runs. Undefined where more than
 * one resample in forty has no success: there the upper end would be infinite.
 */
export const ratioInterval = (cells: readonly Cell[]): readonly [number, number] | undefined => {
  const runs = cells.reduce((sum, { count }) => sum + count, 0)
  if (!cells.some(({ count, success }) => success && count > 0)) return undefined
  const random = randomOf(SEED)
  const draw = runs <= DRAWN_ONE_BY_ONE_MAX ? oneByOne(cells, random) : byCells(cells, random)
  const ratios = Array.from({ length: RESAMPLES }, draw).toSorted((a, b) => a - b)
  const interval = [quantile(ratios, LOWER), quantile(ratios, UPPER)] as const
  return interval.every(Number.isFinite) ? interval : undefined
}

const oneByOne = (cells: readonly Cell[], random: () => number): (() => number) => {
  const runs = cells.flatMap(({ count, cost, success }) => Array.from({ length: count }, () => ({ cost, success })))
  return () => {
    let cost = 0
    let successes = 0
    for (let i = 0; i < runs.length; i++) {
      const run = runs[Math.floor(random() * runs.length)]!
      cost += run.cost
      if (run.success) successes++
    }
    return ratio(cost, successes)
  }
}

const byCells = (cells: readonly Cell[], random: () => number): (() => number) => {
  const small = cells.filter(({ count }) => count < LARGE_CELL)
  const large = [true, false].map((success) => {
    const same = cells.filter((cell) => cell.success === success && cell.count >= LARGE_CELL)
    const sum = (of: (cell: Cell) => number) => same.reduce((total, cell) => total + of(cell), 0)
    return {
      success,
      count: sum(({ count }) => count),
      cost: sum(({ count, cost }) => count * cost),
      squares: sum(({ count, cost }) => count * cost * cost),
    }
  })
  return () => {
    let cost = 0
    let successes = 0
    for (const cell of small) {
      const times = poisson(random, cell.count)
      cost += times * cell.cost
      if (cell.success) successes += times
    }
    for (const { success, count, cost: mean, squares } of large) {
      if (count === 0) continue
      // Counts of Poisson draws and their cost vary together: variance n, Σ cost², and covariance Σ cost.
      const first = normal(random)
      cost +=
        mean +
        (mean / Math.sqrt(count)) * first +
        Math.sqrt(Math.max(0, squares - (mean * mean) / count)) * normal(random)
      if (success) successes += count + Math.sqrt(count) * first
    }
    return ratio(cost, successes)
  }
}

const ratio = (cost: number, successes: number): number => (successes > 0 ? cost / successes : Number.POSITIVE_INFINITY)

/** Between neighbours linearly, as most tools do it (Hyndman and Fan, type 7). */
const quantile = (sorted: readonly number[], q: number): number => {
  const at = (sorted.length - 1) * q
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!]
  return low === high ? low : low + (high - low) * (at - Math.floor(at))
}
