import type { TraceTree } from './tree.ts'

/** A stretch of time in which this row, and nothing below it, kept the trace from ending. */
export interface CriticalPart {
  readonly row: number
  readonly fromMs: number
  readonly toMs: number
}

/**
 * Critical path from the longest root's end backwards: at each moment the child that ended last before it was waited for; where no child
 * ran, the span itself was. Making any other part faster would not have ended the trace sooner. Children that run past their parent's
 * end were not waited for and are clipped. Ordered by time. O(n log n).
 */
export const criticalPath = (tree: TraceTree): CriticalPart[] => {
  if (tree.span.length === 0) return []
  const parts: CriticalPart[] = []
  const root = mainRoot(tree)
  // An explicit stack: a chain of 50,000 nested spans must not exhaust the call stack. `cursor` runs backwards in time.
  const stack = [{ row: root, cursor: tree.endMs[root]!, children: byEnd(tree, root), limit: tree.startMs[root]! }]
  while (stack.length > 0) {
    const top = stack.at(-1)!
    const child = nextChild(tree, top)
    if (child === undefined) {
      if (top.cursor > top.limit) parts.push({ row: top.row, fromMs: top.limit, toMs: top.cursor })
      stack.pop()
      const below = stack.at(-1)
      if (below) below.cursor = Math.min(below.cursor, top.limit)
      continue
    }
    const end = Math.min(tree.endMs[child]!, top.cursor)
    if (top.cursor > end) parts.push({ row: top.row, fromMs: end, toMs: top.cursor })
    top.cursor = end
    stack.push({
      row: child,
      cursor: end,
      children: byEnd(tree, child),
      limit: Math.max(tree.startMs[child]!, top.limit),
    })
  }
  return parts.reverse()
}

/** How long each row was on the path, longest first. */
export const criticalShares = (parts: readonly CriticalPart[]): Map<number, number> => {
  const shares = new Map<number, number>()
  for (const p of parts) shares.set(p.row, (shares.get(p.row) ?? 0) + p.toMs - p.fromMs)
  return new Map([...shares].sort((a, b) => b[1] - a[1]))
}

interface Frame {
  readonly row: number
  cursor: number
  readonly children: number[]
  readonly limit: number
}

/** The child that ended last and began before the cursor; those that began after it ran beside what was already found. */
const nextChild = (tree: TraceTree, frame: Frame): number | undefined => {
  for (let child = frame.children.pop(); child !== undefined; child = frame.children.pop()) {
    if (tree.startMs[child]! < frame.cursor && tree.endMs[child]! > frame.limit) return child
  }
  return undefined
}

const byEnd = (tree: TraceTree, row: number): number[] => {
  const children: number[] = []
  for (let at = row + 1; at < tree.subtreeEnd[row]!; at = tree.subtreeEnd[at]!) children.push(at)
  return children.sort((a, b) => tree.endMs[a]! - tree.endMs[b]! || b - a)
}

/** The longest root: fragments whose parent never came are roots too. */
const mainRoot = (tree: TraceTree): number => {
  let best = 0
  for (let row = 0; row < tree.span.length; row = tree.subtreeEnd[row]!) {
    const longer = tree.endMs[row]! - tree.startMs[row]! > tree.endMs[best]! - tree.startMs[best]!
    if (longer) best = row
  }
  return best
}
