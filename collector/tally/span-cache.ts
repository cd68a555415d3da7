import type { TallySpan } from './tally-span.ts'

/**
 * Spans of the traces that were tallied last, so that a run whose spans come in several requests is not read from the database again with each of them.
 * Everything that is known of a trace or nothing: `get` answers with all its spans, every version, as of the last tally.
 */
export class SpanCache {
  readonly #spansMax: number
  readonly #traces = new Map<string, readonly TallySpan[]>()
  #spans = 0

  constructor(spansMax: number) {
    this.#spansMax = spansMax
  }

  get(projectId: number, traceId: string): readonly TallySpan[] | undefined {
    return this.#traces.get(keyOf(projectId, traceId))
  }

  /** The least recently set go when there are too many. */
  set(projectId: number, traceId: string, spans: readonly TallySpan[]): void {
    this.delete(projectId, traceId)
    if (spans.length > this.#spansMax) return
    this.#traces.set(keyOf(projectId, traceId), spans)
    this.#spans += spans.length
    for (const [key, oldest] of this.#traces) {
      if (this.#spans <= this.#spansMax) break
      this.#traces.delete(key)
      this.#spans -= oldest.length
    }
  }

  delete(projectId: number, traceId: string): void {
    const key = keyOf(projectId, traceId)
    this.#spans -= this.#traces.get(key)?.length ?? 0
    this.#traces.delete(key)
  }

  clear(): void {
    this.#traces.clear()
    this.#spans = 0
  }
}

const keyOf = (projectId: number, traceId: string): string => `${projectId}:${traceId}`
