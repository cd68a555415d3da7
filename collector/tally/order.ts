import type { TallySpan } from './tally-span.ts'

type Placed = Pick<TallySpan, 'startNanos' | 'spanId' | 'traceId'>

/** The one order of everything that is tallied, so that a tally does not depend on how its spans arrived: start, span id, trace id. */
export const byStart = (a: Placed, b: Placed): number => {
  if (a.startNanos !== b.startNanos) return a.startNanos < b.startNanos ? -1 : 1
  if (a.spanId !== b.spanId) return a.spanId < b.spanId ? -1 : 1
  return a.traceId === b.traceId ? 0 : a.traceId < b.traceId ? -1 : 1
}

export const isEarlier = (a: Placed, b: Placed): boolean => byStart(a, b) < 0
