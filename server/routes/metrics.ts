import { notFound } from '../problem.ts'
import { metricNames, metricSeries } from '../queries/metrics.ts'
import { type BoundedRange, parseTimeRange } from '../queries/time-range.ts'
import type { Handlers } from '../server-deps.ts'

export const metricRoutes = {
  metricNames: async ({ database, projectId, query, nowMs }) => {
    const { limit, cursor, q = '', service: services = [], env: envs = [] } = query
    return metricNames(database, projectId, rangeOf(query, nowMs), { limit, cursor, text: q, services, envs })
  },

  metricSeries: async ({ database, projectId, params, query, nowMs }) => {
    const { service: services = [], env: envs = [], by = [], quantile = [0.5, 0.9, 0.99], step, type } = query
    const request = { name: params.name, type, by, quantiles: quantile, stepSeconds: step, services, envs }
    const answer = await metricSeries(database, projectId, rangeOf(query, nowMs), request)
    if (!answer)
      throw notFound(
        `No data point of metric ${params.name.slice(0, 200)} in this range; /api/metrics lists what there is.`,
      )
    return answer
  },
} satisfies Partial<Handlers>

const rangeOf = (query: { readonly from?: string | undefined; readonly to?: string | undefined }, nowMs: number) =>
  parseTimeRange(query, nowMs, false) as BoundedRange
