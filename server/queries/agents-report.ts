import type { Rate, UsageItem } from '../../schema/api/shapes.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { dividedNanoUsd, nanoUsdOf, usdOf } from '../answers/money.ts'
import { rateOf } from '../answers/rate.ts'
import { SETTLE_AFTER_HOURS } from '../answers/run.ts'
import { isoOfNanos, msOfNanos } from '../answers/time.ts'
import { usageOf } from '../answers/usage.ts'
import { type BoundedQuestion, nanos, runsClause } from './filter.ts'
import { type CallFigures, type CallReport, callFigures, costStatusOf, noCalls, REPORT_KEYS_MAX } from './fleet.ts'
import { runsByMember } from './runs-by-member.ts'
import { fill, sqlFile } from './sql-file.ts'
import { stepsOf } from './time-range.ts'

const RUNS = sqlFile('agents-runs')
const SERIES = sqlFile('agents-series')
const HOUR_MS = 3_600_000

const AGENT_CALLS: CallReport = {
  keys: ['agent'],
  callKinds: ['llm', 'embedding', 'rerank', 'evaluator', 'tool', 'retrieval'],
  otherKinds: [],
}

interface AgentRow {
  readonly agent: string
  readonly version: string
  readonly whole: number
  readonly runs: number
  readonly error_runs: number
  readonly successes: number
  readonly judged: number
  readonly settled: number
  readonly provisional: number
  readonly guardrail_evaluations: number
  readonly guardrail_hits: number
  readonly cost_usd: string
  readonly usage_unreported: number
  readonly durations: [number, number]
  readonly timed_runs: number
  readonly first_nanos: string
  readonly last_nanos: string
}

/**
 * One item per agent. Runs, outcomes, latency, guardrails and cost per success are of the runs whose root is this agent; calls, usage and
 * cost are what the agent itself did, in whoever's run (semantics.md §0). An agent that only ever works for others has no runs of its own.
 */
export const agentsReport = async (
  database: Database,
  question: BoundedQuestion,
  nowMs: number,
): Promise<UsageItem[]> => {
  const steps = stepsOf(question.range)
  const clause = runsClause(question)
  const [members, calls, rows, series] = await Promise.all([
    runsByMember(database, question, 'r.agents'),
    callFigures(database, question, AGENT_CALLS),
    database.query<AgentRow>(fill(RUNS, { runs: clause.sql }), {
      ...clause.params,
      unsettledSince: nanos(nowMs - SETTLE_AFTER_HOURS * HOUR_MS),
      limit: REPORT_KEYS_MAX * 4,
    }),
    database.query<{ agent: string; step: number; value: number }>(fill(SERIES, { runs: clause.sql }), {
      ...clause.params,
      firstMs: steps.firstMs,
      stepMs: steps.stepMs,
    }),
  ])
  const whole = new Map(rows.filter((row) => row.whole === 1).map((row) => [row.agent, row]))
  const wanted = question.filters.agent
  const agents = [...new Set([...whole.keys(), ...calls.keys()])].filter((agent) => !wanted || wanted.includes(agent))
  return agents.map((agent) => {
    const runs = whole.get(agent)
    const versions = rows.filter((row) => row.whole === 0 && row.agent === agent)
    const values = Array.from({ length: steps.count }, () => 0)
    for (const row of series) if (row.agent === agent && row.step in values) values[row.step] = row.value
    const figures = calls.get(agent) ?? noCalls({ agent }, steps)
    const lastNanos = runs?.last_nanos ?? members.get(agent)?.last_nanos ?? figures.lastNanos
    return {
      ...itemOf(agent, runs, versions, figures, runs ? values : undefined),
      partOfRuns: members.get(agent)?.runs ?? runs?.runs ?? 0,
      lastSeen: isoOfNanos(BigInt(lastNanos)),
    }
  })
}

const itemOf = (
  agent: string,
  runs: AgentRow | undefined,
  versions: readonly AgentRow[],
  calls: CallFigures,
  series: number[] | undefined,
): Omit<UsageItem, 'lastSeen' | 'partOfRuns'> => {
  const errors = runs ? runs.error_runs : calls.errors
  const judgedCalls = calls.valid + calls.invalid
  return {
    key: { agent },
    runs: runs?.runs ?? 0,
    calls: calls.calls,
    errors,
    failureRate: rateOf(errors, runs ? runs.runs : calls.calls),
    p50Ms: durationMs(runs, 0),
    p95Ms: durationMs(runs, 1),
    usage: usageOf(calls.usage, runs?.usage_unreported ?? 0),
    costUsd: usdOf(calls.costNanoUsd),
    costStatus: costStatusOf(calls.unpriced, calls.costNanoUsd),
    unpricedCalls: calls.unpriced,
    valid: judgedCalls === 0 ? null : rateOf(calls.valid, judgedCalls),
    success: runs ? successOf(runs) : null,
    costPerSuccess: runs && runs.successes > 0 ? usdOf(dividedNanoUsd(nanoUsdOf(runs.cost_usd), runs.successes)) : null,
    guardrailHits: runs?.guardrail_hits ?? 0,
    guardrailEvaluations: runs?.guardrail_evaluations ?? 0,
    series: series ?? calls.series,
    agents: [agent],
    versions: versions.map((row) => ({
      version: row.version,
      firstSeen: isoOfNanos(row.first_nanos),
      runs: row.runs,
      success: successOf(row),
      costUsd: row.cost_usd,
      p95Ms: durationMs(row, 1),
    })),
  }
}

/** Abandoned runs and failures of infrastructure say nothing of the agent; what is pending may still say something (semantics.md §4). */
const successOf = (row: AgentRow): Rate => ({
  ...rateOf(row.successes, row.judged, { provisional: row.provisional > 0 }),
  coverage: row.runs === 0 ? null : row.settled / row.runs,
})

const durationMs = (row: AgentRow | undefined, which: 0 | 1): number | null =>
  row && row.timed_runs > 0 ? msOfNanos(row.durations[which]) : null
