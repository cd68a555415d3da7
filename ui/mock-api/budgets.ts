import type { Anomaly, BudgetState, Forecast } from '../../schema/api/budgets.ts'
import { sumUsd } from '../util/money.ts'

interface Call {
  readonly nowMs: number
}

const DAY_MS = 86_400_000
const iso = (ms: number) => new Date(ms).toISOString()

const BUDGETS = [
  { name: 'Support', scope: { team: 'support' }, period: 'month', limit: '42', share: 0.61 },
  { name: 'Sales research', scope: { agent: 'sales-research' }, period: 'week', limit: '30', share: 1.07 },
  { name: 'Everything', scope: {}, period: 'month', limit: '240', share: 0.83 },
  {
    name: 'Acme <img src=x onerror=alert(1)>',
    scope: { customer: 'acme-eu' },
    period: 'month',
    limit: '60',
    share: 0.4,
  },
] as const

export const budgetsOf = ({ nowMs }: Call): readonly BudgetState[] =>
  BUDGETS.map(({ name, scope, period, limit, share }, i) => {
    const spent = Number(limit) * share
    const forecast = spent * 1.34
    const thresholds = [0.5, 0.8, 1]
    return {
      budget: { name, scope, metric: 'usd', period, limit, thresholds },
      periodFrom: iso(nowMs - 20 * DAY_MS),
      periodTo: iso(nowMs + 9 * DAY_MS),
      spent: spent.toFixed(2),
      share,
      crossed: thresholds
        .filter((one) => one <= share)
        .map((threshold, n) => ({ threshold, at: iso(nowMs - (6 - n * 2) * DAY_MS) })),
      forecast: forecast.toFixed(2),
      p10: (forecast * 0.93).toFixed(2),
      p90: (forecast * 1.1).toFixed(2),
      breachAt: forecast > Number(limit) ? iso(nowMs + 5 * DAY_MS) : null,
      state:
        share >= 1 ? 'breached' : share >= 0.8 ? 'warning' : forecast * 0.99 > Number(limit) ? 'forecast_breach' : 'ok',
      unpricedCalls: i === 0 ? 214 : 0,
    }
  })

export const forecastOf = ({ nowMs }: Call): Forecast => {
  const first = Date.UTC(new Date(nowMs).getUTCFullYear(), new Date(nowMs).getUTCMonth(), 1)
  const today = Math.floor((nowMs - first) / DAY_MS)
  const points = Array.from({ length: 30 }, (_, day): Forecast['points'][number] => {
    const time = iso(first + day * DAY_MS)
    const weekend = [0, 6].includes(new Date(time).getUTCDay())
    const usd = (weekend ? 4.2 : 9.6) + ((day * 7) % 5) * 0.4
    return day < today
      ? { time, actualUsd: usd.toFixed(2), forecastUsd: null, p10Usd: null, p90Usd: null }
      : {
          time,
          actualUsd: day === today ? (usd * 0.5).toFixed(2) : null,
          forecastUsd: usd.toFixed(2),
          p10Usd: (usd * 0.8).toFixed(2),
          p90Usd: (usd * 1.25).toFixed(2),
        }
  })
  const spent = sumUsd(points.flatMap((point) => point.actualUsd ?? []))
  const all = Number(spent) + points.reduce((sum, point) => sum + Number(point.forecastUsd ?? 0), 0)
  return {
    period: { from: points[0]!.time, to: iso(first + 30 * DAY_MS) },
    spentUsd: spent,
    forecastUsd: all.toFixed(2),
    p10Usd: (all * 0.95).toFixed(2),
    p90Usd: (all * 1.06).toFixed(2),
    historyDays: 41,
    method: 'run rate of the last 28 days × weekday season, P10 and P90 by simulation',
    points,
    asOf: iso(nowMs),
  }
}

export const anomaliesOf = ({ nowMs }: Call): readonly Anomaly[] => [
  {
    time: iso(Math.floor((nowMs - 2.4 * DAY_MS) / 3_600_000) * 3_600_000),
    costUsd: '4.811200',
    expectedUsd: '0.912000',
    z: 8.7,
    direction: 'up',
    contributors: [
      {
        key: { agent: 'refund-agent', version: 'v14' },
        costUsd: '3.9',
        expectedUsd: '0.31',
        deltaUsd: '3.59',
      },
      { key: { agent: 'code-review', version: null }, costUsd: '0.61', expectedUsd: '0.5', deltaUsd: '0.11' },
    ],
  },
]
