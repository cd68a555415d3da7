import { type Component, componentOf } from '../../schema/model/component.ts'
import { type DimensionName, NOT_SET } from '../../schema/model/dimension.ts'
import { OUTCOMES } from '../../schema/model/kind.ts'
import type { Call, RunTally } from '../../schema/model/run.ts'
import { emptyUsage, USAGE_BUCKETS } from '../../schema/model/usage.ts'
import type { CostFilterValues } from '../../server/queries/costs/cost-question.ts'
import { aCall, aRun } from './rows.ts'
import { seededRandom } from './seeded-random.ts'

/** A ledger for questions about money: runs as they were told of round by round, and the same figures computed from them without the engine. */
export interface Round {
  readonly talliedAtMs: number
  readonly tallies: readonly RunTally[]
}
export interface LedgerTruth {
  readonly rounds: readonly Round[]
  /** The runs as the ledger knew them then. */
  readonly runsAsOf: (ms: number) => readonly RunTally[]
}

const HOUR_NS = 3_600_000_000_000n

export const WORDS = {
  team: ['', 'support', 'research', "'; DROP TABLE run_ledger; --"],
  costCenter: ['', 'cc-1', '=cmd|calc'],
  workflow: ['', 'refund', 'größe 🧾'],
  customer: ['', 'acme', 'x'.repeat(10_000)],
  env: ['production', 'staging', ''],
  user: ['', 'u1', 'u2'],
  agent: ['', 'triage', 'fraud', 'line\nbreak\ttab\\'],
  version: ['', '1', '2'],
  model: ['', 'gpt', 'claude', '{limit:UInt64}'],
  provider: ['', 'openai', 'anthropic'],
  tool: ['', 'lookup', 'refund'],
} as const
const KINDS = ['llm', 'llm', 'embedding', 'tool', 'retrieval', 'evaluator', 'review', 'charge.platform', 'charge.tools']

/** `rounds` rounds of tallies over `runs` runs; a third of each round tells anew of runs that were told of before. */
export const drawLedger = (seed: number, startMs: number, rounds: number, runs: number): LedgerTruth => {
  const random = seededRandom(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const whole = (below: number) => Math.floor(random() * below)
  const drawn: Round[] = []
  const known: RunTally[] = []
  const call = (runId: string, fromNanos: bigint, i: number): Call => {
    const kind = pick(KINDS)
    const status = pick(['free', 'reported', 'computed', 'unpriced'] as const)
    const usage = emptyUsage()
    for (const bucket of USAGE_BUCKETS) if (random() < 0.4) usage[bucket] = whole(100_000)
    return aCall({
      traceId: runId,
      spanId: i.toString(16).padStart(16, '0'),
      kind: kind as Call['kind'],
      startNanos: fromNanos + BigInt(whole(30)) * HOUR_NS + BigInt(whole(3)) * 999_999_999n,
      agent: pick(WORDS.agent),
      agentVersion: pick(WORDS.version),
      model: pick(WORDS.model),
      provider: pick(WORDS.provider),
      tool: kind === 'tool' ? pick(WORDS.tool) : '',
      usage,
      costStatus: status,
      // A charge may give money back.
      costNanoUsd:
        status === 'reported' || status === 'computed'
          ? BigInt(whole(1_000_000_007) - (kind === 'charge.tools' ? 5e8 : 0))
          : 0n,
    })
  }
  const tally = (n: number): RunTally => {
    const runId = n.toString(16).padStart(32, '0')
    const startNanos = BigInt(startMs) * 1_000_000n + BigInt(whole(24 * 50)) * HOUR_NS
    const calls = Array.from({ length: whole(9) }, (_, i) => call(runId, startNanos, i))
    const user = pick(WORDS.user)
    return aRun({
      runId,
      startNanos,
      endNanos: calls.reduce((end, { startNanos: at }) => (at > end ? at : end), startNanos) + BigInt(whole(1000)),
      team: pick(WORDS.team),
      costCenter: pick(WORDS.costCenter),
      workflow: pick(WORDS.workflow),
      customer: pick(WORDS.customer),
      env: pick(WORDS.env),
      userId: user,
      userIds: user === '' ? [] : [user],
      sessionId: pick(['', 's1', 's2']),
      rootAgent: pick(WORDS.agent),
      agentVersion: pick(WORDS.version),
      outcome: pick(OUTCOMES),
      errorCount: whole(2),
      calls,
      costNanoUsd: calls.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n),
      usageUnreported: pick([0, 0, 0, 1, 512]),
    })
  }
  for (let round = 0; round < rounds; round++) {
    const fresh = Array.from({ length: Math.ceil(runs / rounds) }, (_, i) => tally(known.length + i + 1))
    const again = known.filter(() => random() < 0.3).map(({ runId }) => tally(Number.parseInt(runId, 16)))
    drawn.push({ talliedAtMs: startMs + round * 60_000, tallies: [...fresh, ...again] })
    known.push(...fresh)
  }
  return {
    rounds: drawn,
    runsAsOf: (ms) => [
      ...new Map(
        drawn.filter(({ talliedAtMs }) => talliedAtMs <= ms).flatMap(({ tallies }) => tallies.map((t) => [t.runId, t])),
      ).values(),
    ],
  }
}

export interface LineTruth {
  readonly key: readonly (string | null)[]
  readonly period: string | null
  nanoUsd: bigint
  calls: number
  unpriced: number
  inputUncached: number
  tokens: number
  readonly runs: Set<string>
  readonly components: Record<Component, bigint>
  allocated: bigint
}

/** The lines of a pivot from the runs themselves, in the plainest way. */
export const linesOf = (
  runs: readonly RunTally[],
  by: readonly DimensionName[],
  interval: 'hour' | 'day' | 'week' | 'month' | undefined,
  filters: CostFilterValues,
  range: { readonly fromMs: number; readonly toMs: number },
): Map<string, LineTruth> => {
  const lines = new Map<string, LineTruth>()
  for (const run of runs)
    for (const call of run.calls) {
      if (call.startNanos < BigInt(range.fromMs) * 1_000_000n || call.startNanos >= BigInt(range.toMs) * 1_000_000n)
        continue
      if (!isChosen(run, call, filters)) continue
      const key = by.map((name) => wordOf(name, run, call) || null)
      const period = interval ? periodOf(Number(call.startNanos / 1_000_000n), interval) : null
      const text = JSON.stringify([key, period])
      const line = lines.get(text) ?? { ...emptyLine(), key, period }
      lines.set(text, line)
      line.nanoUsd += call.costNanoUsd
      line.calls += call.kind === ('review' as string) || call.kind.startsWith('charge.') ? 0 : 1
      line.unpriced += call.costStatus === 'unpriced' ? 1 : 0
      line.inputUncached += call.usage.inputUncached
      line.tokens += USAGE_BUCKETS.reduce((sum, bucket) => sum + call.usage[bucket], 0)
      line.runs.add(run.runId)
      line.components[componentOf(call.kind)] += call.costNanoUsd
    }
  return lines
}

const emptyLine = () => ({
  nanoUsd: 0n,
  calls: 0,
  unpriced: 0,
  inputUncached: 0,
  tokens: 0,
  runs: new Set<string>(),
  components: { model: 0n, tools: 0n, review: 0n, evaluation: 0n, platform: 0n },
  allocated: 0n,
})

/** Adds a share of a cost that belongs to no run to its line, as JSON of [key, period]. */
export const addAllocated = (
  lines: Map<string, LineTruth>,
  text: string,
  component: Component,
  nanoUsd: bigint,
): void => {
  if (nanoUsd === 0n) return
  const [key, period] = JSON.parse(text) as [(string | null)[], string | null]
  const line = lines.get(text) ?? { ...emptyLine(), key, period }
  lines.set(text, line)
  line.nanoUsd += nanoUsd
  line.allocated += nanoUsd
  line.components[component] += nanoUsd
}

const wordOf = (name: DimensionName, run: RunTally, call: Call): string =>
  ({
    team: run.team,
    costCenter: run.costCenter,
    agent: call.agent,
    version: call.agentVersion,
    workflow: run.workflow,
    model: call.model,
    provider: call.provider,
    customer: run.customer,
    env: run.env,
    user: run.userId,
    tool: call.tool,
    component: componentOf(call.kind),
    outcome: run.outcome,
    session: run.sessionId || run.runId,
    run: run.runId,
  })[name]

const isChosen = (run: RunTally, call: Call, filters: CostFilterValues): boolean => {
  const among = (values: readonly string[] | undefined, value: string) =>
    !values || values.map((word) => (word === NOT_SET ? '' : word)).includes(value)
  return (
    among(filters.team, run.team) &&
    among(filters.costCenter, run.costCenter) &&
    among(filters.workflow, run.workflow) &&
    among(filters.customer, run.customer) &&
    among(filters.env, run.env) &&
    among(filters.user, run.userId) &&
    among(filters.version, run.agentVersion) &&
    among(filters.outcome, run.outcome) &&
    among(filters.session, run.sessionId || run.runId) &&
    among(filters.agent, call.agent) &&
    among(filters.callVersion, call.agentVersion) &&
    among(filters.model, call.model) &&
    among(filters.provider, call.provider) &&
    among(filters.tool, call.tool) &&
    among(filters.component, componentOf(call.kind)) &&
    (filters.errors === undefined || (filters.errors === 'true') === run.errorCount > 0)
  )
}

export const periodOf = (ms: number, interval: 'hour' | 'day' | 'week' | 'month'): string => {
  const at = new Date(ms)
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()]
  const starts = {
    hour: Date.UTC(year, month, day, at.getUTCHours()),
    day: Date.UTC(year, month, day),
    week: Date.UTC(year, month, day - ((at.getUTCDay() + 6) % 7)),
    month: Date.UTC(year, month, 1),
  }
  return new Date(starts[interval]).toISOString()
}
