import type { LightSpan } from '../../schema/api/shapes.ts'
import { type CriticalPart, criticalPath, criticalShares } from './critical-path.ts'
import type { BuiltTree } from './use-tree.ts'

/** The tree with what is worked out from it once. */
export interface TraceModel extends BuiltTree {
  readonly rowBySpan: ReadonlyMap<string, number>
  readonly critical: ReadonlyMap<number, readonly CriticalPart[]>
  readonly criticalMs: ReadonlyMap<number, number>
  readonly failedRows: readonly number[]
}

export const traceModel = ({ spans, tree }: BuiltTree): TraceModel => {
  const rowBySpan = new Map<string, number>()
  const failedRows: number[] = []
  tree.span.forEach((i, row) => {
    rowBySpan.set(spans[i]!.spanId, row)
    if (spans[i]!.failed) failedRows.push(row)
  })
  const parts = criticalPath(tree)
  const critical = new Map<number, CriticalPart[]>()
  for (const part of parts) {
    const own = critical.get(part.row)
    if (own) own.push(part)
    else critical.set(part.row, [part])
  }
  return { spans, tree, rowBySpan, critical, criticalMs: criticalShares(parts), failedRows }
}

export const spanOf = (model: TraceModel, row: number): LightSpan => model.spans[model.tree.span[row]!]!
