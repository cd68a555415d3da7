import type { CostFilters } from '../../../schema/api/cost-queries.ts'
import type { Database } from '../../../schema/clickhouse/database.ts'
import { HOUR_MS } from '../../../schema/model/period.ts'
import { nanoUsdOf } from '../../answers/money.ts'
import { isoOfMs } from '../../answers/time.ts'
import { bucketsOfRow } from '../../answers/usage.ts'
import type { HourlySeries } from '../../statistics/forecast.ts'
import { parseTime } from '../time-range.ts'
import { costQuestion, costRows } from './cost-question.ts'
import type { CostRow } from './cost-rows.ts'

/** Exact values per hour without a gap, in 10⁻⁹ of their unit (dollars, tokens, runs), from a whole hour on. */
export interface ExactSeries {
  readonly fromMs: number
  readonly values: readonly bigint[]
}

export interface HourlyCosts {
  readonly usd: ExactSeries
  readonly tokens: ExactSeries
  /** Calls with usage and no price. */
  readonly unpriced: ExactSeries
  readonly asOfMs: number
  /** The question's present: its as_of, else the clock. */
  readonly nowMs: number
}

export interface HourlyWish {
  readonly filters: CostFilters
  readonly asOf?: string | undefined
  readonly shared?: 'include' | 'exclude' | undefined
  /** Where the series begins, by the question's present. */
  readonly from: (nowMs: number) => number
}

export const NANO = 1_000_000_000n

/** Costs and tokens per hour up to the present, by the same rules as GET /api/costs. @throws HttpProblem 400, DatabaseError */
export const hourlyCosts = async (
  database: Database,
  projectId: number,
  { filters, asOf, shared, from }: HourlyWish,
  clockMs: number,
): Promise<HourlyCosts> => {
  const nowMs = asOf === undefined ? clockMs : parseTime('as_of', asOf, clockMs)
  const fromMs = from(nowMs)
  const range = { from: isoOfMs(fromMs), to: isoOfMs(nowMs) }
  const wish = { interval: 'hour', filters: { ...filters, ...range }, asOf, shared } as const
  const question = await costQuestion(database, projectId, wish, clockMs)
  const { sql, params } = costRows(question, { order: 'period' })
  const rows = await database.query<CostRow>(sql, params)
  const series = (read: (row: CostRow) => bigint): ExactSeries =>
    denseSeries(
      rows.map((row) => [row.period_ms, read(row)]),
      fromMs,
      nowMs,
    )
  return {
    usd: series((row) => nanoUsdOf(row.cost_usd)),
    tokens: series((row) => BigInt(Object.values(bucketsOfRow(row)).reduce((a, b) => a + b, 0)) * NANO),
    unpriced: series((row) => BigInt(row.unpriced_calls)),
    asOfMs: question.asOfMs,
    nowMs,
  }
}

/** Hours without a row are 0; the last hour is the one that holds `toMs`. */
export const denseSeries = (
  rows: readonly (readonly [hourMs: number, value: bigint])[],
  fromMs: number,
  toMs: number,
): ExactSeries => {
  const values = Array.from({ length: Math.max(0, Math.ceil((toMs - fromMs) / HOUR_MS)) }, () => 0n)
  for (const [hourMs, value] of rows) {
    const at = (hourMs - fromMs) / HOUR_MS
    if (at >= 0 && at < values.length) values[at]! += value
  }
  return { fromMs, values }
}

/** For statistics, in the unit itself. */
export const inUnits = ({ fromMs, values }: ExactSeries): HourlySeries => ({
  fromMs,
  values: values.map((value) => Number(value) / 1e9),
})

export const sumFrom = ({ fromMs, values }: ExactSeries, sinceMs: number): bigint =>
  values.slice(Math.max(0, Math.round((sinceMs - fromMs) / HOUR_MS))).reduce((a, b) => a + b, 0n)

/** An estimate in whole micro-dollars: more digits would pretend. */
export const estimateUsd = (usd: number): bigint => BigInt(Math.round(usd * 1e6)) * 1000n
