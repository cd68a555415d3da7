import { describe, expect, test } from 'vitest'
import {
  formatBytes,
  formatCompact,
  formatDuration,
  formatInterval,
  formatPercent,
  formatTokens,
  formatUsd,
  pointDelta,
  relativeDelta,
} from './format.ts'

/** Figures carry no-break spaces; the expectations are easier to read without. */
const plain = (text: string | undefined) => text?.replaceAll('\u00a0', ' ')

describe('money', () => {
  test.each([
    ['1204.1', '$1,204.10'],
    ['1905.4000', '$1,905.40'],
    ['0', '$0.00'],
    ['1', '$1.00'],
    ['0.999999', '$1.0000'],
    ['0.412', '$0.4120'],
    ['0.0511', '$0.0511'],
    ['0.0062', '$0.0062'],
    ['0.00042', '$0.00042'],
    ['0.0000013', '$0.0000013'],
    ['0.000000001', '<$0.00000001'],
    ['-3.5', '−$3.50'],
    ['', '$0.00'],
    ['x', '—'],
  ])('%s reads %s', (amount, text) => expect(formatUsd(amount)).toBe(text))
})

describe('durations', () => {
  test.each([
    [0, '0 ms'],
    [0.04, '0.040 ms'],
    [0.4, '0.4 ms'],
    [3, '3 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [4100, '4.1 s'],
    [9949, '9.9 s'],
    [9960, '10 s'],
    [63_200, '63 s'],
    [599_000, '599 s'],
    [720_000, '12 min'],
    [11_520_000, '3 h 12 min'],
    [7_200_000, '2 h'],
    [187_200_000, '2 d 4 h'],
  ])('%d ms reads %s', (ms, text) => expect(plain(formatDuration(ms))).toBe(text))

  test('an unknown duration is a dash, never a zero', () => expect(formatDuration(null)).toBe('—'))
})

describe('counts, rates and changes', () => {
  test.each([
    [999, '999'],
    [1240, '1.2k'],
    [1000, '1k'],
    [1_240_000, '1.2M'],
    [212_400, '212k'],
  ])('%d is %s where space is short', (n, text) => expect(formatCompact(n)).toBe(text))

  test('tokens stay exact below a million', () => {
    expect(formatTokens(22_947)).toBe('22,947')
    expect(formatTokens(4_200_000)).toBe('4.2M')
  })

  test('a small rate keeps the digits that say it is not zero', () => {
    expect(plain(formatPercent(0.864))).toBe('86.4 %')
    expect(plain(formatPercent(0.0004))).toBe('0.04 %')
    expect(plain(formatPercent(0.00001))).toBe('<0.01 %')
    expect(plain(formatPercent(0))).toBe('0.0 %')
    expect(formatInterval([0.861, 0.867])).toBe('86.1–86.7')
  })

  test('a change is relative for amounts and in points for rates, and absent without a period before', () => {
    expect(plain(relativeDelta(131, 100)?.text)).toBe('+31 %')
    expect(plain(relativeDelta(98, 100)?.text)).toBe('−2 %')
    expect(relativeDelta(100, 100)?.direction).toBe(0)
    expect(relativeDelta(5, 0)).toBeNull()
    expect(plain(pointDelta(0.864, 0.873)?.text)).toBe('−0.9 pt')
    expect(pointDelta(null, 0.5)).toBeNull()
  })

  test('only a change that is more than noise is notable', () => {
    expect(relativeDelta(104, 100)?.notable).toBe(false)
    expect(relativeDelta(131, 100)?.notable).toBe(true)
    expect(relativeDelta(131, 100, 38)?.notable).toBe(false)
    expect(pointDelta(0.864, 0.873, [0.861, 0.867])?.notable).toBe(true)
    expect(pointDelta(0.864, 0.866, [0.861, 0.867])?.notable).toBe(false)
  })

  test('bytes are binary', () => {
    expect(plain(formatBytes(0))).toBe('0 B')
    expect(plain(formatBytes(1536))).toBe('1.5 KiB')
    expect(plain(formatBytes(64 * 1024 ** 2))).toBe('64 MiB')
  })
})
