import { componentOf, REVIEW_KIND } from '../../schema/model/component.ts'
import type { Call, CallCostStatus } from '../../schema/model/run.ts'
import { USAGE_BUCKETS } from '../../schema/model/usage.ts'
import type { PriceBook } from '../../schema/prices/price-book.ts'
import { type CallCost, costOf, FREE } from '../tally/call-cost.ts'
import { nanoMinutesOfReview, reviewCost } from '../tally/review.ts'

/** What the ledger holds of a call that its cost depends on. */
export type LedgerCall = Pick<
  Call,
  | 'kind'
  | 'startNanos'
  | 'durationNanos'
  | 'provider'
  | 'model'
  | 'requestModel'
  | 'tool'
  | 'serviceTier'
  | 'failed'
  | 'usage'
  | 'usageReported'
  | 'costNanoUsd'
  | 'costReportedNanoUsd'
  | 'costComputedNanoUsd'
  | 'costStatus'
  | 'priceRef'
>

/**
 * A call of the ledger at the prices of a book, as the tally would price it; undefined where the cost stays what it is (then the entry that it was priced
 * by stays too: another version of the same price is no other cost).
 */
export const repricedCall = (call: LedgerCall, book: PriceBook): CallCost | undefined => {
  const cost = costNow(call, book)
  const isSame =
    cost.costNanoUsd === call.costNanoUsd &&
    cost.costComputedNanoUsd === call.costComputedNanoUsd &&
    cost.costStatus === call.costStatus
  return isSame ? undefined : cost
}

const costNow = (call: LedgerCall, book: PriceBook): CallCost => {
  if (call.kind === REVIEW_KIND || call.kind.startsWith('charge.')) return minutesNow(call, book)
  const hasUsage = call.usageReported !== 0 || USAGE_BUCKETS.some((bucket) => call.usage[bucket] > 0)
  const isTool = componentOf(call.kind) === 'tools'
  if (!isTool)
    return costOf(
      { ...call, requestModel: call.requestModel || call.model, hasUsage },
      call.costReportedNanoUsd,
      call.costStatus === 'free',
      book,
    )
  return toolNow(call, hasUsage, book)
}

/** Minutes of people are priced by the rate; an amount that was posted is what it is. */
const minutesNow = (call: LedgerCall, book: PriceBook): CallCost =>
  call.costReportedNanoUsd !== 0n || call.durationNanos === 0n
    ? asItStands(call)
    : reviewCost(nanoMinutesOfReview(call.durationNanos), book)

/**
 * A fee, and what a tool that asks a model used. Where both were reported the ledger holds their sum and cannot tell them apart: such a call stays as it
 * is. So does a retrieval without usage, which has no fee.
 */
const toolNow = (call: LedgerCall, hasUsage: boolean, book: PriceBook): CallCost => {
  const fee = call.kind === 'tool' ? book.toolFee(call.tool, call.startNanos) : undefined
  if (!hasUsage) {
    const computed = { costComputedNanoUsd: fee?.nanoUsd ?? 0n, priceRef: fee?.ref ?? '' }
    if (call.costReportedNanoUsd > 0n) return { ...asItStands(call), ...computed }
    return fee ? { ...FREE, ...computed, costNanoUsd: fee.nanoUsd, costStatus: 'computed' } : FREE
  }
  if (call.costReportedNanoUsd > 0n) return asItStands(call)
  const model = costOf({ ...call, requestModel: call.requestModel || call.model, hasUsage }, 0n, false, book)
  if (!fee) return model
  return {
    costNanoUsd: model.costNanoUsd + fee.nanoUsd,
    costReportedNanoUsd: 0n,
    costComputedNanoUsd: model.costComputedNanoUsd + fee.nanoUsd,
    costStatus: model.costStatus === 'unpriced' ? 'unpriced' : 'computed',
    priceRef: [model.priceRef, fee.ref].filter((ref) => ref !== '').join(' + '),
  }
}

const asItStands = (call: LedgerCall): CallCost => ({
  costNanoUsd: call.costNanoUsd,
  costReportedNanoUsd: call.costReportedNanoUsd,
  costComputedNanoUsd: call.costComputedNanoUsd,
  costStatus: call.costStatus as CallCostStatus,
  priceRef: call.priceRef,
})
