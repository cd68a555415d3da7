import type { Facet } from '../../schema/api/shapes.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { type FilterName, type RunQuestion, runsClause } from './filter.ts'
import { fill, sqlFile } from './sql-file.ts'

const SQL = sqlFile('facets')

export const FACET_FIELDS = [
  'agent',
  'version',
  'outcome',
  'model',
  'tool',
  'guardrail',
  'env',
  'team',
  'customer',
  'user',
  'score',
  'experiment',
  'errors',
] as const satisfies readonly FilterName[]

interface FacetRow {
  readonly field: string
  readonly value: string
  readonly runs: number
}

/**
 * At most 50 values per field, most frequent first. A field that is filtered counts as if it were not, all others as they are filtered:
 * so the values beside a chosen one say what choosing them too would add.
 */
export const facets = async (database: Database, question: RunQuestion): Promise<Facet[]> => {
  const filtered = FACET_FIELDS.filter((field) => question.filters[field] !== undefined)
  const free = FACET_FIELDS.filter((field) => !filtered.includes(field))
  const ask = (fields: readonly string[], except?: FilterName) => {
    const runs = runsClause(question, except)
    return database.query<FacetRow>(fill(SQL, { runs: runs.sql }), { ...runs.params, fields })
  }
  const rows = (await Promise.all([ask(free), ...filtered.map((field) => ask([field], field))])).flat()
  return FACET_FIELDS.map((field) => ({
    field,
    values: rows.filter((row) => row.field === field).map(({ value, runs }) => ({ value, count: runs })),
  }))
}
