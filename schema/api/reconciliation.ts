import { z } from 'zod'
import { CostKey } from './costs.ts'
import { isoTime, usd } from './shapes.ts'

const count = z.int().nonnegative()
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
export const ReconciliationItem = z.object({
  day: z.string().describe('UTC date'),
  provider: z.string(),
  account: z.string().describe("the provider's project or workspace; '' where the bill names none"),
  model: z.string().describe("'' where the bill does not say"),
  tracedUsd: usd,
  billedUsd: usd,
  varianceUsd: usd.describe('billed − traced'),
  varianceShare: z.number().nullable(),
  causes: z.array(z.object({ cause: z.enum(VARIANCE_CAUSES), usd, detail: z.string() })),
})
export type ReconciliationItem = z.infer<typeof ReconciliationItem>
export const Reconciliation = z.object({
  month: z.string().regex(/^\d{4}-\d{2}$/),
  items: z.array(ReconciliationItem),
  total: z.object({
    tracedUsd: usd,
    billedUsd: usd,
    varianceUsd: usd,
    unattributedUsd: usd,
    explainedShare: share.nullable(),
  }),
  bills: z.array(
    z.object({
      name: z.string(),
      provider: z.string(),
      format: z.string(),
      rows: count,
      billedUsd: usd,
      sha256: z.string(),
      importedAt: isoTime,
      actor: z.string(),
    }),
  ),
  asOf: isoTime,
  next: z.string().nullable(),
})
export type Reconciliation = z.infer<typeof Reconciliation>

/** A closed month: a moment of the ledger, what it said, and what came later as adjustments. */
export const MonthClose = z.object({
  month: z.string().regex(/^\d{4}-\d{2}$/),
  asOf: isoTime,
  closedAt: isoTime,
  closedBy: z.string(),
  note: z.string(),
  costUsd: usd,
  billedUsd: usd.nullable(),
  rows: count,
  sha256: z.string().describe('of the frozen report'),
  adjustments: z.array(z.object({ key: CostKey, closedUsd: usd, nowUsd: usd, adjustmentUsd: usd })),
  adjustmentUsd: usd,
})
export type MonthClose = z.infer<typeof MonthClose>
