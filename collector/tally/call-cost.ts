import type { CallCostStatus } from '../../schema/model/run.ts'
import type { PriceBook } from '../../schema/prices/price-book.ts'
import type { TallySpan } from './tally-span.ts'

export interface CallCost {
  readonly costNanoUsd: bigint
  readonly costStatus: CallCostStatus
  readonly priceRef: string
}

/** Nothing to price: a tool without a fee, a failed call that cost no token. */
export const FREE: CallCost = { costNanoUsd: 0n, costStatus: 'free', priceRef: '' }
const UNPRICED: CallCost = { costNanoUsd: 0n, costStatus: 'unpriced', priceRef: '' }

type Priced = Pick<
  TallySpan,
  'provider' | 'model' | 'requestModel' | 'usage' | 'hasUsage' | 'serviceTier' | 'startNanos' | 'failed'
>

/** What was reported wins (a reported 0 is no report), else what the book says; never $0 for want of a price (semantics.md §2). */
export const costOf = (call: Priced, reportedNanoUsd: bigint, isCovered: boolean, prices: PriceBook): CallCost => {
  if (reportedNanoUsd > 0n) return { costNanoUsd: reportedNanoUsd, costStatus: 'reported', priceRef: '' }
  if (!call.hasUsage) return call.failed || isCovered ? FREE : UNPRICED
  // A served model may be an alias that no book lists, while the one that was asked for is listed.
  const price =
    prices.price(call) ??
    (call.requestModel !== call.model ? prices.price({ ...call, model: call.requestModel }) : undefined)
  return price ? { costNanoUsd: price.nanoUsd, costStatus: 'computed', priceRef: price.ref } : UNPRICED
}
