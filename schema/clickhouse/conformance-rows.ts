import * as fc from 'fast-check'
import { decoderOf } from './row-binary.ts'
import { RowBinaryReader } from './row-binary-reader.ts'
import { RowBinaryWriter } from './row-binary-writer.ts'
import { rowEncoder, TABLES, type Table, type TableName } from './tables.ts'

/** Rows by column name, made from the column types alone: what a table can hold, whether or not telemetry ever says it. */
export type PlainRow = Record<string, unknown>

/** The table with its columns, taking a value for each by name. */
export const plainTable = (name: TableName): Table<PlainRow> => ({
  name,
  columns: TABLES[name].columns.map(({ name: column, type }) => ({
    name: column,
    type,
    value: (row: PlainRow) => row[column],
  })),
})

/** Rows of one table under one project, each with an id of its own in `idColumnOf(name)`, always the same for a seed. */
export const sampleRows = (name: TableName, projectId: number, count: number, seed: number): PlainRow[] => {
  const fixed = (row: PlainRow, index: number): PlainRow => ({
    ...row,
    project_id: projectId,
    [idColumnOf(name)]: (index + 1).toString(16).padStart(32, '0'),
    ...('sign' in row ? { sign: 1 } : {}),
    // A Date ends in 2149: a longer retention would wrap into the past, and the row would be gone at once. 0 keeps for ever.
    ...('retention_days' in row
      ? { retention_days: index % 10 === 0 ? 0 : 2 + (Number(row.retention_days) % 36_500) }
      : {}),
    // The run's length goes through a logarithm in a view; a run that ends before it starts is the tallier's to prevent.
    ...('end_time' in row ? endAfterStart(row) : {}),
  })
  return fc.sample(rowArbitrary(name), { numRuns: count, seed }).map(fixed)
}

/** The first 16-byte id: what tells rows of this table apart. */
export const idColumnOf = (name: TableName): string =>
  TABLES[name].columns.find(
    ({ name: column, type }) => type === 'FixedString(16)' && !(name === 'logs' && column === 'trace_id'),
  )!.name

export const encodeRows = (name: TableName, rows: readonly PlainRow[]): Uint8Array => {
  const encode = rowEncoder(plainTable(name))
  const writer = new RowBinaryWriter()
  for (const row of rows) encode(writer, row)
  return writer.take()
}

export const decodeRows = (name: TableName, bytes: Uint8Array): PlainRow[] => {
  const columns = TABLES[name].columns.map(({ name: column, type }) => ({ column, decode: decoderOf(type) }))
  const reader = new RowBinaryReader(bytes)
  const rows: PlainRow[] = []
  while (!reader.done) rows.push(Object.fromEntries(columns.map(({ column, decode }) => [column, decode(reader)])))
  return rows
}

/** Any value of a column type, as the encoder takes it. Times lie within the last day, or the row would have expired. */
export const valueArbitrary = (type: string): fc.Arbitrary<unknown> => {
  const scalar = SCALARS[type]
  if (scalar) return scalar
  const [, outer, inner] = /^(\w+)\((.*)\)$/s.exec(type) ?? []
  switch (outer) {
    case 'LowCardinality':
      return valueArbitrary(inner!)
    case 'FixedString':
      return hexArbitrary(Number(inner))
    case 'DateTime64':
      return recentTime(Number(inner!.split(',')[0]))
    case 'Decimal64':
      return fc.bigInt({ min: -DECIMAL64_MAX, max: DECIMAL64_MAX })
    case 'Array':
      return fc.array(valueArbitrary(inner!), { maxLength: 5 })
    case 'Map': {
      const [key, value] = inner!.split(/,\s*(.*)/s)
      return fc
        .uniqueArray(fc.tuple(valueArbitrary(key!), valueArbitrary(value!)), { maxLength: 20, selector: ([k]) => k })
        .map((entries) => new Map(entries))
    }
    default:
      throw new Error(`No arbitrary for column type ${type}`)
  }
}

const DECIMAL64_MAX = 10n ** 18n - 1n
const DAY_MS = 86_400_000

const text = fc.oneof(
  fc.constantFrom('', "it's", 'back\\slash', 'tab\tnew\nline\r\0', '{"json": ["\u2028", "🙂"]}', 'x'.repeat(300)),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
)
const uint = (bits: number): fc.Arbitrary<number> => fc.oneof(fc.constant(2 ** bits - 1), fc.nat(2 ** bits - 1))

const SCALARS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  Bool: fc.boolean(),
  UInt8: uint(8),
  UInt16: uint(16),
  UInt32: fc.oneof(fc.constant(2 ** 32 - 1), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
  UInt64: fc.bigInt({ min: 0n, max: 2n ** 64n - 2n }),
  Int8: fc.integer({ min: -128, max: 127 }),
  Int16: fc.integer({ min: -32_768, max: 32_767 }),
  Int32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  Int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  Float64: fc.double(),
  String: text,
}

const hexArbitrary = (bytes: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant(''),
    fc
      .uint8Array({ minLength: bytes, maxLength: bytes })
      .map((value) => (value.every((b) => b === 0) ? '' : Buffer.from(value).toString('hex'))),
  )

const recentTime = (digits: number): fc.Arbitrary<bigint> => {
  const now = BigInt(Date.now())
  const scale = 10n ** BigInt(digits)
  return fc
    .tuple(fc.bigInt({ min: now - BigInt(DAY_MS), max: now }), fc.bigInt({ min: 0n, max: 999_999n }))
    .map(([ms, rest]) => (ms * scale) / 1000n + (digits > 3 ? rest % (scale / 1000n) : 0n))
}

const endAfterStart = (row: PlainRow): PlainRow => {
  const [start, end] = [row.start_time as bigint, row.end_time as bigint]
  return start <= end ? {} : { start_time: end, end_time: start }
}

/** Columns `group.x` are one nested list: equally long in every row. */
const rowArbitrary = (name: TableName): fc.Arbitrary<PlainRow> => {
  const { columns } = TABLES[name]
  const groups = [...new Set(columns.flatMap((c) => (c.name.includes('.') ? [c.name.split('.')[0]!] : [])))]
  const lengths = fc.tuple(...groups.map(() => fc.nat(4)))
  return lengths.chain((sizes) =>
    fc.record(
      Object.fromEntries(
        columns.map((column) => {
          const group = groups.indexOf(column.name.split('.')[0]!)
          if (group < 0 || !column.name.includes('.')) return [column.name, valueArbitrary(column.type)]
          const item = valueArbitrary(/^Array\((.*)\)$/s.exec(column.type)![1]!)
          return [column.name, fc.array(item, { minLength: sizes[group]!, maxLength: sizes[group]! })]
        }),
      ),
    ),
  )
}
