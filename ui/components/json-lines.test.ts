import { expect, test } from 'vitest'
import { jsonLines, parseJson, searchJson } from './json-lines.ts'

const VALUE = { order: { id: 'A-1001', items: [{ sku: 'x/y', price: { usd: 420 } }] }, note: null }
const paths = (lines: readonly { readonly path: string }[]) => lines.map((line) => line.path)

test('two levels are open at first, deeper ones when they are opened', () => {
  expect(paths(jsonLines(VALUE, new Set()))).toEqual(['', '/order', '/order/id', '/order/items', '/note'])
  expect(paths(jsonLines(VALUE, new Set(['/order/items'])))).toContain('/order/items/0')
  expect(paths(jsonLines(VALUE, new Set(['/order'])))).toEqual(['', '/order', '/note'])
})

test('a search opens the way to every hit, in keys and in values', () => {
  const { opened, hits } = searchJson(VALUE, '420')
  expect(hits).toEqual(['/order/items/0/price/usd'])
  expect(paths(jsonLines(VALUE, new Set(), opened))).toContain('/order/items/0/price/usd')
  expect(searchJson(VALUE, 'SKU').hits).toEqual(['/order/items/0/sku'])
  expect(searchJson(VALUE, '').hits).toEqual([])
})

test('a key with a slash has a pointer of its own', () => {
  expect(paths(jsonLines({ 'a/b~c': 1 }, new Set()))).toEqual(['', '/a~1b~0c'])
})

test('a container with very many entries starts closed', () => {
  expect(jsonLines({ list: Array.from({ length: 41 }, () => 1) }, new Set())).toHaveLength(2)
})

test('text that is no JSON is not a value', () => {
  expect(parseJson('{"a":')).toBeUndefined()
  expect(parseJson('null')).toBeNull()
})
