import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { split } from './split.ts'

describe('an amount in parts', () => {
  it('gives what is left over to those that lost the most', () => {
    // 100 by 1 : 1 : 1 is 33⅓ each; by 5 : 3 : 3 it is 45.45, 27.27, 27.27.
    expect(split(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n])
    expect(split(100n, [5n, 3n, 3n])).toEqual([46n, 27n, 27n])
    expect(split(-100n, [5n, 3n, 3n])).toEqual([-46n, -27n, -27n])
    expect(split(5n, [0n, 7n, -3n])).toEqual([0n, 5n, 0n])
  })

  it('is undefined where nothing has a weight', () => {
    expect(split(100n, [])).toBeUndefined()
    expect(split(100n, [0n, -1n])).toBeUndefined()
  })

  it('adds up, and no part is a whole unit away from its share', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 18n), 10n ** 18n), fc.array(fc.bigInt(0n, 10n ** 15n)), (amount, weights) => {
        const parts = split(amount, weights)
        const whole = weights.reduce((a, b) => a + b, 0n)
        if (whole === 0n) return parts === undefined
        expect(parts!.reduce((a, b) => a + b, 0n)).toBe(amount)
        return parts!.every((part, i) => {
          const off = part * whole - amount * weights[i]!
          return off < whole && off > -whole
        })
      }),
    )
  })
})
