import { OUTCOMES, type Outcome, SCORE_SOURCES } from '../../schema/model/kind.ts'
import type { Score } from '../../schema/model/span.ts'

export const OUTCOME_SCORE = 'task.outcome'

export interface RunOutcome {
  readonly outcome: Outcome
  readonly source: string
  readonly evaluator: string
}

/**
 * Of several outcomes the most trusted source's (semantics.md §3); of one source what was said of this very run before what was said of its session, then
 * the latest. None is pending. A span's status alone sets none.
 */
export const outcomeOf = (scores: readonly Score[]): RunOutcome => {
  let best: Score | undefined
  for (const score of scores) {
    if (score.name === OUTCOME_SCORE && isOutcome(score.label) && (!best || isStronger(score, best))) best = score
  }
  return best && isOutcome(best.label)
    ? { outcome: best.label, source: best.source, evaluator: best.evaluator }
    : { outcome: 'pending', source: '', evaluator: '' }
}

const isOutcome = (label: string): label is Outcome => (OUTCOMES as readonly string[]).includes(label)

const isOfSession = ({ traceId, targetKey }: Score): boolean => traceId === '' && targetKey === ''

const isStronger = (a: Score, b: Score): boolean => {
  const rankA = SCORE_SOURCES.indexOf(a.source)
  const rankB = SCORE_SOURCES.indexOf(b.source)
  if (rankA !== rankB) return rankA < rankB
  if (isOfSession(a) !== isOfSession(b)) return isOfSession(b)
  if (a.timeNanos !== b.timeNanos) return a.timeNanos > b.timeNanos
  return a.scoreId > b.scoreId
}
