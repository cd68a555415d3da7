import type { CostPerOutcomeQuery } from '../../../schema/api/cost-queries.ts'
import type { CostInterval, CostPerOutcome, CostPerOutcomeReport } from '../../../schema/api/costs.ts'
import type { OutcomeSettings } from '../../../schema/api/outcome-settings.ts'
import type { Database } from '../../../schema/clickhouse/database.ts'
import { type Component, componentSql } from '../../../schema/model/component.ts'
import { DIMENSIONS, type DimensionName } from '../../../schema/model/dimension.ts'
import { dividedNanoUsd, nanoUsdOf, usdOf } from '../../answers/money.ts'
import { isoOfMs } from '../../answers/time.ts'
import { type Cell, ratioInterval } from '../../statistics/ratio-bootstrap.ts'
import type { Clause } from '../filter.ts'
import { costStatusOf } from '../fleet.ts'
import { fill, sqlFile } from '../sql-file.ts'
import { type CostQuestion, periodSql, runsOfQuestion } from './cost-question.ts'
import { periodEnd } from './periods.ts'
import { WASTE } from './waste.ts'

const SQL = sqlFile('costs/per-outcome')
const HOUR_MS = 3_600_000

interface OutcomeRow {
  readonly [key: `key_${number}`]: string
  readonly period_ms: number
  readonly is_total: number
  readonly runs: number
  readonly settled: number
  readonly young: number
  readonly successes: number
  readonly failures: number
  readonly escalated: number
  readonly user_abandoned: number
  readonly infra_errors: number
  readonly unpriced_calls: number
  readonly cost_usd: string
  readonly tools_usd: string
  readonly review_usd: string
  readonly evaluation_usd: string
  readonly platform_usd: string
  readonly blocked_usd: string
  readonly looping_usd: string
  readonly failed_usd: string
  /** success, runs, cost of them all */
  readonly cells: readonly (readonly [number, number, number])[]
}

export type OutcomeWish = Pick<CostPerOutcomeQuery, 'sort' | 'limit'> &
  Pick<OutcomeSettings, 'settleAfterHours' | 'perWorkflow' | 'unsettled'> & {
    readonly offset: number
  }

/**
 * Cost per outcome (semantics.md §6): runs by their end and by what they are known by as a whole, every cost of theirs included, against their
 * successes. The question is one of costs, pinned like any; its dimensions are read of the run.
 */
export const costPerOutcome = async (
  database: Database,
  question: CostQuestion,
  wish: OutcomeWish,
): Promise<Omit<CostPerOutcomeReport, 'next'> & { readonly more: boolean }> => {
  const { limit, offset } = wish
  // The total comes first in every order, as in costReport.
  const [rows, totals] = await Promise.all([
    ask(
      database,
      question,
      wish,
      offset === 0 ? { limit: limit + 2, offset } : { limit: limit + 1, offset: offset + 1 },
    ),
    offset === 0 ? undefined : ask(database, question, wish, { limit: 1, offset: 0 }),
  ])
  const total = (totals ?? rows).find((row) => row.is_total === 1)
  const lines = rows.filter((row) => row.is_total === 0)
  const items: CostPerOutcome[] = []
  for (const row of lines.slice(0, limit)) {
    items.push(itemOf(row, question))
    // Intervals of a whole page take a while: others want answers meanwhile.
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { fromMs = 0, toMs = question.nowMs } = question.range
  return {
    items,
    total: itemOf(total ?? NO_RUNS, question),
    more: lines.length > limit,
    from: isoOfMs(fromMs),
    to: isoOfMs(toMs),
    asOf: isoOfMs(question.asOfMs),
  }
}

const ask = (
  database: Database,
  question: CostQuestion,
  wish: OutcomeWish,
  page: { readonly limit: number; readonly offset: number },
): Promise<OutcomeRow[]> => {
  const { sql, params } = outcomeRows(question, wish)
  return database.query<OutcomeRow>(sql, { ...params, ...page })
}

const outcomeRows = (question: CostQuestion, wish: OutcomeWish): Clause => {
  const { unsettled, settleAfterHours, perWorkflow, sort } = wish
  const keys = question.by.map((_, i) => `key_${i},`).join(' ')
  const ties = `${keys} period_ms`
  const orders = {
    '-cost': `sum_cost DESC, ${ties}`,
    cost: `sum_cost, ${ties}`,
    period: `period_ms, sum_cost DESC, ${ties}`,
  }
  const runs = runsOfQuestion(question)
  const since = (hours: number): number => Math.floor(question.nowMs - hours * HOUR_MS)
  return {
    sql: fill(SQL, {
      keys,
      runKeys: question.by.map((name, i) => `${runDimension(name)} AS key_${i},`).join('\n            '),
      period: periodSql(question.interval, 'r.end_time'),
      tools: componentCost('tools'),
      review: componentCost('review'),
      evaluation: componentCost('evaluation'),
      platform: componentCost('platform'),
      waste: WASTE,
      runs: runs.sql,
      order: orders[sort],
    }),
    params: {
      ...runs.params,
      unsettled,
      youngSince: since(settleAfterHours),
      // transform() wants at least one pair; no workflow has this name.
      waitedFor: ['\u0000', ...Object.keys(perWorkflow)],
      waitedSince: [0, ...Object.values(perWorkflow).map(since)],
    },
  }
}

/** What a run as a whole is known by. */
const runDimension = (name: DimensionName): string =>
  name === 'agent' ? 'r.root_agent' : name === 'version' ? 'r.agent_version' : DIMENSIONS[name].sql

const componentCost = (component: Component): string =>
  `toDecimal128(arraySum((cost, kind) -> if(${componentSql('kind')} = '${component}', cost, toDecimal64(0, 9)), calls.cost, calls.kind), 9)`

const itemOf = (row: OutcomeRow, { by, interval, range, nowMs }: CostQuestion): CostPerOutcome => {
  const cost = nanoUsdOf(row.cost_usd)
  const [tools, review, evaluation, platform] = [
    row.tools_usd,
    row.review_usd,
    row.evaluation_usd,
    row.platform_usd,
  ].map(nanoUsdOf) as [bigint, bigint, bigint, bigint]
  const [blocked, looping, failed] = [row.blocked_usd, row.looping_usd, row.failed_usd].map(nanoUsdOf) as [
    bigint,
    bigint,
    bigint,
  ]
  const waste = blocked + looping + failed
  return {
    key: Object.fromEntries(row.is_total === 1 ? [] : by.map((name, i) => [name, row[`key_${i}`] || null])),
    period: interval && row.is_total === 0 ? isoOfMs(row.period_ms) : null,
    costUsd: usdOf(cost),
    runs: row.runs,
    settled: row.settled,
    successes: row.successes,
    costPerSuccess: row.successes > 0 ? usdOf(dividedNanoUsd(cost, row.successes)) : null,
    interval: intervalOf(row),
    coverage: row.runs === 0 ? null : row.settled / row.runs,
    provisional: row.young > 0 || endOf(row, interval, range.toMs ?? nowMs) > nowMs,
    unpricedCalls: row.unpriced_calls,
    costStatus: costStatusOf(row.unpriced_calls, cost),
    wasteUsd: usdOf(waste),
    wasteShare: cost > 0n ? Number((waste * 1_000_000n) / cost) / 1e6 : null,
    waste: { failed: usdOf(failed), looping: usdOf(looping), blocked: usdOf(blocked) },
    components: {
      model: usdOf(cost - tools - review - evaluation - platform),
      tools: usdOf(tools),
      review: usdOf(review),
      evaluation: usdOf(evaluation),
      platform: usdOf(platform),
    },
    outcomes: {
      success: row.successes,
      failure: row.failures,
      escalated: row.escalated,
      user_abandoned: row.user_abandoned,
      infra_error: row.infra_errors,
      pending: row.runs - row.settled,
    },
  }
}

const endOf = (row: OutcomeRow, interval: CostInterval | undefined, toMs: number): number =>
  interval && row.is_total === 0 ? Math.min(toMs, periodEnd(row.period_ms, interval)) : toMs

const intervalOf = ({ cells }: OutcomeRow): [string, string] | null => {
  const interval = ratioInterval(
    cells.map(([success, count, cost]): Cell => ({ success: success === 1, count, cost: cost / count })),
  )
  return interval ? [usdText(interval[0]), usdText(interval[1])] : null
}

/** Ends of an interval are estimates and come from doubles: to the nano-dollar they are more than exact enough. */
const usdText = (usd: number): string => usdOf(nanoUsdOf(usd.toFixed(9)))

const NO_RUNS: OutcomeRow = {
  period_ms: 0,
  is_total: 1,
  runs: 0,
  settled: 0,
  young: 0,
  successes: 0,
  failures: 0,
  escalated: 0,
  user_abandoned: 0,
  infra_errors: 0,
  unpriced_calls: 0,
  cost_usd: '0',
  tools_usd: '0',
  review_usd: '0',
  evaluation_usd: '0',
  platform_usd: '0',
  blocked_usd: '0',
  looping_usd: '0',
  failed_usd: '0',
  cells: [],
}
