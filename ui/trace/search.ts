import type { LightSpan } from '../../schema/api/shapes.ts'
import type { TraceTree } from './tree.ts'

/** Rows whose span has every word of the query in its name, kind, service, agent, model, tool or id; `error` finds failed ones. */
export const searchRows = (tree: TraceTree, spans: readonly LightSpan[], query: string): number[] => {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  const rows: number[] = []
  for (let row = 0; row < tree.span.length; row++) {
    const text = haystack(spans[tree.span[row]!]!)
    if (words.every((word) => text.includes(word))) rows.push(row)
  }
  return rows
}

const haystack = (s: LightSpan): string =>
  `${s.name}\n${s.kind}\n${s.service}\n${s.agent}\n${s.model}\n${s.tool}\n${s.spanId}\n${s.failed ? 'error failed' : ''}`.toLowerCase()

/** The next hit after a row, going round at the ends. */
export const nextHit = (hits: readonly number[], row: number, direction: 1 | -1): number | undefined =>
  direction === 1 ? (hits.find((h) => h > row) ?? hits[0]) : (hits.findLast((h) => h < row) ?? hits.at(-1))
