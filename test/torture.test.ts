import { expect, test } from 'vitest'
import { corpus } from './support/torture/corpus.ts'
import { digest } from './support/torture/digest.ts'
import { mutated } from './support/torture/mutate.ts'
import { tortureRequests } from './support/torture/requests.ts'
import { tortureWire } from './support/torture/wire.ts'

/** `npm run torture -- --requests 1000000` does more of the same. */
const VALID = corpus()

test('what is not spoiled is taken whole, and a seed means the same request each time', () => {
  expect(VALID.filter((request) => digest(request) === 'refused')).toEqual([])
  for (let seed = 0; seed < 50; seed++) expect(mutated(seed, VALID).body).toEqual(mutated(seed, VALID).body)
})

test('2,000 mutated requests: each is taken or refused as undecodable, none breaks the thread or holds it up', async () => {
  const report = await tortureRequests(2_000, 20_261_121)
  expect(report.defects).toEqual([])
  expect(report.requests).toBe(2_000)
  expect(report.refused).toBeGreaterThan(200)
  expect(report.refused).toBeLessThan(1_800)
}, 120_000)

test('400 of them over HTTP and gRPC: answered 200, 400 or 413, and what was taken loads, is tallied and adds up', async () => {
  const report = await tortureWire(400, 1)
  expect(report.wrong).toEqual([])
  expect(report.spans).toBeGreaterThan(0)
}, 180_000)
