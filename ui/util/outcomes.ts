import type { Overview, Rate } from '../../schema/api/shapes.ts'
import { wilson } from './rate.ts'

/**
 * Task success of a range, as task_completion has it (semantics.md §4): good = success, valid = settled runs without those that the
 * user abandoned or the infrastructure broke; coverage = settled / all runs.
 */
export const successOf = (outcomes: Overview['outcomes']): Rate => {
  const valid = outcomes.success + outcomes.failure + outcomes.escalated
  const settled = valid + outcomes.user_abandoned + outcomes.infra_error
  const all = settled + outcomes.pending
  return {
    value: valid > 0 ? outcomes.success / valid : null,
    good: outcomes.success,
    valid,
    interval: wilson(outcomes.success, valid),
    coverage: all > 0 ? settled / all : null,
    provisional: outcomes.pending > 0,
  }
}

/** Of fewer runs, or of a period that saw hardly any (the data began in it), a comparison says nothing. */
const COMPARABLE_RUNS = 20

/** What to compare with: the period before, where it holds enough; else nothing. */
export const comparable = <T>(now: T | undefined, before: T | undefined, runsOf: (one: T) => number): T | undefined =>
  now !== undefined &&
  before !== undefined &&
  runsOf(before) >= Math.max(COMPARABLE_RUNS, runsOf(now) / COMPARABLE_RUNS)
    ? before
    : undefined

/** Cost of all runs, failed ones included, by successes (semantics.md §6). Null, not 0 and not ∞, where nothing succeeded or nothing is priced. */
export const costPerSuccessOf = (overview: Pick<Overview, 'costUsd' | 'costStatus' | 'outcomes'>): number | null =>
  overview.outcomes.success > 0 && overview.costStatus !== 'none'
    ? Number(overview.costUsd) / overview.outcomes.success
    : null
