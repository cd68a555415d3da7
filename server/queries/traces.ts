import type { TraceItem } from '../../schema/api/shapes.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { COST_STATUSES, type CostStatus } from '../../schema/model/run.ts'
import { isoOfNanos, msOfNanos } from '../answers/time.ts'
import { bucketsOfRow, type UsageRow, usageOf } from '../answers/usage.ts'
import { cursorOf, numericKey, pageOf, parseCursor } from './cursor.ts'
import { type RunQuestion, TRACE_ID, tracesClause } from './filter.ts'
import { fill, sqlFile } from './sql-file.ts'

const PAGE = sqlFile('traces-page')
const BY_ID = sqlFile('traces-of-runs')
const RUNS = sqlFile('runs-light')
const FIGURES = sqlFile('trace-figures')
const SORT = '-start'

/** Where a trace lies, from `traces`: every read of its spans and logs starts with these bounds. */
export interface TracePlace {
  readonly trace_id: string
  readonly run_id: string
  readonly version: string
  readonly session_id: string
  readonly start_nanos: string
  readonly last_start_nanos: string
  readonly end_nanos: string
  readonly span_count: number
  readonly error_count: number
  readonly root_name: string
  readonly service: string
  readonly agent: string
  readonly environment: string
}

interface RunLight extends UsageRow {
  readonly run_id: string
  readonly traces: number
  readonly usage_unreported: number
  readonly cost_usd: string
  readonly cost_status: number
}
interface TraceFigures extends UsageRow {
  readonly trace_id: string
  readonly priced: number
  readonly unpriced: number
  readonly cost_usd: string
}

export const tracesPage = async (
  database: Database,
  question: RunQuestion,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<{ items: TraceItem[]; next: string | null }> => {
  const after = parseCursor(cursor, SORT, 2)
  const clause = tracesClause(question)
  const rows = await database.query<TracePlace>(fill(PAGE, { traces: clause.sql }), {
    ...clause.params,
    after: numericKey(after?.keys[0]),
    afterKey: after?.keys[1] ?? '',
    limit: limit + 1,
  })
  const { page, next } = pageOf(rows, limit, (last) => cursorOf(SORT, last.start_nanos, last.trace_id))
  return { items: await withFigures(database, question.projectId, page), next }
}

/** Places of traces by id; unknown ones are left out. */
export const tracePlaces = async (
  database: Database,
  projectId: number,
  traceIds: readonly string[],
): Promise<TracePlace[]> => {
  const ids = traceIds.filter((id) => TRACE_ID.test(id)).map((id) => id.toLowerCase())
  if (ids.length === 0) return []
  return database.query<TracePlace>(BY_ID, { project: projectId, traceIds: ids, limit: ids.length })
}

/** A trace that is a run of its own has the run's figures; one of several in a run has the sums of its calls. */
export const withFigures = async (
  database: Database,
  projectId: number,
  places: readonly TracePlace[],
): Promise<TraceItem[]> => {
  if (places.length === 0) return []
  const runIds = [...new Set(places.map((place) => place.run_id))]
  const runs = new Map(
    (await database.query<RunLight>(RUNS, { project: projectId, runIds })).map((row) => [row.run_id, row]),
  )
  const shared = places.filter((place) => (runs.get(place.run_id)?.traces ?? 1) > 1)
  const figures = new Map(
    shared.length === 0
      ? []
      : (
          await database.query<TraceFigures>(FIGURES, {
            project: projectId,
            runIds: [...new Set(shared.map((place) => place.run_id))],
            traceIds: shared.map((place) => place.trace_id),
          })
        ).map((row) => [row.trace_id, row]),
  )
  return places.map((place) => {
    const run = runs.get(place.run_id)
    const own = run && run.traces > 1 ? ownFigures(figures.get(place.trace_id)) : runFigures(run)
    const unreported = run?.usage_unreported ?? 0
    return {
      traceId: place.trace_id,
      start: isoOfNanos(place.start_nanos),
      durationMs: msOfNanos(BigInt(place.end_nanos) - BigInt(place.start_nanos)),
      spanCount: place.span_count,
      errorCount: place.error_count,
      rootName: place.root_name,
      service: place.service,
      agent: place.agent,
      environment: place.environment,
      sessionId: place.session_id === '' ? place.run_id : place.session_id,
      runId: place.run_id,
      usage: usageOf(bucketsOfRow(own.usage), unreported),
      costUsd: own.costUsd,
      costStatus: own.costStatus,
    }
  })
}

interface Figures {
  readonly usage: UsageRow
  readonly costUsd: string
  readonly costStatus: CostStatus
}

const runFigures = (run: RunLight | undefined): Figures => ({
  usage: run ?? {},
  costUsd: run?.cost_usd ?? '0',
  costStatus: COST_STATUSES[run?.cost_status ?? 0] ?? 'none',
})

const ownFigures = (row: TraceFigures | undefined): Figures => ({
  usage: row ?? {},
  costUsd: row?.cost_usd ?? '0',
  costStatus: !row || row.unpriced === 0 ? 'complete' : row.priced > 0 ? 'partial' : 'none',
})
