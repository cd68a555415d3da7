import type { UnixNanos } from '../otlp/telemetry.ts'
import type { RecordedMessage, RecordedRun } from './recorded-run.ts'

/** A run whose messages all have a time. */
export interface TimedRun {
  readonly run: RecordedRun
  readonly startNanos: UnixNanos
  readonly endNanos: UnixNanos
  /** When message i began and was complete, in the order of `run.messages`. Starts never go back, and no two are equal. */
  readonly messages: readonly { readonly startNanos: UnixNanos; readonly endNanos: UnixNanos }[]
  /** Made up, because the recording has none. */
  readonly synthetic: boolean
  /** Start in the recording, where the run was moved. */
  readonly originalStartNanos?: UnixNanos
}

export interface TimeOptions {
  readonly keepTime: boolean
  readonly importNanos: UnixNanos
}

const second = 1_000_000_000n
// Replay orders by start time: two messages of one run must not share one.
const tick = 1_000n

/** Moves all runs of one file by one offset so that the last ends at import. Runs without times are laid one after the other. */
export function timeRuns(runs: readonly RecordedRun[], options: TimeOptions): readonly TimedRun[] {
  let cursor = 0n
  const timed = runs.map((run) => {
    if (hasTimes(run)) return recordedTimes(run)
    const made = syntheticTimes(run, cursor)
    cursor = made.endNanos + 2n * second
    return made
  })
  const recordedEnd = latestEnd(timed.filter((run) => !run.synthetic))
  const syntheticEnd = latestEnd(timed.filter((run) => run.synthetic))
  return timed.map((run) => {
    if (run.synthetic) return shifted(run, options.importNanos - syntheticEnd)
    if (options.keepTime) return run
    return { ...shifted(run, options.importNanos - recordedEnd), originalStartNanos: run.startNanos }
  })
}

/** `2025-08-01T16:23:24.895557`, with or without a zone; without one it is read as UTC. */
export function isoToNanos(text: string): UnixNanos {
  const match = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)?$/.exec(text)
  const millis = match ? Date.parse(`${match[1]?.replace(' ', 'T')}${match[3] ?? 'Z'}`) : Number.NaN
  if (Number.isNaN(millis)) throw new Error(`not a time: ${JSON.stringify(text)}`)
  return BigInt(millis) * 1_000_000n + BigInt((match?.[2] ?? '').padEnd(9, '0').slice(0, 9))
}

/** Unix seconds with a fraction, as Python's `time.time()` writes them (exact to about a microsecond). */
export function secondsToNanos(seconds: number): UnixNanos {
  return BigInt(Math.round(seconds * 1e6)) * 1_000n
}

function hasTimes(run: RecordedRun): boolean {
  return run.startNanos !== undefined || run.messages.some((message) => message.atNanos !== undefined)
}

function recordedTimes(run: RecordedRun): TimedRun {
  const firstTimed = run.messages.find((message) => message.atNanos !== undefined)
  const startNanos = run.startNanos ?? firstTimed?.call?.startNanos ?? firstTimed?.atNanos ?? 0n
  let cursor = startNanos
  const messages = run.messages.map((message) => {
    const begin = cursor
    const end = message.atNanos !== undefined && message.atNanos > begin ? message.atNanos : begin + tick
    cursor = end
    return { startNanos: begin, endNanos: end }
  })
  const endNanos = run.endNanos !== undefined && run.endNanos > cursor ? run.endNanos : cursor
  return { run, startNanos, endNanos, messages, synthetic: false }
}

function syntheticTimes(run: RecordedRun, startNanos: UnixNanos): TimedRun {
  const weights = run.messages.map(syntheticSeconds)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const scale = run.durationSeconds !== undefined && total > 0 ? run.durationSeconds / total : 1
  let cursor = startNanos
  const messages = weights.map((weight) => {
    const begin = cursor
    const length = secondsToNanos(weight * scale)
    cursor += length > tick ? length : tick
    return { startNanos: begin, endNanos: cursor }
  })
  return { run, startNanos, endNanos: cursor, messages, synthetic: true }
}

/** Shares of a plausible rhythm; they carry no information, hence `import.synthetic_timing`. */
function syntheticSeconds(message: RecordedMessage): number {
  if (message.call) return 2
  if (message.role === 'tool') return 0.5
  return message.role === 'user' ? 1 : 0
}

function latestEnd(runs: readonly TimedRun[]): UnixNanos {
  let latest = 0n
  for (const { endNanos } of runs) if (endNanos > latest) latest = endNanos
  return latest
}

function shifted(run: TimedRun, offset: UnixNanos): TimedRun {
  return {
    ...run,
    startNanos: run.startNanos + offset,
    endNanos: run.endNanos + offset,
    messages: run.messages.map(({ startNanos, endNanos }) => ({
      startNanos: startNanos + offset,
      endNanos: endNanos + offset,
    })),
  }
}
