import type { Step, Totals } from '../../schema/api/shapes.ts'
import { bucketBit, emptyUsage, USAGE_BUCKETS } from '../../schema/model/usage.ts'
import { nanoUsdOf, usdOf } from '../answers/money.ts'
import { usageOf } from '../answers/usage.ts'
import type { Draft } from './draft.ts'

/** Numbers the steps and gives each what had been spent by its end: itself and every step that ended by then (semantics.md §9). */
export const withTotals = (drafts: readonly Draft[]): Step[] => {
  const byEnd = [...drafts.keys()].sort((a, b) => compare(drafts[a]!.end, drafts[b]!.end))
  const totals: Totals[] = Array.from({ length: drafts.length })
  const sum = new Sum()
  for (let from = 0; from < byEnd.length; ) {
    const end = drafts[byEnd[from]!]!.end
    let to = from
    while (to < byEnd.length && drafts[byEnd[to]!]!.end === end) sum.add(drafts[byEnd[to++]!]!)
    const reached = sum.totals()
    while (from < to) totals[byEnd[from++]!] = reached
  }
  return drafts.map(({ start: _s, end: _e, isEmbedding: _m, phase: _p, waitsFor: _w, agentRun: _r, ...step }, seq) => ({
    seq,
    ...step,
    totals: totals[seq]!,
  }))
}

/** A verdict that is neither a pass nor an error of the guardrail itself is a hit (semantics.md §5). */
const isHit = ({ guardrail }: Draft): boolean =>
  guardrail !== undefined && guardrail.verdict !== 'pass' && guardrail.verdict !== 'error'

class Sum {
  readonly #usage = emptyUsage()
  #unreported = 0
  #costNanoUsd = 0n
  #modelCalls = 0
  #toolCalls = 0
  #errors = 0
  #guardrailHits = 0

  add(draft: Draft): void {
    if (draft.usage) {
      for (const bucket of USAGE_BUCKETS) this.#usage[bucket] += draft.usage[bucket]
      for (const bucket of draft.usage.unreported) this.#unreported |= bucketBit(bucket)
    }
    if (draft.costUsd !== undefined) this.#costNanoUsd += nanoUsdOf(draft.costUsd)
    if (draft.kind === 'model_call' && !draft.isEmbedding) this.#modelCalls++
    if (draft.kind === 'tool_call') this.#toolCalls++
    if (draft.status === 'error') this.#errors++
    if (isHit(draft)) this.#guardrailHits++
  }

  totals(): Totals {
    return {
      usage: usageOf(this.#usage, this.#unreported),
      costUsd: usdOf(this.#costNanoUsd),
      modelCalls: this.#modelCalls,
      toolCalls: this.#toolCalls,
      errors: this.#errors,
      guardrailHits: this.#guardrailHits,
    }
  }
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
