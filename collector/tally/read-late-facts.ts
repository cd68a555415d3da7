import type { Database } from '../../schema/clickhouse/database.ts'
import type { Charge } from '../../schema/model/charge.ts'
import { COMPONENTS } from '../../schema/model/component.ts'
import type { Score } from '../../schema/model/span.ts'
import type { Target } from '../spool/keys.ts'
import { idList, inChunks, readTracesOfSessions, SCORE_COLUMNS, type ScoreRow, scoreOfRow } from './read-runs.ts'

export type LateKind = 'scores' | 'charges'

/** Whether a project has late facts at all: most have none, and every round asks. */
export const lateKindsOf = async (database: Database, projectId: number): Promise<ReadonlySet<LateKind>> => {
  const rows = await database.query<{ kind: LateKind }>(
    `SELECT * FROM (SELECT 'scores' AS kind FROM scores WHERE project_id = ${projectId} AND trace_id = toFixedString('', 16) LIMIT 1)
UNION ALL
SELECT * FROM (SELECT 'charges' AS kind FROM charges WHERE project_id = ${projectId} LIMIT 1)`,
  )
  return new Set(rows.map(({ kind }) => kind))
}

/** Judgements that name no trace but one of these sessions, or one of these keys. */
export const readScoresOfTargets = async (
  database: Database,
  projectId: number,
  sessions: readonly string[],
  keys: readonly string[],
): Promise<readonly Score[]> => {
  const read = (where: string) => (names: readonly string[]) =>
    database.query<ScoreRow>(
      `SELECT ${SCORE_COLUMNS}
FROM scores FINAL
WHERE project_id = ${projectId} AND trace_id = toFixedString('', 16) AND ${where}`,
      { names },
    )
  const rows = [
    ...(await inChunks(sessions, read("target_key = '' AND session_id IN {names:Array(String)}"))),
    ...(await inChunks(keys, read('target_key IN {names:Array(String)}'))),
  ]
  return rows.map((row) => scoreOfRow(projectId, row))
}

export interface ChargeTargets {
  readonly traceIds: readonly string[]
  readonly sessions: readonly string[]
  readonly keys: readonly string[]
}

/** Charges of these traces, sessions and keys; of one id the first that was posted. */
export const readCharges = async (
  database: Database,
  projectId: number,
  { traceIds, sessions, keys }: ChargeTargets,
): Promise<readonly Charge[]> => {
  const read = (where: string, names: readonly string[] = []) =>
    database.query<ChargeRow>(
      `SELECT lower(hex(charge_id)) AS chargeId, id, if(trace_id = toFixedString('', 16), '', lower(hex(trace_id))) AS traceId, session_id AS sessionId,
    target_key AS targetKey, component, has_amount AS hasAmount, toString(toInt64(amount * 1000000000)) AS amountNanoUsd,
    toString(toInt64(minutes * 1000000000)) AS nanoMinutes, toString(toUnixTimestamp64Nano(time)) AS timeNanos, note
FROM charges FINAL
WHERE project_id = ${projectId} AND ${where}`,
      { names },
    )
  const rows = [
    ...(await inChunks(traceIds, (some) => read(`trace_id IN ${idList(some, 16)}`))),
    ...(await inChunks(sessions, (some) =>
      read("trace_id = toFixedString('', 16) AND target_key = '' AND session_id IN {names:Array(String)}", some),
    )),
    ...(await inChunks(keys, (some) =>
      read("trace_id = toFixedString('', 16) AND target_key IN {names:Array(String)}", some),
    )),
  ]
  return rows.map((row) => ({
    projectId,
    chargeId: row.chargeId,
    id: row.id,
    traceId: row.traceId,
    sessionId: row.sessionId,
    targetKey: row.targetKey,
    component: COMPONENTS.find((component) => component === row.component) ?? 'platform',
    amountNanoUsd: row.hasAmount ? BigInt(row.amountNanoUsd) : undefined,
    nanoMinutes: BigInt(row.nanoMinutes),
    timeNanos: BigInt(row.timeNanos),
    note: row.note,
  }))
}

interface ChargeRow {
  readonly chargeId: string
  readonly id: string
  readonly traceId: string
  readonly sessionId: string
  readonly targetKey: string
  readonly component: string
  readonly hasAmount: boolean
  readonly amountNanoUsd: string
  readonly nanoMinutes: string
  readonly timeNanos: string
  readonly note: string
}

/** Traces of these sessions, whenever they were; a run that names no session is one by itself, under its own id. */
export const tracesOfSessions = async (
  database: Database,
  projectId: number,
  sessions: readonly string[],
): Promise<readonly string[]> => {
  const ids = sessions.filter((session) => /^[0-9a-f]{32}$/.test(session))
  const unnamed = await inChunks(ids, (some) =>
    database.query<{ id: string }>(
      `SELECT DISTINCT lower(hex(trace_id)) AS id
FROM traces
WHERE project_id = ${projectId} AND session_id = '' AND run_id IN ${idList(some, 16)}`,
    ),
  )
  return [...(await readTracesOfSessions(database, projectId, sessions)), ...unnamed.map(({ id }) => id)]
}

/** Traces that carry one of these keys. A row of before may name a key that the trace carries no more: what it carries is read from its spans. */
export const readTracesOfKeys = async (
  database: Database,
  projectId: number,
  keys: readonly string[],
): Promise<string[]> => {
  const rows = await inChunks(keys, (names) =>
    database.query<{ id: string }>(
      `SELECT DISTINCT lower(hex(trace_id)) AS id
FROM traces
WHERE project_id = ${projectId} AND hasAny(outcome_keys, {names:Array(String)})`,
      { names },
    ),
  )
  return rows.map(({ id }) => id)
}

/** The traces that the tallier has noted of these sessions and keys. What comes later finds the facts by itself. */
export const tracesOfTargets = async (
  database: Database,
  projectId: number,
  targets: readonly Target[],
): Promise<readonly string[]> => {
  const named = (kind: Target['kind']): string[] => targets.filter((t) => t.kind === kind).map(({ name }) => name)
  const sessions = named('session')
  const keys = named('key')
  return [
    ...(sessions.length === 0 ? [] : await tracesOfSessions(database, projectId, sessions)),
    ...(keys.length === 0 ? [] : await readTracesOfKeys(database, projectId, keys)),
  ]
}
