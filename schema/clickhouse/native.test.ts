import { expect, test } from 'vitest'
import { type PlainRow, plainTable, sampleRows } from './conformance-rows.ts'
import { NativeReader, type ReadBlock, rowsOf } from './native-reader.ts'
import { blockEncoder } from './native-writer.ts'
import { TABLE_NAMES, TABLES, type TableName } from './tables.ts'

/** Reads a block of a table back into plain rows; a dot is part of a column's name here, not a path. */
const plainRowsOf = (name: TableName): ((block: ReadBlock) => PlainRow[]) => {
  const columns = TABLES[name].columns.map((c, i) => ({ field: `f${i}`, name: c.name, type: c.type }))
  const read = rowsOf<PlainRow>(columns)
  return (block) =>
    read(block).map((row) => Object.fromEntries(columns.map((column) => [column.name, row[column.field]])))
}

for (const [index, name] of TABLE_NAMES.entries())
  test(`${name}: a block is read as it was written, whatever its columns hold`, () => {
    const encode = blockEncoder(plainTable(name))
    const read = plainRowsOf(name)
    for (const count of [60, 1, 300]) {
      const rows = sampleRows(name, 7, count, index + count)
      const { rows: written, bytes } = encode(rows)
      expect(written).toBe(count)
      const reader = new NativeReader(bytes)
      expect(read(reader.block())).toEqual(rows)
      expect(reader.done).toBe(true)
    }
  })

test('a column of defaults is not written, and is read as its defaults', () => {
  const [row] = sampleRows('spans', 7, 1, 1)
  const few = { ...row!, tool: '', has_usage: false, cost_reported: 0n, attrs: new Map(), 'events.name': [] }
  const { bytes } = blockEncoder(plainTable('spans'))([few])
  const block = new NativeReader(bytes).block()
  for (const name of ['tool', 'has_usage', 'cost_reported', 'attrs', 'events.name'])
    expect(block.columns.has(name)).toBe(false)
  expect(plainRowsOf('spans')(block)).toEqual([few])
})

test('a row that does not fit its columns is left out alone', () => {
  const encode = blockEncoder(plainTable('spans'))
  const rows = sampleRows('spans', 7, 5, 3)
  const unfit = { ...rows[2], duration_ns: -1n }
  const { rows: written, bytes } = encode([rows[0]!, unfit, rows[1]!, { ...rows[3], start_time: 2n ** 63n }, rows[4]!])
  expect(written).toBe(3)
  expect(plainRowsOf('spans')(new NativeReader(bytes).block())).toEqual([rows[0], rows[1], rows[4]])
})

test('columns that nobody wants are passed over, and what comes after those that are wanted is not looked at', () => {
  const rows = sampleRows('spans', 7, 40, 5)
  const { bytes } = blockEncoder(plainTable('spans'))(rows)
  const { columns } = new NativeReader(bytes).block({
    names: new Set(['trace_id', 'name']),
    after: new Set(['origin']),
  })
  expect([...columns.keys()].sort()).toEqual(['name', 'trace_id'])
  expect(rows.map((_, i) => columns.get('trace_id')!.at(i))).toEqual(rows.map((row) => row.trace_id))
})

test('a block that ends too soon is refused', () => {
  const { bytes } = blockEncoder(plainTable('spans'))(sampleRows('spans', 7, 3, 4))
  expect(() => new NativeReader(bytes.subarray(0, bytes.length - 1)).block()).toThrow(RangeError)
})
