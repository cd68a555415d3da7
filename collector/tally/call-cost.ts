import type { CallCostStatus } from '../../schema/model/run.ts'
import type { Price, PriceBook } from '../../schema/prices/price-book.ts'
import type { TallySpan } from './tally-span.ts'

export interface CallCost {
  readonly costNanoUsd: bigint
  readonly costReportedNanoUsd: bigint
  readonly costComputedNanoUsd: bigint
  readonly costStatus: CallCostStatus
  readonly priceRef: string
}

/** Nothing to price: a tool without a fee, a failed call that cost no token. */
export const FREE: CallCost = {
  costNanoUsd: 0n,
  costReportedNanoUsd: 0n,
  costComputedNanoUsd: 0n,
  costStatus: 'free',
  priceRef: '',
}
export const UNPRICED: CallCost = { ...FREE, costStatus: 'unpriced' }

type Priced = Pick<
  TallySpan,
  'provider' | 'model' | 'requestModel' | 'usage' | 'hasUsage' | 'serviceTier' | 'startNanos' | 'failed'
>

/**
 * What was reported and what the book says are both kept; the project chooses which counts (semantics.md §2). A reported 0 is no report, a call that the
 * book has no price for counts as reported, and neither is ever $0 for want of a price.
 */
export const costOf = (call: Priced, reportedNanoUsd: bigint, isCovered: boolean, prices: PriceBook): CallCost => {
  const reported = reportedNanoUsd > 0n ? reportedNanoUsd : 0n
  const price = call.hasUsage ? priceOf(call, prices) : undefined
  if (price && (reported === 0n || prices.wins === 'computed'))
    return {
      costNanoUsd: price.nanoUsd,
      costReportedNanoUsd: reported,
      costComputedNanoUsd: price.nanoUsd,
      costStatus: 'computed',
      priceRef: price.ref,
    }
  if (reported > 0n)
    return {
      costNanoUsd: reported,
      costReportedNanoUsd: reported,
      costComputedNanoUsd: price?.nanoUsd ?? 0n,
      costStatus: 'reported',
      priceRef: price?.ref ?? '',
    }
  return !call.hasUsage && (call.failed || isCovered) ? FREE : UNPRICED
}

/** A served model may be an alias that no book lists, while the one that was asked for is listed. */
const priceOf = (call: Priced, prices: PriceBook): Price | undefined =>
  prices.price(call) ??
  (call.requestModel !== call.model ? prices.price({ ...call, model: call.requestModel }) : undefined)
