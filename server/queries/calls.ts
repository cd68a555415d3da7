import type { Database } from '../../schema/clickhouse/database.ts'
import { REVIEW_KIND } from '../../schema/model/component.ts'
import type { UsageRow } from '../answers/usage.ts'
import { sqlFile } from './sql-file.ts'

const CALLS = sqlFile('calls-of-runs')
const CHECKS = sqlFile('checks-of-runs')
/** A replay or a trace shows at most 50,000 spans; more calls than that are not looked up. */
const CALLS_MAX = 200_000

/** What the ledger counted for a span: the only source of usage roles and costs. */
export interface CallRow extends UsageRow {
  readonly run_id: string
  readonly usage_unreported: number
  readonly span_id: string
  readonly trace_id: string
  readonly kind: string
  readonly failed: boolean
  readonly usage_reported: number
  readonly cost_usd: string
  readonly cost_status: number
  readonly price_ref: string
  readonly validity: number
  readonly model: string
  readonly provider: string
}

export interface CheckRow {
  readonly run_id: string
  readonly span_id: string
  readonly name: string
  readonly verdict: string
  readonly time_nanos: string
  readonly agent: string
  readonly fail_open: boolean
}

/** Key of a span across the traces of a session. */
export const spanKey = (traceId: string, spanId: string): string => `${traceId}/${spanId}`

export const callsOfRuns = async (
  database: Database,
  projectId: number,
  runIds: readonly string[],
  /** Of these spans alone; none: of all. */
  spanIds: readonly string[] = [],
): Promise<Map<string, CallRow>> => {
  const rows = await database.query<CallRow>(CALLS, { project: projectId, runIds, spanIds, limit: CALLS_MAX })
  const calls = new Map<string, CallRow>()
  // Minutes of review stand under the span that tells of them, which may be a call itself: that one is what the span did.
  for (const row of rows) {
    const key = spanKey(row.trace_id, row.span_id)
    if (row.kind !== REVIEW_KIND || !calls.has(key)) calls.set(key, row)
  }
  return calls
}

export const checksOfRuns = (database: Database, projectId: number, runIds: readonly string[]): Promise<CheckRow[]> =>
  database.query<CheckRow>(CHECKS, { project: projectId, runIds, limit: CALLS_MAX })
