import type { Rejection, RejectReason } from '../pipeline-types.ts'

const DAY_MS = 86_400_000
const NANOS_PER_MS = 1_000_000n
const SAMPLE_CHARS_MAX = 120

const TRACE_ID = /^[0-9a-f]{32}$/
const SPAN_ID = /^[0-9a-f]{16}$/
const ZEROS = /^0+$/

/** What may be accepted at all (architecture.md §2, "answers"): nothing is clamped, because the engine's dates wrap (2150 becomes 1970). */
export class Checks {
  readonly #oldestNanos: bigint
  readonly #newestNanos: bigint
  readonly #counts = new Map<RejectReason, { count: number; sample: string }>()

  constructor(receivedAtMs: number, retentionDays: number) {
    this.#oldestNanos =
      retentionDays > 0 ? BigInt(Math.floor(receivedAtMs - retentionDays * DAY_MS)) * NANOS_PER_MS : 0n
    this.#newestNanos = BigInt(Math.floor(receivedAtMs + DAY_MS)) * NANOS_PER_MS
  }

  /** True if the ids and the start can be kept; otherwise the refusal is counted. */
  span(traceId: string, spanId: string, startNanos: bigint): boolean {
    if (!isTraceId(traceId)) return this.refuse('bad_trace_id', `trace id "${traceId}" is not 16 bytes other than zero`)
    if (!isSpanId(spanId)) return this.refuse('bad_span_id', `span id "${spanId}" is not 8 bytes other than zero`)
    return this.time(startNanos)
  }

  time(nanos: bigint): boolean {
    if (nanos === 0n) return this.refuse('start_time_zero', 'start time is 0')
    if (nanos < this.#oldestNanos)
      return this.refuse('start_time_before_retention', `start time ${nanos} ns lies before the retention`)
    if (nanos > this.#newestNanos)
      return this.refuse('start_time_in_future', `start time ${nanos} ns is more than 24 h ahead`)
    return true
  }

  /** Of ends: a span whose start is right is kept, but a duration of centuries would spoil every figure of its run. */
  isInFuture(nanos: bigint): boolean {
    return nanos > this.#newestNanos
  }

  rejections(): Rejection[] {
    return [...this.#counts].map(([reason, { count, sample }]) => ({ reason, count, sample }))
  }

  /** Counts a refusal; false, for whoever asks whether something can be kept. */
  refuse(reason: RejectReason, sample: string): false {
    const known = this.#counts.get(reason)
    if (known) known.count++
    else this.#counts.set(reason, { count: 1, sample: sample.slice(0, SAMPLE_CHARS_MAX) })
    return false
  }
}

export const isTraceId = (id: string): boolean => TRACE_ID.test(id) && !ZEROS.test(id)
export const isSpanId = (id: string): boolean => SPAN_ID.test(id) && !ZEROS.test(id)
