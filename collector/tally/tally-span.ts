import type { Span } from '../../schema/model/span.ts'

/**
 * What the tally reads of a span; the loader selects these columns and no other, in particular no maps of attributes, events or resource.
 * Whatever the tally needs of those is promoted to a field by the normaliser.
 */
export const TALLY_SPAN_FIELDS = [
  'projectId',
  'traceId',
  'spanId',
  'parentSpanId',
  'startNanos',
  'durationNanos',
  'spanKind',
  'status',
  'statusMessage',
  'name',
  'origin',
  'service',
  'scope',
  'env',
  'team',
  'costCenter',
  'customer',
  'kind',
  'provider',
  'model',
  'requestModel',
  'responseId',
  'finishReason',
  'serviceTier',
  'agent',
  'agentVersion',
  'workflow',
  'policyVersion',
  'sessionId',
  'userId',
  'tool',
  'toolCallId',
  'toolArguments',
  'toolDefinitionsRef',
  'guardrail',
  'verdict',
  'masking',
  'usage',
  'usageReported',
  'hasUsage',
  'costReportedNanoUsd',
  'toolFeeNanoUsd',
  'ttftNanos',
  'answered',
  'failed',
  'errorType',
  'labels',
  'inputPreview',
  'outputPreview',
] as const satisfies readonly (keyof Span)[]

export type TallySpan = Pick<Span, (typeof TALLY_SPAN_FIELDS)[number]> & {
  /** Of two versions of one span the larger is the later and wins (the column that orders arrival: batch, then position). */
  readonly receivedOrder: number
}
