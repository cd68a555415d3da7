import { expect, test } from 'vitest'
import { visibleRows } from './layout.ts'
import { spansFromText } from './span-fixture.ts'
import { buildTree } from './tree.ts'
import { moveFor } from './treegrid-keys.ts'

const tree = buildTree(spansFromText('a 0–10\n  b 1–5\n    c 2–3\n  d 6–7'))
const press = (key: string, at: number, folded: ReadonlySet<number> = new Set()) =>
  moveFor(key, { tree }, visibleRows(tree, folded), at, folded)

test('up and down go row by row and stop at the ends', () => {
  expect([press('ArrowDown', 0), press('ArrowDown', 3), press('ArrowUp', 0)]).toEqual([{ to: 1 }, { to: 3 }, { to: 0 }])
})

test('right opens a closed row, then goes in; on a leaf it is nobody’s key', () => {
  expect(press('ArrowRight', 1, new Set([1]))).toEqual({ fold: false })
  expect(press('ArrowRight', 1)).toEqual({ to: 2 })
  expect(press('ArrowRight', 2)).toBeUndefined()
})

test('left closes an open row, then goes to its parent', () => {
  expect(press('ArrowLeft', 1)).toEqual({ fold: true })
  expect(press('ArrowLeft', 2)).toEqual({ to: 1 })
  expect(press('ArrowLeft', 1, new Set([1]))).toEqual({ to: 0 })
})
