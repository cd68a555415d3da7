import { createHash } from 'node:crypto'
import type { ClosedCost } from '../../schema/api/reconciliation.ts'
import { CLOSED_COSTS } from '../../schema/clickhouse/closed-costs-table.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { RowBinaryWriter } from '../../schema/clickhouse/row-binary-writer.ts'
import { rowEncoder } from '../../schema/clickhouse/tables.ts'
import { CLOSE_DIMENSIONS } from '../../schema/model/dimension.ts'
import { nanoUsdOf, usdOf } from '../answers/money.ts'
import { isoOfMs } from '../answers/time.ts'
import { dayOf, monthRange } from '../bills/days.ts'
import { HttpProblem } from '../problem.ts'
import { type CostQuestion, costQuestion, costRows } from '../queries/costs/cost-question.ts'
import { type CostRow, costItem } from '../queries/costs/cost-rows.ts'
import { CLOSED_HEADER, closedLine } from './closed-columns.ts'

/** Rows of one day, all in memory at once. */
const DAY_ROWS_MAX = 200_000
const DAY_MS = 86_400_000

export interface Frozen {
  readonly version: string
  readonly rows: number
  readonly costUsd: string
  /** Of the rows as CSV. */
  readonly sha256: string
}

/** Writes what a month came to at a moment of the ledger, day by day. Nobody reads it until the month's document names its version. @throws DatabaseError, HttpProblem 413 */
export const freeze = async (
  database: Database,
  projectId: number,
  month: string,
  asOfMs: number,
  nowMs: number,
): Promise<Frozen> => {
  const version = BigInt(nowMs) * 1000n + BigInt(Math.floor(Math.random() * 1000))
  const { fromMs, toMs } = monthRange(month)
  const hash = createHash('sha256').update(CLOSED_HEADER)
  let [line, nanoUsd] = [0, 0n]
  // The same question that GET /api/costs asks of that moment, by every dimension that is kept; shares of costs that belong to no run are rules, not rows of the ledger.
  const question = await costQuestion(
    database,
    projectId,
    {
      by: CLOSE_DIMENSIONS,
      interval: 'day',
      filters: { from: isoOfMs(fromMs), to: isoOfMs(toMs) },
      asOf: isoOfMs(asOfMs),
      shared: 'exclude',
    },
    nowMs,
  )
  for (let day = fromMs; day < toMs; day += DAY_MS) {
    const rows = await rowsOfDay(database, question, day)
    const writer = new RowBinaryWriter()
    for (const row of rows) {
      hash.update(closedLine(row))
      nanoUsd += nanoUsdOf(row.costUsd)
      encode(writer, stored(row, { projectId, month, version, line: line++ }))
    }
    if (rows.length > 0)
      await database.insert({
        table: 'closed_costs',
        format: 'RowBinary',
        chunks: [writer.written()],
        token: `close:${projectId}:${month}:${version}:${dayOf(day)}`,
      })
  }
  return { version: String(version), rows: line, costUsd: usdOf(nanoUsd), sha256: hash.digest('hex') }
}

const encode = rowEncoder(CLOSED_COSTS)

const rowsOfDay = async (database: Database, question: CostQuestion, fromMs: number): Promise<ClosedCost[]> => {
  const ofDay = { ...question, range: { fromMs, toMs: fromMs + DAY_MS } }
  const { sql, params } = costRows(ofDay, { order: 'period', page: { limit: DAY_ROWS_MAX + 1, offset: 0 } })
  const rows = await database.query<CostRow>(sql, params)
  if (rows.length > DAY_ROWS_MAX)
    throw new HttpProblem(
      413,
      `${dayOf(fromMs)} has more than ${DAY_ROWS_MAX} different keys (an agent or customer per run?): such a month cannot be frozen.`,
    )
  return rows.map((row) => {
    const { key, calls, usage, costUsd } = costItem(row, CLOSE_DIMENSIONS, true)
    return {
      day: dayOf(row.period_ms),
      ...key,
      calls,
      inputTokens: usage.inputTotal,
      outputTokens: usage.outputTotal,
      costUsd,
    } as ClosedCost
  })
}

const stored = (
  row: ClosedCost,
  place: { readonly projectId: number; readonly month: string; readonly version: bigint; readonly line: number },
) => {
  const word = (name: (typeof CLOSE_DIMENSIONS)[number]): string => String(row[name] ?? '')
  return {
    ...place,
    day: row.day,
    provider: word('provider'),
    model: word('model'),
    component: word('component'),
    team: word('team'),
    costCenter: word('costCenter'),
    agent: word('agent'),
    agentVersion: word('version'),
    workflow: word('workflow'),
    customer: word('customer'),
    env: word('env'),
    calls: BigInt(row.calls),
    inputTokens: BigInt(row.inputTokens),
    outputTokens: BigInt(row.outputTokens),
    costNanoUsd: nanoUsdOf(row.costUsd),
  }
}
