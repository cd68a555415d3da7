import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeRows, encodeRows, sampleRows, valueArbitrary } from './conformance-rows.ts'
import { decoderOf, encoderOf } from './row-binary.ts'
import { RowBinaryReader } from './row-binary-reader.ts'
import { RowBinaryWriter } from './row-binary-writer.ts'
import { TABLE_NAMES, TABLES } from './tables.ts'

const bytesOf = (type: string, value: unknown): number[] => {
  const writer = new RowBinaryWriter()
  encoderOf(type)(writer, value as never)
  return [...writer.take()]
}
const decoded = (type: string, bytes: readonly number[]): unknown =>
  decoderOf(type)(new RowBinaryReader(Uint8Array.from(bytes)))

describe('RowBinary', () => {
  // As the format's description has it; the conformance suite lets the engine read and write every type of every table.
  it.each<[string, unknown, number[]]>([
    ['UInt8', 255, [255]],
    ['UInt16', 258, [2, 1]],
    ['UInt32', 4_294_967_295, [255, 255, 255, 255]],
    ['UInt64', 258n, [2, 1, 0, 0, 0, 0, 0, 0]],
    ['Int8', -1, [255]],
    ['Int16', -2, [254, 255]],
    ['Int64', -1n, [255, 255, 255, 255, 255, 255, 255, 255]],
    ['Bool', true, [1]],
    ['Float64', 1.5, [0, 0, 0, 0, 0, 0, 248, 63]],
    ['String', '', [0]],
    ['String', 'aé', [3, 97, 195, 169]],
    ['FixedString(2)', '0aff', [10, 255]],
    ['FixedString(2)', '', [0, 0]],
    ["DateTime64(9,'UTC')", 1n, [1, 0, 0, 0, 0, 0, 0, 0]],
    ['Decimal64(9)', -1n, [255, 255, 255, 255, 255, 255, 255, 255]],
    ['LowCardinality(String)', 'x', [1, 120]],
    ['Array(UInt16)', [1, 2], [2, 1, 0, 2, 0]],
    ['Array(Array(UInt8))', [[], [7]], [2, 0, 1, 7]],
    ['Map(LowCardinality(String), UInt8)', new Map([['k', 9]]), [1, 1, 107, 9]],
    ['SimpleAggregateFunction(sum, Int16)', 5, [5, 0]],
  ])('writes %s %o as ClickHouse reads it', (type, value, bytes) => {
    expect(bytesOf(type, value)).toEqual(bytes)
    expect(decoded(type, bytes)).toEqual(value)
  })

  it('writes a string’s length in as many bytes as it takes', () => {
    for (const [length, head] of [
      [127, [127]],
      [128, [128, 1]],
      [16_383, [255, 127]],
      [16_384, [128, 128, 1]],
      [300_000, [224, 167, 18]],
    ] as const) {
      const bytes = bytesOf('String', 'x'.repeat(length))
      expect(bytes.slice(0, head.length)).toEqual(head)
      expect(bytes.length).toBe(head.length + length)
      expect(decoded('String', bytes)).toBe('x'.repeat(length))
    }
  })

  it('counts a string’s bytes, not its characters, on both sides of the short form', () => {
    for (const text of [
      'é'.repeat(63),
      'é'.repeat(64),
      '日'.repeat(42),
      '日'.repeat(43),
      '🙂'.repeat(31),
      '🙂'.repeat(32),
    ])
      expect(decoded('String', bytesOf('String', text))).toBe(text)
  })

  it('replaces half a surrogate pair, which UTF-8 cannot say', () => {
    expect(decoded('String', bytesOf('String', 'a\ud800b'))).toBe('a\ufffdb')
  })

  it('pads an id that is too short and cuts one that is too long, so that the row keeps its shape', () => {
    expect(bytesOf('FixedString(4)', 'ab')).toEqual([0xab, 0, 0, 0])
    expect(bytesOf('FixedString(2)', 'aabbcc')).toEqual([0xaa, 0xbb])
    expect(bytesOf('FixedString(2)', 'not hex')).toEqual([0, 0])
  })

  it('holds a count that is too large for its column at the largest', () => {
    expect(bytesOf('UInt32', 2 ** 40)).toEqual([255, 255, 255, 255])
  })

  it('throws where it is asked for a type it does not know, or for bytes that are not there', () => {
    expect(() => encoderOf('UUID')).toThrow('no codec for column type UUID')
    expect(() => decoded('UInt32', [1, 2])).toThrow(RangeError)
    expect(() => decoded('String', [])).toThrow(RangeError)
    expect(() => decoded('String', [5, 97])).toThrow(RangeError)
    expect(() => decoded('FixedString(4)', [1, 2, 3])).toThrow(RangeError)
  })

  it('hands out each piece once and goes on with an empty buffer', () => {
    const writer = new RowBinaryWriter(4)
    writer.string('longer than four bytes')
    const first = writer.take()
    writer.u8(1)
    expect(writer.length).toBe(1)
    expect([...writer.take()]).toEqual([1])
    expect(new RowBinaryReader(first).string()).toBe('longer than four bytes')
    expect(writer.take().length).toBe(0)
  })

  const types = [...new Set(TABLE_NAMES.flatMap((name) => TABLES[name].columns.map((column) => column.type)))]

  it.each(types)('reads back any %s that it wrote, and exactly its bytes', (type) => {
    fc.assert(
      fc.property(fc.array(valueArbitrary(type), { maxLength: 8 }), (values) => {
        const writer = new RowBinaryWriter(1)
        for (const value of values) encoderOf(type)(writer, value as never)
        const reader = new RowBinaryReader(writer.take())
        expect(values.map(() => decoderOf(type)(reader))).toEqual(values)
        expect(reader.done).toBe(true)
      }),
    )
  })

  it.each(TABLE_NAMES)('reads back whole rows of %s', (name) => {
    const rows = sampleRows(name, 1, 50, 11)
    expect(decodeRows(name, encodeRows(name, rows))).toEqual(rows)
  })
})
