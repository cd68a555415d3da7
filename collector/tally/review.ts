import { REVIEW_KIND } from '../../schema/model/component.ts'
import type { Call } from '../../schema/model/run.ts'
import { emptyUsage } from '../../schema/model/usage.ts'
import type { PriceBook } from '../../schema/prices/price-book.ts'
import { type CallCost, FREE, UNPRICED } from './call-cost.ts'
import type { RunTree } from './run-tree.ts'
import type { TallySpan } from './tally-span.ts'

/** Minutes of a person's time that a span tells of, mostly an approval. */
export const REVIEW_MINUTES = 'recount.review.minutes'
/** What a resource says in that name is of each run of the process: the normaliser gives it this name, on roots alone. */
export const RUN_REVIEW_MINUTES = 'recount.review.run_minutes'

/** Whose name a call of review stands under. */
export interface Reviewed {
  readonly agentOf: (span: TallySpan) => string
  readonly versionOf: (span: TallySpan) => string
}

/**
 * The time of people, a call for each span that tells of some, priced by the project's rate. As with usage, what stands above repeats what stands below:
 * of an approval that says its minutes twice the inner one counts, and minutes of the whole run count, once, where no span says any.
 * `labels` are those of the run: without minutes among them nothing is looked for.
 */
export const reviewCallsOf = (
  tree: RunTree,
  labels: ReadonlyMap<string, string>,
  reviewed: Reviewed,
  prices: PriceBook,
): readonly Call[] => {
  if (!labels.has(REVIEW_MINUTES) && !labels.has(RUN_REVIEW_MINUTES)) return []
  const told = tree.spans.filter((span) => nanoMinutesOf(span.labels.get(REVIEW_MINUTES)) > 0n)
  const above = new Set<TallySpan>()
  for (const span of told) tree.addAncestors(span, above)
  const approvals = new Set<string>()
  const counted = told.filter((span) => {
    if (above.has(span)) return false
    // Two instrumentations may tell of one approval side by side: the call that it lets pass is the same.
    if (span.toolCallId !== '' && approvals.has(span.toolCallId)) return false
    approvals.add(span.toolCallId)
    return true
  })
  if (counted.length > 0)
    return counted.map((span) => reviewCall(span, nanoMinutesOf(span.labels.get(REVIEW_MINUTES)), reviewed, prices))
  const ofRun = nanoMinutesOf(labels.get(RUN_REVIEW_MINUTES))
  const root = tree.roots[0] ?? tree.spans[0]
  return ofRun > 0n && root ? [reviewCall(root, ofRun, reviewed, prices)] : []
}

/** What a person's time costs; a rate that nobody named is no rate of 0. */
export const reviewCost = (nanoMinutes: bigint, { reviewNanoUsdPerMinute: rate, version }: PriceBook): CallCost => {
  if (rate === 0n) return UNPRICED
  const nanoUsd = (nanoMinutes * rate + 500_000_000n) / 1_000_000_000n
  return {
    ...FREE,
    costNanoUsd: nanoUsd,
    costComputedNanoUsd: nanoUsd,
    costStatus: 'computed',
    priceRef: `${version} review`,
  }
}

/** A call of review takes as long as the person did. */
export const reviewNanos = (nanoMinutes: bigint): bigint => nanoMinutes * 60n
export const nanoMinutesOfReview = (durationNanos: bigint): bigint => durationNanos / 60n

const reviewCall = (span: TallySpan, nanoMinutes: bigint, reviewed: Reviewed, prices: PriceBook): Call => ({
  spanId: span.spanId,
  traceId: span.traceId,
  kind: REVIEW_KIND,
  startNanos: span.startNanos,
  durationNanos: reviewNanos(nanoMinutes),
  agent: reviewed.agentOf(span),
  agentVersion: reviewed.versionOf(span),
  ...NOT_A_MODEL,
  ...reviewCost(nanoMinutes, prices),
})

/** What calls say that no machine made. */
export const NOT_A_MODEL = Object.freeze({
  provider: '',
  model: '',
  requestModel: '',
  tool: '',
  serviceTier: '',
  failed: false,
  errorType: '',
  usage: Object.freeze(emptyUsage()),
  usageReported: 0,
  ttftNanos: 0n,
  validity: 'unknown',
} as const)

/** More is no review of one run. */
const MINUTES_MAX = 525_600

const nanoMinutesOf = (text: string | undefined): bigint => {
  const minutes = Number(text ?? '')
  return minutes > 0 && minutes <= MINUTES_MAX ? BigInt(Math.round(minutes * 1e9)) : 0n
}
