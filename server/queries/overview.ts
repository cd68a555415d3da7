import type { Overview } from '../../schema/api/shapes.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { addUsage, emptyUsage } from '../../schema/model/usage.ts'
import { nanoUsdOf, usdOf } from '../answers/money.ts'
import { isoOfMs } from '../answers/time.ts'
import { bucketsOfRow, usageOf } from '../answers/usage.ts'
import { MODEL_CALL_KINDS } from './call-kinds.ts'
import { type BoundedQuestion, type Clause, callsSource, logsClause, runsClause, spansClause } from './filter.ts'
import { fill, sqlFile } from './sql-file.ts'
import { stepsOf } from './time-range.ts'

const CALLS = sqlFile('overview-calls')
const RUNS = sqlFile('overview-runs')
const DISTINCT = sqlFile('overview-distinct')
const IDS = sqlFile('overview-ids')
const LOGS = sqlFile('count-logs')
const SAMPLED = sqlFile('overview-sampled')
const HOUR_MS = 3_600_000

type StepRow = Readonly<Record<string, number>> & { readonly step: number }
type CallsRow = StepRow & { readonly cost_usd: string }

/** Totals of the range, each thing counted once whatever reported it, and the same in at most 120 steps. */
export const overview = async (database: Database, question: BoundedQuestion): Promise<Overview> => {
  const steps = stepsOf(question.range)
  const cut = { firstMs: steps.firstMs, stepMs: steps.stepMs }
  const calls = callsSource(question, steps.stepMs < HOUR_MS)
  const runs = runsClause(question)
  const logs = logsClause(question)
  const spans = spansClause(question)
  const [callRows, runRows, distinct, [logCount], sampled] = await Promise.all([
    database.query<CallsRow>(fill(CALLS, { calls: calls.sql }), {
      ...calls.params,
      ...cut,
      modelKinds: MODEL_CALL_KINDS,
    }),
    database.query<StepRow>(fill(RUNS, { runs: runs.sql }), { ...runs.params, ...cut }),
    distinctOf(database, runs),
    database.query<{ logs: number }>(fill(LOGS, { logs: logs.sql }), logs.params),
    database.query(fill(SAMPLED, { spans: spans.sql }), spans.params),
  ])
  const call = totals(callRows)
  const run = totals(runRows)
  const usage = emptyUsage()
  for (const row of callRows) addUsage(usage, bucketsOfRow(row))
  const costNanoUsd = callRows.reduce((sum, row) => sum + nanoUsdOf(row.cost_usd), 0n)
  const unreported = runRows.reduce((bits, row) => bits | (row.usage_unreported ?? 0), 0)
  return {
    from: isoOfMs(question.range.fromMs),
    to: isoOfMs(question.range.toMs),
    spans: run('spans'),
    logs: logCount?.logs ?? 0,
    runs: run('runs'),
    ...distinct,
    errors: run('errors'),
    modelCalls: call('model_calls'),
    failedModelCalls: call('failed_model_calls'),
    embeddingCalls: call('embedding_calls'),
    toolCalls: call('tool_calls'),
    toolErrors: call('tool_errors'),
    usage: usageOf(usage, unreported),
    missingUsageCalls: call('missing_usage_calls'),
    costUsd: usdOf(costNanoUsd),
    costStatus: call('unpriced_calls') === 0 ? 'complete' : costNanoUsd > 0n ? 'partial' : 'none',
    unpricedCalls: call('unpriced_calls'),
    outcomes: {
      success: run('success'),
      failure: run('failure'),
      escalated: run('escalated'),
      user_abandoned: run('user_abandoned'),
      infra_error: run('infra_error'),
      pending: run('pending'),
    },
    guardrails: { evaluations: run('guardrail_evaluations'), hits: run('guardrail_hits') },
    // An SLO must be defined before it can have a state; none can be yet, so there is none to list.
    slos: [],
    sampled: sampled.length > 0,
    series: series(steps, callRows, runRows),
  }
}

interface Ids {
  readonly sessions_named: number
  readonly users: number
}

/** A session that telemetry did not name is its run, so those count one each. */
const distinctOf = async (
  database: Database,
  runs: Clause,
): Promise<Pick<Overview, 'sessions' | 'sessionsNamed' | 'users'>> => {
  const [row] = await database.query<Ids & { sessions_unnamed: number; runs_with_several: number }>(
    fill(DISTINCT, { runs: runs.sql }),
    runs.params,
  )
  if (!row) return { sessions: 0, sessionsNamed: 0, users: 0 }
  const [all] =
    row.runs_with_several === 0 ? [row] : await database.query<Ids>(fill(IDS, { runs: runs.sql }), runs.params)
  return {
    sessions: row.sessions_named + row.sessions_unnamed,
    sessionsNamed: all?.sessions_named ?? 0,
    users: all?.users ?? 0,
  }
}

const totals =
  (rows: readonly StepRow[]) =>
  (name: string): number =>
    rows.reduce((sum, row) => sum + Number(row[name] ?? 0), 0)

const series = (
  { stepMs, firstMs, count }: ReturnType<typeof stepsOf>,
  callRows: readonly CallsRow[],
  runRows: readonly StepRow[],
): Overview['series'] => {
  const callsAt = new Map(callRows.map((row) => [row.step, row]))
  const runsAt = new Map(runRows.map((row) => [row.step, row]))
  return Array.from({ length: count }, (_, step) => ({
    time: isoOfMs(firstMs + step * stepMs),
    runs: runsAt.get(step)?.runs ?? 0,
    errors: runsAt.get(step)?.error_runs ?? 0,
    modelCalls: callsAt.get(step)?.model_calls ?? 0,
    costUsd: usdOf(nanoUsdOf(callsAt.get(step)?.cost_usd ?? '0')),
  }))
}
