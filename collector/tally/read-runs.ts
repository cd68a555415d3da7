import type { Database } from '../../schema/clickhouse/database.ts'
import { decoderOf } from '../../schema/clickhouse/row-binary.ts'
import { RowBinaryReader } from '../../schema/clickhouse/row-binary-reader.ts'
import { LEDGER, LEDGER_HEADER_BYTES, rowDecoder, TRACES, type TraceRow } from '../../schema/clickhouse/tables.ts'
import { missingParts, type StoredBody, wholeBodies } from '../../schema/model/content-parts.ts'
import type { ScoreSource } from '../../schema/model/kind.ts'
import type { Score } from '../../schema/model/span.ts'
import { SPAN_COLUMN_NAMES, spansOfAnswer } from './span-blocks.ts'
import type { TallySpan } from './tally-span.ts'

/** What the tallier asks the database. Ids are lowercase hex from our own decoder, so they may stand in the text; one literal keeps it short. */
export const idList = (ids: readonly string[], bytes: number): string => {
  if (ids.some((id) => !/^[0-9a-f]+$/.test(id))) throw new Error('not a hex id')
  return `(SELECT toFixedString(unhex(arrayJoin(splitByChar(',', '${ids.join(',')}'))), ${bytes}))`
}

/** Ids per query: the list may stand twice in the text, which the engine reads up to 256 KiB of. */
const IDS_PER_QUERY_MAX = 3_000

export const inChunks = async <Id, Row>(
  ids: readonly Id[],
  read: (some: readonly Id[]) => Promise<readonly Row[]>,
): Promise<Row[]> => {
  const rows: Row[] = []
  for (let i = 0; i < ids.length; i += IDS_PER_QUERY_MAX)
    for (const row of await read(ids.slice(i, i + IDS_PER_QUERY_MAX))) rows.push(row)
  return rows
}

/** All versions of all spans of these traces whose start lies in the bounds. */
export const readSpans = async (
  database: Database,
  projectId: number,
  traceIds: readonly string[],
  bounds: { readonly from: bigint; readonly to: bigint },
): Promise<TallySpan[]> =>
  inChunks(traceIds, async (some) => {
    const bytes = await database.queryBytes(
      `SELECT ${SPAN_COLUMN_NAMES.join(', ')}
FROM spans
WHERE project_id = ${projectId}
    AND start_time >= fromUnixTimestamp64Nano(${bounds.from}, 'UTC')
    AND start_time <= fromUnixTimestamp64Nano(${bounds.to}, 'UTC')
    AND trace_id IN ${idList(some, 16)}`,
      'Native',
    )
    return spansOfAnswer(bytes)
  })

export const SCORE_COLUMNS = `lower(hex(score_id)) AS scoreId, toString(toUnixTimestamp64Nano(time)) AS timeNanos, name, source, evaluator,
    evaluator_version AS evaluatorVersion, toString(value) AS value, label, explanation,
    if(trace_id = toFixedString('', 16), '', lower(hex(trace_id))) AS traceId,
    if(span_id = toFixedString('', 8), '', lower(hex(span_id))) AS spanId, session_id AS sessionId, response_id AS responseId, target_key AS targetKey`

export type ScoreRow = Readonly<Record<Exclude<keyof Score, 'projectId' | 'attrs'>, string>>

export const scoreOfRow = (projectId: number, row: ScoreRow): Score => ({
  ...row,
  projectId,
  timeNanos: BigInt(row.timeNanos),
  source: row.source as ScoreSource,
  value: Number(row.value),
  attrs: new Map(),
})

export const readScores = async (
  database: Database,
  projectId: number,
  traceIds: readonly string[],
): Promise<Score[]> => {
  const rows = await inChunks(traceIds, (some) =>
    database.query<ScoreRow>(
      `SELECT ${SCORE_COLUMNS}
FROM scores FINAL
WHERE project_id = ${projectId} AND trace_id IN ${idList(some, 16)}`,
    ),
  )
  return rows.map((row) => scoreOfRow(projectId, row))
}

/** Bodies of offered tool definitions by hash. */
export const readContents = async (
  database: Database,
  projectId: number,
  traceIds: readonly string[],
  hashes: readonly string[],
): Promise<Map<string, string>> => {
  const read = (ids: readonly string[]): Promise<StoredBody[]> =>
    inChunks(traceIds, (some) =>
      database.query<StoredBody>(
        `SELECT lower(hex(c.hash)) AS hash, c.body AS body, arrayMap(part -> lower(hex(part)), c.parts) AS parts
FROM content AS c
WHERE c.project_id = ${projectId} AND c.trace_id IN ${idList(some, 16)} AND c.hash IN ${idList(ids, 16)}
LIMIT 1 BY c.hash`,
      ),
    )
  const rows = await read(hashes)
  const parts = missingParts(rows)
  return wholeBodies(rows, parts.length === 0 ? [] : await read(parts))
}

const TRACE_FIELDS: Readonly<Record<string, keyof TraceRow>> = {
  project_id: 'projectId',
  trace_id: 'traceId',
  version: 'version',
  run_id: 'runId',
  session_id: 'sessionId',
  is_call_root: 'isCallRoot',
  run_traces: 'runTraces',
  stray_response_ids: 'strayResponseIds',
  start_time: 'startNanos',
  last_start_time: 'lastStartNanos',
  end_time: 'endNanos',
  run_end_time: 'runEndNanos',
  run_version: 'runVersion',
  span_count: 'spanCount',
  error_count: 'errorCount',
  root_name: 'rootName',
  service: 'service',
  agent: 'agent',
  env: 'env',
  outcome_keys: 'outcomeKeys',
}

const decodeTrace = rowDecoder<TraceRow>(TRACES.columns.map((c) => ({ field: TRACE_FIELDS[c.name]!, type: c.type })))

/** Where these traces, or all traces of these runs, stood at the last tally. */
export const readTraces = async (
  database: Database,
  projectId: number,
  by: 'trace_id' | 'run_id',
  ids: readonly string[],
): Promise<TraceRow[]> =>
  inChunks(ids, async (some) => {
    const bytes = await database.queryBytes(
      // A row of `traces` can name another run later: FINAL must see all versions, so the index on run_id only finds candidates.
      by === 'trace_id'
        ? `SELECT ${TRACES.columns.map((c) => c.name).join(', ')} FROM traces FINAL
WHERE project_id = ${projectId} AND trace_id IN ${idList(some, 16)}`
        : `SELECT ${TRACES.columns.map((c) => c.name).join(', ')} FROM traces FINAL
WHERE project_id = ${projectId}
    AND trace_id IN (SELECT trace_id FROM traces WHERE project_id = ${projectId} AND run_id IN ${idList(some, 16)})`,
      'RowBinary',
    )
    const reader = new RowBinaryReader(bytes)
    const rows: TraceRow[] = []
    while (!reader.done) rows.push(decodeTrace(reader))
    const wanted = new Set(some)
    return by === 'trace_id' ? rows : rows.filter((row) => wanted.has(row.runId))
  })

/** Traces with a span of one of these response ids that started in the window. */
export const readTracesOfResponses = async (
  database: Database,
  projectId: number,
  responseIds: readonly string[],
  window: { readonly from: bigint; readonly to: bigint },
): Promise<string[]> => {
  const rows = await inChunks(responseIds, (some) =>
    database.query<{ id: string }>(
      `SELECT DISTINCT lower(hex(trace_id)) AS id
FROM spans
WHERE project_id = ${projectId}
    AND start_time >= fromUnixTimestamp64Nano(${window.from}, 'UTC')
    AND start_time <= fromUnixTimestamp64Nano(${window.to}, 'UTC')
    AND response_id IN {responseIds:Array(String)}`,
      { responseIds: some },
    ),
  )
  return rows.map((row) => row.id)
}

/** Traces of these sessions, whenever they were. */
export const readTracesOfSessions = async (
  database: Database,
  projectId: number,
  sessions: readonly string[],
): Promise<string[]> => {
  const rows = await database.query<{ id: string }>(
    `SELECT DISTINCT lower(hex(trace_id)) AS id
FROM traces
WHERE project_id = ${projectId} AND session_id IN {sessions:Array(String)}`,
    { sessions },
  )
  return rows.map((row) => row.id)
}

/**
 * Traces of bare calls that may repeat calls of another trace, and that started in the window; and those that stand for a session's records
 * without a trace (no span is in them), which may last long.
 */
export const readStrays = async (
  database: Database,
  projectId: number,
  window: { readonly from: bigint; readonly to: bigint },
): Promise<{ readonly traceId: string; readonly responseIds: readonly string[] }[]> =>
  database.query(
    // Not FINAL: what was a stray once is asked for again and seen to be none.
    `SELECT DISTINCT lower(hex(trace_id)) AS traceId, stray_response_ids AS responseIds
FROM strays
WHERE project_id = ${projectId} AND NOT without_spans
    AND start_time >= fromUnixTimestamp64Nano(${window.from}, 'UTC')
    AND start_time <= fromUnixTimestamp64Nano(${window.to}, 'UTC')
UNION ALL
SELECT DISTINCT lower(hex(trace_id)), stray_response_ids
FROM strays
WHERE project_id = ${projectId} AND without_spans
    AND end_time >= fromUnixTimestamp64Nano(${window.from}, 'UTC')
    AND start_time <= fromUnixTimestamp64Nano(${window.to}, 'UTC')`,
  )

/** What the ledger holds of a run now: its row, as the bytes that take it back when their sign is turned. */
export interface LedgerEntry {
  readonly runId: string
  readonly version: bigint
  readonly row: Uint8Array
}

export const LEDGER_DECODERS = LEDGER.columns.map((c) => decoderOf(c.type))
const RUN_ID_OFFSET = LEDGER_HEADER_BYTES + 4

/** What stands of some runs: one entry each. More than one is damage that nothing should cause; `surplus` lets the tallier mend it. */
export interface Standing {
  readonly entries: Map<string, LedgerEntry>
  readonly surplus: readonly LedgerEntry[]
}

/** The standing (not taken back) entry of each of these runs. `ends` bounds the search: run ends as `traces` noted them. */
export const readLedger = async (
  database: Database,
  projectId: number,
  runIds: readonly string[],
  ends: { readonly from: bigint; readonly to: bigint },
): Promise<Standing> => {
  const entries = new Map<string, LedgerEntry>()
  const surplus: LedgerEntry[] = []
  await inChunks(runIds, async (some) => {
    const where = `project_id = ${projectId}
    AND end_time >= fromUnixTimestamp64Nano(${ends.from}, 'UTC')
    AND end_time <= fromUnixTimestamp64Nano(${ends.to}, 'UTC')
    AND run_id IN ${idList(some, 16)}`
    const bytes = await database.queryBytes(
      `SELECT ${LEDGER.columns.map((c) => `\`${c.name}\``).join(', ')}
FROM run_ledger
WHERE ${where} AND sign = 1
    AND (run_id, version) NOT IN (SELECT run_id, version FROM run_ledger WHERE ${where} AND sign = -1)`,
      'RowBinary',
    )
    const reader = new RowBinaryReader(bytes)
    while (!reader.done) {
      const from = reader.offset
      for (const decode of LEDGER_DECODERS) decode(reader)
      const row = reader.bytes(from, reader.offset)
      const version = new DataView(row.buffer, row.byteOffset).getBigUint64(9, true)
      const runId = Buffer.from(row.subarray(RUN_ID_OFFSET, RUN_ID_OFFSET + 16)).toString('hex')
      const entry = { runId, version, row }
      const known = entries.get(runId)
      if (!known || version > known.version) entries.set(runId, entry)
      if (known) surplus.push(version > known.version ? known : entry)
    }
    return []
  })
  return { entries, surplus }
}
