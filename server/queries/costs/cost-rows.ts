import type { CostItem, CostReport } from '../../../schema/api/costs.ts'
import type { Database } from '../../../schema/clickhouse/database.ts'
import type { DimensionName } from '../../../schema/model/dimension.ts'
import { nanoUsdOf, usdOf } from '../../answers/money.ts'
import { isoOfMs } from '../../answers/time.ts'
import { bucketsOfRow, type UsageRow, usageOf } from '../../answers/usage.ts'
import { cursorOf, numericKey, parseCursor } from '../cursor.ts'
import { costStatusOf } from '../fleet.ts'
import { type CostQuestion, costRows, type RowsWish } from './cost-question.ts'

/** A row of `costs.sql`; `key_0`, `key_1`, … are the values of the question's dimensions, '' where telemetry said nothing. */
export interface CostRow extends UsageRow {
  readonly period_ms: number
  readonly is_total: number
  readonly calls: number
  readonly runs: number
  readonly unpriced_calls: number
  readonly priced_calls: number
  readonly cost_usd: string
  readonly tools_usd: string
  readonly review_usd: string
  readonly evaluation_usd: string
  readonly platform_usd: string
  readonly allocated_usd: string
  readonly reported_usd: string
  /** Runs that left a usage bucket unreported, by bucket. */
  readonly unreported_runs: readonly number[]
  readonly last_end_ms: number
}

export const costItem = (row: CostRow, by: readonly DimensionName[], hasPeriod: boolean): CostItem => ({
  key: Object.fromEntries(by.map((name, i) => [name, String(row[`key_${i}`] ?? '') || null])),
  period: hasPeriod ? isoOfMs(row.period_ms) : null,
  ...figuresOf(row),
})

const DAY_MS = 86_400_000

/** A page of the question's lines, and the whole of it whatever the page. */
export const costReport = async (
  database: Database,
  question: CostQuestion,
  { order, limit, offset }: { readonly order: RowsWish['order']; readonly limit: number; readonly offset: number },
): Promise<Omit<CostReport, 'next'> & { readonly more: boolean }> => {
  // The total comes first in every order: a later page reads past it and asks for it no more.
  const page = { limit: limit + 2, offset: 0 }
  const wished = offset === 0 ? page : { limit: limit + 1, offset: offset + 1 }
  const [rows, totals] = await Promise.all([
    ask(database, question, { order, total: true, page: wished }),
    offset === 0 ? undefined : ask(database, question, { order, total: true, page: { limit: 1, offset: 0 } }),
  ])
  const total = (totals ?? rows).find((row) => row.is_total === 1) ?? NOTHING
  const items = rows.filter((row) => row.is_total === 0)
  const { fromMs = 0, toMs = question.nowMs } = question.range
  const judged = total.priced_calls + total.unpriced_calls
  return {
    items: items.slice(0, limit).map((row) => costItem(row, question.by, question.interval !== undefined)),
    total: figuresOf(total),
    more: items.length > limit,
    from: isoOfMs(fromMs),
    to: isoOfMs(toMs),
    asOf: isoOfMs(question.asOfMs),
    coverage: judged === 0 ? null : total.priced_calls / judged,
    provisional: toMs > question.nowMs || total.last_end_ms > question.nowMs - DAY_MS,
  }
}

/** The moment and the range are part of the cursor, so that all pages of a list are of one state of the ledger, `now-7d` or not. */
export const costCursor = (order: string, { offset, asOf, from, to, nowMs }: CostPlace): string =>
  cursorOf(`cost ${order}`, String(offset), asOf, from, to, String(nowMs))

export interface CostPlace {
  readonly offset: number
  readonly asOf: string
  readonly from: string
  readonly to: string
  readonly nowMs: number
}

/** @throws HttpProblem 400 for a cursor of another order */
export const parseCostCursor = (text: string | undefined, order: string): CostPlace | undefined => {
  const keys = parseCursor(text, `cost ${order}`, 5)?.keys
  if (!keys) return undefined
  const [offset, asOf = '', from = '', to = '', nowMs] = keys
  return { offset: Number.parseInt(numericKey(offset), 10), asOf, from, to, nowMs: Number(numericKey(nowMs)) }
}

const ask = (database: Database, question: CostQuestion, wish: RowsWish): Promise<CostRow[]> => {
  const { sql, params } = costRows(question, wish)
  return database.query<CostRow>(sql, params)
}

const figuresOf = (row: CostRow): Omit<CostItem, 'key' | 'period'> => {
  const cost = nanoUsdOf(row.cost_usd)
  const parts = {
    tools: nanoUsdOf(row.tools_usd),
    review: nanoUsdOf(row.review_usd),
    evaluation: nanoUsdOf(row.evaluation_usd),
    platform: nanoUsdOf(row.platform_usd),
  }
  const model = cost - parts.tools - parts.review - parts.evaluation - parts.platform
  return {
    usage: usageOf(bucketsOfRow(row), unreportedOf(row.unreported_runs)),
    calls: row.calls,
    runs: row.runs,
    costUsd: usdOf(cost),
    components: {
      model: usdOf(model),
      tools: usdOf(parts.tools),
      review: usdOf(parts.review),
      evaluation: usdOf(parts.evaluation),
      platform: usdOf(parts.platform),
    },
    allocatedUsd: usdOf(nanoUsdOf(row.allocated_usd)),
    reportedUsd: usdOf(nanoUsdOf(row.reported_usd)),
    costStatus: costStatusOf(row.unpriced_calls, cost),
    unpricedCalls: row.unpriced_calls,
  }
}

const unreportedOf = (runs: readonly number[]): number =>
  runs.reduce((bits, count, bit) => (count > 0 ? bits | (1 << bit) : bits), 0)

const NOTHING: CostRow = {
  period_ms: 0,
  is_total: 1,
  calls: 0,
  runs: 0,
  unpriced_calls: 0,
  priced_calls: 0,
  cost_usd: '0',
  tools_usd: '0',
  review_usd: '0',
  evaluation_usd: '0',
  platform_usd: '0',
  allocated_usd: '0',
  reported_usd: '0',
  unreported_runs: [],
  last_end_ms: 0,
}
