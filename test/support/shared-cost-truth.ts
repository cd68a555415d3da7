import type { SharedCost } from '../../schema/api/costs.ts'
import type { DimensionName } from '../../schema/model/dimension.ts'
import { NOT_SET } from '../../schema/model/dimension.ts'
import type { RunTally } from '../../schema/model/run.ts'
import type { CostFilterValues } from '../../server/queries/costs/cost-question.ts'
import { linesOf, periodOf } from './cost-ledger.ts'

const HOUR = 3_600_000

/** What a shared cost adds to the lines of a pivot, worked out hour by hour; key and period as text → 10⁻⁹ USD. */
export const allocatedOf = (
  cost: SharedCost,
  runs: readonly RunTally[],
  by: readonly DimensionName[],
  interval: 'hour' | 'day' | 'week' | 'month' | undefined,
  filters: CostFilterValues,
  range: { readonly fromMs: number; readonly toMs: number },
): Map<string, bigint> => {
  const [fromMs, toMs] = [Date.parse(cost.from), Date.parse(cost.to)]
  const lines = new Map<string, bigint>()
  for (const [value, nanoUsd] of partsOf(cost, runs)) {
    const said = (name: DimensionName): string =>
      name === cost.over ? value : name === 'component' ? cost.component : ''
    if (!isTaken(filters, said)) continue
    const grown = (ms: number): bigint => (nanoUsd * BigInt(ms - fromMs)) / BigInt(toMs - fromMs)
    for (let at = Math.max(fromMs, range.fromMs); at < Math.min(toMs, range.toMs); at += HOUR) {
      const part = grown(Math.min(at + HOUR, toMs, range.toMs)) - grown(at)
      const text = JSON.stringify([by.map((name) => said(name) || null), interval ? periodOf(at, interval) : null])
      lines.set(text, (lines.get(text) ?? 0n) + part)
    }
  }
  return lines
}

const partsOf = (cost: SharedCost, runs: readonly RunTally[]): [string, bigint][] => {
  const [whole = '0', fraction = ''] = cost.amountUsd.split('.')
  const amount = BigInt(whole + fraction.padEnd(9, '0'))
  const weights = weightsOf(cost, runs)
  const sum = weights.reduce((a, [, weight]) => a + weight, 0n)
  if (sum === 0n) return [['', amount]]
  const parts = weights.map(([value, weight]) => ({
    value,
    part: (amount * weight) / sum,
    rest: (amount * weight) % sum,
  }))
  let left = amount - parts.reduce((a, { part }) => a + part, 0n)
  for (const one of parts.toSorted((a, b) => Number(b.rest > a.rest) - Number(b.rest < a.rest)))
    if (left-- > 0n) one.part += 1n
  return parts.map(({ value, part }) => [value, part])
}

const weightsOf = (cost: SharedCost, runs: readonly RunTally[]): [string, bigint][] => {
  if (cost.rule === 'fixed') {
    const given = Object.entries(cost.shares).map(([value, share]): [string, bigint] => [value, BigInt(share * 1000)])
    return [...given, ['', 1000n - given.reduce((a, [, share]) => a + share, 0n)]]
  }
  const range = { fromMs: Date.parse(cost.from), toMs: Date.parse(cost.to) }
  const lines = [...linesOf(runs, [cost.over], undefined, {}, range).values()]
  return lines
    .map((line): [string, bigint] => {
      const value = line.key[0] ?? ''
      return [
        value,
        cost.rule === 'tokens' ? BigInt(line.tokens) : cost.rule === 'cost' ? line.nanoUsd : BigInt(value !== ''),
      ]
    })
    .filter(([, weight]) => weight > 0n)
}

const OF_RUNS = ['session', 'outcome', 'errors'] as const
const isTaken = (filters: CostFilterValues, said: (name: DimensionName) => string): boolean =>
  OF_RUNS.every((name) => filters[name] === undefined) &&
  Object.entries(filters).every(([name, values]) => {
    if (!Array.isArray(values)) return true
    return (values as string[]).includes(said(name === 'callVersion' ? 'version' : (name as DimensionName)) || NOT_SET)
  })
