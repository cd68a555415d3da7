import { costAnomalies } from '../queries/costs/anomalies.ts'
import { budgetStates, writeBudgets } from '../queries/costs/budgets.ts'
import { costForecast } from '../queries/costs/forecast.ts'
import { cursorOf, numericKey, parseCursor } from '../queries/cursor.ts'
import type { Handlers } from '../server-deps.ts'

const NEWEST_FIRST = '-hour'

export const budgetRoutes = {
  budgets: async ({ database, projectId, nowMs }) => ({
    items: await budgetStates(database, projectId, nowMs),
    next: null,
  }),
  putBudgets: async ({ database, projectId, actor, body: { budgets }, nowMs }) => {
    await writeBudgets(database, { projectId, actor, budgets })
    return { items: await budgetStates(database, projectId, nowMs), next: null }
  },
  costForecast: ({ database, projectId, query: { period, as_of, ...filters }, nowMs }) =>
    costForecast(database, projectId, { filters, asOf: as_of, period }, nowMs),
  costAnomalies: async ({ database, projectId, query, nowMs }) => {
    const { by, threshold, minUsd, limit, cursor, as_of, ...filters } = query
    const [before] = parseCursor(cursor, NEWEST_FIRST, 1)?.keys ?? []
    const { items, more } = await costAnomalies(
      database,
      projectId,
      {
        filters,
        asOf: as_of,
        by,
        limits: { threshold, least: minUsd },
        limit,
        beforeMs: before === undefined ? undefined : Number(numericKey(before)),
      },
      nowMs,
    )
    const last = items.at(-1)
    return { items, next: more && last ? cursorOf(NEWEST_FIRST, String(Date.parse(last.time))) : null }
  },
} satisfies Partial<Handlers>
