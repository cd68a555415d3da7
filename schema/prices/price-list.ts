import { inputTotal, USAGE_BUCKETS, type UsageBucket, type UsageBuckets } from '../model/usage.ts'
import { costOfTokens, type Rate } from './rate.ts'

/** Where the rate of a bucket comes from: named by an override, by the built-in book, or the price of the bucket that it would else be part of. */
export interface BucketPrice {
  readonly rate: Rate
  readonly from: 'override' | 'built-in'
  /** The bucket whose price this is, where it is not its own. */
  readonly of: UsageBucket
}

/** What matched, for people. */
export interface Entry {
  readonly origin: 'built-in' | 'override'
  readonly provider: string
  readonly model: string
  readonly serviceTier: string
  readonly contextTier: string | null
  readonly currency: string
  readonly usdPerUnit: string
  readonly validFrom: string | null
  readonly source: string
}

/** Prices for calls with more than `above` input tokens. */
export interface PriceStep {
  readonly above: number
  /** In the order of USAGE_BUCKETS. */
  readonly buckets: readonly (BucketPrice | undefined)[]
  readonly ref: string
  readonly entry: Entry
}

/** All that a model costs at one service tier and at one time: everything is looked up, nothing is left to compute but tokens × rate. */
export interface PriceList {
  readonly steps: readonly PriceStep[]
  readonly requestNanoUsd: bigint
}

export const stepOf = (list: PriceList, usage: Readonly<UsageBuckets>): PriceStep | undefined => {
  const { steps } = list
  if (steps.length === 1) return steps[0]
  const total = inputTotal(usage)
  return steps.findLast(({ above }) => total > above) ?? steps[0]
}

/** undefined where a bucket with tokens has no price: part of a cost would pass for the whole of it. */
export const sumOf = (step: PriceStep, requestNanoUsd: bigint, usage: Readonly<UsageBuckets>): bigint | undefined => {
  let nanoUsd = requestNanoUsd
  for (let i = 0; i < USAGE_BUCKETS.length; i++) {
    const tokens = usage[USAGE_BUCKETS[i]!]
    if (tokens === 0) continue
    const price = step.buckets[i]
    if (price === undefined) return undefined
    nanoUsd += costOfTokens(tokens, price.rate)
  }
  return nanoUsd
}

/** A line of an explanation. */
export interface PriceLine {
  /** null: the request itself. */
  readonly bucket: UsageBucket | null
  readonly tokens: number
  /** undefined: no price is known. */
  readonly rate: Rate | undefined
  readonly from: 'override' | 'built-in' | undefined
  readonly of: UsageBucket | undefined
  readonly nanoUsd: bigint | undefined
}

export const linesOf = (step: PriceStep, requestNanoUsd: bigint, usage: Readonly<UsageBuckets>): PriceLine[] => {
  const lines = USAGE_BUCKETS.flatMap((bucket, i): PriceLine[] => {
    const tokens = usage[bucket]
    if (tokens === 0) return []
    const price = step.buckets[i]
    const nanoUsd = price && costOfTokens(tokens, price.rate)
    return [{ bucket, tokens, rate: price?.rate, from: price?.from, of: price?.of, nanoUsd }]
  })
  if (requestNanoUsd > 0n)
    lines.push({ bucket: null, tokens: 0, rate: undefined, from: 'built-in', of: undefined, nanoUsd: requestNanoUsd })
  return lines
}
