import { VERDICTS, type Verdict } from '../../schema/model/kind.ts'
import type { GuardrailCheck } from '../../schema/model/run.ts'
import type { RunTree } from './run-tree.ts'
import type { TallySpan } from './tally-span.ts'

/** Every check of one input, output or tool call: hits need their denominator (semantics.md §5). */
export const checksOf = (tree: RunTree, agentOf: (span: TallySpan) => string): readonly GuardrailCheck[] =>
  tree.spans
    .filter((span) => span.kind === 'guardrail' && !isRepeated(span, tree))
    .map((span) => {
      const verdict = verdictOf(span, tree)
      return {
        spanId: span.spanId,
        name: span.guardrail,
        verdict,
        timeNanos: span.startNanos,
        agent: agentOf(span),
        failOpen: verdict === 'error' && !(tree.parentOf(span)?.failed ?? false),
        count: 1,
      }
    })

/** A verdict that is neither a pass nor an error of the guardrail itself. */
export const isHit = ({ verdict }: GuardrailCheck): boolean => verdict !== 'pass' && verdict !== 'error'

const isRepeated = (span: TallySpan, tree: RunTree): boolean => {
  const parent = tree.parentOf(span)
  return parent?.kind === 'guardrail' && parent.guardrail === span.guardrail
}

/** Some frameworks say only on the span that the guardrail stopped which one it was. */
const verdictOf = (span: TallySpan, tree: RunTree): Verdict => {
  const said = VERDICTS.find((verdict) => verdict === span.verdict) ?? 'pass'
  if (said !== 'pass' || span.guardrail === '') return said
  for (const up of tree.ancestorsOf(span)) {
    if (up.failed && /tripwire|guardrail/i.test(up.statusMessage) && up.statusMessage.includes(span.guardrail))
      return 'block'
  }
  return said
}
