import { setTimeout as sleep } from 'node:timers/promises'
import { defaultOtlpEndpoint } from '../otlp/otlp-endpoint.ts'
import { type OtlpSender, openOtlpSender, type SendReport } from '../otlp/otlp-sender.ts'
import type { TelemetryLog } from '../otlp/telemetry.ts'
import { DueQueue } from './due-queue.ts'
import { runToEvaluations, runToSpans } from './run-to-spans.ts'
import { history, liveMinute } from './traffic.ts'

export interface DemoOptions {
  /** OTLP/HTTP address, by default http://127.0.0.1:4318. */
  readonly endpoint?: string | undefined
  readonly key?: string | undefined
  /** How far the history goes back; 0 sends none. */
  readonly days?: number | undefined
  /** Runs a minute, live. */
  readonly rate?: number | undefined
  readonly seed?: string | number | undefined
  /** Go on with live traffic after the history, until `signal` says stop. */
  readonly live?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  readonly print?: ((line: string) => void) | undefined
}

export interface DemoReport extends SendReport {
  readonly historyRuns: number
  readonly liveRuns: number
}

const defaultDays = 7
const defaultRate = 6
const tickMs = 1000
const minute = 60_000_000_000n

/**
 * Plays several agents: their last days at once, the newest first, then live. A live span is sent when it ends, as
 * real exporters do, and a verdict when it is made, which may be hours after its run.
 * @throws OtlpSendError when nothing listens there, or what listens stops taking for good.
 */
export async function runDemo(options: DemoOptions): Promise<DemoReport> {
  const { endpoint = defaultOtlpEndpoint, key, signal, print = () => {} } = options
  const { days = defaultDays, rate = defaultRate, seed = 'recount', live = true } = options
  const sender = await openOtlpSender({ endpoint, key, signal })
  const runs = { historyRuns: 0, liveRuns: 0 }
  try {
    const due = new DueQueue()
    runs.historyRuns = await sendHistory(sender, { seed: String(seed), days, due, signal })
    const first = await sender.flush()
    print(
      `Demo: ${runs.historyRuns} runs of the last ${days} days sent, ${first.spans} spans and ${first.logs} verdicts.${rejectedText(first)}`,
    )
    if (live && !signal?.aborted) await playLive(sender, { seed: String(seed), rate, due, signal, print, runs })
    return { ...(await sender.flush()), ...runs }
  } catch (error) {
    // Stopped while the other side was not taking data: what it has is in the report, the rest was only a demo.
    if (signal?.aborted) return { ...sender.report(), ...runs }
    throw error
  } finally {
    await sender.close()
  }
}

interface HistoryTask {
  readonly seed: string
  readonly days: number
  readonly due: DueQueue
  readonly signal: AbortSignal | undefined
}

async function sendHistory(sender: OtlpSender, { seed, days, due, signal }: HistoryTask): Promise<number> {
  const nowNanos = nanosNow()
  let runs = 0
  for (const run of history({ seed, days, nowNanos })) {
    if (signal?.aborted) break
    runs += 1
    await sender.spans(runToSpans(run))
    const decided: TelemetryLog[] = []
    for (const evaluation of runToEvaluations(run)) {
      if (evaluation.timeNanos <= nowNanos) decided.push(evaluation)
      else due.addLog(evaluation)
    }
    await sender.logs(decided)
  }
  return runs
}

interface LiveTask {
  readonly seed: string
  readonly rate: number
  readonly due: DueQueue
  readonly signal: AbortSignal | undefined
  readonly print: (line: string) => void
  readonly runs: { liveRuns: number }
}

async function playLive(sender: OtlpSender, { seed, rate, due, signal, print, runs }: LiveTask): Promise<void> {
  print(`Demo: now live, about ${rate} runs a minute.`)
  let planned = nanosNow() - (nanosNow() % minute)
  while (!signal?.aborted) {
    const now = nanosNow()
    for (; planned <= now; planned += minute) {
      for (const run of liveMinute(seed, planned, rate)) {
        // What should have started before the demo did is left out: live spans lie in the present.
        if (run.startNanos < now - minute) continue
        runs.liveRuns += 1
        due.addSpans(runToSpans(run))
        for (const evaluation of runToEvaluations(run)) due.addLog(evaluation)
      }
    }
    await sender.spans(due.takeSpans(now))
    await sender.logs(due.takeLogs(now))
    await sender.flush()
    await sleep(tickMs, undefined, { signal }).catch(() => {})
  }
}

function rejectedText({ rejected }: SendReport): string {
  const count = rejected.spans + rejected.logs
  return count > 0 ? ` REJECTED: ${count} (${rejected.reasons.join(' · ')})` : ''
}

function nanosNow(): bigint {
  return BigInt(Date.now()) * 1_000_000n
}
