import { median } from 'simple-statistics'
import type { Anomaly } from '../../../schema/api/budgets.ts'
import type { CostFilters } from '../../../schema/api/cost-queries.ts'
import type { Database } from '../../../schema/clickhouse/database.ts'
import type { DimensionName } from '../../../schema/model/dimension.ts'
import { DAY_MS, dayStart, HOUR_MS } from '../../../schema/model/period.ts'
import { nanoUsdOf, usdOf } from '../../answers/money.ts'
import { isoOfMs } from '../../answers/time.ts'
import {
  type AnomalousHour,
  type AnomalyLimits,
  anomalousHours,
  comparedHours,
  WEEKS_BACK,
} from '../../statistics/anomalies.ts'
import { type BoundedRange, boundedRange } from '../time-range.ts'
import { costQuestion, costRows, overRange } from './cost-question.ts'
import { type CostRow, costItem } from './cost-rows.ts'
import { estimateUsd, hourlyCosts, inUnits } from './hourly.ts'

export interface AnomalyWish {
  readonly filters: CostFilters
  readonly asOf: string | undefined
  readonly by: readonly DimensionName[]
  readonly limits: AnomalyLimits
  readonly limit: number
  /** Only hours before this one: a later page. */
  readonly beforeMs: number | undefined
}

const CONTRIBUTORS_MAX = 5
/** The scale of an hour is that of the week before its day, and the hours of that week are judged by eight weeks as well. */
const LOOK_BACK_MS = (WEEKS_BACK + 1) * 7 * DAY_MS

/**
 * Hours that cost unlike their like, newest first, each with who made the difference. Without shared costs: they belong to no hour, and where one begins
 * every hour would be dearer. @throws HttpProblem 400, DatabaseError
 */
export const costAnomalies = async (
  database: Database,
  projectId: number,
  wish: AnomalyWish,
  clockMs: number,
): Promise<{ readonly items: Anomaly[]; readonly more: boolean }> => {
  const range = boundedRange(wish.filters, clockMs)
  const from = () => dayStart(range.fromMs) - LOOK_BACK_MS
  const costs = await hourlyCosts(database, projectId, { ...wish, shared: 'exclude', from }, clockMs)
  const toMs = Math.min(range.toMs, costs.nowMs, wish.beforeMs ?? Number.POSITIVE_INFINITY)
  const series = inUnits(costs.usd)
  const found = anomalousHours(series, { fromMs: range.fromMs, toMs }, wish.limits)
  const page = found.slice(0, wish.limit)
  const firstMs = series.fromMs + series.values.findIndex((value) => value > 0) * HOUR_MS
  const contributors = await contributorsOf(database, projectId, wish, page, { firstMs, clockMs })
  const items = page.map((hour) => ({
    time: isoOfMs(hour.fromMs),
    costUsd: usdOf(costs.usd.values[(hour.fromMs - series.fromMs) / HOUR_MS]!),
    expectedUsd: usdOf(estimateUsd(hour.expected)),
    z: Math.round(hour.z * 100) / 100,
    direction: hour.z > 0 ? ('up' as const) : ('down' as const),
    contributors: contributors(hour),
  }))
  return { items, more: found.length > wish.limit }
}

type Contributor = Anomaly['contributors'][number]

/** Costs by key of the found hours and of the hours they are compared with, in one question. */
const contributorsOf = async (
  database: Database,
  projectId: number,
  { by, filters, asOf }: AnomalyWish,
  found: readonly AnomalousHour[],
  { firstMs, clockMs }: { readonly firstMs: number; readonly clockMs: number },
): Promise<(hour: AnomalousHour) => Contributor[]> => {
  if (found.length === 0) return () => []
  const hours = [...new Set(found.flatMap(({ fromMs }) => [fromMs, ...comparedHours(fromMs)]))].toSorted(
    (a, b) => a - b,
  )
  const range: BoundedRange = { fromMs: hours[0]!, toMs: hours.at(-1)! + HOUR_MS }
  const asked = await costQuestion(
    database,
    projectId,
    { by, interval: 'hour', filters, asOf, shared: 'exclude' },
    clockMs,
  )
  const { sql, params } = costRows(await overRange(database, asked, range), { order: 'period' })
  const rows = await database.query<CostRow>(`SELECT * FROM (\n${sql}\n) WHERE period_ms IN {hours:Array(Int64)}`, {
    ...params,
    hours,
  })
  const keys = new Map<string, { readonly key: Contributor['key']; readonly costs: Map<number, bigint> }>()
  for (const row of rows) {
    const { key } = costItem(row, by, true)
    const name = JSON.stringify(key)
    const known = keys.get(name) ?? { key, costs: new Map<number, bigint>() }
    known.costs.set(row.period_ms, nanoUsdOf(row.cost_usd))
    keys.set(name, known)
  }
  return (hour) => {
    const before = comparedHours(hour.fromMs).filter((ms) => ms >= firstMs)
    return [...keys.values()]
      .map(({ key, costs }) => {
        const cost = costs.get(hour.fromMs) ?? 0n
        const expected = BigInt(Math.round(median(before.map((ms) => Number(costs.get(ms) ?? 0n)))))
        return { key, cost, expected, delta: cost - expected }
      })
      .filter(({ delta }) => (hour.z > 0 ? delta > 0n : delta < 0n))
      .toSorted((a, b) => (a.delta === b.delta ? 0 : a.delta > b.delta === hour.z > 0 ? -1 : 1))
      .slice(0, CONTRIBUTORS_MAX)
      .map(({ key, cost, expected, delta }) => ({
        key,
        costUsd: usdOf(cost),
        expectedUsd: usdOf(expected),
        deltaUsd: usdOf(delta),
      }))
  }
}
