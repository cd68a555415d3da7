import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LINE_CLASSES } from '../bills/bill.ts'
import { explain } from './causes.ts'
import { type BillOfMonth, type ChangeRow, compare, type TracedRow } from './compare.ts'

const day = fc.integer({ min: 1, max: 6 }).map((n) => `2026-10-0${n}`)
const model = fc.constantFrom('', 'gpt-4.1', 'gpt-4.1-2025-04-14', 'gpt-4o-2024-08-06', 'gpt-4o-2024-11-20', 'o3')
const provider = fc.constantFrom('openai', 'anthropic')
const tier = fc.constantFrom('', 'batch', 'priority', 'flex')
const nano = fc.bigInt({ min: -5_000_000_000n, max: 50_000_000_000n })
const count = fc.integer({ min: 0, max: 3 })

const bills: fc.Arbitrary<BillOfMonth[]> = fc.array(
  fc.record({
    provider,
    format: fc.constantFrom('csv', 'anthropic'),
    firstDay: fc.constant('2026-10-01'),
    lastDay: day,
    importedAtMs: fc.constant(0),
    rows: fc.array(
      fc.record({
        day,
        account: fc.constantFrom('', 'p', 'q'),
        model,
        tier,
        lineClass: fc.constantFrom(...LINE_CLASSES),
        item: fc.constantFrom('', 'credit'),
        nanoUsd: nano,
      }),
      { maxLength: 12 },
    ),
  }),
  { maxLength: 3 },
)
const traced: fc.Arbitrary<TracedRow[]> = fc.array(
  fc.record({
    day,
    provider: fc.constantFrom('openai', 'anthropic', 'mistral_ai'),
    model,
    tier,
    nanoUsd: fc.bigInt({ min: 0n, max: 50_000_000_000n }),
    calls: fc.integer({ min: 1, max: 5 }),
    unpriced: count,
    cacheTokens: fc.record({ cacheRead: count, cacheWrite5m: count, cacheWrite1h: count }),
  }),
  { maxLength: 20 },
)
const changes: fc.Arbitrary<ChangeRow[]> = fc.array(
  fc.record({ day, provider, model, kind: fc.constantFrom('late', 'repriced', 'after'), nanoUsd: nano, calls: count }),
  { maxLength: 5 },
)
const prices = (_: string, __: string, ___: string, bucket: string, tier: string): bigint | undefined =>
  tier === 'flex'
    ? undefined
    : bucket === 'inputUncached'
      ? tier === ''
        ? 2_000_000_000n
        : 1_000_000_000n
      : 500_000_000n

it('the items are the bills and their causes are the variance, to the nano-dollar, for random bills and ledgers', () => {
  fc.assert(
    fc.property(bills, traced, changes, (bills, traced, changes) => {
      const { items, withoutBill } = compare(bills, traced, changes)
      const causes = explain(items, prices)
      const invoice = bills.flatMap(({ rows }) => rows).reduce((sum, { nanoUsd }) => sum + nanoUsd, 0n)
      const total = (of: (i: number) => bigint): bigint => items.reduce((sum, _, i) => sum + of(i), 0n)
      expect(total((i) => items[i]!.billed.nanoUsd)).toBe(invoice)
      const explained = (i: number): bigint => causes[i]!.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0n)
      for (const [i, item] of items.entries()) expect(explained(i)).toBe(item.billed.nanoUsd - item.traced.nanoUsd)
      expect(total((i) => items[i]!.traced.nanoUsd + explained(i))).toBe(invoice)
      // What is traced is in an item, or belongs to a provider or a day of which there is no bill.
      const covered = traced.filter((row) =>
        bills.some((bill) => bill.provider === row.provider && bill.firstDay <= row.day && row.day <= bill.lastDay),
      )
      expect(total((i) => items[i]!.traced.nanoUsd)).toBe(covered.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0n))
      const named = new Set(bills.map((bill) => bill.provider))
      expect(new Set(withoutBill.map((one) => one.provider))).toEqual(
        new Set(traced.map((row) => row.provider).filter((name) => !named.has(name))),
      )
    }),
    { numRuns: 500 },
  )
})
