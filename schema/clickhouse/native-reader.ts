import { RowBinaryReader } from './row-binary-reader.ts'
import { mapTypes, wrapped } from './types.ts'

/** Values of one column of one block. Text and ids become strings when they are asked for, and are then kept. */
export interface ColumnValues {
  at(row: number): unknown
}

export interface ReadBlock {
  readonly rows: number
  readonly columns: ReadonlyMap<string, ColumnValues>
}

/**
 * Reads blocks of ClickHouse's Native format: what `blockEncoder` wrote, and what the engine answers. Values are as `RowBinaryReader` gives them (times and
 * decimals bigint, FixedString hex, '' for the id that is all zeros); equal values of a dictionary are one string. What was read holds on to the bytes.
 */
export class NativeReader {
  readonly #in: RowBinaryReader
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#in = new RowBinaryReader(bytes)
  }

  get done(): boolean {
    return this.#in.done
  }

  /**
   * The next block. With `wanted` the bytes must be one block alone: nothing is read from the first column on that is said to come `after` those.
   * @throws RangeError where the bytes end too soon, Error for a type that no table of ours has
   */
  block(wanted?: { readonly names: ReadonlySet<string>; readonly after: ReadonlySet<string> }): ReadBlock {
    const count = this.#in.varint()
    const rows = this.#in.varint()
    const columns = new Map<string, ColumnValues>()
    for (let i = 0; i < count; i++) {
      const name = this.#in.string()
      if (wanted?.after.has(name)) break
      const type = this.#in.string()
      this.#prefix(type)
      const values = this.#values(type, rows)
      if (!wanted || wanted.names.has(name)) columns.set(name, values)
    }
    return { rows, columns }
  }

  /** Before the data of a column: the version of every dictionary in it. */
  #prefix(type: string): void {
    const { outer, inner } = wrapped(type)
    if (outer === 'LowCardinality') this.#in.u64()
    else if (outer === 'Array') this.#prefix(inner)
    else if (outer === 'Map') for (const part of mapTypes(inner)) this.#prefix(part)
  }

  #values(type: string, rows: number): ColumnValues {
    const numbers = NUMBERS[type]
    if (numbers) return new Plain(numbers(this.#copy(rows * numbers(NO_BYTES).BYTES_PER_ELEMENT)))
    if (type === 'Bool') return new Flags(this.#copy(rows))
    if (type === 'String') return this.#texts(rows)
    const { outer, inner } = wrapped(type)
    switch (outer) {
      case 'LowCardinality':
        return this.#dictionary(inner, rows)
      case 'FixedString':
        return this.#ids(Number(inner), rows)
      case 'DateTime64':
      case 'Decimal64':
      case 'Decimal':
        return new Plain(new BigInt64Array(this.#copy(rows * 8)))
      case 'Array': {
        const ends = this.#ends(rows)
        const items = this.#values(inner, ends[rows - 1] ?? 0)
        return new Plain(
          ends.map((end, row) => {
            const from = ends[row - 1] ?? 0
            return Array.from({ length: end - from }, (_, i) => items.at(from + i))
          }),
        )
      }
      case 'Map':
        return this.#maps(inner, rows)
      default:
        throw new Error(`Native: no reader for column type ${type}`)
    }
  }

  #texts(rows: number): ColumnValues {
    const froms = new Uint32Array(rows)
    const ends = new Uint32Array(rows)
    for (let i = 0; i < rows; i++) {
      const length = this.#in.varint()
      froms[i] = this.#in.skip(length)
      ends[i] = this.#in.offset
    }
    return new Texts(this.#in, froms, ends)
  }

  #ids(bytes: number, rows: number): ColumnValues {
    return new Ids(this.#in, this.#in.skip(rows * bytes), bytes, rows)
  }

  #dictionary(inner: string, rows: number): ColumnValues {
    if (rows === 0) return new Plain([])
    const width = Number(this.#in.u64() & 0xffn)
    const size = Number(this.#in.u64())
    const keys = this.#values(inner, size)
    const dictionary = Array.from({ length: size }, (_, i) => keys.at(i))
    const count = Number(this.#in.u64())
    const bytes = this.#copy(count << width)
    const indexes = width === 0 ? new Uint8Array(bytes) : width === 1 ? new Uint16Array(bytes) : new Uint32Array(bytes)
    return new Dictionary(dictionary, indexes)
  }

  #maps(inner: string, rows: number): ColumnValues {
    const [key, value] = mapTypes(inner)
    const ends = this.#ends(rows)
    const total = ends[rows - 1] ?? 0
    const keys = this.#values(key, total)
    const values = this.#values(value, total)
    return new Plain(
      ends.map((end, row) => {
        const from = ends[row - 1] ?? 0
        if (from === end) return EMPTY_MAP
        const map = new Map<unknown, unknown>()
        for (let i = from; i < end; i++) map.set(keys.at(i), values.at(i))
        return map
      }),
    )
  }

  #ends(rows: number): number[] {
    // UInt64, as its two halves: no block has 2^53 elements.
    const halves = new Uint32Array(this.#copy(rows * 8))
    return Array.from({ length: rows }, (_, i) => halves[i * 2]! + halves[i * 2 + 1]! * 2 ** 32)
  }

  /** A copy, because numbers in a block stand at any offset. */
  #copy(bytes: number): ArrayBuffer {
    const from = this.#in.skip(bytes)
    return Uint8Array.from(this.#bytes.subarray(from, from + bytes)).buffer
  }
}

const NO_BYTES = new ArrayBuffer(0)
const NUMBERS: Readonly<Record<string, (bytes: ArrayBuffer) => ArrayLike<unknown> & { BYTES_PER_ELEMENT: number }>> = {
  UInt8: (bytes) => new Uint8Array(bytes),
  UInt16: (bytes) => new Uint16Array(bytes),
  UInt32: (bytes) => new Uint32Array(bytes),
  UInt64: (bytes) => new BigUint64Array(bytes),
  Int8: (bytes) => new Int8Array(bytes),
  Int16: (bytes) => new Int16Array(bytes),
  Int32: (bytes) => new Int32Array(bytes),
  Int64: (bytes) => new BigInt64Array(bytes),
  Float64: (bytes) => new Float64Array(bytes),
}

class Plain implements ColumnValues {
  readonly #values: ArrayLike<unknown>

  constructor(values: ArrayLike<unknown>) {
    this.#values = values
  }

  at(row: number): unknown {
    return this.#values[row]
  }
}

class Flags implements ColumnValues {
  readonly #values: Uint8Array

  constructor(values: ArrayBuffer) {
    this.#values = new Uint8Array(values)
  }

  at(row: number): boolean {
    return this.#values[row] === 1
  }
}

class Same implements ColumnValues {
  readonly #value: unknown

  constructor(value: unknown) {
    this.#value = value
  }

  at(): unknown {
    return this.#value
  }
}

class Dictionary implements ColumnValues {
  readonly #values: readonly unknown[]
  readonly #indexes: Uint8Array | Uint16Array | Uint32Array

  constructor(values: readonly unknown[], indexes: Uint8Array | Uint16Array | Uint32Array) {
    this.#values = values
    this.#indexes = indexes
  }

  at(row: number): unknown {
    return this.#values[this.#indexes[row]!]
  }
}

class Texts implements ColumnValues {
  readonly #in: RowBinaryReader
  readonly #froms: Uint32Array
  readonly #ends: Uint32Array
  readonly #made: (string | undefined)[]

  constructor(bytes: RowBinaryReader, froms: Uint32Array, ends: Uint32Array) {
    this.#in = bytes
    this.#froms = froms
    this.#ends = ends
    this.#made = new Array(froms.length)
  }

  at(row: number): string {
    this.#made[row] ??= this.#in.text(this.#froms[row]!, this.#ends[row]!)
    return this.#made[row]
  }
}

class Ids implements ColumnValues {
  readonly #in: RowBinaryReader
  readonly #from: number
  readonly #bytes: number
  readonly #made: (string | undefined)[]
  /** The row that was made last: spans beside each other have one trace and often one parent. */
  #lastRow = -1

  constructor(reader: RowBinaryReader, from: number, bytes: number, rows: number) {
    this.#in = reader
    this.#from = from
    this.#bytes = bytes
    this.#made = new Array(rows)
  }

  at(row: number): string {
    const known = this.#made[row]
    if (known !== undefined) return known
    const at = this.#from + row * this.#bytes
    const isSame = this.#lastRow >= 0 && this.#in.isSame(at, this.#from + this.#lastRow * this.#bytes, this.#bytes)
    const id = isSame ? this.#made[this.#lastRow]! : this.#in.hexAt(at, this.#bytes)
    this.#made[row] = id
    this.#lastRow = row
    return id
  }
}

/**
 * A block's rows as objects that look into it: a value is made when it is asked for, so that a row of sixty columns costs as much as what is read of it.
 * `field` may be a path of one dot (`usage.reasoning`): those become one inner object. A column that the block leaves out holds its
 * type's default. The class is written out (`new Function`), so that every field has code of its own; nothing but our own lists goes into its text.
 */
export const rowsOf = <Row>(
  columns: readonly {
    readonly field: string
    readonly name: string
    readonly type: string
    /** A 64-bit integer as a JavaScript number, for those that stay below 2^53. */
    readonly asNumber?: boolean
  }[],
): ((block: ReadBlock) => Row[]) => {
  const inner = new Map<string, string[]>()
  const getters: string[] = []
  columns.forEach(({ field, asNumber }, i) => {
    const [name, key] = field.split('.') as [string, string | undefined]
    const value = `this.columns.c${i}.at(this.row)`
    if (key === undefined) getters.push(`get ${name}() { return ${asNumber ? `Number(${value})` : value} }`)
    else inner.set(name, [...(inner.get(name) ?? []), `${key}: c.c${i}.at(i)`])
  })
  for (const [name, pairs] of inner)
    getters.push(`get ${name}() {
if (this.${name}Made === undefined) { const c = this.columns, i = this.row; this.${name}Made = { ${pairs.join(', ')} } }
return this.${name}Made }`)
  const makeRows = new Function(
    `class Row {\nconstructor(columns, row) { this.columns = columns; this.row = row; ${[...inner.keys()].map((name) => `this.${name}Made = undefined`).join('; ')} }\n${getters.join('\n')}\n}
return (columns, rows) => { const all = new Array(rows); for (let i = 0; i < rows; i++) all[i] = new Row(columns, i); return all }`,
  )() as (columns: Record<string, ColumnValues>, rows: number) => Row[]
  const defaults = columns.map(({ type }) => new Same(defaultOf(type)))
  return ({ rows, columns: read }) => {
    const own: Record<string, ColumnValues> = {}
    columns.forEach(({ name }, i) => {
      own[`c${i}`] = read.get(name) ?? defaults[i]!
    })
    return makeRows(own, rows)
  }
}

const EMPTY_MAP: ReadonlyMap<never, never> = new Map<never, never>()

const defaultOf = (type: string): unknown => {
  if (type === 'Bool') return false
  if (/^(UInt64|Int64|DateTime64|Decimal64)/.test(type)) return 0n
  if (/^(U?Int|Float)/.test(type)) return 0
  if (type.startsWith('Map(')) return EMPTY_MAP
  if (type.startsWith('Array(')) return []
  return ''
}
