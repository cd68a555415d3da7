import type { Kind, ScoreSource } from './kind.ts'
import type { UsageBuckets } from './usage.ts'

/**
 * A span after normalisation: OTLP's own fields, and beside them what every dialect's attributes were found to mean.
 * Strings are '' and numbers 0 where telemetry says nothing; ids are lowercase hex; times are nanoseconds since the epoch.
 * `collector/normalise` makes it, `schema/clickhouse/tables.ts` maps it to columns.
 */
export interface Span {
  readonly projectId: number
  readonly traceId: string
  readonly spanId: string
  /** '' for a root. */
  readonly parentSpanId: string
  readonly startNanos: bigint
  /** 0, and flagged in `flags`, where the end lies before the start. */
  readonly durationNanos: bigint
  /** OTLP SpanKind, 0–5. */
  readonly spanKind: number
  /** OTLP StatusCode: 0 unset, 1 ok, 2 error. */
  readonly status: number
  readonly statusMessage: string
  readonly name: string
  readonly traceState: string
  /** OTLP span flags. */
  readonly otlpFlags: number
  /**
   * `log` where the row was derived from a log record that tells of a call (dialects.md §9.9): its parent is the span the record was written in,
   * and it is neither counted nor shown as a span; it only adds what no span says (a user, a session, usage).
   */
  readonly origin: SpanOrigin

  readonly service: string
  readonly scope: string
  readonly scopeVersion: string
  readonly env: string
  readonly team: string
  readonly costCenter: string
  readonly customer: string

  readonly kind: Kind
  /** The attribute value that decided the kind, as sent (`TOOL`, `chat`, `ai.toolCall`). */
  readonly rawKind: string
  /** Id of the dialect table whose rules matched first (`otel-genai`, `openinference`, …), '' for plain spans. */
  readonly dialect: string
  /** Version of the normaliser's rules, so that history can be mapped again. */
  readonly mapperVersion: number

  /** Canonical provider id (`openai`, `anthropic`, `aws.bedrock`); never a framework's name. */
  readonly provider: string
  /** The model that answered, else the one that was asked. */
  readonly model: string
  readonly requestModel: string
  readonly responseId: string
  readonly finishReason: string
  readonly serviceTier: string
  readonly agent: string
  readonly agentId: string
  readonly agentVersion: string
  readonly workflow: string
  readonly prompt: string
  readonly promptVersion: string
  readonly policyVersion: string
  readonly sessionId: string
  readonly userId: string

  readonly tool: string
  readonly toolCallId: string
  /** JSON text as sent; cut at `TOOL_ARGUMENTS_BYTES_MAX`, '' unless kind is tool. */
  readonly toolArguments: string
  /** Hash of the tool definitions offered to this model call, in `content`; '' without. */
  readonly toolDefinitionsRef: string

  /** Guardrail or evaluator name, and what it said, where the span is one. */
  readonly guardrail: string
  readonly verdict: string
  /** What masking looked for on this span, those that it found with a `!` behind (`pii.card pii.email!`); '' where masking was off. */
  readonly masking: string

  readonly usage: UsageBuckets
  /** Bits of the buckets that the telemetry reported apart (see `bucketBit`); 0 and no tokens = no usage at all. */
  readonly usageReported: number
  /** True if the span carries any token count. */
  readonly hasUsage: boolean
  /** Which rule decided whether input includes cached tokens (`inclusive:dialect`, `exclusive:proof`, …). */
  readonly inputSemantics: string
  readonly usageConflict: boolean
  /** USD × 10⁹ as the emitter said it; 0 = not reported (semantics.md §2). */
  readonly costReportedNanoUsd: bigint
  readonly toolFeeNanoUsd: bigint
  /** The span shows an answer of its model: an output message, a finish reason or a response id. A span that prepares a call does not. */
  readonly answered: boolean
  readonly ttftNanos: bigint
  /** The wider rule: status ERROR, an exception event, an error attribute, success=false (dialects.md §8, "error"). */
  readonly failed: boolean
  readonly errorType: string

  /** What belongs to the whole run: experiment and import labels, limits, the outcome key (`LABEL_PREFIXES`); mostly empty. */
  readonly labels: ReadonlyMap<string, string>

  readonly inputPreview: string
  readonly outputPreview: string

  /** String attributes, arrays and maps as JSON text, booleans as true/false, integers beyond 2⁵³ as text. */
  readonly attrs: ReadonlyMap<string, string>
  readonly nums: ReadonlyMap<string, number>
  /** Attributes whose value is stored once in `content`: key → hash. */
  readonly attrRefs: ReadonlyMap<string, string>
  readonly resource: ReadonlyMap<string, string>
  readonly events: readonly SpanEvent[]
  readonly links: readonly SpanLink[]
}

export const SPAN_ORIGINS = ['span', 'log'] as const
export type SpanOrigin = (typeof SPAN_ORIGINS)[number]

export interface SpanEvent {
  readonly timeNanos: bigint
  readonly name: string
  /** Attributes as one JSON object. */
  readonly attrs: string
}

export interface SpanLink {
  readonly traceId: string
  readonly spanId: string
  readonly attrs: string
}

export interface LogRecord {
  readonly projectId: number
  /** Hash of the record's own content: a record sent twice has one id. */
  readonly logId: string
  readonly timeNanos: bigint
  readonly observedNanos: bigint
  readonly traceId: string
  readonly spanId: string
  readonly severity: number
  readonly severityText: string
  readonly eventName: string
  readonly service: string
  readonly scope: string
  readonly env: string
  readonly sessionId: string
  readonly body: string
  readonly attrs: ReadonlyMap<string, string>
  readonly nums: ReadonlyMap<string, number>
  readonly resource: ReadonlyMap<string, string>
  readonly otlpFlags: number
}

/** One judgement of a span, run or session (`gen_ai.evaluation.result`, product.md "score"). */
export interface Score {
  readonly projectId: number
  /** 16 bytes hex from what it judges, by whom and when: the same judgement sent twice is one. */
  readonly scoreId: string
  readonly timeNanos: bigint
  readonly name: string
  readonly source: ScoreSource
  readonly evaluator: string
  readonly evaluatorVersion: string
  /** NaN where only a label was given. */
  readonly value: number
  readonly label: string
  readonly explanation: string
  readonly traceId: string
  readonly spanId: string
  readonly sessionId: string
  readonly responseId: string
  /** A word of the business that the judged run carries as `recount.outcome.key`. */
  readonly targetKey: string
  readonly attrs: ReadonlyMap<string, string>
}

/** A large body stored once per trace by its hash (storage.md §A5). */
export interface Content {
  readonly projectId: number
  readonly traceId: string
  /** Of the whole, parts included. */
  readonly hash: string
  /** What follows the parts; of most bodies all of it. */
  readonly body: string
  /** Hashes of the bodies that stand before it (`content-parts.ts`). */
  readonly parts: readonly string[]
}
