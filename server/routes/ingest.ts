import { ingestReport } from '../queries/ingest.ts'
import { ingestAttributes, ingestSources } from '../queries/ingest-sources.ts'
import { type BoundedRange, parseTimeRange } from '../queries/time-range.ts'
import type { Handlers } from '../server-deps.ts'

export const ingestRoutes = {
  ingest: async ({ database, projectId, query, nowMs }) =>
    ingestReport(database, projectId, rangeOf(query, nowMs), nowMs),

  ingestSources: async ({ database, projectId, query, nowMs }) =>
    ingestSources(database, projectId, rangeOf(query, nowMs)),

  ingestAttributes: async ({ database, projectId, query, nowMs }) =>
    ingestAttributes(database, projectId, rangeOf(query, nowMs), query.limit),
} satisfies Partial<Handlers>

const rangeOf = (
  query: { readonly from?: string | undefined; readonly to?: string | undefined },
  nowMs: number,
): BoundedRange => {
  const { fromMs, toMs = nowMs } = parseTimeRange(query, nowMs, false)
  // Without a name of what is asked for, both ends are known.
  return { fromMs: fromMs ?? toMs, toMs }
}
