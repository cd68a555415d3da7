import type { Database } from '../../schema/clickhouse/database.ts'
import type { TraceRow } from '../../schema/clickhouse/tables.ts'
import type { TraceKey } from '../spool/keys.ts'
import { assignTrace, sessionRunId, strayResponseIds, type TraceAssignment } from './assign-trace.ts'
import type { Breath } from './breath.ts'
import { groupBy } from './group-by.ts'
import { assignTraces } from './group-runs.ts'
import { readSpans, readStrays, readTraces, readTracesOfResponses, readTracesOfSessions } from './read-runs.ts'
import type { TallySpan } from './tally-span.ts'

/** One trace as it is now, and as the tallier noted it last. */
export interface TraceState {
  readonly traceId: string
  readonly spans: readonly TallySpan[]
  readonly assignment: TraceAssignment
  readonly previous: TraceRow | undefined
}

/** What need not be asked for. */
export interface KnownSpans {
  /** Spans that came with the segments being tallied, by trace; undefined where they are not at hand. */
  readonly arrived: ReadonlyMap<string, readonly TallySpan[]> | undefined
  /** All that was known of a trace at its last tally. */
  readonly before: (traceId: string) => readonly TallySpan[] | undefined
  /** Traces that were never noted although the engine has spans of them. */
  readonly uncounted: ReadonlySet<string>
}

/** A provider SDK's own trace of a call starts within this of the framework's span for it. */
const STRAY_WINDOW_NANOS = 3_600_000_000_000n

/**
 * All spans of the touched traces and of every trace that shares a run with one of them, before or after: the other traces of a session's run, and
 * the traces in which a provider's SDK tells of the same answers once more. Every trace knows its run.
 */
export const gather = async (
  database: Database,
  projectId: number,
  keys: readonly TraceKey[],
  known: KnownSpans,
  breath: Breath,
): Promise<ReadonlyMap<string, TraceState>> => {
  const found = new Found(database, projectId, known)
  await found.readKeys(keys)
  await found.readRelated(breath)
  await found.readMembers()
  return found.assigned()
}

class Found {
  readonly #database: Database
  readonly #projectId: number
  readonly #known: KnownSpans
  readonly #spans = new Map<string, readonly TallySpan[]>()
  readonly #previous = new Map<string, TraceRow>()

  constructor(database: Database, projectId: number, known: KnownSpans) {
    this.#database = database
    this.#projectId = projectId
    this.#known = known
  }

  /** The touched traces. */
  async readKeys(keys: readonly TraceKey[]): Promise<void> {
    await this.#readNoted(keys.map((key) => key.traceId))
    await this.#readSpans(keys.filter((key) => !this.#takeKnown(key.traceId)))
  }

  /** True if all spans of the trace are at hand: it was never noted, so it is no older than these segments, or it was kept since its last tally. */
  #takeKnown(traceId: string): boolean {
    const { arrived, before, uncounted } = this.#known
    if (!arrived || uncounted.has(traceId)) return false
    const earlier = this.#previous.has(traceId) ? before(traceId) : NONE
    if (!earlier) return false
    const now = arrived.get(traceId) ?? NONE
    const all = earlier.length === 0 ? now : [...earlier, ...now]
    if (all.length > 0) this.#spans.set(traceId, all)
    return true
  }

  /**
   * Traces that tell of the same answers: those that a touched stray repeats, and strays that repeat a touched one. And where records without a trace
   * tell of a session's calls, the session's traces.
   */
  async readRelated(breath: Breath): Promise<void> {
    const repeated: string[] = []
    const told = new Set<string>()
    const traceless = new Set<string>()
    const sessions = new Set<string>()
    for (const [traceId, spans] of this.#spans) {
      if (breath.isDue) await breath.take()
      const { sessionId } = assignTrace(this.#projectId, spans)
      const ofSession = sessionId === '' ? '' : sessionRunId(this.#projectId, sessionId)
      if (ofSession === traceId) sessions.add(sessionId)
      else if (ofSession !== '') traceless.add(ofSession)
      const stray = strayResponseIds(spans)
      if (stray.length > 0) repeated.push(...stray)
      else for (const { responseId } of spans) if (responseId !== '') told.add(responseId)
    }
    const window = this.#window()
    if (!window) return
    const related = new Set<string>()
    if (repeated.length > 0)
      for (const id of await readTracesOfResponses(this.#database, this.#projectId, repeated, window)) related.add(id)
    if (told.size > 0 || traceless.size > 0)
      for (const { traceId, responseIds } of await readStrays(this.#database, this.#projectId, window))
        if (traceless.has(traceId) || responseIds.some((id) => told.has(id))) related.add(traceId)
    if (sessions.size > 0)
      for (const id of await readTracesOfSessions(this.#database, this.#projectId, [...sessions])) related.add(id)
    await this.#readMore([...related])
  }

  /** The other traces of every run that one of these belongs or belonged to. */
  async readMembers(): Promise<void> {
    const runIds = new Set<string>()
    for (const { assignment, previous } of this.assigned().values()) {
      // A run of one trace that is here has no other.
      if (!this.#spans.has(assignment.runId)) runIds.add(assignment.runId)
      if (previous && (previous.runTraces > 1 || !this.#spans.has(previous.runId))) runIds.add(previous.runId)
    }
    if (runIds.size === 0) return
    const members = await readTraces(this.#database, this.#projectId, 'run_id', [...runIds])
    await this.#readMore(members.map((row) => row.traceId))
  }

  /** Every trace with the run that it belongs to now. */
  assigned(): ReadonlyMap<string, TraceState> {
    const states = new Map<string, TraceState>()
    for (const [traceId, assignment] of assignTraces(this.#projectId, this.#spans))
      states.set(traceId, {
        traceId,
        spans: this.#spans.get(traceId) ?? [],
        assignment,
        previous: this.#previous.get(traceId),
      })
    return states
  }

  /** Reads traces that the tallier has noted before; one that it has not will come with its own segment. */
  async #readMore(traceIds: readonly string[]): Promise<void> {
    const missing = traceIds.filter((id) => !this.#spans.has(id))
    if (missing.length === 0) return
    const rows = await this.#readNoted(missing)
    await this.#readSpans(
      rows
        .filter((row) => !this.#takeKnown(row.traceId))
        .map((row) => ({
          projectId: this.#projectId,
          traceId: row.traceId,
          minStart: row.startNanos,
          maxStart: row.lastStartNanos,
        })),
    )
  }

  async #readNoted(traceIds: readonly string[]): Promise<readonly TraceRow[]> {
    const rows = await readTraces(this.#database, this.#projectId, 'trace_id', traceIds)
    for (const row of rows) this.#previous.set(row.traceId, row)
    return rows
  }

  async #readSpans(keys: readonly TraceKey[]): Promise<void> {
    const bounds = boundsOf(keys, this.#previous)
    // A score of a trace that has no span yet: it is found when the spans come.
    if (!bounds) return
    const ids = keys.map((key) => key.traceId)
    const spans = await readSpans(this.#database, this.#projectId, ids, bounds)
    for (const [traceId, mine] of groupBy(spans, (span) => span.traceId)) this.#spans.set(traceId, mine)
  }

  #window(): { readonly from: bigint; readonly to: bigint } | undefined {
    let from: bigint | undefined
    let to: bigint | undefined
    for (const spans of this.#spans.values())
      for (const { startNanos } of spans) {
        if (from === undefined || startNanos < from) from = startNanos
        if (to === undefined || startNanos > to) to = startNanos
      }
    if (from === undefined || to === undefined) return undefined
    return { from: from - STRAY_WINDOW_NANOS, to: to + STRAY_WINDOW_NANOS }
  }
}

const NONE: readonly TallySpan[] = []

/** The narrowest range of span starts that holds all of these traces: what just came, and what was known before. */
const boundsOf = (
  keys: readonly TraceKey[],
  known: ReadonlyMap<string, TraceRow>,
): { readonly from: bigint; readonly to: bigint } | undefined => {
  let from: bigint | undefined
  let to: bigint | undefined
  const widen = (low: bigint | undefined, high: bigint | undefined): void => {
    if (low !== undefined && (from === undefined || low < from)) from = low
    if (high !== undefined && (to === undefined || high > to)) to = high
  }
  for (const key of keys) {
    widen(key.minStart, key.maxStart)
    const row = known.get(key.traceId)
    widen(row?.startNanos, row?.lastStartNanos)
  }
  return from === undefined || to === undefined ? undefined : { from, to }
}
