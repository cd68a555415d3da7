import { z } from 'zod'
import { COMPONENTS } from '../model/component.ts'
import { OUTCOMES } from '../model/kind.ts'
import { PERIODS } from '../model/period.ts'
import { CostFilters, CostMoment, dimensions } from './cost-queries.ts'
import { CostKey, DimensionName } from './costs.ts'
import { Paging } from './endpoint.ts'
import { isoTime, usd } from './shapes.ts'

const count = z.int().nonnegative()

/** GET/PUT /api/budgets. */
export const BUDGET_METRICS = ['usd', 'tokens', 'runs'] as const
export const Budget = z.object({
  name: z.string().min(1).max(100),
  scope: z
    .partialRecord(DimensionName, z.string().min(1).max(500))
    .superRefine((scope, context) => {
      for (const [name, words] of [
        ['component', COMPONENTS],
        ['outcome', OUTCOMES],
      ] as const)
        if (scope[name] !== undefined && !(words as readonly string[]).includes(scope[name]))
          context.addIssue({ code: 'custom', path: [name], message: `must be one of ${words.join(', ')}` })
    })
    .default({})
    .describe("dimension → value, '(not set)' where telemetry says nothing; empty: the whole project"),
  metric: z.enum(BUDGET_METRICS).default('usd'),
  period: z.enum(PERIODS).default('month').describe('of the calendar in UTC; weeks from Monday'),
  limit: z
    .string()
    .regex(/^\d{1,15}(\.\d{1,9})?$/, 'a decimal number as text, such as "500" or "12.50"')
    .refine((text) => /[1-9]/.test(text), 'must be more than 0')
    .describe('dollars, tokens or runs in a period'),
  thresholds: z.array(z.number().min(0.001).max(10)).max(10).default([0.5, 0.8, 1]),
})
export type Budget = z.infer<typeof Budget>
/** PUT /api/budgets: all budgets of the project; what is not among them is gone. */
export const BudgetList = z.object({
  budgets: z
    .array(Budget)
    .max(200)
    .refine((budgets) => new Set(budgets.map(({ name }) => name)).size === budgets.length, 'two budgets have one name'),
})

export const BUDGET_STATES = ['ok', 'forecast_breach', 'warning', 'breached'] as const
export const BudgetState = z.object({
  budget: Budget,
  periodFrom: isoTime,
  periodTo: isoTime,
  spent: z.string(),
  share: z.number(),
  crossed: z
    .array(z.object({ threshold: z.number(), at: isoTime }))
    .describe(
      'thresholds of this period that were reached, and in which hour; the limit itself (1) is always among them',
    ),
  forecast: z.string().nullable(),
  p10: z.string().nullable(),
  p90: z.string().nullable(),
  breachAt: isoTime
    .nullable()
    .describe('hour in which the forecast reaches the limit; null where it does not, or where it is reached'),
  state: z
    .enum(BUDGET_STATES)
    .describe(
      'breached: the limit is reached; warning: the last threshold below it; forecast_breach: the forecast reaches it',
    ),
  unpricedCalls: count.describe('calls in scope whose cost is not in `spent`'),
})
export type BudgetState = z.infer<typeof BudgetState>

export const ForecastQuery = z.object({
  ...CostFilters.omit({ from: true, to: true }).shape,
  ...CostMoment.shape,
  period: z.enum(PERIODS).default('month').describe('the one that is under way'),
})

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

export const ANOMALY_KEYS_MAX = 2
export const AnomalyQuery = z.object({
  ...CostFilters.shape,
  ...CostMoment.shape,
  ...Paging.shape,
  by: dimensions(ANOMALY_KEYS_MAX).default(['agent', 'model']).describe('what contributors are told apart by'),
  threshold: z.coerce.number().min(1).max(100).default(3.5).describe('of |z|'),
  minUsd: z.coerce.number().nonnegative().default(1).describe('what differs by less is not told'),
})

export const Anomaly = z.object({
  time: isoTime.describe('start of the hour'),
  costUsd: usd,
  expectedUsd: usd.describe('median of the same hour of the same weekday before'),
  z: z.number().describe('robust: 0.6745 · (x − median) / MAD'),
  direction: z.enum(['up', 'down']),
  contributors: z.array(z.object({ key: CostKey, costUsd: usd, expectedUsd: usd, deltaUsd: usd })),
})
export type Anomaly = z.infer<typeof Anomaly>
