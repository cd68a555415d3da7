import { expect, test } from 'vitest'
import { plainTable, sampleRows } from './conformance-rows.ts'
import { NativeReader, objectsOf } from './native-reader.ts'
import { blockEncoder } from './native-writer.ts'
import { TABLE_NAMES, TABLES } from './tables.ts'

for (const [index, name] of TABLE_NAMES.entries())
  test(`${name}: a block is read as it was written, whatever its columns hold`, () => {
    const table = plainTable(name)
    const encode = blockEncoder(table)
    const read = objectsOf<Record<string, unknown>>(
      // A dot is part of the column's name here, not a path.
      table.columns.map(({ name: column, type }) => ({
        field: JSON.stringify(column.replace('.', '/')),
        name: column,
        type,
      })),
    )
    for (const count of [60, 1, 300]) {
      const rows = sampleRows(name, 7, count, index + count)
      const { rows: written, bytes } = encode(rows)
      expect(written).toBe(count)
      const reader = new NativeReader(bytes)
      const back = read(reader.block())
      expect(reader.done).toBe(true)
      expect(back).toEqual(
        rows.map((row) =>
          Object.fromEntries(Object.entries(row).map(([column, value]) => [column.replace('.', '/'), value])),
        ),
      )
    }
  })

test('a column of defaults is not written, and is read as its defaults', () => {
  const table = plainTable('spans')
  const [row] = sampleRows('spans', 7, 1, 1)
  const few = { ...row, tool: '', has_usage: false, cost_reported: 0n, attrs: new Map(), 'events.name': [] }
  const { bytes } = blockEncoder(table)([few])
  const { columns } = new NativeReader(bytes).block()
  for (const name of ['tool', 'has_usage', 'cost_reported', 'attrs', 'events.name'])
    expect(columns.has(name)).toBe(false)
  const names = ['tool', 'has_usage', 'cost_reported', 'attrs'] as const
  const read = objectsOf(
    names.map((name) => ({ field: name, name, type: TABLES.spans.columns.find((c) => c.name === name)!.type })),
  )
  expect(read({ rows: 1, columns })).toEqual([{ tool: '', has_usage: false, cost_reported: 0n, attrs: new Map() }])
})

test('a row that does not fit its columns is left out alone', () => {
  const encode = blockEncoder(plainTable('spans'))
  const rows = sampleRows('spans', 7, 5, 3)
  const unfit = { ...rows[2], duration_ns: -1n }
  const { rows: written, bytes } = encode([rows[0]!, unfit, rows[1]!, { ...rows[3], start_time: 2n ** 63n }, rows[4]!])
  expect(written).toBe(3)
  expect(new NativeReader(bytes).block().columns.get('trace_id')).toEqual(
    [rows[0], rows[1], rows[4]].map((r) => r!.trace_id),
  )
})

test('a block that ends too soon is refused', () => {
  const { bytes } = blockEncoder(plainTable('spans'))(sampleRows('spans', 7, 3, 4))
  expect(() => new NativeReader(bytes.subarray(0, bytes.length - 1)).block()).toThrow(RangeError)
})
