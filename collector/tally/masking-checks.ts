import type { GuardrailCheck } from '../../schema/model/run.ts'
import type { RunTree } from './run-tree.ts'
import type { TallySpan } from './tally-span.ts'

/**
 * Masking as guardrails, so that leak rates can be seen (docs/decisions/0009-masking.md): it examines every call of a model and of a tool once for
 * each thing that it looks for. What it passed is one row per name and agent with a count; what it found is a row of its own, on its span, also on a
 * span that is no call. A model or tool span that is not counted repeats one that is, text included, and makes no evaluation.
 */
export const maskingChecksOf = (
  tree: RunTree,
  countedSpanIds: ReadonlySet<string>,
  agentOf: (span: TallySpan) => string,
): readonly GuardrailCheck[] => {
  const hits: GuardrailCheck[] = []
  const passed = new Map<string, GuardrailCheck>()
  for (const span of tree.spans) {
    if (span.masking === '') continue
    const isCall = span.kind === 'llm' || span.kind === 'tool'
    if (isCall && !countedSpanIds.has(span.spanId)) continue
    for (const { name, found } of examined(span.masking)) {
      const check: GuardrailCheck = {
        spanId: span.spanId,
        name,
        verdict: found ? 'redact' : 'pass',
        timeNanos: span.startNanos,
        agent: agentOf(span),
        failOpen: false,
        count: 1,
      }
      if (found) hits.push(check)
      else if (isCall) {
        const key = `${name}\0${check.agent}`
        const before = passed.get(key)
        passed.set(key, before ? { ...before, count: before.count + 1 } : check)
      }
    }
  }
  return [...hits, ...passed.values()]
}

interface Examined {
  readonly name: string
  readonly found: boolean
}

const LABELS_MAX = 10_000
const labels = new Map<string, readonly Examined[]>()

/** `pii.card pii.email!`; the same few labels stand on all spans. */
const examined = (label: string): readonly Examined[] => {
  const known = labels.get(label)
  if (known) return known
  const made = label.split(' ').map((word) => {
    const found = word.endsWith('!')
    return { name: found ? word.slice(0, -1) : word, found }
  })
  if (labels.size < LABELS_MAX) labels.set(label, made)
  return made
}
