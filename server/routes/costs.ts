import { costQuestion } from '../queries/costs/cost-question.ts'
import { costCursor, costReport, parseCostCursor } from '../queries/costs/cost-rows.ts'
import { readSharedCosts, sharedCostsAnswer, writeSharedCosts } from '../queries/costs/shared-costs.ts'
import type { Handlers } from '../server-deps.ts'

export const costRoutes = {
  costs: async ({ database, projectId, query, nowMs }) => {
    const { by, interval, sort, shared, limit, cursor, as_of, ...filters } = query
    const { offset, asOf, ...range } = parseCostCursor(cursor, sort) ?? { offset: 0, asOf: as_of }
    const question = await costQuestion(
      database,
      projectId,
      { by, interval, filters: { ...filters, ...range }, asOf, shared },
      nowMs,
    )
    const { more, ...report } = await costReport(database, question, { order: sort, limit, offset })
    return { ...report, next: more ? costCursor(sort, offset + limit, report) : null }
  },
  sharedCosts: async ({ database, projectId }) => sharedCostsAnswer(await readSharedCosts(database, projectId)),
  putSharedCosts: async ({ database, projectId, body, actor }) => {
    await writeSharedCosts(database, { projectId, body, actor })
    return sharedCostsAnswer(await readSharedCosts(database, projectId))
  },
} satisfies Partial<Handlers>
