import type { LightSpan } from '../../schema/api/shapes.ts'

/** The part of a span that the tree needs: the rest stays with the page and is not copied to a worker. */
export type TreeSpan = Pick<LightSpan, 'spanId' | 'parentSpanId' | 'startNanos' | 'durationNanos' | 'failed'>

/**
 * A trace as a table in reading order: row r is the r-th span, depth first, children by start. Columns are typed arrays so that a
 * worker can hand over 50,000 rows without copying, and a fold is one jump to `subtreeEnd`.
 */
export interface TraceTree {
  readonly originNanos: bigint
  readonly durationMs: number
  /** Index of the row's span in the list that was given. */
  readonly span: Int32Array
  readonly depth: Int32Array
  /** Row of the parent, -1 for a root. */
  readonly parent: Int32Array
  /** First row after the row's last descendant. */
  readonly subtreeEnd: Int32Array
  readonly startMs: Float64Array
  readonly endMs: Float64Array
  /** Duration without what children covered. */
  readonly selfMs: Float64Array
  /** Bits of `RowFlag`. */
  readonly flags: Uint8Array
}

export const RowFlag = {
  /** The parent never came: the row stands at the root. */
  orphan: 1,
  /** The parent is a descendant: the chain was cut here. */
  cycle: 2,
  failed: 4,
  failedInside: 8,
} as const

const NANOS_PER_MS = 1e6

/**
 * Builds the table. A span id that comes twice counts once, its last version (semantics.md §0); a missing parent makes a root; a cycle
 * is cut at its earliest span. O(n log n).
 */
export const buildTree = (spans: readonly TreeSpan[]): TraceTree => {
  const latest = new Map<string, number>()
  spans.forEach((span, i) => {
    latest.set(span.spanId, i)
  })
  const kept = [...latest.values()].sort((a, b) => a - b)
  const times = readTimes(spans, kept)
  const links = linkParents(spans, kept, latest, times.start)
  return tabulate(spans, kept.length, links, times)
}

interface Times {
  readonly originNanos: bigint
  /** By index in the given list. */
  readonly start: Float64Array
  readonly end: Float64Array
  readonly durationMs: number
}

const readTimes = (spans: readonly TreeSpan[], kept: readonly number[]): Times => {
  const nanos = spans.map((s) => BigInt(s.startNanos))
  let originNanos = kept.length === 0 ? 0n : nanos[kept[0]!]!
  for (const i of kept) if (nanos[i]! < originNanos) originNanos = nanos[i]!
  const start = new Float64Array(spans.length)
  const end = new Float64Array(spans.length)
  let durationMs = 0
  for (const i of kept) {
    start[i] = Number(nanos[i]! - originNanos) / NANOS_PER_MS
    end[i] = start[i]! + Number(spans[i]!.durationNanos) / NANOS_PER_MS
    if (end[i]! > durationMs) durationMs = end[i]!
  }
  return { originNanos, start, end, durationMs }
}

interface Links {
  readonly roots: readonly number[]
  readonly children: ReadonlyMap<number, number[]>
  readonly marked: ReadonlyMap<number, number>
}

const linkParents = (
  spans: readonly TreeSpan[],
  kept: readonly number[],
  latest: ReadonlyMap<string, number>,
  start: Float64Array,
): Links => {
  const byStart = (a: number, b: number) => start[a]! - start[b]! || a - b
  const marked = new Map<number, number>()
  const children = new Map<number, number[]>()
  const roots: number[] = []
  const parentOf = (i: number) => (spans[i]!.parentSpanId ? latest.get(spans[i]!.parentSpanId) : undefined)
  const cut = cycleCuts(kept, parentOf, byStart)
  for (const i of kept) {
    const parent = cut.has(i) ? undefined : parentOf(i)
    if (parent === undefined) {
      roots.push(i)
      if (cut.has(i)) marked.set(i, RowFlag.cycle)
      else if (spans[i]!.parentSpanId) marked.set(i, RowFlag.orphan)
      continue
    }
    const siblings = children.get(parent)
    if (siblings) siblings.push(i)
    else children.set(parent, [i])
  }
  roots.sort(byStart)
  for (const siblings of children.values()) siblings.sort(byStart)
  return { roots, children, marked }
}

/** One span per cycle, the earliest: where the chain is cut so that every span has a place. */
const cycleCuts = (
  kept: readonly number[],
  parentOf: (i: number) => number | undefined,
  byStart: (a: number, b: number) => number,
): Set<number> => {
  const visitedBy = new Map<number, number>()
  const cuts = new Set<number>()
  for (const from of kept) {
    let at: number | undefined = from
    while (at !== undefined && !visitedBy.has(at)) {
      visitedBy.set(at, from)
      at = parentOf(at)
    }
    if (at === undefined || visitedBy.get(at) !== from) continue
    const cycle = [at]
    for (let next = parentOf(at)!; next !== at; next = parentOf(next)!) cycle.push(next)
    cuts.add(cycle.sort(byStart)[0]!)
  }
  return cuts
}

const tabulate = (spans: readonly TreeSpan[], n: number, links: Links, times: Times): TraceTree => {
  const tree = {
    originNanos: times.originNanos,
    durationMs: times.durationMs,
    span: new Int32Array(n),
    depth: new Int32Array(n),
    parent: new Int32Array(n),
    subtreeEnd: new Int32Array(n),
    startMs: new Float64Array(n),
    endMs: new Float64Array(n),
    selfMs: new Float64Array(n),
    flags: new Uint8Array(n),
  }
  let row = 0
  const stack: [span: number, parentRow: number, depth: number][] = []
  for (let k = links.roots.length - 1; k >= 0; k--) stack.push([links.roots[k]!, -1, 0])
  while (stack.length > 0) {
    const [i, parentRow, depth] = stack.pop()!
    const children = links.children.get(i) ?? []
    tree.span[row] = i
    tree.depth[row] = depth
    tree.parent[row] = parentRow
    tree.startMs[row] = times.start[i]!
    tree.endMs[row] = times.end[i]!
    tree.selfMs[row] = selfTime(times.start[i]!, times.end[i]!, children, times)
    tree.flags[row] = (links.marked.get(i) ?? 0) | (spans[i]!.failed ? RowFlag.failed : 0)
    for (let k = children.length - 1; k >= 0; k--) stack.push([children[k]!, row, depth + 1])
    row++
  }
  closeSubtrees(tree)
  return tree
}

/** Children come ordered by start, so one pass finds what they cover together. */
const selfTime = (start: number, end: number, children: readonly number[], times: Times): number => {
  let covered = 0
  let until = start
  for (const child of children) {
    const from = Math.max(until, times.start[child]!)
    const to = Math.min(end, times.end[child]!)
    if (to > from) {
      covered += to - from
      until = to
    }
  }
  return Math.max(0, end - start - covered)
}

const closeSubtrees = (tree: TraceTree): void => {
  for (let row = tree.span.length - 1; row >= 0; row--) {
    if (tree.subtreeEnd[row] === 0) tree.subtreeEnd[row] = row + 1
    const parent = tree.parent[row]!
    if (parent < 0) continue
    if (tree.subtreeEnd[parent]! < tree.subtreeEnd[row]!) tree.subtreeEnd[parent] = tree.subtreeEnd[row]!
    if (tree.flags[row]! & (RowFlag.failed | RowFlag.failedInside)) tree.flags[parent]! |= RowFlag.failedInside
  }
}

export const hasChildren = (tree: TraceTree, row: number): boolean => tree.subtreeEnd[row]! > row + 1
