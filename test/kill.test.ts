import { expect, test } from 'vitest'
import { killRounds } from './support/kill-rounds.ts'
import { seededRandom } from './support/seeded-random.ts'

test('five kill -9 under load: every acknowledged span is there once, in spans, runs, traces and rollups', async () => {
  const report = await killRounds(5, seededRandom(20261121))
  expect(report.acknowledgedSpans).toBeGreaterThan(100)
  expect(report.lost).toBe(0)
  expect(report.storedSpans).toBeGreaterThanOrEqual(report.acknowledgedSpans)
}, 180_000)
