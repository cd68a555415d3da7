import { expect, test } from 'vitest'
import { parseZoom, writeZoom } from './zoom.ts'

test('a zoomed range comes back from the URL', () => {
  expect(parseZoom(writeZoom([1200, 5300], 10_000), 10_000)).toEqual([1200, 5300])
  expect(parseZoom(writeZoom([0.25, 0.75], 1), 1)).toEqual([0.25, 0.75])
})

test('what is no range, or lies outside, is the whole', () => {
  expect(['', 'x-y', '5-2', '50-60'].map((text) => parseZoom(text, 10))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  expect(writeZoom(undefined, 10)).toBeUndefined()
})
