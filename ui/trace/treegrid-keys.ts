import { visibleIndex } from './layout.ts'
import type { TraceModel } from './trace-model.ts'
import { hasChildren } from './tree.ts'

/** Where a key leads: another visible row, or the fold of this one. */
export interface Move {
  readonly to?: number
  readonly fold?: boolean
}

const PAGE_ROWS = 20

/** Arrow keys as WAI-ARIA's treegrid has them: → opens, then goes in; ← closes, then goes out. */
export const moveFor = (
  key: string,
  model: Pick<TraceModel, 'tree'>,
  rows: Int32Array,
  at: number,
  folded: ReadonlySet<number>,
): Move | undefined => {
  const row = rows[at] ?? 0
  const last = rows.length - 1
  switch (key) {
    case 'ArrowDown':
      return { to: Math.min(last, at + 1) }
    case 'ArrowUp':
      return { to: Math.max(0, at - 1) }
    case 'PageDown':
      return { to: Math.min(last, at + PAGE_ROWS) }
    case 'PageUp':
      return { to: Math.max(0, at - PAGE_ROWS) }
    case 'Home':
      return { to: 0 }
    case 'End':
      return { to: last }
    case 'ArrowRight':
      if (!hasChildren(model.tree, row)) return undefined
      return folded.has(row) ? { fold: false } : { to: at + 1 }
    case 'ArrowLeft':
      if (hasChildren(model.tree, row) && !folded.has(row)) return { fold: true }
      return { to: visibleIndex(rows, model.tree.parent[row]!) }
    default:
      return undefined
  }
}
