import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Anomaly, BudgetState, Forecast } from '../../schema/api/budgets.ts'
import type { CostInterval, CostPerOutcomeReport, CostReport, Savings } from '../../schema/api/costs.ts'
import type { CostExplanation, Prices, RepriceJob, Unpriced, WhatIf } from '../../schema/api/prices.ts'
import type { MonthClose, Reconciliation } from '../../schema/api/reconciliation.ts'
import type { DimensionName } from '../../schema/model/dimension.ts'
import { getJson, queryOf } from './client.ts'

/** Every question about money, once; as in queries.ts. */
export type CostScope = Readonly<Record<string, unknown>>

export interface CostQuestion {
  readonly by: readonly DimensionName[]
  readonly interval?: CostInterval | undefined
  /** Range, environment, filters and `as_of`, as the API takes them. */
  readonly scope: CostScope
}

const PAGE_SIZE = 500
/** A table of more rows than this is for the export, which is whole. */
export const ROWS_MAX = 10_000

interface Pages<R> {
  readonly report: R
  /** There were more rows than a page shows. */
  readonly cut: boolean
}

/** Every page of a report: sums of groups and their parts need them all. */
const wholeReport = async <R extends { readonly items: readonly unknown[]; readonly next: string | null }>(
  path: string,
  query: CostScope,
  signal: AbortSignal,
): Promise<Pages<R>> => {
  let report = await getJson<R>(path + queryOf({ ...query, limit: PAGE_SIZE }), signal)
  while (report.next !== null && report.items.length < ROWS_MAX) {
    const more = await getJson<R>(path + queryOf({ ...query, limit: PAGE_SIZE, cursor: report.next }), signal)
    report = { ...more, items: [...report.items, ...more.items] }
  }
  return { report, cut: report.next !== null }
}

export const costQueryOf = ({ by, interval, scope }: CostQuestion): CostScope => ({
  ...scope,
  by: by.join(','),
  interval,
})

export const COSTS_PATH = '/api/costs'
export const OUTCOMES_PATH = '/api/costs/per-outcome'

export const costsQuery = (question: CostQuestion, enabled = true) =>
  queryOptions({
    queryKey: ['costs', question],
    queryFn: ({ signal }) => wholeReport<CostReport>(COSTS_PATH, costQueryOf(question), signal),
    placeholderData: keepPreviousData,
    enabled,
  })

export const perOutcomeQuery = (question: CostQuestion, enabled = true) =>
  queryOptions({
    queryKey: ['costsPerOutcome', question],
    queryFn: ({ signal }) => wholeReport<CostPerOutcomeReport>(OUTCOMES_PATH, costQueryOf(question), signal),
    placeholderData: keepPreviousData,
    enabled,
  })

interface Items<T> {
  readonly items: readonly T[]
}

const one = <T>(name: string, path: string, query: CostScope = {}) =>
  queryOptions({
    queryKey: [name, query],
    queryFn: ({ signal }) => getJson<T>(path + queryOf(query), signal),
    placeholderData: keepPreviousData,
  })

export const budgetsQuery = () => one<Items<BudgetState>>('budgets', '/api/budgets')
export const forecastQuery = (scope: CostScope) => one<Forecast>('forecast', '/api/costs/forecast', scope)
export const anomaliesQuery = (scope: CostScope) => one<Items<Anomaly>>('anomalies', '/api/costs/anomalies', scope)
export const pricesQuery = () => one<Prices>('prices', '/api/prices')
export const unpricedQuery = (scope: CostScope) => one<Items<Unpriced>>('unpriced', '/api/costs/unpriced', scope)
export const savingsQuery = (scope: CostScope) => one<Savings>('savings', '/api/costs/savings', scope)
export const whatIfQuery = (scope: CostScope) => one<WhatIf>('whatIf', '/api/costs/what-if', scope)
export const reconciliationQuery = (month: string) =>
  queryOptions({
    queryKey: ['reconciliation', month],
    queryFn: ({ signal }) => wholeReport<Reconciliation>('/api/reconciliations', { month }, signal),
  })
export const closesQuery = () => one<Items<MonthClose>>('closes', '/api/closes')

/** While the job runs it is asked for again and again. */
export const repriceQuery = () =>
  queryOptions({
    queryKey: ['reprice'],
    queryFn: ({ signal }) => getJson<RepriceJob>('/api/prices/reprice', signal),
    refetchInterval: (query) => (query.state.data?.state === 'running' ? 1_000 : false),
  })

export const spanCostQuery = (traceId: string, spanId: string) =>
  queryOptions({
    queryKey: ['spanCost', traceId, spanId],
    queryFn: ({ signal }) =>
      getJson<CostExplanation>(
        `/api/traces/${encodeURIComponent(traceId)}/spans/${encodeURIComponent(spanId)}/cost`,
        signal,
      ),
  })
