import { hasChildren, type TraceTree } from './tree.ts'

/** Rows that are not inside a folded one, in order. O(rows shown): a fold is one jump. */
export const visibleRows = (tree: TraceTree, folded: ReadonlySet<number>): Int32Array => {
  const rows = new Int32Array(tree.span.length)
  let count = 0
  for (let row = 0; row < tree.span.length; row = folded.has(row) ? tree.subtreeEnd[row]! : row + 1) rows[count++] = row
  return rows.subarray(0, count)
}

/** Where a row stands among the visible ones; -1 if it is folded away. */
export const visibleIndex = (rows: Int32Array, row: number): number => {
  let low = 0
  let high = rows.length - 1
  while (low <= high) {
    const mid = (low + high) >> 1
    if (rows[mid] === row) return mid
    if (rows[mid]! < row) low = mid + 1
    else high = mid - 1
  }
  return -1
}

/** Rows around a row, itself excluded: what must be open for it to be seen. */
export const ancestors = (tree: TraceTree, row: number): number[] => {
  const found: number[] = []
  for (let at = tree.parent[row] ?? -1; at >= 0; at = tree.parent[at]!) found.push(at)
  return found
}

/** Every row that has children: what "fold all" folds. Roots stay open, or nothing would be left to see. */
export const foldableRows = (tree: TraceTree): number[] => {
  const rows: number[] = []
  for (let row = 0; row < tree.span.length; row++) if (hasChildren(tree, row) && tree.depth[row]! > 0) rows.push(row)
  return rows
}

/** The part of a trace that is looked at, in milliseconds since its start. */
export interface Viewport {
  readonly fromMs: number
  readonly toMs: number
}

/** A bar's place in the viewport as shares of its width; undefined where it lies outside. */
export const barIn = (view: Viewport, startMs: number, endMs: number): { left: number; width: number } | undefined => {
  const span = view.toMs - view.fromMs || 1
  if (endMs < view.fromMs || startMs > view.toMs) return undefined
  const left = Math.max(0, (startMs - view.fromMs) / span)
  return { left, width: Math.min(1, (endMs - view.fromMs) / span) - left }
}
