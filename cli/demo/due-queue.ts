import type { TelemetryLog, TelemetrySpan, UnixNanos } from '../otlp/telemetry.ts'

/** Holds what has been told already until its time has come: spans until they end, verdicts until they are made. */
export class DueQueue {
  #spans: TelemetrySpan[] = []
  #logs: TelemetryLog[] = []

  addSpans(spans: readonly TelemetrySpan[]): void {
    this.#spans.push(...spans)
  }

  addLog(log: TelemetryLog): void {
    this.#logs.push(log)
  }

  /** Removes and returns the spans that have ended by `now`, in the order in which they ended. */
  takeSpans(now: UnixNanos): readonly TelemetrySpan[] {
    const taken = this.#spans.filter(({ endNanos }) => endNanos <= now)
    this.#spans = this.#spans.filter(({ endNanos }) => endNanos > now)
    return taken.sort((a, b) => (a.endNanos < b.endNanos ? -1 : 1))
  }

  takeLogs(now: UnixNanos): readonly TelemetryLog[] {
    const taken = this.#logs.filter(({ timeNanos }) => timeNanos <= now)
    this.#logs = this.#logs.filter(({ timeNanos }) => timeNanos > now)
    return taken
  }
}
