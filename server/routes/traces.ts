import { badRequest, notFound } from '../problem.ts'
import { runQuestion } from '../queries/filter.ts'
import { logsOfTrace, searchLogs } from '../queries/logs.ts'
import { runsOfSession, sessionKeyOf } from '../queries/sessions.ts'
import { spanById, traceWithSpans } from '../queries/spans.ts'
import { parseTimeRange } from '../queries/time-range.ts'
import { tracePlaces, tracesPage } from '../queries/traces.ts'
import { traceReplay } from '../replay/replay.ts'
import type { Handlers } from '../server-deps.ts'

export const traceRoutes = {
  traces: async ({ database, projectId, query, nowMs }) => {
    const { limit, cursor, ...filters } = query
    return tracesPage(database, runQuestion(projectId, filters, nowMs), { limit, cursor })
  },

  trace: async ({ database, projectId, params, query }) => {
    const trace = await traceWithSpans(database, projectId, params.traceId, query.spans)
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

  logs: async ({ database, projectId, query, nowMs }) => {
    const { session, traceId, spanId, limit, cursor } = query
    const named = session !== undefined || traceId !== undefined
    const { fromMs, toMs } = parseTimeRange(query, nowMs, named)
    if (spanId !== undefined && !SPAN_ID.test(spanId)) throw badRequest(`spanId=${spanId} is no span id: 16 hex digits`)
    const key = session === undefined ? undefined : await sessionKeyOf(database, projectId, session)
    const runs = key === undefined ? [] : await runsOfSession(database, projectId, key)
    const traceIds = traceId === undefined ? runs.flatMap((run) => run.trace_ids) : [traceId]
    const places = named ? await tracePlaces(database, projectId, traceIds) : undefined
    if (places?.length === 0) throw traceId === undefined ? unknownSession(session ?? '') : unknownTrace(traceId)
    return searchLogs(
      database,
      projectId,
      {
        places,
        fromMs,
        toMs,
        spanId: spanId?.toLowerCase() ?? '',
        services: query.service ?? [],
        events: query.event ?? [],
        envs: query.env ?? [],
        severity: query.severity,
        q: query.q?.trim() ?? '',
      },
      { limit, cursor },
    )
  },

  span: async ({ database, projectId, params }) => {
    const span = await spanById(database, projectId, params.traceId, params.spanId)
    if (!span) throw notFound(`No span ${params.spanId.slice(0, 64)} in trace ${params.traceId.slice(0, 64)}.`)
    return span
  },
} satisfies Partial<Handlers>

const SPAN_ID = /^[0-9a-fA-F]{16}$/

const unknownSession = (id: string) =>
  notFound(`No session ${id.slice(0, 200)} with a trace. /api/sessions lists what is known.`)

const unknownTrace = (id: string) =>
  notFound(`No trace ${id.slice(0, 64)}. If it was just sent, ask again in a moment; /api/traces lists what is known.`)
