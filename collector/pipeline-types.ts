import type { IngestProtocol } from '../schema/model/ingest.ts'
import type { Encoding, Signal } from '../schema/otlp/wire.ts'

/** One OTLP export request, decompressed and inside the size limit; what `receive/` hands to the next stage. */
export interface OtlpRequest {
  readonly projectId: number
  readonly signal: Signal
  readonly encoding: Encoding
  /** How it came, where that is not HTTP with this encoding. */
  readonly protocol?: IngestProtocol
  readonly body: Uint8Array
  /** The memory of the body goes to whoever takes the request, without a copy: who gives it finds it empty afterwards. */
  readonly isBodyGiven?: boolean
  readonly receivedAtMs: number
}

/** Why a span, record or data point was not kept, and how many; reasons are metric labels, so the set is closed. */
export interface Rejection {
  readonly reason: RejectReason
  readonly count: number
  /** One example, cut short, safe to log: what was wrong and with which value. */
  readonly sample: string
}

export const REJECT_REASONS = [
  'bad_trace_id',
  'bad_span_id',
  'start_time_zero',
  'start_time_before_retention',
  'start_time_in_future',
  'too_many_attributes',
  'no_metric_name',
  'bad_histogram',
  'too_large',
  'undecodable',
] as const
export type RejectReason = (typeof REJECT_REASONS)[number]

/** What was kept, but is not as it once was: counted, and shown to whoever can mend the sender. */
export interface Notes {
  /** Sequences that were not UTF-8 and became U+FFFD. */
  readonly invalid_utf8: number
}

/**
 * The next stage's answer. `accepted`: what was not rejected is on disk, fsynced (architecture.md §2, the acknowledgement rule).
 * `unavailable`: nothing of the request was kept, send it again. `invalid`: it can never be accepted.
 */
export type AcceptResult =
  | {
      readonly kind: 'accepted'
      readonly accepted: number
      readonly rejections: readonly Rejection[]
      readonly notes?: Notes
    }
  | { readonly kind: 'unavailable'; readonly reason: string; readonly retryAfterSeconds: number }
  | { readonly kind: 'invalid'; readonly message: string }

/** A receiver knows its next consumer and nothing behind it, as in the OpenTelemetry Collector. */
export type Consumer = (request: OtlpRequest) => Promise<AcceptResult>
