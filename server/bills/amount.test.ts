import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attoOf, converted, nanoParts } from './amount.ts'

describe('an amount of a bill', () => {
  it.each([
    ['1.5', 1_500_000_000_000_000_000n],
    ['-0.06', -60_000_000_000_000_000n],
    [0.06, 60_000_000_000_000_000n],
    ['.5', 500_000_000_000_000_000n],
    ['1e-7', 100_000_000_000n],
    [1.2e-7, 120_000_000_000n],
    ['0', 0n],
    ['0.8958740000000000', 895_874_000_000_000_000n],
    ['0.0000000000000000005', 1n],
  ])('%s is read exactly', (text, atto) => expect(attoOf(text)).toBe(atto))

  it('in cents is a hundredth', () => expect(attoOf('123.78912', -2)).toBe(1_237_891_200_000_000_000n))

  it.each(['', '.', '1,000', '=1+2', 'NaN', 'Infinity', '0x10', '1e', '--1', '1'.repeat(70), '$5'])(
    '%s is none',
    (text) => expect(attoOf(text)).toBeUndefined(),
  )

  it.each(['1e30', '1000000001', 1e30, '-1e12', '1e999'])('%s is too much', (text) =>
    expect(() => attoOf(text)).toThrow('billion'),
  )

  it('is converted at its rate', () => expect(converted(attoOf('-2.5')!, attoOf('1.0823')!)).toBe(attoOf('-2.70575')))
})

describe('parts in nano-dollars', () => {
  it('add up to the rounded whole, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n })), (attos) => {
        const parts = nanoParts(attos)
        const sum = attos.reduce((a, b) => a + b, 0n)
        const total = parts.reduce((a, b) => a + b, 0n)
        const off = total * 10n ** 9n - sum
        expect(off >= -(10n ** 9n) / 2n && off <= 10n ** 9n / 2n).toBe(true)
        for (const [i, part] of parts.entries()) {
          const difference = part * 10n ** 9n - attos[i]!
          expect(difference >= -(10n ** 9n) && difference <= 10n ** 9n).toBe(true)
        }
      }),
    )
  })
})
