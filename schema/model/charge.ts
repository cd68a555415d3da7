import type { Component } from './component.ts'

/** Money of a run that no telemetry told of, posted later (POST /api/charges). Exactly one of the three targets is not ''. */
export interface Charge {
  readonly projectId: number
  /** Hash of the id that its sender gave it, else of everything in it: 32 hex digits. */
  readonly chargeId: string
  readonly id: string
  readonly traceId: string
  readonly sessionId: string
  readonly targetKey: string
  readonly component: Component
  /** USD × 10⁹, below 0 for what is given back; undefined where the minutes are to be priced. */
  readonly amountNanoUsd: bigint | undefined
  /** Minutes × 10⁹ of a person's time. */
  readonly nanoMinutes: bigint
  /** 0: the end of its run. */
  readonly timeNanos: bigint
  readonly note: string
}
