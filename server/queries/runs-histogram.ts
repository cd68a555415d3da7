import type { Response } from '../../schema/api/contract.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { isoOfMs } from '../answers/time.ts'
import { type BoundedQuestion, runsClause } from './filter.ts'
import { fill, sqlFile } from './sql-file.ts'
import { stepsOf } from './time-range.ts'

const SQL = sqlFile('runs-histogram')

export const runsHistogram = async (
  database: Database,
  question: BoundedQuestion,
): Promise<Response<'sessionHistogram'>> => {
  const { stepMs, firstMs, count } = stepsOf(question.range)
  const clause = runsClause(question)
  const rows = await database.query<{ step: number; runs: number; errors: number; failures: number }>(
    fill(SQL, { runs: clause.sql }),
    { ...clause.params, firstMs, stepMs },
  )
  const at = new Map(rows.map((row) => [row.step, row]))
  return {
    stepMs,
    items: Array.from({ length: count }, (_, step) => {
      const { runs = 0, errors = 0, failures = 0 } = at.get(step) ?? {}
      return { time: isoOfMs(firstMs + step * stepMs), runs, errors, failures }
    }),
  }
}
