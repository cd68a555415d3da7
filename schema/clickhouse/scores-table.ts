import type { Score } from '../model/span.ts'
import type { Column, Stored, Table } from './tables.ts'

type S = Stored<Score>
const column = (name: string, type: string, value: (score: S) => unknown): Column<S> => ({ name, type, value })

const LC = 'LowCardinality(String)'

/** Judgements (migrations/0003_scores.sql). */
export const SCORES: Table<S> = {
  name: 'scores',
  columns: [
    column('project_id', 'UInt32', (s) => s.row.projectId),
    column('score_id', 'FixedString(16)', (s) => s.row.scoreId),
    column('time', "DateTime64(9,'UTC')", (s) => s.row.timeNanos),
    column('name', LC, (s) => s.row.name),
    column('source', LC, (s) => s.row.source),
    column('evaluator', LC, (s) => s.row.evaluator),
    column('evaluator_version', LC, (s) => s.row.evaluatorVersion),
    column('value', 'Float64', (s) => s.row.value),
    column('label', LC, (s) => s.row.label),
    column('explanation', 'String', (s) => s.row.explanation),
    column('trace_id', 'FixedString(16)', (s) => s.row.traceId),
    column('span_id', 'FixedString(8)', (s) => s.row.spanId),
    column('session_id', 'String', (s) => s.row.sessionId),
    column('response_id', 'String', (s) => s.row.responseId),
    column('attrs', 'Map(LowCardinality(String), String)', (s) => s.row.attrs),
    column('received_at', "DateTime64(3,'UTC')", (s) => BigInt(s.receivedAtMs)),
    column('target_key', 'String', (s) => s.row.targetKey),
  ],
}
