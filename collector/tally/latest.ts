import { TALLY_SPAN_FIELDS, type TallySpan } from './tally-span.ts'

/** Spans in their last versions, in the order in which their ids first came. */
export class Latest {
  readonly spans: readonly TallySpan[]
  readonly #traces: ReadonlyMap<string, ReadonlyMap<string, TallySpan>>

  constructor(versions: readonly TallySpan[]) {
    const traces = new Map<string, Map<string, TallySpan>>()
    let traceId = ''
    let trace = new Map<string, TallySpan>()
    let count = 0
    for (const span of versions) {
      if (span.traceId !== traceId || count === 0) {
        traceId = span.traceId
        trace = traces.get(traceId) ?? new Map<string, TallySpan>()
        traces.set(traceId, trace)
      }
      const known = trace.get(span.spanId)
      if (!known) count++
      if (!known || isLater(span, known)) trace.set(span.spanId, span)
    }
    this.#traces = traces
    this.spans = count === versions.length ? versions : [...traces.values()].flatMap((spans) => [...spans.values()])
  }

  get(traceId: string, spanId: string): TallySpan | undefined {
    return this.#traces.get(traceId)?.get(spanId)
  }
}

/** A list of versions is asked about half a dozen times in one tally. Lists are never changed once they are made. */
const known = new WeakMap<readonly TallySpan[], Latest>()

/** Received again, the last version counts (semantics.md §0). Two versions of one order cannot be told apart but by their content. */
export const latest = (versions: readonly TallySpan[]): Latest => {
  const answer = known.get(versions) ?? new Latest(versions)
  known.set(versions, answer)
  return answer
}

const isLater = (a: TallySpan, b: TallySpan): boolean => {
  if (a.receivedOrder !== b.receivedOrder) return a.receivedOrder > b.receivedOrder
  const endA = a.startNanos + a.durationNanos
  const endB = b.startNanos + b.durationNanos
  if (endA !== endB) return endA > endB
  return contentOf(a) > contentOf(b)
}

const contentOf = (span: TallySpan): string =>
  JSON.stringify(
    TALLY_SPAN_FIELDS.map((field) => span[field]),
    (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value instanceof Map ? [...value] : value),
  )

/** Each span in its last version. */
export const latestOf = (versions: readonly TallySpan[]): readonly TallySpan[] => latest(versions).spans
