import type { UnixNanos } from '../otlp/telemetry.ts'
import { kbAssistant } from './agents/kb-assistant.ts'
import { prWriter } from './agents/pr-writer.ts'
import { refundAgent } from './agents/refund-agent.ts'
import { salesResearch } from './agents/sales-research.ts'
import { triageAgent } from './agents/triage-agent.ts'
import { Random } from './random.ts'
import { type DemoCast, type DemoWorld, tellSession } from './session.ts'
import type { DemoRun } from './story-model.ts'

export const casts: readonly DemoCast[] = [refundAgent, salesResearch, prWriter, triageAgent, kbAssistant]

const minute = 60_000_000_000n
const hour = 60n * minute
const day = 24n * hour

/** Sessions an hour when everybody is at work; a week of it makes about two thousand runs. */
const sessionsPerBusyHour = 29
const runsPerSession = 1.2

export interface HistoryOptions {
  readonly seed: string
  readonly days: number
  readonly nowNanos: UnixNanos
}

/**
 * Runs that ended within the last `days`, hour by hour, the newest hour first. An hour of the past is told from the
 * seed and the hour alone: started again later on the same data, the demo sends the same runs again and adds what is new.
 */
export function* history({ seed, days, nowNanos }: HistoryOptions): Generator<DemoRun> {
  const earliest = nowNanos - BigInt(Math.round(days * 24)) * hour
  const world = worldAt(nowNanos)
  for (let start = nowNanos - (nowNanos % hour); start > earliest - hour; start -= hour) {
    const runs = sessionsOfHour(seed, start, world).filter(
      (run) => run.startNanos >= earliest && run.endNanos <= nowNanos,
    )
    yield* runs.sort((a, b) => Number(b.startNanos - a.startNanos))
  }
}

/** What starts in one minute of live traffic. Sessions may last longer than the minute. */
export function liveMinute(seed: string, minuteStart: UnixNanos, runsPerMinute: number): readonly DemoRun[] {
  const random = new Random(`${seed}/live/${minuteStart}`)
  const sessions = random.count(runsPerMinute / runsPerSession)
  return Array.from({ length: sessions }, () => startSession(random, minuteStart, minute, worldAt(minuteStart))).flat()
}

function sessionsOfHour(seed: string, hourStart: UnixNanos, world: DemoWorld): readonly DemoRun[] {
  const random = new Random(`${seed}/hour/${hourStart}`)
  const sessions = random.count(sessionsPerBusyHour * busyness(hourStart))
  return Array.from({ length: sessions }, () => startSession(random, hourStart, hour, world)).flat()
}

function startSession(random: Random, from: UnixNanos, span: bigint, world: DemoWorld): readonly DemoRun[] {
  const start = from + BigInt(Math.floor(random.next() * Number(span / 1000n))) * 1000n
  const cast = random.weighted(casts.map((each) => [each.weight, each]))
  return tellSession(cast.plan(random, start, world), random, start)
}

/** Share of the busiest hour: offices sleep at night and rest on weekends, customers a little less. */
function busyness(hourStart: UnixNanos): number {
  const date = new Date(Number(hourStart / 1_000_000n))
  const work = Math.max(0, Math.sin(((date.getUTCHours() - 5) / 15) * Math.PI))
  const weekend = date.getUTCDay() === 0 || date.getUTCDay() === 6
  return (0.18 + 0.82 * work) * (weekend ? 0.5 : 1)
}

/** The newest refund-agent went to a third of the traffic three days ago and to all of it yesterday morning. */
function worldAt(nowNanos: UnixNanos): DemoWorld {
  const midnight = nowNanos - (nowNanos % day)
  return { canarySinceNanos: midnight - 2n * day + 9n * hour, rolloutSinceNanos: midnight - day + 8n * hour }
}
