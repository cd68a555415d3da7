import type { CheckRow } from '../queries/calls.ts'
import { type Draft, momentOf } from './draft.ts'
import type { Node } from './tree.ts'

/** What masking found, each on the span that held it. Its checks stand on spans that are no guardrails themselves; what it passed is no step. */
export const maskingSteps = (
  checks: readonly CheckRow[],
  nodes: readonly Node[],
  runOf: (node: Node) => string,
): readonly Draft[] => {
  const hits = checks.filter(({ verdict }) => verdict === 'redact')
  if (hits.length === 0) return []
  const bySpan = new Map(nodes.map((node) => [`${runOf(node)}/${node.span.span_id}`, node]))
  return hits.flatMap((check) => {
    const node = bySpan.get(`${check.run_id}/${check.span_id}`)
    if (!node || (node.span.kind === 'guardrail' && node.span.guardrail === check.name)) return []
    return [
      momentOf(node, node.start, 'guardrail', {
        name: check.name,
        guardrail: { name: check.name, verdict: 'redact', detail: 'masked before it was stored' },
      }),
    ]
  })
}
