import { z } from 'zod'
import { COMPONENTS } from '../model/component.ts'
import { USAGE_BUCKETS } from '../model/usage.ts'
import { CostKey } from './costs.ts'
import { isoTime, Usage, usd } from './shapes.ts'

const count = z.int().nonnegative()
const moment = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), 'is no ISO 8601 time')
  .describe('ISO 8601')

/** GET /api/costs/unpriced: what no price is known for, most tokens first. */
export const Unpriced = z.object({
  provider: z.string(),
  model: z.string(),
  serviceTier: z.string(),
  calls: count,
  runs: count,
  usage: Usage,
  firstSeen: isoTime,
  lastSeen: isoTime,
  reason: z
    .string()
    .describe(
      'unknown provider, unknown model, tier without a price, bucket without a price, no usage; or that a price is known by now: re-price',
    ),
  similar: z
    .array(z.object({ provider: z.string(), model: z.string() }))
    .describe('models of the book with a like name'),
})
export type Unpriced = z.infer<typeof Unpriced>

/** How the cost of one call came about, line by line: GET /api/traces/{traceId}/spans/{spanId}/cost. */
export const CostLine = z.object({
  bucket: z.enum(USAGE_BUCKETS).nullable().describe('null: not tokens (a fee, minutes, a charge)'),
  label: z.string(),
  quantity: z.number(),
  unit: z.string().describe('tokens, calls, minutes, …'),
  unitPrice: z
    .string()
    .nullable()
    .describe('in `currency` per million tokens, per call, per minute; null where unknown'),
  cost: usd.nullable().describe('in US dollars'),
})
export type CostLine = z.infer<typeof CostLine>
export const CostExplanation = z.object({
  traceId: z.string(),
  spanId: z.string(),
  runId: z.string(),
  counted: z.boolean().describe('false: this span repeats what another one already says; see countedAs'),
  countedAs: z.string().nullable().describe('span whose call holds this cost; null where nothing of it counts'),
  component: z.enum(COMPONENTS).nullable(),
  costUsd: usd.nullable(),
  costStatus: z.enum(['free', 'reported', 'computed', 'unpriced']),
  reportedUsd: usd.nullable().describe('what the emitter said'),
  computedUsd: usd.nullable().describe('what the price book says'),
  wins: z.enum(['reported', 'computed']).describe("the project's choice where both are known"),
  priceRef: z.string().nullable(),
  price: z
    .object({
      book: z.string().describe('name and version'),
      origin: z.enum(['built-in', 'override']),
      provider: z.string(),
      model: z.string().describe('the entry or pattern that matched'),
      serviceTier: z.string(),
      contextTier: z.string().nullable().describe('e.g. > 200000 input tokens'),
      currency: z.string(),
      usdPerUnit: z.string().describe('one unit of the currency in US dollars'),
      validFrom: isoTime.nullable(),
      source: z.string().describe('where the price was taken from'),
    })
    .nullable(),
  lines: z.array(CostLine),
  why: z.string().describe('one sentence'),
  talliedAt: isoTime,
})
export type CostExplanation = z.infer<typeof CostExplanation>

/** One dated price of a project (PUT /api/prices): what it does not say is taken from the built-in book. */
export const PriceOverride = z.object({
  provider: z
    .string()
    .min(1)
    .max(100)
    .describe('canonical id: openai, anthropic, aws.bedrock, …; * for every provider'),
  model: z.string().min(1).max(200).describe('exact name, or a pattern with * at its end or in it'),
  serviceTier: z.enum(['standard', 'batch', 'flex', 'priority', 'fast', '*']).default('standard'),
  /** From so many input tokens of one call on; 0: from the first. */
  fromInputTokens: count.default(0),
  validFrom: moment.optional().describe('absent: since ever'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('USD'),
  usdPerUnit: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,9})?$/)
    .default('1')
    .describe('one unit of the currency in US dollars, at the time of the price'),
  perMillionTokens: z.partialRecord(z.enum(USAGE_BUCKETS), z.string().regex(/^\d{1,6}(\.\d{1,9})?$/)),
  source: z.string().max(500).default(''),
})
export type PriceOverride = z.infer<typeof PriceOverride>
export const ToolFee = z.object({
  tool: z.string().min(1).max(200).describe('name, or a pattern with *'),
  usdPerCall: usd,
  validFrom: moment.optional(),
})
export type ToolFee = z.infer<typeof ToolFee>
export const PRICE_OVERRIDES_MAX = 5_000
/** The project's document of prices. */
export const PriceSettings = z.object({
  overrides: z.array(PriceOverride).max(PRICE_OVERRIDES_MAX).default([]),
  toolFees: z.array(ToolFee).max(1_000).default([]),
  reviewUsdPerMinute: usd.default('0'),
  wins: z.enum(['reported', 'computed']).default('reported').describe('which cost counts where a call has both'),
})
export type PriceSettings = z.infer<typeof PriceSettings>
export const Prices = z.object({
  book: z.object({ name: z.string(), version: z.string(), models: count }),
  settings: PriceSettings,
  version: z.string().nullable().describe('of the settings; null while nothing was changed'),
  changedAt: isoTime.nullable(),
  actor: z.string().nullable(),
})
export type Prices = z.infer<typeof Prices>

/** POST /api/prices/import: a price file of LiteLLM as overrides. */
export const PriceImport = z.object({
  overrides: count.describe('that the file gives beyond what the built-in book says'),
  skipped: count,
  reasons: z.array(z.object({ reason: z.string(), count, examples: z.array(z.string()) })),
  items: z.array(PriceOverride).describe('the first of them'),
  applied: z.boolean(),
  version: z.string().nullable().describe('of the settings that hold them now'),
})
export type PriceImport = z.infer<typeof PriceImport>

export const RepriceRequest = z.object({
  from: z.string().describe('ISO 8601 or now-30d: calls that started from here on'),
  to: z.string().default('now'),
  dryRun: z.boolean().default(false).describe('says what would change, and changes nothing'),
  reason: z.string().max(500).default('').describe('stands in the audit log; needed unless it is a dry run'),
})

/** POST /api/prices/reprice and its GET: history priced anew, each change an entry of the ledger. */
export const RepriceJob = z.object({
  state: z.enum(['none', 'running', 'done', 'failed']),
  from: z.string(),
  to: z.string(),
  dryRun: z.boolean(),
  reason: z.string(),
  runsRead: count,
  runsChanged: count,
  callsChanged: count,
  beforeUsd: usd,
  afterUsd: usd,
  /** Ask any report with as_of = this to see what it said before. */
  asOfBefore: isoTime.nullable(),
  bookVersion: z.string(),
  seconds: z.number(),
  error: z.string(),
})
export type RepriceJob = z.infer<typeof RepriceJob>

export const WhatIf = z.object({
  currentUsd: usd,
  whatIfUsd: usd.nullable(),
  deltaUsd: usd.nullable(),
  calls: count,
  unpricedCalls: count,
  model: z.object({ provider: z.string(), model: z.string(), priceRef: z.string() }),
  items: z.array(z.object({ key: CostKey, calls: count, usage: Usage, currentUsd: usd, whatIfUsd: usd.nullable() })),
  note: z.string().describe('what the figure assumes: the same tokens, which another tokenizer would count otherwise'),
})
export type WhatIf = z.infer<typeof WhatIf>
