import type { Run, SessionItem, Step } from '../../schema/api/shapes.ts'
import { owners } from './agents.ts'
import { type Lanes, layLanes } from './lanes.ts'
import { crossings, type LimitName, type Limits, limitsOf } from './limits.ts'
import { failureOf, type Mark, marksOf } from './marks.ts'
import { type Recording, record } from './recording.ts'
import { idleGaps, type TimeScale, timeScale } from './time-scale.ts'
import { explain, type Finding } from './why.ts'

/** Everything a replay shows, worked out once when steps arrive; pure, so that each part can be tested apart. */
export interface ReplayModel {
  readonly session: SessionItem
  readonly rec: Recording
  readonly owner: Int32Array
  readonly scale: TimeScale
  readonly lanes: Lanes
  readonly crossed: ReadonlyMap<number, readonly LimitName[]>
  readonly marks: readonly Mark[]
  readonly findings: readonly Finding[]
  readonly limitsFor: (traceId: string) => Limits
}

export const buildReplay = (session: SessionItem, runs: readonly Run[], steps: readonly Step[]): ReplayModel => {
  const rec = record(steps)
  const owner = owners(rec)
  const byTrace = new Map(
    runs.flatMap((run) => run.traceIds.map((traceId) => [traceId, limitsOf(run.labels)] as const)),
  )
  const limitsFor = (traceId: string) => byTrace.get(traceId) ?? {}
  const crossed = crossings(rec, limitsFor)
  return {
    session,
    rec,
    owner,
    scale: timeScale(rec.durationMs, idleGaps(rec)),
    lanes: layLanes(rec, owner, (step) => failureOf(step) !== undefined),
    crossed,
    marks: marksOf(steps, rec.startMs, crossed),
    findings: explain(session, steps, crossed),
    limitsFor,
  }
}
