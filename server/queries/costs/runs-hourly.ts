import type { Budget } from '../../../schema/api/budgets.ts'
import type { Database } from '../../../schema/clickhouse/database.ts'
import { DIMENSIONS, type DimensionName, NOT_SET } from '../../../schema/model/dimension.ts'
import { type Clause, nanos } from '../filter.ts'
import { fill, sqlFile } from '../sql-file.ts'
import { denseSeries, type ExactSeries, NANO } from './hourly.ts'
import { overCalls } from './over-calls.ts'

const SQL = sqlFile('costs/runs-hourly')

/** Runs of a scope per hour of their end: those that hold a call of it, where it speaks of calls. @throws DatabaseError */
export const hourlyRuns = async (
  database: Database,
  projectId: number,
  scope: Budget['scope'],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<ExactSeries> => {
  const clause = scopeClause(scope)
  const rows = await database.query<{ hour_ms: number; runs: number }>(fill(SQL, { scope: clause.sql }), {
    ...clause.params,
    project: projectId,
    from: nanos(fromMs),
    to: nanos(toMs),
  })
  return denseSeries(
    rows.map((row) => [Number(row.hour_ms), BigInt(row.runs) * NANO]),
    fromMs,
    toMs,
  )
}

const scopeClause = (scope: Budget['scope']): Clause => {
  const asked = (Object.entries(scope) as [DimensionName, string][]).map(([name, value]) => ({
    name,
    value: value === NOT_SET ? '' : value,
    sql: `${DIMENSIONS[name].sql} = {${name}:String}`,
  }))
  const ofCalls = asked.filter(({ sql }) => /\bcall\./.test(sql)).map(({ sql }) => sql)
  const ofRun = asked.filter(({ sql }) => !/\bcall\./.test(sql)).map(({ sql }) => sql)
  const held = ofCalls.length === 0 ? [] : [`has(${overCalls(ofCalls.join(' AND '))}, 1)`]
  return {
    sql: [...ofRun, ...held].map((sql) => `AND ${sql}`).join('\n  '),
    params: Object.fromEntries(asked.map(({ name, value }) => [name, value])),
  }
}
