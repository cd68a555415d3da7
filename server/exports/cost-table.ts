import type { CostFileQuery } from '../../schema/api/cost-queries.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { COMPONENTS } from '../../schema/model/component.ts'
import {
  INPUT_BUCKETS,
  OUTPUT_BUCKETS,
  USAGE_BUCKETS,
  USAGE_COLUMNS,
  type UsageBucket,
} from '../../schema/model/usage.ts'
import { type CostQuestion, costQuestion, costRows } from '../queries/costs/cost-question.ts'
import type { Table, TableColumn } from './table.ts'

/** What of the query is the question itself. */
export type CostFileWish = Omit<CostFileQuery, 'format' | 'as'>

/** The lines of GET /api/costs, all of them: the same words, components flat beside the rest. */
export const costTable = async (
  database: Database,
  projectId: number,
  { by, interval, sort, shared, as_of, ...filters }: CostFileWish,
  nowMs: number,
): Promise<Table> => {
  const question = await costQuestion(database, projectId, { by, interval, filters, asOf: as_of, shared }, nowMs)
  const keys = question.by.map((_, i) => `key_${i}`)
  const ties = [...keys, 'period_ms'].join(', ')
  const orders = {
    '-cost': `sum_cost DESC, ${ties}`,
    cost: `sum_cost, ${ties}`,
    period: `period_ms, sum_cost DESC, ${ties}`,
  }
  const { sql, params } = costRows(question, { order: 'none' })
  return {
    report: 'cost',
    columns: columnsOf(question),
    rows: sql,
    only: 'is_total = 0',
    order: orders[sort],
    money: 'sum_cost',
    unpriced: 'unpriced_calls',
    params,
    ...boundsOf(question, nowMs),
  }
}

export const boundsOf = (
  { range, asOfMs }: CostQuestion,
  nowMs: number,
): { readonly fromMs: number; readonly toMs: number; readonly asOfMs: number } => ({
  fromMs: range.fromMs ?? 0,
  toMs: range.toMs ?? nowMs,
  asOfMs,
})

const columnsOf = ({ by, interval }: CostQuestion): TableColumn[] => [
  ...by.map((name, i): TableColumn => ({ name, kind: 'text', sql: `nullIf(toString(key_${i}), '')` })),
  ...(interval ? [{ name: 'period', kind: 'moment', sql: 'period_ms' } as const] : []),
  number('inputTotal', totalOf(INPUT_BUCKETS)),
  ...INPUT_BUCKETS.map((bucket) => number(bucket, sumOf(bucket))),
  number('outputTotal', totalOf(OUTPUT_BUCKETS)),
  ...OUTPUT_BUCKETS.map((bucket) => number(bucket, sumOf(bucket))),
  number('calls', 'calls'),
  number('runs', 'runs'),
  number('costUsd', 'sum_cost'),
  ...COMPONENTS.map((name) =>
    number(
      `${name}Usd`,
      name === 'model'
        ? ['sum_cost', ...COMPONENTS.filter((other) => other !== 'model').map(componentSum)].join(' - ')
        : componentSum(name),
    ),
  ),
  number('allocatedUsd', 'toDecimal128(allocated_usd, 9)'),
  number('reportedUsd', 'toDecimal128(reported_usd, 9)'),
  { name: 'costStatus', kind: 'word', sql: "multiIf(unpriced_calls = 0, 'complete', sum_cost > 0, 'partial', 'none')" },
  number('unpricedCalls', 'unpriced_calls'),
]

const number = (name: string, sql: string): TableColumn => ({ name, kind: 'number', sql })
const componentSum = (name: string): string => `toDecimal128(${name}_usd, 9)`
const sumOf = (bucket: UsageBucket): string => `sum_${USAGE_COLUMNS[USAGE_BUCKETS.indexOf(bucket)]!}`
const totalOf = (buckets: readonly UsageBucket[]): string => buckets.map(sumOf).join(' + ')
