import type { TallySpan } from './tally-span.ts'

type Placed = Pick<TallySpan, 'startNanos' | 'spanId'>

/** The one order of everything that is tallied, so that a tally does not depend on how its spans arrived. */
export const isEarlier = (a: Placed, b: Placed): boolean =>
  a.startNanos < b.startNanos || (a.startNanos === b.startNanos && a.spanId < b.spanId)

export const byStart = (a: Placed, b: Placed): number =>
  a.spanId === b.spanId && a.startNanos === b.startNanos ? 0 : isEarlier(a, b) ? -1 : 1
