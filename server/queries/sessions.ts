import type { Session, SessionItem } from '../../schema/api/shapes.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { type RunRow, runOfRow, type SessionRow, sessionOfRow } from '../answers/run.ts'
import { cursorOf, numericKey, pageOf, parseCursor } from './cursor.ts'
import { type Clause, type RunQuestion, runsClause, SESSION_KEY, sessionKeysClause, TRACE_ID } from './filter.ts'
import { fill, sqlFile } from './sql-file.ts'

const NEWEST = sqlFile('sessions-newest')
const RANKED = sqlFile('sessions-ranked')
const WHOLE = sqlFile('sessions-whole')
const RUNS = sqlFile('runs-by-key')
const RESOLVE = sqlFile('session-of-id')
const RESOLVE_OTHER = sqlFile('session-of-other-id')

export type SessionSort = '-end' | '-costUsd' | '-durationMs' | '-errors'
/** Figures of whole sessions, as Decimal(38, 9). */
const FIGURES: Readonly<Record<Exclude<SessionSort, '-end'>, string>> = {
  '-costUsd': 'sum(toDecimal128(r.cost, 9))',
  '-durationMs': "toDecimal128(dateDiff('microsecond', min(r.start_time), max(r.end_time)), 9)",
  '-errors': 'toDecimal128(sum(r.error_count), 9)',
}
/** Runs shown with one session; a session with more shows its first. */
export const SESSION_RUNS_MAX = 1000

export interface PageRequest {
  readonly limit: number
  readonly cursor?: string | undefined
  readonly sort: SessionSort
}

/** Sessions with a chosen run, whole. Newest first by the end of the chosen runs; the other orders are by the whole session's figure. */
export const sessionsPage = async (
  database: Database,
  question: RunQuestion,
  { limit, cursor, sort }: PageRequest,
  nowMs: number,
): Promise<{ items: SessionItem[]; next: string | null }> => {
  const after = parseCursor(cursor, sort, 2)
  const runs = runsClause(question)
  const sql =
    sort === '-end'
      ? fill(NEWEST, { sessionKey: SESSION_KEY, runs: runs.sql })
      : fill(RANKED, { sessionKey: SESSION_KEY, runs: runs.sql, figure: FIGURES[sort] })
  const rows = await database.query<{ key: string; rank: string }>(sql, {
    ...runs.params,
    after: numericKey(after?.keys[0]),
    afterKey: after?.keys[1] ?? '',
    limit: limit + 1,
  })
  const { page, next } = pageOf(rows, limit, (last) => cursorOf(sort, last.rank, last.key))
  const keys = page.map((row) => row.key)
  const whole = await wholeSessions(database, question.projectId, keys, nowMs)
  return { items: keys.flatMap((key) => whole.get(key) ?? []), next }
}

/** Sessions by key, with all of their runs. */
export const wholeSessions = async (
  database: Database,
  projectId: number,
  keys: readonly string[],
  nowMs: number,
): Promise<Map<string, SessionItem>> => {
  const rows = await bothKinds<SessionRow>(database, projectId, keys, (which) =>
    fill(WHOLE, { sessionKey: SESSION_KEY, which }),
  )
  return new Map(rows.map((row) => [row.key, sessionOfRow(row, nowMs)]))
}

/** One session by an id that telemetry gave or by the id of one of its runs; undefined while unknown. */
export const sessionById = async (
  database: Database,
  projectId: number,
  id: string,
  nowMs: number,
): Promise<Session | undefined> => {
  const key = await sessionKeyOf(database, projectId, id)
  if (key === undefined) return undefined
  const [whole, runs] = await Promise.all([
    wholeSessions(database, projectId, [key], nowMs),
    runsOfSession(database, projectId, key),
  ])
  const session = whole.get(key)
  return session && { ...session, runs: runs.map((row) => runOfRow(row, nowMs)) }
}

export const sessionKeyOf = async (database: Database, projectId: number, id: string): Promise<string | undefined> => {
  const params = { project: projectId, id, runId: TRACE_ID.test(id) ? id : '' }
  const ask = async (sql: string): Promise<string | undefined> => {
    const [row] = await database.query<{ key: string }>(fill(sql, { sessionKey: SESSION_KEY }), params)
    return row?.key
  }
  return (await ask(RESOLVE)) ?? (await ask(RESOLVE_OTHER))
}

export const runsOfSession = (database: Database, projectId: number, key: string): Promise<RunRow[]> =>
  bothKinds<RunRow>(database, projectId, [key], (which) => fill(RUNS, { which }))

export const runById = async (database: Database, projectId: number, runId: string): Promise<RunRow | undefined> => {
  const [row] = await database.query<RunRow>(
    fill(RUNS, { which: 'r.run_id = toFixedString(unhex({runId:String}), 16)' }),
    {
      project: projectId,
      runId,
      limit: 1,
    },
  )
  return row
}

/** Named sessions and runs that are sessions of their own are found by different columns: one index each, so one query each. */
const bothKinds = async <Row>(
  database: Database,
  projectId: number,
  keys: readonly string[],
  sqlFor: (which: string) => string,
): Promise<Row[]> => {
  if (keys.length === 0) return []
  const { named, runs } = sessionKeysClause(projectId, keys)
  const ask = (clause: Clause) => database.query<Row>(sqlFor(clause.sql), { ...clause.params, limit: SESSION_RUNS_MAX })
  const mayBeRuns = (runs.params.runIds as readonly string[]).length > 0
  const answers = await Promise.all([ask(named), mayBeRuns ? ask(runs) : []])
  return answers.flat()
}
