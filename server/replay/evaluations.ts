import type { Step } from '../../schema/api/shapes.ts'
import { type Draft, momentOf } from './draft.ts'
import type { ScoreRow } from './load.ts'
import type { Node } from './tree.ts'

interface Evaluator {
  readonly draft: Draft
  readonly node: Node
}

/** Adds a step for each judgement; one that an evaluator's own span wrote is told by that span's step. */
export const scoreSteps = (
  scores: readonly ScoreRow[],
  nodes: readonly Node[],
  drafts: readonly Draft[],
  evaluators: readonly Evaluator[],
): Draft[] => {
  const byKey = new Map(nodes.map((node) => [node.key, node]))
  const rootOfTrace = new Map<string, Node>()
  for (const node of nodes)
    if (!node.parent && !rootOfTrace.has(node.span.trace_id)) rootOfTrace.set(node.span.trace_id, node)
  const waiting = new Map(evaluators.map(({ draft, node }) => [node.key, draft]))
  const told = new Map<Draft, ScoreRow>()
  const own: Draft[] = []
  for (const score of scores) {
    const key = `${score.trace_id}/${score.span_id}`
    const evaluator = waiting.get(key)
    if (evaluator) {
      told.set(evaluator, score)
      waiting.delete(key)
      continue
    }
    const node = byKey.get(key) ?? rootOfTrace.get(score.trace_id) ?? nodes.at(-1)
    if (node)
      own.push({
        ...momentOf(node, BigInt(score.time_nanos), 'evaluation', { name: score.name, score: scoreOf(score) }),
        phase: 3,
      })
  }
  const withScores = drafts.map((draft) => {
    const score = told.get(draft)
    return score ? { ...draft, name: score.name, score: scoreOf(score) } : draft
  })
  return [...withScores, ...own]
}

const scoreOf = (row: ScoreRow): NonNullable<Step['score']> => ({
  name: row.name,
  value: row.value,
  label: row.label,
  explanation: row.explanation,
  source: row.source,
  evaluator: row.evaluator,
})
