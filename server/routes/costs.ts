import { manifestOf } from '../exports/export-answer.ts'
import { costQuestion } from '../queries/costs/cost-question.ts'
import { costCursor, costReport, parseCostCursor } from '../queries/costs/cost-rows.ts'
import { costPerOutcome } from '../queries/costs/per-outcome.ts'
import { savings } from '../queries/costs/savings.ts'
import { readSharedCosts, sharedCostsAnswer, writeSharedCosts } from '../queries/costs/shared-costs.ts'
import { readOutcomeSettings } from '../queries/outcome-settings.ts'
import type { Handlers } from '../server-deps.ts'

export const costRoutes = {
  costs: async ({ database, projectId, query, nowMs }) => {
    const { by, interval, sort, shared, limit, cursor, as_of, ...filters } = query
    const place = parseCostCursor(cursor, sort)
    const { offset, asOf, from, to } = place ?? { ...query, offset: 0, asOf: as_of }
    const question = await costQuestion(
      database,
      projectId,
      { by, interval, filters: { ...filters, from, to }, asOf, shared, nowMs: place?.nowMs },
      nowMs,
    )
    const { more, ...report } = await costReport(database, question, { order: sort, limit, offset })
    return {
      ...report,
      next: more ? costCursor(sort, { ...report, offset: offset + limit, nowMs: question.nowMs }) : null,
    }
  },
  costsPerOutcome: async ({ database, projectId, query, nowMs }) => {
    const { by = [], interval, sort, unsettled, settleAfterHours, limit, cursor, as_of, ...filters } = query
    const place = parseCostCursor(cursor, sort)
    const { offset, asOf, from, to } = place ?? { ...query, offset: 0, asOf: as_of }
    const question = await costQuestion(
      database,
      projectId,
      {
        by: by.length > 0 ? by : ['agent'],
        interval,
        filters: { ...filters, from, to },
        asOf,
        // What belongs to no run brings no outcome: it is in GET /api/costs.
        shared: 'exclude',
        nowMs: place?.nowMs,
      },
      nowMs,
    )
    const said = await readOutcomeSettings(database, projectId)
    const wish = {
      unsettled: unsettled ?? said.unsettled,
      settleAfterHours: settleAfterHours ?? said.settleAfterHours,
      // Who names a time asks for it whatever the workflow.
      perWorkflow: settleAfterHours === undefined ? said.perWorkflow : {},
      sort,
      limit,
      offset,
    }
    const { more, ...report } = await costPerOutcome(database, question, wish)
    return {
      ...report,
      next: more ? costCursor(sort, { ...report, offset: offset + limit, nowMs: question.nowMs }) : null,
    }
  },
  savings: async ({ database, projectId, query: { by = [], as_of, ...filters }, nowMs }) =>
    savings(
      database,
      await costQuestion(
        database,
        projectId,
        { by: by.length > 0 ? by : ['agent'], filters, asOf: as_of, shared: 'exclude' },
        nowMs,
      ),
    ),
  sharedCosts: async ({ database, projectId }) => sharedCostsAnswer(await readSharedCosts(database, projectId)),
  putSharedCosts: async ({ database, projectId, body, actor }) => {
    await writeSharedCosts(database, { projectId, body, actor })
    return sharedCostsAnswer(await readSharedCosts(database, projectId))
  },
  costsManifest: (ask) => manifestOf(ask, ask.deps.version),
} satisfies Partial<Handlers>
