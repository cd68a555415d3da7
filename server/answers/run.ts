import type { Run, SessionItem } from '../../schema/api/shapes.ts'
import type { Outcome } from '../../schema/model/kind.ts'
import { COST_STATUSES } from '../../schema/model/run.ts'
import { isoOfNanos, msOfNanos } from './time.ts'
import { bucketsOfRow, usageOf } from './usage.ts'

/** What `runs-by-key.sql` and `sessions-whole.sql` have in common. */
export interface RunFactsRow {
  readonly agent: string
  readonly agent_version: string
  readonly user: string
  readonly team: string
  readonly customer: string
  readonly environment: string
  readonly start_nanos: string
  readonly end_nanos: string
  readonly status: number
  readonly outcome: Outcome
  readonly outcome_source: string
  readonly spans: number
  readonly model_calls: number
  readonly failed_model_calls: number
  readonly embedding_calls: number
  readonly tool_calls: number
  readonly tool_errors: number
  readonly errors: number
  readonly guardrail_evaluations: number
  readonly guardrail_hits: number
  readonly missing_usage_calls: number
  readonly unpriced_calls: number
  readonly usage_unreported: number
  readonly cost_usd: string
  readonly cost_status: number
  readonly models: string[]
  readonly tools: string[]
  readonly agents: string[]
  readonly trace_ids: string[]
  readonly first_input: string
  readonly last_output: string
  readonly [usageColumn: string]: unknown
}

export interface RunRow extends RunFactsRow {
  readonly run_id: string
  readonly session_id: string
  readonly workflow: string
  readonly root_name: string
  readonly labels: Record<string, string>
}

export interface SessionRow extends RunFactsRow {
  readonly key: string
  readonly named: number
  readonly run_count: number
}

/** How long a run without a verdict is waited for (semantics.md §3, `settle_after`). */
export const SETTLE_AFTER_HOURS = 24

export const runOfRow = (row: RunRow, nowMs: number): Run => ({
  id: row.run_id,
  ...factsOfRow(row, nowMs),
  sessionId: row.session_id === '' ? row.run_id : row.session_id,
  workflow: row.workflow,
  rootName: row.root_name,
  labels: row.labels,
})

export const sessionOfRow = (row: SessionRow, nowMs: number): SessionItem => ({
  id: row.key,
  ...factsOfRow(row, nowMs),
  named: row.named === 1,
  runCount: row.run_count,
})

export const STATUSES = ['unset', 'ok', 'error'] as const
export const statusOf = (status: number): (typeof STATUSES)[number] => STATUSES[status] ?? 'unset'

const factsOfRow = (row: RunFactsRow, nowMs: number) => ({
  agent: row.agent,
  agentVersion: row.agent_version,
  user: row.user,
  team: row.team,
  customer: row.customer,
  environment: row.environment,
  start: isoOfNanos(row.start_nanos),
  end: isoOfNanos(row.end_nanos),
  durationMs: msOfNanos(BigInt(row.end_nanos) - BigInt(row.start_nanos)),
  status: statusOf(row.status),
  outcome: row.outcome,
  outcomeSource: row.outcome_source,
  provisional:
    row.outcome === 'pending' && nowMs - Number(BigInt(row.end_nanos) / 1_000_000n) < SETTLE_AFTER_HOURS * 3_600_000,
  spans: row.spans,
  modelCalls: row.model_calls,
  failedModelCalls: row.failed_model_calls,
  embeddingCalls: row.embedding_calls,
  toolCalls: row.tool_calls,
  toolErrors: row.tool_errors,
  errors: row.errors,
  guardrailEvaluations: row.guardrail_evaluations,
  guardrailHits: row.guardrail_hits,
  missingUsageCalls: row.missing_usage_calls,
  unpricedCalls: row.unpriced_calls,
  usage: usageOf(bucketsOfRow(row), row.usage_unreported),
  costUsd: row.cost_usd,
  costStatus: COST_STATUSES[row.cost_status] ?? 'none',
  models: row.models,
  tools: row.tools,
  agents: row.agents,
  traceIds: row.trace_ids,
  firstInput: row.first_input,
  lastOutput: row.last_output,
})
