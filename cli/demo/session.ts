import type { UnixNanos } from '../otlp/telemetry.ts'
import type { Random } from './random.ts'
import { Story } from './story.ts'
import type { DemoAgent, DemoContext, DemoDialect, DemoMessage, DemoRun } from './story-model.ts'

/** What one message of the user sets off: a run. */
export type Turn = (story: Story) => void

/** A conversation: one run per turn, in one session. */
export interface SessionPlan {
  readonly scenario: string
  readonly dialect: DemoDialect
  readonly agent: DemoAgent
  readonly context: DemoContext
  readonly turns: readonly Turn[]
}

/** A kind of agent in the demo, and how it makes up its next conversation. */
export interface DemoCast {
  readonly name: string
  /** Share of all sessions. */
  readonly weight: number
  /** Names of all that may happen to it. */
  readonly scenarios: readonly string[]
  plan(random: Random, startNanos: UnixNanos, world: DemoWorld): SessionPlan
}

export interface DemoWorld {
  /** Since when the newest version of refund-agent has been rolled out, first to a part of the traffic, then to all. */
  readonly canarySinceNanos: UnixNanos
  readonly rolloutSinceNanos: UnixNanos
}

export function tellSession(plan: SessionPlan, random: Random, startNanos: UnixNanos): readonly DemoRun[] {
  const runs: DemoRun[] = []
  let history: readonly DemoMessage[] = []
  let start = startNanos
  for (const turn of plan.turns) {
    const traceId = random.hex(32)
    const story = new Story(random, plan.agent, start, history)
    turn(story)
    history = story.messages
    runs.push({
      traceId,
      dialect: plan.dialect,
      context: plan.context,
      scenario: plan.scenario,
      nodes: story.nodes,
      evaluations: story.evaluations,
      startNanos: story.startNanos,
      endNanos: story.endNanos,
    })
    // The user reads, thinks and types.
    start = story.endNanos + BigInt(Math.round(random.around(55, 0.8) * 1000)) * 1_000_000n
  }
  return runs
}

/** Chances of the scenarios of an agent. */
export interface Scenario<T> {
  readonly name: string
  readonly weight: number
  readonly turns: (scene: T) => readonly Turn[]
}

export function pickScenario<T>(random: Random, scenarios: readonly Scenario<T>[]): Scenario<T> {
  return random.weighted(scenarios.map((scenario) => [scenario.weight, scenario]))
}
