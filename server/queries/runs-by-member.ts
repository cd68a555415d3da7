import type { Database } from '../../schema/clickhouse/database.ts'
import { type BoundedQuestion, runsClause } from './filter.ts'
import { fill, sqlFile } from './sql-file.ts'

const MEMBERS = sqlFile('runs-by-member')

export interface MemberRow {
  readonly member: string
  readonly runs: number
  /** End of the last run that contains it, as it stands now. The calls cannot say it: a maximum over the ledger also sees what was taken back. */
  readonly last_nanos: string
  readonly usage_unreported: number
}

/** Runs by the tools, models or agents that they contain. */
export const runsByMember = async (
  database: Database,
  question: BoundedQuestion,
  members: 'r.tools' | 'r.models' | 'r.agents',
): Promise<Map<string, MemberRow>> => {
  const clause = runsClause(question)
  const rows = await database.query<MemberRow>(fill(MEMBERS, { members, runs: clause.sql }), clause.params)
  return new Map(rows.map((row) => [row.member, row]))
}
