import { createHash } from 'node:crypto'
import { CALL_ROOT_KINDS, MODEL_KINDS } from '../../schema/model/kind.ts'
import { latest, latestOf } from './latest.ts'
import { isEarlier } from './order.ts'
import type { TallySpan } from './tally-span.ts'

export interface TraceAssignment {
  /** The trace id, or for a trace of a bare call that names a session the hash of project and session. 32 hex digits. */
  readonly runId: string
  /** '' where the trace names no session. */
  readonly sessionId: string
  readonly isCallRoot: boolean
}

/**
 * Which run a trace belongs to (product.md, "run"): a trace is a run, except that traces whose root is itself a call (model, tool, retrieval,
 * embedding, rerank) and that share a session id are one run. `versions` are all spans known of ONE trace, in any order, repeats allowed.
 */
export const assignTrace = (projectId: number, versions: readonly TallySpan[]): TraceAssignment => {
  const known = assigned.get(versions)
  if (known) return known
  const assignment = assign(projectId, versions)
  assigned.set(versions, assignment)
  return assignment
}

/** Asked for three times in one tally. A list of versions is of one trace of one project, and is never changed once it is made. */
const assigned = new WeakMap<readonly TallySpan[], TraceAssignment>()

const assign = (projectId: number, versions: readonly TallySpan[]): TraceAssignment => {
  const spans = latestOf(versions)
  const roots = rootsOf(spans)
  const isCallRoot = roots.length > 0 && roots.every((root) => CALL_ROOT_KINDS.includes(root.kind))
  const sessionId = sessionOf(spans, roots)
  const traceId = spans[0]?.traceId ?? ''
  const runId = isCallRoot && sessionId !== '' ? sessionRunId(projectId, sessionId) : traceId
  return { runId, sessionId, isCallRoot }
}

export const sessionRunId = (projectId: number, sessionId: string): string =>
  createHash('sha256').update(`${projectId}\0${sessionId}`).digest('hex').slice(0, 32)

/** Spans without a parent among these: true roots, and orphans of a root that was lost or has not come yet. */
export const rootsOf = (spans: readonly TallySpan[]): readonly TallySpan[] => {
  const last = latest(spans)
  return spans.filter((span) => span.parentSpanId === '' || !last.get(span.traceId, span.parentSpanId))
}

/** The session of the root if it names one, else the earliest that any span of the trace names. */
const sessionOf = (spans: readonly TallySpan[], roots: readonly TallySpan[]): string =>
  earliestSession(roots) || earliestSession(spans)

const earliestSession = (spans: readonly TallySpan[]): string => {
  let first: TallySpan | undefined
  for (const span of spans) if (span.sessionId !== '' && (!first || isEarlier(span, first))) first = span
  return first?.sessionId ?? ''
}

/**
 * Answer ids by which a trace of nothing but bare model calls may turn out to repeat calls of another trace: a provider's SDK reports them as roots
 * where the framework around it does not hand its context down. [] for every other trace. If another trace of the project has a model span with one
 * of these ids and is not itself such a trace, this one belongs to that trace's run (`hostOf`).
 */
export const strayResponseIds = (versions: readonly TallySpan[]): readonly string[] => {
  const spans = latestOf(versions)
  const isBare = spans.length > 0 && spans.every((span) => MODEL_KINDS.includes(span.kind))
  return isBare ? [...new Set(spans.map(({ responseId }) => responseId))].filter((id) => id !== '').sort() : []
}
