import { z } from 'zod'
import { COMPONENTS } from '../model/component.ts'
import { DIMENSION_NAMES } from '../model/dimension.ts'
import { OUTCOMES } from '../model/kind.ts'
import { Target } from './late-facts.ts'
import { isoTime, Usage, usd } from './shapes.ts'

/** Shapes of everything about money (interface.md; semantics.md §2, §6, §8). Money is decimal text in US dollars unless a currency stands beside it. */
const count = z.int().nonnegative()
const share = z.number().describe('0 to 1')
export const DimensionName = z.enum(DIMENSION_NAMES as [(typeof DIMENSION_NAMES)[number], ...typeof DIMENSION_NAMES])
/** What telemetry did not say is null, never left away. */
export const CostKey = z.record(z.string(), z.string().nullable())
export const Components = z.object(
  Object.fromEntries(COMPONENTS.map((name) => [name, usd])) as Record<(typeof COMPONENTS)[number], typeof usd>,
)
const costStatus = z.enum(['complete', 'partial', 'none'])
export const INTERVALS = ['hour', 'day', 'week', 'month'] as const
export type CostInterval = (typeof INTERVALS)[number]

const costFigures = {
  usage: Usage,
  calls: count,
  runs: count,
  costUsd: usd.describe('model, tools, review, evaluation and platform together; only what is priced'),
  components: Components,
  allocatedUsd: usd.describe('the part of costUsd that is a share of costs that belong to no run'),
  reportedUsd: usd.describe('the part of costUsd that emitters said themselves'),
  costStatus,
  unpricedCalls: count.describe('calls with usage and no price: not in costUsd'),
}
/** GET /api/costs: one line per key and period. */
export const CostItem = z.object({
  key: CostKey,
  period: isoTime.nullable().describe('start of the UTC hour, day, ISO week or month; null without interval'),
  ...costFigures,
})
export type CostItem = z.infer<typeof CostItem>
export const CostReport = z.object({
  items: z.array(CostItem),
  total: z.object(costFigures),
  next: z.string().nullable(),
  from: isoTime,
  to: isoTime,
  asOf: isoTime.describe('the ledger as it stood then; ask again with as_of to get the same figures'),
  coverage: share.nullable().describe('share of the calls with usage that have a price'),
  provisional: z.boolean().describe('the range is not over, or runs of it are younger than a day: more may come'),
})
export type CostReport = z.infer<typeof CostReport>

/** GET /api/costs/per-outcome (semantics.md §6). */
export const CostPerOutcome = z.object({
  key: CostKey,
  period: isoTime.nullable(),
  costUsd: usd,
  runs: count.describe('that ended in the period'),
  settled: count.describe('with an outcome'),
  successes: count,
  costPerSuccess: usd.nullable().describe('null where nothing succeeded: not 0, not infinite'),
  interval: z
    .tuple([usd, usd])
    .nullable()
    .describe('95 % bootstrap percentile interval over runs, seeded; null where too few succeeded to tell'),
  coverage: share.nullable().describe('settled / finished'),
  provisional: z.boolean(),
  unpricedCalls: count,
  costStatus,
  wasteUsd: usd.describe(
    'cost of runs that a guardrail blocked, that looped or that failed, and did not succeed; a run counts once, for the first of these',
  ),
  wasteShare: share.nullable(),
  waste: z.object({ failed: usd, looping: usd, blocked: usd }),
  components: Components,
  outcomes: z.object(
    Object.fromEntries(OUTCOMES.map((o) => [o, count])) as Record<(typeof OUTCOMES)[number], typeof count>,
  ),
})
export type CostPerOutcome = z.infer<typeof CostPerOutcome>
export const CostPerOutcomeReport = z.object({
  items: z.array(CostPerOutcome),
  total: CostPerOutcome,
  next: z.string().nullable(),
  from: isoTime,
  to: isoTime,
  asOf: isoTime,
})
export type CostPerOutcomeReport = z.infer<typeof CostPerOutcomeReport>

/** What a shared cost can be split over: what a run or a call is known by, and few enough to charge. */
export const SHARED_OVER = [
  'team',
  'costCenter',
  'agent',
  'version',
  'workflow',
  'model',
  'provider',
  'customer',
  'env',
  'tool',
] as const satisfies readonly DimensionWord[]
export type SharedOver = (typeof SHARED_OVER)[number]
type DimensionWord = (typeof DIMENSION_NAMES)[number]

const day = z
  .string()
  .regex(
    /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/,
    'a day or a UTC time: 2026-11-01 or 2026-11-01T00:00:00Z',
  )
  .refine((text) => !Number.isNaN(Date.parse(text)), 'no such day')

/** Costs of a period that belong to no run, split over the values of a dimension (PUT /api/shared-costs). */
export const SharedCost = z
  .object({
    name: z.string().min(1).max(100),
    amountUsd: z
      .string()
      .regex(/^-?\d{1,9}(\.\d{1,9})?$/, 'US dollars as a decimal string, to the nano-dollar, below a billion')
      .describe('below 0 for a credit'),
    from: day.describe('inclusive'),
    to: day.describe('exclusive; the amount grows evenly from the one to the other'),
    component: z.enum(COMPONENTS).default('platform'),
    rule: z
      .enum(['tokens', 'cost', 'even', 'fixed'])
      .describe(
        'in proportion to tokens or cost of the whole period, the same for each that had a call in it, or the given shares',
      ),
    over: z.enum(SHARED_OVER).default('team').describe('whose values share it'),
    shares: z
      .record(z.string().max(1000), z.number().min(0).max(1))
      .default({})
      .describe("rule fixed: value → share; what is missing to 1 is nobody's"),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), { path: ['to'], message: 'must lie after from' })
  .refine(({ rule, shares }) => rule !== 'fixed' || Object.values(shares).reduce((a, b) => a + b, 0) <= 1 + 1e-9, {
    path: ['shares'],
    message: 'are more than 1 together',
  })
  .refine(({ rule, shares }) => (rule === 'fixed') === Object.keys(shares).length > 0, {
    path: ['shares'],
    message: 'are for rule fixed, and it needs some',
  })
export type SharedCost = z.infer<typeof SharedCost>

export const SharedCosts = z.object({
  items: z
    .array(SharedCost)
    .max(500)
    .refine((items) => new Set(items.map(({ name }) => name)).size === items.length, 'each name may stand once'),
})
export type SharedCosts = z.infer<typeof SharedCosts>
export const SharedCostsSetting = z.object({
  ...SharedCosts.shape,
  version: z.string().nullable().describe('of the document; null while there is none'),
  changedAt: isoTime.nullable(),
  actor: z.string().nullable(),
})
export type SharedCostsSetting = z.infer<typeof SharedCostsSetting>

export const Savings = z.object({
  cache: z.object({
    readTokens: count,
    hitShare: share.nullable().describe('cached share of the input of calls whose model caches'),
    savedUsd: usd.describe('against the uncached price, less what writing the cache cost more'),
    couldSaveUsd: usd.nullable().describe('if every agent cached as the best of its model does'),
  }),
  waste: z.object({
    failedCallsUsd: usd,
    retriedCallsUsd: usd.describe('failed calls that were asked again in the same run'),
    loopsUsd: usd.describe('the same tool failing for the third time in a row and more, with the model calls between'),
    failedRunsUsd: usd.describe('calls of runs that failed'),
    blockedRunsUsd: usd.describe('calls of runs that a guardrail blocked and that did not succeed'),
  }),
  items: z
    .array(z.object({ key: CostKey, savedUsd: usd, wasteUsd: usd, cacheHitShare: share.nullable() }))
    .describe('wasteUsd: whatever was wasted, each dollar once'),
})
export type Savings = z.infer<typeof Savings>

/** What an export holds and how to check it; beside every file, and GET /api/costs/manifest. */
export const Manifest = z.object({
  report: z.string(),
  format: z.string(),
  query: z.record(z.string(), z.unknown()),
  from: isoTime,
  to: isoTime,
  asOf: isoTime,
  rows: count,
  sumUsd: usd,
  unpricedCalls: count.describe(
    'calls with usage and no price: their tokens are in no sum of money, and in no row of FOCUS',
  ),
  sha256: z.string().describe('of the bytes of the file, hex'),
  bytes: count,
  columns: z.array(z.string()),
  createdAt: isoTime,
  recountVersion: z.string(),
  priceBook: z.string(),
})
export type Manifest = z.infer<typeof Manifest>

/** Money that nobody traced at its time (POST /api/charges): a fee, minutes of review, overhead. */
export const Charge = z
  .strictObject({
    id: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('the same id again changes nothing; absent: all that is said here is the id'),
    component: z.enum(COMPONENTS),
    amountUsd: z
      .string()
      .regex(/^-?\d{1,7}(\.\d{1,9})?$/, 'US dollars as decimal text, up to nine places; below 0 gives back')
      .optional(),
    minutes: z
      .number()
      .positive()
      .max(525_600)
      .optional()
      .describe("of a person; priced by the project's rate where no amount stands beside"),
    at: z.string().optional().describe('ISO 8601; absent: the end of its run'),
    target: Target.describe('of a session or key its last run bears it'),
    note: z.string().max(500).default(''),
  })
  .refine(({ amountUsd, minutes }) => amountUsd !== undefined || minutes !== undefined, 'says an amountUsd or minutes')
  .refine(
    ({ amountUsd, component }) => amountUsd !== undefined || component === 'review',
    'minutes alone are of component review',
  )
export type Charge = z.output<typeof Charge>
