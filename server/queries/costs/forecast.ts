import type { Forecast } from '../../../schema/api/budgets.ts'
import type { CostFilters } from '../../../schema/api/cost-queries.ts'
import type { Database } from '../../../schema/clickhouse/database.ts'
import { DAY_MS, HOUR_MS, type Period, type PeriodBounds, periodAt } from '../../../schema/model/period.ts'
import { usdOf } from '../../answers/money.ts'
import { isoOfMs } from '../../answers/time.ts'
import { type ForecastOfPeriod, forecastPeriod, type Spread } from '../../statistics/forecast.ts'
import { lookBack } from './budgets.ts'
import { type ExactSeries, estimateUsd, hourlyCosts, inUnits, sumFrom } from './hourly.ts'

const METHOD =
  'what is spent, and for the rest the run rate of the last 14 days times a factor per weekday of up to 8 weeks; today by the hours that are over; P10 and P90 of 1,000 paths made of weeks that happened (seeded)'

/** What the period under way will have cost. @throws HttpProblem 400, DatabaseError */
export const costForecast = async (
  database: Database,
  projectId: number,
  wish: { readonly filters: CostFilters; readonly asOf: string | undefined; readonly period: Period },
  clockMs: number,
): Promise<Forecast> => {
  const { usd, nowMs, asOfMs } = await hourlyCosts(database, projectId, { ...wish, from: lookBack }, clockMs)
  const period = periodAt(wish.period, nowMs)
  const forecast = forecastPeriod(inUnits(usd), period, nowMs)
  const spread = estimates(forecast.total)
  return {
    period: { from: isoOfMs(period.fromMs), to: isoOfMs(period.toMs) },
    spentUsd: usdOf(sumFrom(usd, period.fromMs)),
    ...spread,
    historyDays: forecast.historyDays,
    method: METHOD,
    points: wish.period === 'day' ? hourPoints(usd, period, forecast, nowMs) : dayPoints(usd, period, forecast, nowMs),
    asOf: isoOfMs(asOfMs),
  }
}

const estimates = (spread: Spread | undefined): Pick<Forecast, 'forecastUsd' | 'p10Usd' | 'p90Usd'> => {
  const text = (value: number | undefined) => (value === undefined ? null : usdOf(estimateUsd(value)))
  return { forecastUsd: text(spread?.expected), p10Usd: text(spread?.p10), p90Usd: text(spread?.p90) }
}

const dayPoints = (
  usd: ExactSeries,
  period: PeriodBounds,
  { days }: ForecastOfPeriod,
  nowMs: number,
): Forecast['points'] => {
  const ahead = new Map(days.map((day) => [day.fromMs, day]))
  return steps(period, DAY_MS).map((fromMs) => ({
    time: isoOfMs(fromMs),
    actualUsd: fromMs < nowMs ? usdOf(sumFrom(usd, fromMs) - sumFrom(usd, fromMs + DAY_MS)) : null,
    ...estimates(ahead.get(fromMs)),
  }))
}

/** Of one day its hours; the band of the day is spread over the hours that are to come, as the forecast is. */
const hourPoints = (
  usd: ExactSeries,
  period: PeriodBounds,
  { hours, total }: ForecastOfPeriod,
  nowMs: number,
): Forecast['points'] => {
  const ahead = new Map(hours.map(({ fromMs, expected }) => [fromMs, expected]))
  const left = hours.reduce((sum, { expected }) => sum + expected, 0)
  const spent = (total?.expected ?? 0) - left
  const scale = (end: number) => (left > 0 ? (end - spent) / left : 1)
  return steps(period, HOUR_MS).map((fromMs) => {
    const actual = sumFrom(usd, fromMs) - sumFrom(usd, fromMs + HOUR_MS)
    const already = Number(actual) / 1e9
    const more = ahead.get(fromMs)
    return {
      time: isoOfMs(fromMs),
      actualUsd: fromMs < nowMs ? usdOf(actual) : null,
      ...estimates(
        more === undefined || !total
          ? undefined
          : {
              expected: already + more,
              p10: already + more * scale(total.p10),
              p90: already + more * scale(total.p90),
            },
      ),
    }
  })
}

const steps = ({ fromMs, toMs }: PeriodBounds, stepMs: number): number[] =>
  Array.from({ length: Math.round((toMs - fromMs) / stepMs) }, (_, i) => fromMs + i * stepMs)
