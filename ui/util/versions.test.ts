import { expect, test } from 'vitest'
import { comparable, costPerSuccessOf, successOf } from './outcomes.ts'
import { wilson } from './rate.ts'
import { newestFirst, type Version, versionChange } from './versions.ts'

const version = (name: string, firstSeen: string, good: number, valid: number): Version => ({
  version: name,
  firstSeen,
  runs: valid,
  success: { value: good / valid, good, valid, interval: wilson(good, valid), coverage: 1, provisional: false },
  costUsd: '1',
  p95Ms: 100,
})

test('Wilson intervals equal the reference values', () => {
  expect(wilson(0, 0)).toBeNull()
  // 81 of 263 in Newcombe 1998, table I, method 3: 0.2553–0.3662.
  expect(wilson(81, 263)?.map((x) => x.toFixed(4))).toEqual(['0.2553', '0.3662'])
  expect(wilson(0, 20)?.map((x) => x.toFixed(4))).toEqual(['0.0000', '0.1611'])
})

test('a version is worse only where the intervals tell it apart from the one before', () => {
  const before = version('v13', '2026-11-01T00:00:00Z', 850, 1000)
  expect(versionChange([before, version('v14', '2026-11-10T00:00:00Z', 780, 1000)])).toMatchObject({
    now: { version: 'v14' },
    before: { version: 'v13' },
    verdict: 'worse',
  })
  expect(versionChange([version('v14', '2026-11-10T00:00:00Z', 7, 10), before])?.verdict).toBe('same')
  expect(versionChange([before])).toMatchObject({ before: null, verdict: 'unknown' })
  expect(versionChange([])).toBeNull()
})

test('versions that ran before the range began are ordered by name, not by who happened to run first in it', () => {
  const now = Date.parse('2026-11-21T00:00:00Z')
  const versions = [
    version('v9', '2026-11-14T02:00:00Z', 8, 10),
    version('v10', '2026-11-14T00:10:00Z', 8, 10),
    version('v8-hotfix', '2026-11-19T00:00:00Z', 8, 10),
  ]
  expect(newestFirst(versions, now).map((one) => one.version)).toEqual(['v8-hotfix', 'v10', 'v9'])
})

test('runs without a version are not a new version', () => {
  const versions = [version('', '2026-11-20T00:00:00Z', 1, 2), version('v1', '2026-11-01T00:00:00Z', 8, 10)]
  expect(versionChange(versions)).toMatchObject({ now: { version: 'v1' }, before: null })
  expect(newestFirst(versions).at(-1)?.version).toBe('')
})

test('a period in which the data only began is not compared with', () => {
  const runs = (n: number) => n
  expect(comparable(2284, 1, runs)).toBeUndefined()
  expect(comparable(2284, 2000, runs)).toBe(2000)
  expect(comparable(30, 19, runs)).toBeUndefined()
  expect(comparable(undefined, 100, runs)).toBeUndefined()
})

test('success leaves out what nobody could have done better, and says how much was judged', () => {
  const outcomes = { success: 80, failure: 15, escalated: 5, user_abandoned: 10, infra_error: 10, pending: 30 }
  expect(successOf(outcomes)).toMatchObject({ value: 0.8, good: 80, valid: 100, coverage: 0.8, provisional: true })
  expect(costPerSuccessOf({ costUsd: '8', costStatus: 'complete', outcomes })).toBe(0.1)
  expect(costPerSuccessOf({ costUsd: '0', costStatus: 'none', outcomes })).toBeNull()
  expect(costPerSuccessOf({ costUsd: '8', costStatus: 'complete', outcomes: { ...outcomes, success: 0 } })).toBeNull()
})
