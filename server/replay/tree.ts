import { spanKey } from '../queries/calls.ts'
import type { ReplaySpan } from './load.ts'

/** A span with what its place among the others says. Times are nanoseconds. */
export interface Node {
  readonly span: ReplaySpan
  readonly key: string
  readonly start: bigint
  readonly end: bigint
  readonly parent: Node | undefined
  /** Distance from the root, for the order of spans that start together. */
  readonly level: number
  /** Nearest enclosing agent, the span's own name for one included; the service where there is none. */
  readonly agent: string
  /** The agent span that encloses this one, itself excluded. */
  readonly enclosingAgent: Node | undefined
  /** Nesting by agents that differ: 0 for the root agent and whatever stands outside of any. */
  readonly depth: number
  /** An agent at work for another one. */
  readonly isSubAgent: boolean
}

/** Spans in the order of a replay: by start, a parent before its children, what ended first before what went on, then by id. */
export const treeOf = (spans: readonly ReplaySpan[]): Node[] => {
  const byKey = new Map(spans.map((span) => [spanKey(span.trace_id, span.span_id), span]))
  const nodes = new Map<string, Node>()
  const building = new Set<string>()

  const nodeOf = (key: string): Node | undefined => {
    const known = nodes.get(key)
    if (known) return known
    const span = byKey.get(key)
    // A parent that is not there, or a ring of parents: the span is a root.
    if (!span || building.has(key)) return undefined
    building.add(key)
    const parent = span.parent_span_id === '' ? undefined : nodeOf(spanKey(span.trace_id, span.parent_span_id))
    building.delete(key)
    const node = placed(span, key, parent)
    nodes.set(key, node)
    return node
  }
  // Parents first: the recursion above is then one step deep for all but spans that start before their parent.
  const ordered = spans.toSorted(
    (a, b) => compareText(a.start_nanos, b.start_nanos) || compareText(a.span_id, b.span_id),
  )
  for (const span of ordered) nodeOf(spanKey(span.trace_id, span.span_id))
  return [...nodes.values()].sort((a, b) =>
    a.start < b.start
      ? -1
      : a.start > b.start
        ? 1
        : a.level - b.level || compareTime(a.end, b.end) || compareText(a.span.span_id, b.span.span_id),
  )
}

const placed = (span: ReplaySpan, key: string, parent: Node | undefined): Node => {
  const start = BigInt(span.start_nanos)
  // Some frameworks call the whole run an agent without a name: nobody works for it.
  const enclosingAgent = parent?.span.kind === 'agent' && parent.span.agent !== '' ? parent : parent?.enclosingAgent
  const isSubAgent =
    span.kind === 'agent' && enclosingAgent !== undefined && span.agent !== '' && enclosingAgent.agent !== span.agent
  return {
    span,
    key,
    start,
    end: start + BigInt(span.duration_nanos),
    parent,
    level: parent ? parent.level + 1 : 0,
    agent: span.agent || parent?.agent || span.service,
    enclosingAgent,
    depth: parent ? parent.depth + (parent.isSubAgent ? 1 : 0) : 0,
    isSubAgent,
  }
}

/** Decimal texts of nanoseconds since the epoch have equal length until the year 2286. */
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const compareTime = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)

/** A span and those above it, innermost first. */
export function* upwards(node: Node): Generator<Node> {
  for (let at: Node | undefined = node; at; at = at.parent) yield at
}
