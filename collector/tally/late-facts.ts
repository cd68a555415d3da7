import type { Database } from '../../schema/clickhouse/database.ts'
import type { Charge } from '../../schema/model/charge.ts'
import type { Score } from '../../schema/model/span.ts'
import type { TraceState } from './gather.ts'
import { groupBy } from './group-by.ts'
import { outcomeKeysOf } from './outcome-keys.ts'
import {
  type LateKind,
  lateKindsOf,
  readCharges,
  readScoresOfTargets,
  readTracesOfKeys,
  tracesOfSessions,
} from './read-late-facts.ts'

/** What was said of runs without naming one of their traces, and money that was posted later; of the runs of one round. */
export interface LateFacts {
  /** Judgements of the run's session and of its keys. */
  readonly scoresOf: (runId: string) => readonly Score[]
  readonly chargesOf: (runId: string) => readonly Charge[]
}

export const NO_LATE_FACTS: LateFacts = { scoresOf: () => NONE, chargesOf: () => NONE }
const NONE: readonly never[] = []

/**
 * Late facts of the runs of these traces. Money of a session or key is borne by its last run alone, so all its runs must be at hand: `regather` fetches
 * the traces that are missing, together with those that are here, until none is.
 */
export const withLateFacts = async (
  database: Database,
  projectId: number,
  gathered: ReadonlyMap<string, TraceState>,
  regather: (traceIds: readonly string[]) => Promise<ReadonlyMap<string, TraceState>>,
): Promise<{ readonly traces: ReadonlyMap<string, TraceState>; readonly late: LateFacts }> => {
  const kinds = await lateKindsOf(database, projectId)
  if (kinds.size === 0 || gathered.size === 0) return { traces: gathered, late: NO_LATE_FACTS }
  let traces = gathered
  for (;;) {
    const runs = runsOf(traces)
    const facts = await readFacts(database, projectId, traces, runs, kinds)
    const missing = (await tracesOfShared(database, projectId, facts.charges)).filter((id) => !traces.has(id))
    if (missing.length === 0) return { traces, late: distributed(runs, facts) }
    const more = await regather([...traces.keys(), ...missing])
    // Traces whose spans have expired come no more.
    if (more.size <= traces.size) return { traces, late: distributed(runs, facts) }
    traces = more
  }
}

interface Run {
  readonly runId: string
  readonly traceIds: readonly string[]
  /** The conversation; a run that names none is one by itself, under its own id. */
  readonly session: string
  readonly keys: readonly string[]
  readonly endNanos: bigint
}

const runsOf = (traces: ReadonlyMap<string, TraceState>): readonly Run[] =>
  [...groupBy([...traces.values()], ({ assignment }) => assignment.runId)].map(([runId, members]) => {
    const spans = members.flatMap((member) => member.spans)
    return {
      runId,
      traceIds: members.map(({ traceId }) => traceId),
      session: members.find(({ assignment }) => assignment.sessionId !== '')?.assignment.sessionId ?? runId,
      keys: outcomeKeysOf(spans),
      endNanos: spans.reduce((last, span) => {
        const end = span.startNanos + span.durationNanos
        return end > last ? end : last
      }, 0n),
    }
  })

interface Facts {
  readonly scores: readonly Score[]
  readonly charges: readonly Charge[]
}

const readFacts = async (
  database: Database,
  projectId: number,
  traces: ReadonlyMap<string, TraceState>,
  runs: readonly Run[],
  kinds: ReadonlySet<LateKind>,
): Promise<Facts> => {
  const sessions = [...new Set(runs.map(({ session }) => session))]
  const keys = [...new Set(runs.flatMap((run) => run.keys))]
  return {
    scores: kinds.has('scores') ? await readScoresOfTargets(database, projectId, sessions, keys) : NONE,
    charges: kinds.has('charges')
      ? await readCharges(database, projectId, { traceIds: [...traces.keys()], sessions, keys })
      : NONE,
  }
}

/** Every trace of the sessions and keys that bear charges. */
const tracesOfShared = async (
  database: Database,
  projectId: number,
  charges: readonly Charge[],
): Promise<readonly string[]> => {
  const shared = charges.filter(({ traceId }) => traceId === '')
  if (shared.length === 0) return NONE
  const keys = [...new Set(shared.map(({ targetKey }) => targetKey))].filter((key) => key !== '')
  const sessions = [...new Set(shared.filter(({ targetKey }) => targetKey === '').map(({ sessionId }) => sessionId))]
  return [
    ...(sessions.length === 0 ? NONE : await tracesOfSessions(database, projectId, sessions)),
    ...(keys.length === 0 ? NONE : await readTracesOfKeys(database, projectId, keys)),
  ]
}

const distributed = (runs: readonly Run[], { scores, charges }: Facts): LateFacts => {
  const bySession = groupBy(
    scores.filter(({ targetKey }) => targetKey === ''),
    ({ sessionId }) => sessionId,
  )
  const byKey = groupBy(
    scores.filter(({ targetKey }) => targetKey !== ''),
    ({ targetKey }) => targetKey,
  )
  const scoresOf = new Map(
    runs.map(({ runId, session, keys }) => [
      runId,
      [...(bySession.get(session) ?? NONE), ...keys.flatMap((key): readonly Score[] => byKey.get(key) ?? NONE)],
    ]),
  )
  const chargesOf = groupBy(charges, bearerOf(runs))
  return { scoresOf: (runId) => scoresOf.get(runId) ?? NONE, chargesOf: (runId) => chargesOf.get(runId) ?? NONE }
}

/** Which run bears a charge: that of its trace, else the last of its session or key. */
const bearerOf = (runs: readonly Run[]): ((charge: Charge) => string) => {
  const byTrace = new Map(runs.flatMap((run) => run.traceIds.map((traceId) => [traceId, run.runId] as const)))
  const inTime = [...runs].sort(byEnd)
  const bySession = new Map(inTime.map((run) => [run.session, run.runId]))
  const byKey = new Map(inTime.flatMap((run) => run.keys.map((key) => [key, run.runId] as const)))
  return ({ traceId, targetKey, sessionId }) =>
    (traceId !== '' ? byTrace.get(traceId) : targetKey !== '' ? byKey.get(targetKey) : bySession.get(sessionId)) ?? ''
}

const byEnd = (a: Run, b: Run): number => {
  if (a.endNanos !== b.endNanos) return a.endNanos < b.endNanos ? -1 : 1
  return a.runId < b.runId ? -1 : 1
}
