import { z } from 'zod'
import { CostKey, DimensionName } from './costs.ts'
import { isoTime, usd } from './shapes.ts'

const count = z.int().nonnegative()

/** GET/PUT /api/budgets. */
export const BUDGET_METRICS = ['usd', 'tokens', 'runs'] as const
export const Budget = z.object({
  name: z.string().min(1).max(100),
  scope: z.partialRecord(DimensionName, z.string()).default({}).describe('empty: the whole project'),
  metric: z.enum(BUDGET_METRICS).default('usd'),
  period: z.enum(['day', 'week', 'month']).default('month'),
  limit: z.string().regex(/^\d+(\.\d+)?$/),
  thresholds: z.array(z.number().positive().max(10)).max(10).default([0.5, 0.8, 1]),
})
export type Budget = z.infer<typeof Budget>
export const BUDGET_STATES = ['ok', 'forecast_breach', 'warning', 'breached'] as const
export const BudgetState = z.object({
  budget: Budget,
  periodFrom: isoTime,
  periodTo: isoTime,
  spent: z.string(),
  share: z.number(),
  crossed: z.array(z.object({ threshold: z.number(), at: isoTime })),
  forecast: z.string().nullable(),
  p10: z.string().nullable(),
  p90: z.string().nullable(),
  breachAt: isoTime.nullable().describe('when the forecast crosses the limit in this period'),
  state: z.enum(BUDGET_STATES),
  unpricedCalls: count.describe('calls in scope whose cost is not in `spent`'),
})
export type BudgetState = z.infer<typeof BudgetState>

export const ForecastPoint = z.object({
  time: isoTime,
  actualUsd: usd.nullable(),
  forecastUsd: usd.nullable(),
  p10Usd: usd.nullable(),
  p90Usd: usd.nullable(),
})
export const Forecast = z.object({
  period: z.object({ from: isoTime, to: isoTime }),
  spentUsd: usd,
  forecastUsd: usd.nullable().describe('of the whole period; null while there are fewer than 7 days of history'),
  p10Usd: usd.nullable(),
  p90Usd: usd.nullable(),
  historyDays: count,
  method: z.string(),
  points: z.array(ForecastPoint),
  asOf: isoTime,
})
export type Forecast = z.infer<typeof Forecast>

export const Anomaly = z.object({
  time: isoTime.describe('start of the hour'),
  costUsd: usd,
  expectedUsd: usd.describe('median of the same hour of the same weekday before'),
  z: z.number().describe('robust: 0.6745 · (x − median) / MAD'),
  direction: z.enum(['up', 'down']),
  contributors: z.array(z.object({ key: CostKey, costUsd: usd, expectedUsd: usd, deltaUsd: usd })),
})
export type Anomaly = z.infer<typeof Anomaly>
