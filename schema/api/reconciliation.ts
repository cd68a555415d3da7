import { z } from 'zod'
import { CLOSE_DIMENSIONS } from '../model/dimension.ts'
import { CostKey } from './costs.ts'
import { isoTime, usd } from './shapes.ts'

const count = z.int().nonnegative()
export const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'a month is written 2026-10')
const share = z.number().describe('0 to 1')

/** GET /api/reconciliations: traced against billed, and why they differ. */
export const VARIANCE_CAUSES = [
  'untraced_traffic',
  'price_book_drift',
  'cache_or_batch_discount',
  'priority_tier',
  'unpriced_model',
  'rounding',
  'late_data',
  'unattributed',
] as const
/** How a cause was found: both sides name it, or the figures have its pattern. */
export const CAUSE_BASES = ['measured', 'inferred'] as const
export const ReconciliationItem = z.object({
  day: z.string().describe('UTC date'),
  provider: z.string(),
  account: z
    .string()
    .describe(
      "the provider's project or workspace; several are joined, because telemetry names none; '' where the bill names none",
    ),
  accounts: z.array(z.object({ account: z.string(), billedUsd: usd })),
  model: z.string().describe("'' where the bill does not say"),
  tracedUsd: usd,
  billedUsd: usd,
  varianceUsd: usd.describe('billed − traced: the sum of its causes'),
  varianceShare: z.number().nullable().describe('of what is billed; null where nothing is'),
  tracedCalls: count,
  causes: z.array(
    z.object({ cause: z.enum(VARIANCE_CAUSES), usd, basis: z.enum(CAUSE_BASES).nullable(), detail: z.string() }),
  ),
})
export type ReconciliationItem = z.infer<typeof ReconciliationItem>

/** A bill of one provider and month, as it was imported. */
export const Bill = z.object({
  name: z.string(),
  month: z.string(),
  provider: z.string(),
  format: z.string(),
  firstDay: z.string(),
  lastDay: z.string(),
  rows: count,
  billedUsd: usd,
  sha256: z.string().describe('of the file'),
  importedAt: isoTime,
  actor: z.string(),
  rates: z.record(z.string(), z.string()).describe('currency → US dollars per unit, where the bill was in another'),
  skippedLines: count.describe('lines that were not understood and left out, because partial=true was asked for'),
})
export type Bill = z.infer<typeof Bill>

export const Reconciliation = z.object({
  month,
  items: z.array(ReconciliationItem),
  total: z.object({
    tracedUsd: usd,
    billedUsd: usd.describe('the sum of the bills'),
    varianceUsd: usd,
    unattributedUsd: usd,
    explainedShare: share.nullable().describe('of the variances without their signs; null where there is none'),
    causes: z.partialRecord(z.enum(VARIANCE_CAUSES), usd),
  }),
  bills: z.array(Bill),
  withoutBill: z
    .array(z.object({ provider: z.string(), tracedUsd: usd, calls: count }))
    .describe('traced providers of the month that no bill names: not in the items'),
  asOf: isoTime,
  next: z.string().nullable(),
})
export type Reconciliation = z.infer<typeof Reconciliation>

export const BillImport = z.object({
  bills: z.array(z.object({ ...Bill.shape, state: z.enum(['imported', 'unchanged']) })),
  skipped: z.array(z.object({ line: z.string(), reason: z.string() })).describe('the first hundred'),
  skippedCount: count,
})
export type BillImport = z.infer<typeof BillImport>

/** A closed month: a moment of the ledger, what it said, and what came later as adjustments. */
export const Adjustment = z.object({ key: CostKey, closedUsd: usd, nowUsd: usd, adjustmentUsd: usd })
export type Adjustment = z.infer<typeof Adjustment>
export const MonthClose = z.object({
  month,
  asOf: isoTime.describe('ask any report with as_of = this to see what it said'),
  closedAt: isoTime,
  closedBy: z.string(),
  note: z.string(),
  costUsd: usd,
  billedUsd: usd.nullable(),
  rows: count,
  sha256: z.string().describe('of the frozen rows as CSV: GET /api/closes/{month}?format=csv'),
  adjustments: z.array(Adjustment).describe('the largest; all of them at /api/closes/{month}/adjustments'),
  adjustmentUsd: usd,
})
export type MonthClose = z.infer<typeof MonthClose>

const word = z.string().nullable()
/** One frozen row: what a day, a call's own words and its run's came to when the month was closed. */
export const ClosedCost = z.object({
  day: z.string(),
  ...(Object.fromEntries(CLOSE_DIMENSIONS.map((name) => [name, word])) as Record<
    (typeof CLOSE_DIMENSIONS)[number],
    typeof word
  >),
  calls: z.int(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  costUsd: usd,
})
export type ClosedCost = z.infer<typeof ClosedCost>

export const CloseRequest = z.object({
  month,
  action: z.enum(['close', 'reopen']).default('close'),
  note: z.string().max(1000).default('').describe('why; a month that is opened again needs one'),
  force: z.boolean().default(false).describe('close although the ledger still settles'),
})
