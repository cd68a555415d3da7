import { buildTree, type TreeSpan } from './tree.ts'

addEventListener('message', (event: MessageEvent<readonly TreeSpan[]>) => {
  const tree = buildTree(event.data)
  const columns = [
    tree.span,
    tree.depth,
    tree.parent,
    tree.subtreeEnd,
    tree.startMs,
    tree.endMs,
    tree.selfMs,
    tree.flags,
  ]
  postMessage(tree, { transfer: columns.map((column) => column.buffer as ArrayBuffer) })
})
