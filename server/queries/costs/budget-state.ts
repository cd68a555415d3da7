import type { Budget, BudgetState } from '../../../schema/api/budgets.ts'
import { HOUR_MS, type PeriodBounds, periodAt } from '../../../schema/model/period.ts'
import { nanoUsdOf, usdOf } from '../../answers/money.ts'
import { isoOfMs } from '../../answers/time.ts'
import { type ForecastOfPeriod, forecastPeriod } from '../../statistics/forecast.ts'
import { type ExactSeries, estimateUsd, inUnits, NANO, sumFrom } from './hourly.ts'

export interface BudgetFacts {
  /** Of the budget's metric, from some weeks before the period up to now. */
  readonly series: ExactSeries
  readonly unpriced: ExactSeries
}

/** How a budget stands in the period that holds `nowMs`. Whether a limit is reached is decided in integers. */
export const budgetState = (budget: Budget, { series, unpriced }: BudgetFacts, nowMs: number): BudgetState => {
  const period = periodAt(budget.period, nowMs)
  const limit = nanoUsdOf(budget.limit)
  const spent = sumFrom(series, period.fromMs)
  const forecast = forecastPeriod(inUnits(series), period, nowMs)
  const text = (value: number) => usdOf(budget.metric === 'usd' ? estimateUsd(value) : BigInt(Math.round(value)) * NANO)
  return {
    budget,
    periodFrom: isoOfMs(period.fromMs),
    periodTo: isoOfMs(period.toMs),
    spent: usdOf(spent),
    share: Number(spent) / Number(limit),
    crossed: crossings(budget, series, period, limit),
    forecast: forecast.total ? text(forecast.total.expected) : null,
    p10: forecast.total ? text(forecast.total.p10) : null,
    p90: forecast.total ? text(forecast.total.p90) : null,
    breachAt: spent >= limit ? null : breachAt(forecast, spent, limit),
    state: stateOf(budget, spent, limit, forecast),
    unpricedCalls: Number(sumFrom(unpriced, period.fromMs)),
  }
}

/** A share as 10⁻⁹, so that thresholds are compared in integers too. */
const nanoShare = (share: number): bigint => BigInt(Math.round(share * 1e9))
const reaches = (spent: bigint, limit: bigint, threshold: number): boolean =>
  spent * NANO >= limit * nanoShare(threshold)

/** The limit itself always counts as a threshold. */
const thresholdsOf = ({ thresholds }: Budget): number[] => [...new Set([...thresholds, 1])].toSorted((a, b) => a - b)

const crossings = (
  budget: Budget,
  { fromMs, values }: ExactSeries,
  period: PeriodBounds,
  limit: bigint,
): BudgetState['crossed'] => {
  const waiting = thresholdsOf(budget)
  const crossed: BudgetState['crossed'] = []
  let spent = 0n
  for (let at = Math.max(0, Math.round((period.fromMs - fromMs) / HOUR_MS)); at < values.length; at++) {
    spent += values[at]!
    while (waiting.length > 0 && reaches(spent, limit, waiting[0]!))
      crossed.push({ threshold: waiting.shift()!, at: isoOfMs(fromMs + at * HOUR_MS) })
  }
  return crossed
}

const breachAt = ({ hours }: ForecastOfPeriod, spent: bigint, limit: bigint): string | null => {
  let reached = Number(spent) / 1e9
  for (const { fromMs, expected } of hours) {
    reached += expected
    if (reached >= Number(limit) / 1e9) return isoOfMs(fromMs)
  }
  return null
}

const stateOf = (budget: Budget, spent: bigint, limit: bigint, { total }: ForecastOfPeriod): BudgetState['state'] => {
  if (spent >= limit) return 'breached'
  const last = thresholdsOf(budget).findLast((threshold) => threshold < 1)
  if (last !== undefined && reaches(spent, limit, last)) return 'warning'
  return total && total.expected >= Number(limit) / 1e9 ? 'forecast_breach' : 'ok'
}
