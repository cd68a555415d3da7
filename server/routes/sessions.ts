import { notFound } from '../problem.ts'
import { bounded } from '../queries/bounds.ts'
import { facets } from '../queries/facets.ts'
import { runQuestion } from '../queries/filter.ts'
import { overview } from '../queries/overview.ts'
import { runsHistogram } from '../queries/runs-histogram.ts'
import { sessionById, sessionsPage } from '../queries/sessions.ts'
import { sessionReplay } from '../replay/replay.ts'
import type { Handlers } from '../server-deps.ts'

export const sessionRoutes = {
  overview: async ({ database, projectId, query, nowMs }) =>
    overview(database, await bounded(database, runQuestion(projectId, query, nowMs), nowMs)),

  sessions: async ({ database, projectId, query, nowMs }) => {
    const { limit, cursor, sort, ...filters } = query
    return sessionsPage(database, runQuestion(projectId, filters, nowMs), { limit, cursor, sort }, nowMs)
  },

  sessionFacets: async ({ database, projectId, query, nowMs }) => ({
    facets: await facets(database, runQuestion(projectId, query, nowMs)),
  }),

  sessionHistogram: async ({ database, projectId, query, nowMs }) =>
    runsHistogram(database, await bounded(database, runQuestion(projectId, query, nowMs), nowMs)),

  session: async ({ database, projectId, params, nowMs }) => {
    const session = await sessionById(database, projectId, params.id, nowMs)
    if (!session) throw unknownSession(params.id)
    return session
  },

  sessionReplay: async ({ database, projectId, params, query, nowMs }) => {
    const replay = await sessionReplay(database, projectId, params.id, query, nowMs)
    if (!replay) throw unknownSession(params.id)
    return replay
  },
} satisfies Partial<Handlers>

const unknownSession = (id: string) =>
  notFound(
    `No session or run ${id.slice(0, 200)}. If it was just sent, ask again in a moment; /api/sessions lists what is known.`,
  )
