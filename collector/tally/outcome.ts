import { OUTCOMES, type Outcome, SCORE_SOURCES } from '../../schema/model/kind.ts'
import type { Score } from '../../schema/model/span.ts'

export const OUTCOME_SCORE = 'task.outcome'

export interface RunOutcome {
  readonly outcome: Outcome
  readonly source: string
  readonly evaluator: string
}

/** Of several outcomes the most trusted source's, then the latest (semantics.md §3); none is pending. A span's status alone sets none. */
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

const isStronger = (a: Score, b: Score): boolean => {
  const rankA = SCORE_SOURCES.indexOf(a.source)
  const rankB = SCORE_SOURCES.indexOf(b.source)
  if (rankA !== rankB) return rankA < rankB
  if (a.timeNanos !== b.timeNanos) return a.timeNanos > b.timeNanos
  return a.scoreId > b.scoreId
}
