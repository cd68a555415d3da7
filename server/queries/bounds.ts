import type { Database } from '../../schema/clickhouse/database.ts'
import { type BoundedQuestion, type RunQuestion, runsClause } from './filter.ts'
import { fill, sqlFile } from './sql-file.ts'
import { DEFAULT_RANGE_MS } from './time-range.ts'

const SQL = sqlFile('runs-bounds')

/** Gives a question that names its runs (session, trace, experiment) the range that these runs cover, so that it can be cut into steps. */
export const bounded = async (database: Database, question: RunQuestion, nowMs: number): Promise<BoundedQuestion> => {
  const { fromMs, toMs } = question.range
  if (fromMs !== undefined && toMs !== undefined) return { ...question, range: { fromMs, toMs } }
  const clause = runsClause(question)
  const [row] = await database.query<{ runs: number; start_nanos: string; end_nanos: string }>(
    fill(SQL, { runs: clause.sql }),
    clause.params,
  )
  if (!row || row.runs === 0) {
    const end = toMs ?? Math.max(nowMs, (fromMs ?? 0) + 1)
    return { ...question, range: { fromMs: fromMs ?? end - DEFAULT_RANGE_MS, toMs: end } }
  }
  const firstMs = Number(BigInt(row.start_nanos) / 1_000_000n)
  const lastMs = Number(BigInt(row.end_nanos) / 1_000_000n) + 1
  const range = {
    fromMs: fromMs ?? Math.min(firstMs, (toMs ?? lastMs) - 1),
    toMs: toMs ?? Math.max(lastMs, (fromMs ?? 0) + 1),
  }
  return { ...question, range }
}
