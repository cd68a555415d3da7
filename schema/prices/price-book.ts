import type { UsageBucket, UsageBuckets } from '../model/usage.ts'

export interface PricedCall {
  /** Canonical provider id (`openai`, `aws.bedrock`, …); '' where unknown. */
  readonly provider: string
  readonly model: string
  readonly usage: Readonly<UsageBuckets>
  readonly serviceTier: string
  /** History keeps the price that was valid at its own time. */
  readonly startNanos: bigint
}

export interface Price {
  readonly nanoUsd: bigint
  /** Book, version and matched entry: explains the figure and makes it recomputable. */
  readonly ref: string
}

export interface PriceBook {
  readonly version: string
  /** undefined: this book knows no price for the call. */
  readonly price: (call: PricedCall) => Price | undefined
}

/** USD × 10⁻⁹ per token of each bucket; a bucket that the model has no price for is absent. */
export type Rates = Readonly<Partial<Record<UsageBucket, number>>>
