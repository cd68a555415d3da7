import type { UsageBuckets } from '../model/usage.ts'

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

/** What a project pays: the tallier asks it, many times a second. */
export interface PriceBook {
  readonly version: string
  /** undefined: this book knows no price for the call. */
  readonly price: (call: PricedCall) => Price | undefined
  /** What one call of a tool costs; undefined where the project names no fee for it. A fee that telemetry gives wins over it. */
  readonly toolFee: (tool: string, startNanos: bigint) => Price | undefined
  /** 0n where the project names no rate. */
  readonly reviewNanoUsdPerMinute: bigint
  /** Which cost counts where a call has both (semantics.md §2). */
  readonly wins: 'reported' | 'computed'
}

/** The book of each project, as its settings say now. */
export interface PriceBooks {
  readonly of: (projectId: number) => PriceBook
}
