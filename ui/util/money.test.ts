import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nanoOf, shareOf, subtractUsd, sumUsd, usdOf } from './money.ts'

test('cents of large sums are not lost, as doubles would lose them', () => {
  expect(sumUsd(['90071992547409.93', '0.000000001', '0.02'])).toBe('90071992547409.950000001')
  expect(sumUsd(Array.from({ length: 10 }, () => '0.1'))).toBe('1')
  expect(sumUsd([])).toBe('0')
})

test('amounts may be negative: an adjustment takes money back', () => {
  expect(subtractUsd('1.25', '2')).toBe('-0.75')
  expect(sumUsd(['-0.5', '0.5'])).toBe('0')
})

test('text and integer say the same amount', () => {
  fc.assert(fc.property(fc.bigInt(-(10n ** 24n), 10n ** 24n), (nano) => nanoOf(usdOf(nano)) === nano))
})

test('a share of nothing is no number', () => {
  expect(shareOf('1', '4')).toBe(0.25)
  expect(shareOf('0', '0')).toBeNull()
})
