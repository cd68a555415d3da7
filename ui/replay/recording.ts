import type { Step, Totals } from '../../schema/api/shapes.ts'

/**
 * A replay as the page works with it: the API's steps, and beside them their times as milliseconds since the first step. Nanoseconds
 * since the epoch do not fit a double; milliseconds since a session's start do, to the microsecond, for sessions of up to 285 years.
 */
export interface Recording {
  readonly steps: readonly Step[]
  readonly originNanos: bigint
  /** Offset of each step's start and end, by index in `steps`. */
  readonly startMs: Float64Array
  readonly endMs: Float64Array
  /** From the first step to the end of the last that worked: a score given hours later is none of the recording's time. */
  readonly durationMs: number
  /** Index of the first step after the recording's end; steps from there on are evaluations. `steps.length` where none came late. */
  readonly lateFrom: number
  /** Indexes of steps that can spend something (not messages), ordered by end: finds the running totals of a moment. */
  readonly byEnd: Int32Array
  readonly indexBySeq: ReadonlyMap<number, number>
}

const NANOS_PER_MS = 1e6

export const record = (steps: readonly Step[]): Recording => {
  const n = steps.length
  let originNanos = n === 0 ? 0n : BigInt(steps[0]!.startNanos)
  const starts = steps.map((s) => BigInt(s.startNanos))
  for (const start of starts) if (start < originNanos) originNanos = start
  const startMs = new Float64Array(n)
  const endMs = new Float64Array(n)
  const indexBySeq = new Map<number, number>()
  for (let i = 0; i < n; i++) {
    startMs[i] = Number(starts[i]! - originNanos) / NANOS_PER_MS
    // A message is said at a moment, however long the span took that carried it.
    const lasts = steps[i]!.kind === 'message' ? 0 : Number(steps[i]!.durationNanos)
    endMs[i] = startMs[i]! + lasts / NANOS_PER_MS
    indexBySeq.set(steps[i]!.seq, i)
  }
  const work = [...steps.keys()].filter((i) => steps[i]!.kind !== 'evaluation')
  const lasting = work.length > 0 ? work : [...steps.keys()]
  const durationMs = lasting.reduce((end, i) => Math.max(end, endMs[i]!), 0)
  const lateFrom = lastWhere(n, (i) => startMs[i]! <= durationMs) + 1
  const spending = [...steps.keys()].filter((i) => steps[i]!.kind !== 'message')
  const byEnd = Int32Array.from(spending).sort((a, b) => endMs[a]! - endMs[b]! || a - b)
  return { steps, originNanos, startMs, endMs, durationMs, lateFrom, byEnd, indexBySeq }
}

/** Index of the last step that has started by this moment; -1 before the first. Steps come ordered by start. */
export const stepAt = (rec: Recording, ms: number): number => lastWhere(rec.steps.length, (i) => rec.startMs[i]! <= ms)

/**
 * What had been spent by this moment. A step's totals include every step that ended by its end (semantics.md §9), so the moment's
 * totals are those of the step that ended last; undefined while nothing has ended.
 */
export const totalsAt = (rec: Recording, ms: number): Totals | undefined => {
  const at = lastWhere(rec.byEnd.length, (i) => rec.endMs[rec.byEnd[i]!]! <= ms)
  return at < 0 ? undefined : rec.steps[rec.byEnd[at]!]!.totals
}

/** Greatest i in [0, n) for which `holds`, where it holds for a prefix; -1 for none. */
export const lastWhere = (n: number, holds: (i: number) => boolean): number => {
  let low = 0
  let high = n
  while (low < high) {
    const mid = (low + high) >> 1
    if (holds(mid)) low = mid + 1
    else high = mid
  }
  return low - 1
}
