import type { LightSpan } from '../../schema/api/shapes.ts'
import { type Kind, MODEL_KINDS } from '../../schema/model/kind.ts'
import { CALL_COST_STATUSES } from '../../schema/model/run.ts'
import type { CallRow } from '../queries/calls.ts'
import { statusOf } from './run.ts'
import { msOfNanos } from './time.ts'
import { bucketsOfRow, type UsageRow, usageOf } from './usage.ts'

/** What `spans-light.sql` and `span-by-id.sql` have in common. */
export interface LightSpanRow extends UsageRow {
  readonly trace_id: string
  readonly span_id: string
  readonly parent_span_id: string
  readonly name: string
  readonly kind: Kind
  readonly service: string
  readonly agent: string
  readonly model: string
  readonly tool: string
  readonly start_nanos: string
  readonly duration_nanos: string
  readonly status: number
  readonly failed: boolean
  readonly has_usage: boolean
  readonly usage_reported: number
  readonly ttft_ns: number
}

export const lightSpanOfRow = (row: LightSpanRow, call: CallRow | undefined): LightSpan => ({
  spanId: row.span_id,
  parentSpanId: row.parent_span_id,
  name: row.name,
  kind: row.kind,
  service: row.service,
  agent: row.agent,
  model: row.model,
  tool: row.tool,
  startNanos: row.start_nanos,
  durationNanos: row.duration_nanos,
  status: statusOf(row.status),
  failed: row.failed,
  usage: spanUsage(row, call),
  usageRole: usageRole(row, call),
  costUsd: call?.cost_usd ?? null,
  costStatus: call ? (CALL_COST_STATUSES[call.cost_status] ?? null) : null,
  ttftMs: row.ttft_ns > 0 ? msOfNanos(row.ttft_ns) : null,
})

/**
 * `self`: what the span reports is counted. Otherwise the same tokens are counted on another span: a call told twice (`duplicate`) or a
 * parent that repeats its children (`rollup`). The tally decided (semantics.md §1).
 */
const usageRole = (row: LightSpanRow, call: CallRow | undefined): LightSpan['usageRole'] => {
  if (call) return row.has_usage || MODEL_KINDS.includes(row.kind) ? 'self' : null
  if (!row.has_usage) return null
  return MODEL_KINDS.includes(row.kind) ? 'duplicate' : 'rollup'
}

/** A counted call's tokens are the ledger's: it may have filled in what a duplicate said. */
const spanUsage = (row: LightSpanRow, call: CallRow | undefined): LightSpan['usage'] => {
  if (call && MODEL_KINDS.includes(call.kind as Kind)) return usageOf(bucketsOfRow(call), unreportedBy(call))
  return row.has_usage ? usageOf(bucketsOfRow(row), 0) : null
}

/** Buckets that are billed apart in this run and that this call did not report. */
export const unreportedBy = (call: CallRow): number =>
  call.usage_reported === 0 ? 0 : call.usage_unreported & ~call.usage_reported
