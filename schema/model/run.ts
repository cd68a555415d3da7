import type { ChargeKind, REVIEW_KIND } from './component.ts'
import type { Kind, Outcome, Verdict } from './kind.ts'
import type { UsageBuckets } from './usage.ts'

/**
 * A run's facts, each thing counted once (architecture.md §3, "Runs are tallied"). The tallier computes it from all spans, logs
 * and scores of the run and from nothing else, so the same telemetry gives the same tally in whatever order it came.
 */
export interface RunTally {
  readonly projectId: number
  /** The trace id, or hash of (project, session id) for a run made of bare calls that share a session. 32 hex digits. */
  readonly runId: string
  readonly traceIds: readonly string[]
  /** The conversation that the run belongs to; '' where telemetry named none (the run is then a session of its own). */
  readonly sessionId: string
  /** Every distinct id that telemetry gave, the one above included. */
  readonly sessionIds: readonly string[]
  readonly userId: string
  readonly userIds: readonly string[]
  /** Agent of the root; the service name without an agent span. */
  readonly rootAgent: string
  readonly agentVersion: string
  readonly service: string
  readonly team: string
  readonly costCenter: string
  readonly customer: string
  readonly env: string
  readonly workflow: string
  readonly policyVersion: string
  readonly rootName: string
  readonly startNanos: bigint
  readonly endNanos: bigint
  /** OTLP status of the root (0–2); 2 also where the root is missing and a span failed. */
  readonly status: number
  readonly outcome: Outcome
  readonly outcomeSource: string
  readonly outcomeEvaluator: string
  readonly spanCount: number
  /** Spans with OTLP status ERROR. */
  readonly errorCount: number
  readonly modelCalls: number
  readonly failedModelCalls: number
  readonly embeddingCalls: number
  readonly toolCalls: number
  readonly toolErrors: number
  readonly missingUsageCalls: number
  readonly unpricedCalls: number
  readonly guardrailEvaluations: number
  readonly guardrailHits: number
  readonly usage: UsageBuckets
  /** Bits of buckets that some counted call left inside its parent although its provider bills it apart. */
  readonly usageUnreported: number
  readonly costNanoUsd: bigint
  readonly costStatus: CostStatus
  readonly models: readonly string[]
  readonly tools: readonly string[]
  readonly agents: readonly string[]
  /** Names of guardrails that evaluated something in this run. */
  readonly guardrails: readonly string[]
  readonly scoreNames: readonly string[]
  readonly firstInput: string
  readonly lastOutput: string
  /** Import and experiment labels (`recount.experiment.id`, `recount.case`, `import.synthetic_timing`, …) and limits. */
  readonly labels: ReadonlyMap<string, string>
  readonly calls: readonly Call[]
  readonly checks: readonly GuardrailCheck[]
}

/** How much of the cost is known: every call priced, some, or none; a run without model calls is complete at 0. */
export type CostStatus = 'complete' | 'partial' | 'none'
export const COST_STATUSES: readonly CostStatus[] = ['complete', 'partial', 'none']

/** Where one call's cost came from. `free`: nothing to price (a failed call without usage, a tool without a fee). */
export const CALL_COST_STATUSES = ['free', 'reported', 'computed', 'unpriced'] as const
export type CallCostStatus = (typeof CALL_COST_STATUSES)[number]

/** What a call in the ledger is: a thing that a span told of, minutes of a person, or money that was posted later. */
export type CallKind = Kind | typeof REVIEW_KIND | ChargeKind

/** A thing that counts: a model, embedding, rerank, retrieval or tool call, review, a charge. Spans that only repeat one are not in here. */
export interface Call {
  /** Of a charge its own id. */
  readonly spanId: string
  readonly traceId: string
  readonly kind: CallKind
  readonly startNanos: bigint
  /** Of review the minutes it took. */
  readonly durationNanos: bigint
  /** Nearest enclosing agent, else the service. */
  readonly agent: string
  readonly agentVersion: string
  readonly provider: string
  readonly model: string
  /** The model that was asked for; '' where it is the same. */
  readonly requestModel: string
  readonly tool: string
  readonly serviceTier: string
  readonly failed: boolean
  readonly errorType: string
  readonly usage: UsageBuckets
  readonly usageReported: number
  /** What counts: one of the two below (semantics.md §2). */
  readonly costNanoUsd: bigint
  /** What the emitter said; 0 where it said nothing. */
  readonly costReportedNanoUsd: bigint
  /** What the price book says; 0 with an empty `priceRef` where it knows no price. */
  readonly costComputedNanoUsd: bigint
  readonly costStatus: CallCostStatus
  /** Which price-book entry matched, with the book's version; explains `costComputedNanoUsd`, whichever cost counts. */
  readonly priceRef: string
  readonly ttftNanos: bigint
  /** Arguments against the offered JSON Schema; unknown where no schema was seen. */
  readonly validity: Validity
}

export const VALIDITIES = ['unknown', 'valid', 'invalid'] as const
export type Validity = (typeof VALIDITIES)[number]

export interface GuardrailCheck {
  readonly spanId: string
  readonly name: string
  readonly verdict: Verdict
  readonly timeNanos: bigint
  readonly agent: string
  /** The check errored and the call went through all the same. */
  readonly failOpen: boolean
  /** How many evaluations this row stands for: masking looks at every call, and what it passes is noted once per run, name and agent. */
  readonly count: number
}
