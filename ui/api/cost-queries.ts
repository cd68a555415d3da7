import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Query } from '../../schema/api/contract.ts'
import type { CostInterval } from '../../schema/api/costs.ts'
import type { RouteName } from '../../schema/api/paths.ts'
import type { DimensionName } from '../../schema/model/dimension.ts'
import { get } from './client.ts'

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

interface Page {
  readonly items: readonly unknown[]
  readonly next: string | null
}

/** Answers that are read to their end: sums of groups and their parts need every row. `cut`: there were more than a page shows. */
const wholeReport = async <R extends Page>(
  ask: (cursor: string | undefined) => Promise<R>,
): Promise<{ readonly report: R; readonly cut: boolean }> => {
  let report = await ask(undefined)
  while (report.next !== null && report.items.length < ROWS_MAX) {
    const more = await ask(report.next)
    report = { ...more, items: [...report.items, ...more.items] }
  }
  return { report, cut: report.next !== null }
}

export const costQueryOf = ({ by, interval, scope }: CostQuestion): CostScope => ({
  ...scope,
  by: by.join(','),
  interval,
})

export const costsQuery = (question: CostQuestion, enabled = true) =>
  queryOptions({
    queryKey: ['costs', question],
    queryFn: ({ signal }) =>
      wholeReport((cursor) =>
        get('costs', { query: { ...costQueryOf(question), limit: PAGE_SIZE, cursor } as Query<'costs'>, signal }),
      ),
    placeholderData: keepPreviousData,
    enabled,
  })

export const perOutcomeQuery = (question: CostQuestion) =>
  queryOptions({
    queryKey: ['costsPerOutcome', question],
    queryFn: ({ signal }) =>
      wholeReport((cursor) =>
        get('costsPerOutcome', {
          query: { ...costQueryOf(question), limit: PAGE_SIZE, cursor } as Query<'costsPerOutcome'>,
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  })

const one = <N extends RouteName>(name: N, query: CostScope = {}) =>
  queryOptions({
    queryKey: [name, query],
    queryFn: ({ signal }) => get(name, { query, signal } as Parameters<typeof get<N>>[1]),
    placeholderData: keepPreviousData,
  })

export const budgetsQuery = () => one('budgets')
export const forecastQuery = (scope: CostScope) => one('costForecast', scope)
export const anomaliesQuery = (scope: CostScope) => one('costAnomalies', scope)
export const savingsQuery = (scope: CostScope) => one('savings', scope)

export const pricesQuery = () => one('prices')
export const unpricedQuery = (scope: CostScope) => one('unpriced', scope)
export const whatIfQuery = (scope: CostScope) => one('whatIf', scope)
export const reconciliationQuery = (month: string) => one('reconciliations', { month, limit: PAGE_SIZE })
export const closesQuery = () => one('closes')

/** While the job runs it is asked for again and again. */
export const repriceQuery = () =>
  queryOptions({
    queryKey: ['repriceJob'],
    queryFn: ({ signal }) => get('repriceJob', { signal }),
    refetchInterval: (query) => (query.state.data?.state === 'running' ? 1_000 : false),
  })

export const spanCostQuery = (traceId: string, spanId: string) =>
  queryOptions({
    queryKey: ['spanCost', traceId, spanId],
    queryFn: ({ signal }) => get('spanCost', { params: { traceId, spanId }, signal }),
  })
