import type { FailureGroup, Failures } from '../../schema/api/failures.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import type { Kind } from '../../schema/model/kind.ts'
import { isoOfNanos } from '../answers/time.ts'
import { type RunQuestion, runsClause, SESSION_KEY } from './filter.ts'
import { fill, sqlFile } from './sql-file.ts'

const RUNS = sqlFile('failures-runs')
const FIRST = sqlFile('failures-first')

/** So many of the last failed runs are looked at: their spans have to be read. */
const RUNS_MAX = 2_000
const TRACES_AT_ONCE = 1_000
const LAST_MAX = 5
const MESSAGE_CHARS_MAX = 200

interface RunRow {
  readonly run_id: string
  readonly session_id: string
  readonly trace_ids: string[]
  readonly start_nanos: string
  readonly end_nanos: string
  readonly version: string
  readonly outcome: string
  readonly outcome_source: string
}
interface FirstRow {
  readonly trace_id: string
  readonly span_id: string
  readonly kind: Kind
  readonly name: string
  readonly error_type: string
  readonly message: string
  readonly end_nanos: string
}

/** Runs that failed, grouped by what failed first in each. The most frequent group first. */
export const failures = async (database: Database, question: RunQuestion): Promise<Failures> => {
  const clause = runsClause(question)
  const rows = await database.query<RunRow>(fill(RUNS, { runs: clause.sql, sessionKey: SESSION_KEY }), {
    ...clause.params,
    limit: RUNS_MAX + 1,
  })
  const runs = rows.slice(0, RUNS_MAX)
  const first = await firstFailures(database, question.projectId, runs)
  const groups = new Map<string, { run: RunRow; failure: FirstRow | undefined }[]>()
  for (const run of runs) {
    const failure = run.trace_ids
      .flatMap((id) => first.get(id) ?? [])
      .reduce<FirstRow | undefined>(
        (least, one) => (!least || BigInt(one.end_nanos) < BigInt(least.end_nanos) ? one : least),
        undefined,
      )
    const key = failure
      ? JSON.stringify([failure.kind, failure.name, failure.error_type, patternOf(failure.message)])
      : `judged ${run.outcome_source}`
    const group = groups.get(key)
    if (group) group.push({ run, failure })
    else groups.set(key, [{ run, failure }])
  }
  return {
    items: [...groups.values()].map(groupOf).sort((a, b) => b.runs - a.runs || (a.lastSeen < b.lastSeen ? 1 : -1)),
    runs: runs.length,
    truncated: rows.length > RUNS_MAX,
  }
}

const firstFailures = async (
  database: Database,
  project: number,
  runs: readonly RunRow[],
): Promise<Map<string, FirstRow>> => {
  const traceIds = runs.flatMap((run) => run.trace_ids)
  if (traceIds.length === 0) return new Map()
  const firstNanos = runs.map((run) => BigInt(run.start_nanos)).reduce((a, b) => (a < b ? a : b))
  const lastNanos = runs.map((run) => BigInt(run.end_nanos)).reduce((a, b) => (a > b ? a : b))
  const found = new Map<string, FirstRow>()
  for (let i = 0; i < traceIds.length; i += TRACES_AT_ONCE) {
    const rows = await database.query<FirstRow>(FIRST, {
      project,
      traceIds: traceIds.slice(i, i + TRACES_AT_ONCE),
      firstNanos: firstNanos.toString(),
      lastNanos: lastNanos.toString(),
    })
    for (const row of rows) found.set(row.trace_id, row)
  }
  return found
}

/** Members come with the last run first. */
const groupOf = (members: readonly { run: RunRow; failure: FirstRow | undefined }[]): FailureGroup => {
  const { run, failure } = members[0]!
  return {
    kind: failure?.kind ?? null,
    name: failure ? failure.name : run.outcome_source,
    errorType: failure?.error_type ?? '',
    message: patternOf(failure?.message ?? ''),
    example: failure?.message ?? '',
    runs: members.length,
    failures: members.filter((one) => one.run.outcome === 'failure').length,
    versions: [...new Set(members.map((one) => one.run.version).filter((version) => version !== ''))],
    firstSeen: isoOfNanos(members.at(-1)!.run.end_nanos),
    lastSeen: isoOfNanos(run.end_nanos),
    last: members.slice(0, LAST_MAX).map((one) => ({
      sessionId: one.run.session_id,
      traceId: one.failure?.trace_id ?? one.run.trace_ids[0] ?? '',
      spanId: one.failure?.span_id ?? '',
    })),
  }
}

/** What stays of a message when its numbers, ids and quoted values are taken out: `order "…" not found after # ms`. */
const patternOf = (message: string): string =>
  message
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/(["'`])(?:(?!\1).){1,200}\1/g, '$1…$1')
    .replace(/\b(?=[\w-]*\d)[\w-]{8,}\b/g, '#')
    .replace(/\d+(?:[.,:]\d+)*/g, '#')
    .slice(0, MESSAGE_CHARS_MAX)
