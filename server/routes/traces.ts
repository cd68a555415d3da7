import { notFound } from '../problem.ts'
import { runQuestion } from '../queries/filter.ts'
import { logsOfTrace } from '../queries/logs.ts'
import { spanById, traceWithSpans } from '../queries/spans.ts'
import { tracePlaces, tracesPage } from '../queries/traces.ts'
import { traceReplay } from '../replay/replay.ts'
import type { Handlers } from '../server-deps.ts'

export const traceRoutes = {
  traces: async ({ database, projectId, query, nowMs }) => {
    const { limit, cursor, ...filters } = query
    return tracesPage(database, runQuestion(projectId, filters, nowMs), { limit, cursor })
  },

  trace: async ({ database, projectId, params }) => {
    const trace = await traceWithSpans(database, projectId, params.traceId)
    if (!trace) throw unknownTrace(params.traceId)
    return trace
  },

  traceReplay: async ({ database, projectId, params, query, nowMs }) => {
    const replay = await traceReplay(database, projectId, params.traceId, query, nowMs)
    if (!replay) throw unknownTrace(params.traceId)
    return replay
  },

  traceLogs: async ({ database, projectId, params, query }) => {
    const [place] = await tracePlaces(database, projectId, [params.traceId])
    if (!place) throw unknownTrace(params.traceId)
    return logsOfTrace(database, projectId, place, query)
  },

  span: async ({ database, projectId, params }) => {
    const span = await spanById(database, projectId, params.traceId, params.spanId)
    if (!span) throw notFound(`No span ${params.spanId.slice(0, 64)} in trace ${params.traceId.slice(0, 64)}.`)
    return span
  },
} satisfies Partial<Handlers>

const unknownTrace = (id: string) =>
  notFound(`No trace ${id.slice(0, 64)}. If it was just sent, ask again in a moment; /api/traces lists what is known.`)
