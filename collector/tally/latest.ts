import type { TallySpan } from './tally-span.ts'

/** Received again, the last version counts (semantics.md §0). Two versions of one order cannot be told apart but by their content. */
export const latest = (versions: readonly TallySpan[]): ReadonlyMap<string, TallySpan> => {
  const kept = new Map<string, TallySpan>()
  for (const span of versions) {
    const id = span.traceId + span.spanId
    const known = kept.get(id)
    if (!known || isLater(span, known)) kept.set(id, span)
  }
  return kept
}

const isLater = (a: TallySpan, b: TallySpan): boolean => {
  if (a.receivedOrder !== b.receivedOrder) return a.receivedOrder > b.receivedOrder
  const endA = a.startNanos + a.durationNanos
  const endB = b.startNanos + b.durationNanos
  if (endA !== endB) return endA > endB
  return contentOf(a) > contentOf(b)
}

const contentOf = (span: TallySpan): string =>
  JSON.stringify(span, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value instanceof Map ? [...value] : value,
  )

/** The spans of one trace, each in its last version. */
export const latestOf = (versions: readonly TallySpan[]): readonly TallySpan[] => {
  const byId = latest(versions)
  return byId.size === versions.length ? versions : [...byId.values()]
}
