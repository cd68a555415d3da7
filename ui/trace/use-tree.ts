import { useEffect, useMemo, useState } from 'react'
import type { LightSpan } from '../../schema/api/shapes.ts'
import { buildTree, type TraceTree, type TreeSpan } from './tree.ts'

/** Up to here a tree is built in less than a frame or two; beyond it a worker does it while the page stays alive. */
const INLINE_SPANS_MAX = 5000

export interface BuiltTree {
  readonly spans: readonly LightSpan[]
  readonly tree: TraceTree
}

/** The tree of these spans; undefined while a worker builds it. An earlier tree stays until the new one is there. */
export const useTree = (spans: readonly LightSpan[] | undefined): BuiltTree | undefined => {
  const inline = useMemo(
    () => (spans && spans.length <= INLINE_SPANS_MAX ? { spans, tree: buildTree(spans) } : undefined),
    [spans],
  )
  const [built, setBuilt] = useState<BuiltTree>()
  useEffect(() => {
    if (!spans || spans.length <= INLINE_SPANS_MAX) return
    const worker = new Worker(new URL('./tree-worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = (event: MessageEvent<TraceTree>) => setBuilt({ spans, tree: event.data })
    // Where workers are forbidden the page waits a moment instead of staying empty.
    worker.onerror = () => setBuilt({ spans, tree: buildTree(spans) })
    worker.postMessage(spans.map(treeSpan))
    return () => worker.terminate()
  }, [spans])
  return inline ?? built
}

const treeSpan = ({ spanId, parentSpanId, startNanos, durationNanos, failed }: LightSpan): TreeSpan => ({
  spanId,
  parentSpanId,
  startNanos,
  durationNanos,
  failed,
})
