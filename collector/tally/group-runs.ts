import { assignTrace, sessionRunId, strayResponseIds, type TraceAssignment } from './assign-trace.ts'
import type { TallySpan } from './tally-span.ts'

export interface RunSpans {
  readonly runId: string
  readonly sessionId: string
  readonly spans: readonly TallySpan[]
}

/**
 * Spans of whole traces → the runs that they make up. A trace is never split; one of bare calls joins its session's run, or the run of the trace that
 * already tells of the same answers. `spans` may be in any order and hold several versions.
 */
export const groupRuns = (projectId: number, spans: readonly TallySpan[]): readonly RunSpans[] => {
  const traces = byTrace(spans)
  const runs = new Map<string, { sessionId: string; spans: TallySpan[] }>()
  for (const [traceId, { runId, sessionId }] of assignTraces(projectId, traces)) {
    const members = traces.get(traceId) ?? []
    const run = runs.get(runId)
    if (run) run.spans.push(...members)
    else runs.set(runId, { sessionId, spans: [...members] })
  }
  return [...runs].map(([runId, run]) => ({ runId, ...run }))
}

/**
 * Every trace with its run. Where records without a trace tell of a session's calls, only the session holds the two together: all of its traces
 * are one run then.
 */
export const assignTraces = (
  projectId: number,
  traces: ReadonlyMap<string, readonly TallySpan[]>,
): ReadonlyMap<string, TraceAssignment> => {
  const hosts = hostsOf(traces)
  const assignments = new Map<string, TraceAssignment>()
  for (const [traceId, spans] of traces) {
    const own = assignTrace(projectId, spans)
    const host = traces.get(hosts.get(traceId) ?? '')
    const { runId, sessionId } = host ? assignTrace(projectId, host) : own
    const ofSession = sessionId === '' ? '' : sessionRunId(projectId, sessionId)
    assignments.set(traceId, { ...own, runId: traces.has(ofSession) ? ofSession : runId })
  }
  return assignments
}

const byTrace = (spans: readonly TallySpan[]): ReadonlyMap<string, readonly TallySpan[]> => {
  const traces = new Map<string, TallySpan[]>()
  for (const span of spans) {
    const trace = traces.get(span.traceId)
    if (trace) trace.push(span)
    else traces.set(span.traceId, [span])
  }
  return traces
}

/** Stray trace → the trace whose calls it repeats; of several the one with the smallest id, so that the order of arrival does not matter. */
export const hostsOf = (traces: ReadonlyMap<string, readonly TallySpan[]>): ReadonlyMap<string, string> => {
  const strays = new Map<string, readonly string[]>()
  const wanted = new Set<string>()
  for (const [traceId, spans] of traces) {
    const ids = strayResponseIds(spans)
    if (ids.length === 0) continue
    strays.set(traceId, ids)
    for (const id of ids) wanted.add(id)
  }
  const owners = new Map<string, string>()
  for (const [traceId, spans] of traces) {
    if (strays.has(traceId)) continue
    for (const { responseId } of spans) {
      if (!wanted.has(responseId)) continue
      const known = owners.get(responseId)
      if (known === undefined || traceId < known) owners.set(responseId, traceId)
    }
  }
  const hosts = new Map<string, string>()
  for (const [traceId, ids] of strays) {
    const host = ids.flatMap((id) => owners.get(id) ?? []).sort()[0]
    if (host !== undefined) hosts.set(traceId, host)
  }
  return hosts
}
