import type { CostFilters } from '../../../schema/api/cost-queries.ts'
import type { WhatIf } from '../../../schema/api/prices.ts'
import type { Database } from '../../../schema/clickhouse/database.ts'
import { DIMENSIONS, type DimensionName } from '../../../schema/model/dimension.ts'
import { addUsage, emptyUsage, type UsageBuckets } from '../../../schema/model/usage.ts'
import { sumOf } from '../../../schema/prices/price-list.ts'
import type { ProjectPriceBook } from '../../../schema/prices/project-price-book.ts'
import { nanoUsdOf, usdOf } from '../../answers/money.ts'
import { bucketsOfRow, type UsageRow, usageOf } from '../../answers/usage.ts'
import { badRequest } from '../../problem.ts'
import { fill, sqlFile } from '../sql-file.ts'
import { callsOfQuestion, costQuestion } from './cost-question.ts'

const WHAT_IF = sqlFile('costs/what-if')
const ITEMS_MAX = 500

interface Row extends UsageRow {
  readonly service_tier: string
  readonly step: number
  readonly call_count: string
  readonly unpriced_calls: string
  readonly cost_usd: string
}

interface Item {
  readonly key: Record<string, string | null>
  calls: number
  unpricedCalls: number
  usage: UsageBuckets
  current: bigint
  other: bigint
}

/** The same tokens at another model's prices of now: its context sizes and service tiers as they would apply to each call. */
export const whatIf = async (
  database: Database,
  book: ProjectPriceBook,
  projectId: number,
  query: CostFilters & {
    readonly toModel: string
    readonly toProvider: string
    readonly as_of?: string | undefined
    readonly by?: DimensionName[] | undefined
  },
  nowMs: number,
): Promise<WhatIf> => {
  const { toModel, toProvider, as_of, by = ['model'], ...filters } = query
  const startNanos = BigInt(nowMs) * 1_000_000n
  const listOf = (serviceTier: string) => book.list({ provider: toProvider, model: toModel, serviceTier, startNanos })
  const standard = listOf('')
  if (!standard) {
    const similar = book.similar(toProvider, toModel).map(({ provider, model }) => `${provider}/${model}`)
    throw badRequest(
      `No price is known for ${toProvider}/${toModel}.${similar.length > 0 ? ` Is it one of ${similar.join(', ')}?` : ''} PUT /api/prices can name one.`,
    )
  }
  // The first step is for every call.
  const starts = [...new Set(TIERS.flatMap((tier) => listOf(tier)?.steps.map(({ above }) => above) ?? []))]
    .filter((above) => above >= 0)
    .sort((a, b) => a - b)
  const question = await costQuestion(database, projectId, { by, filters, asOf: as_of, shared: 'exclude' }, nowMs)
  const clause = callsOfQuestion(question)
  const rows = await database.query<Row>(
    fill(WHAT_IF, {
      keys: by.map((name, i) => `${DIMENSIONS[name].sql} AS key_${i},`).join('\n    '),
      calls: clause.sql,
    }),
    { ...clause.params, starts: starts.map(String) },
  )
  const items = new Map<string, Item>()
  for (const row of rows) {
    const key = Object.fromEntries(by.map((name, i) => [name, String(row[`key_${i}`] ?? '') || null]))
    const item: Item = items.get(JSON.stringify(key)) ?? {
      key,
      calls: 0,
      unpricedCalls: 0,
      usage: emptyUsage(),
      current: 0n,
      other: 0n,
    }
    items.set(JSON.stringify(key), item)
    const usage = bucketsOfRow(row)
    const calls = Number(row.call_count)
    const list = listOf(row.service_tier) ?? standard
    const above = row.step === 0 ? -1 : starts[row.step - 1]!
    const step = list.steps.findLast((one) => one.above <= above) ?? list.steps[0]!
    const other = sumOf(step, list.requestNanoUsd * BigInt(calls), usage)
    item.calls += calls
    // What either side has no price for would make the comparison lie.
    item.unpricedCalls += other === undefined ? calls : Number(row.unpriced_calls)
    addUsage(item.usage, usage)
    item.current += nanoUsdOf(row.cost_usd)
    item.other += other ?? 0n
  }
  const all = [...items.values()].sort((a, b) => Number(b.current - a.current) || b.calls - a.calls)
  const sum = (of: (item: Item) => bigint): bigint => all.reduce((total, item) => total + of(item), 0n)
  const [current, other] = [sum((item) => item.current), sum((item) => item.other)]
  return {
    currentUsd: usdOf(current),
    whatIfUsd: usdOf(other),
    deltaUsd: usdOf(other - current),
    calls: all.reduce((total, item) => total + item.calls, 0),
    unpricedCalls: all.reduce((total, item) => total + item.unpricedCalls, 0),
    model: { provider: toProvider, model: toModel, priceRef: standard.steps[0]!.ref },
    items: all.slice(0, ITEMS_MAX).map((item) => ({
      key: item.key,
      calls: item.calls,
      usage: usageOf(item.usage, 0),
      currentUsd: usdOf(item.current),
      whatIfUsd: usdOf(item.other),
    })),
    note: NOTE,
  }
}

const TIERS = ['', 'batch', 'flex', 'priority', 'fast'] as const
const NOTE =
  'The same tokens at the prices of today. Another model counts the same text as other tokens, caches otherwise and answers at other lengths. A service tier that it does not have is taken at its standard price.'
