export interface Random {
  /** 0 ≤ x < 1. */
  readonly next: () => number
  readonly int: (min: number, max: number) => number
  readonly pick: <T>(from: readonly T[]) => T
  readonly chance: (probability: number) => boolean
  readonly hex: (chars: number) => string
}

/** mulberry32: the same seed gives the same data on every machine. */
export const createRandom = (seed: number): Random => {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return {
    next,
    int: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick: (from) => from[Math.floor(next() * from.length)]!,
    chance: (probability) => next() < probability,
    hex: (chars) => Array.from({ length: chars }, () => Math.floor(next() * 16).toString(16)).join(''),
  }
}
