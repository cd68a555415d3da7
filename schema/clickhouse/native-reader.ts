import { RowBinaryReader } from './row-binary-reader.ts'
import { mapTypes, wrapped } from './types.ts'

/** Values of one column of one block, by row. */
export type ColumnValues = ArrayLike<unknown>

export interface ReadBlock {
  readonly rows: number
  readonly columns: ReadonlyMap<string, ColumnValues>
}

/**
 * Reads blocks of ClickHouse's Native format: what `blockEncoder` wrote, and what the engine answers. Values are as `RowBinaryReader` gives them (times and
 * decimals bigint, FixedString hex, '' for the id that is all zeros); equal values of a dictionary are one string.
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
   * The next block. With `wanted` the bytes must be one block alone: what follows the last wanted column is not looked at.
   * @throws RangeError where the bytes end too soon, Error for a type that no table of ours has
   */
  block(wanted?: ReadonlySet<string>): ReadBlock {
    const count = this.#in.varint()
    const rows = this.#in.varint()
    const columns = new Map<string, ColumnValues>()
    for (let i = 0; i < count; i++) {
      const name = this.#in.string()
      const type = this.#in.string()
      const values = this.#column(type, rows)
      if (!wanted || wanted.has(name)) columns.set(name, values)
      if (wanted && columns.size === wanted.size) break
    }
    return { rows, columns }
  }

  #column(type: string, rows: number): ColumnValues {
    this.#prefix(type)
    return this.#values(type, rows)
  }

  /** Before the data of a column: the version of every dictionary in it. */
  #prefix(type: string): void {
    const { outer, inner } = wrapped(type)
    if (outer === 'LowCardinality') this.#in.u64()
    else if (outer === 'Array') this.#prefix(inner)
    else if (outer === 'Map') for (const part of mapTypes(inner)) this.#prefix(part)
  }

  #values(type: string, rows: number): ColumnValues {
    switch (type) {
      case 'UInt8':
        return this.#copy(rows, 1)
      case 'Bool':
        return Array.from(this.#copy(rows, 1), (value) => value === 1)
      case 'UInt16':
        return new Uint16Array(this.#copy(rows, 2).buffer)
      case 'UInt32':
        return new Uint32Array(this.#copy(rows, 4).buffer)
      case 'Int8':
        return new Int8Array(this.#copy(rows, 1).buffer)
      case 'Int16':
        return new Int16Array(this.#copy(rows, 2).buffer)
      case 'Int32':
        return new Int32Array(this.#copy(rows, 4).buffer)
      case 'UInt64':
        return new BigUint64Array(this.#copy(rows, 8).buffer)
      case 'Int64':
        return new BigInt64Array(this.#copy(rows, 8).buffer)
      case 'Float64':
        return new Float64Array(this.#copy(rows, 8).buffer)
      case 'String':
        return this.#each(rows, () => this.#in.string())
      default:
        return this.#wrapped(type, rows)
    }
  }

  #wrapped(type: string, rows: number): ColumnValues {
    const { outer, inner } = wrapped(type)
    switch (outer) {
      case 'LowCardinality':
        return this.#dictionary(inner, rows)
      case 'FixedString': {
        const bytes = Number(inner)
        return this.#each(rows, () => this.#in.hex(bytes))
      }
      case 'DateTime64':
      case 'Decimal64':
      case 'Decimal':
        return new BigInt64Array(this.#copy(rows, 8).buffer)
      case 'Array': {
        const ends = this.#ends(rows)
        const items = this.#values(inner, ends[rows - 1] ?? 0)
        return ends.map((end, i) =>
          Array.from({ length: end - (ends[i - 1] ?? 0) }, (_, k) => items[(ends[i - 1] ?? 0) + k]),
        )
      }
      case 'Map':
        return this.#maps(inner, rows)
      default:
        throw new Error(`Native: no reader for column type ${type}`)
    }
  }

  #dictionary(inner: string, rows: number): ColumnValues {
    if (rows === 0) return []
    const width = Number(this.#in.u64() & 0xffn)
    const dictionary = this.#values(inner, Number(this.#in.u64()))
    const count = Number(this.#in.u64())
    const bytes = this.#copy(count, 1 << width)
    const indexes = width === 0 ? bytes : width === 1 ? new Uint16Array(bytes.buffer) : new Uint32Array(bytes.buffer)
    const values: unknown[] = new Array(rows)
    for (let i = 0; i < rows; i++) values[i] = dictionary[indexes[i]!]
    return values
  }

  #maps(inner: string, rows: number): ColumnValues {
    const [key, value] = mapTypes(inner)
    const ends = this.#ends(rows)
    const total = ends[rows - 1] ?? 0
    const keys = this.#values(key, total)
    const values = this.#values(value, total)
    return ends.map((end, row) => {
      const from = ends[row - 1] ?? 0
      if (from === end) return EMPTY_MAP
      const map = new Map<unknown, unknown>()
      for (let i = from; i < end; i++) map.set(keys[i], values[i])
      return map
    })
  }

  #ends(rows: number): number[] {
    return Array.from(new BigUint64Array(this.#copy(rows, 8).buffer), Number)
  }

  #each<T>(rows: number, read: () => T): T[] {
    const values: T[] = new Array(rows)
    for (let i = 0; i < rows; i++) values[i] = read()
    return values
  }

  /** A copy, because numbers in a block stand at any offset. */
  #copy(rows: number, bytesEach: number): Uint8Array<ArrayBuffer> {
    const from = this.#in.skip(rows * bytesEach)
    return Uint8Array.from(this.#bytes.subarray(from, from + rows * bytesEach))
  }
}

/**
 * Turns blocks into objects. `field` may be a path of one dot (`usage.reasoning`): those become one inner object. A column that a block leaves out holds
 * its type's default. Written out as one literal (`new Function`), so that all rows share a shape; nothing but our own lists goes into its text.
 */
export const objectsOf = <Row>(
  columns: readonly { readonly field: string; readonly name: string; readonly type: string }[],
): ((block: ReadBlock) => Row[]) => {
  const inner = new Map<string, string[]>()
  const outer: string[] = []
  columns.forEach(({ field }, i) => {
    const [name, key] = field.split('.') as [string, string | undefined]
    if (key === undefined) outer.push(`${name}: c${i}[i]`)
    else inner.set(name, [...(inner.get(name) ?? []), `${key}: c${i}[i]`])
  })
  for (const [name, pairs] of inner) outer.push(`${name}: { ${pairs.join(', ')} }`)
  const make = new Function(
    'rows',
    ...columns.map((_, i) => `c${i}`),
    `const all = new Array(rows)\nfor (let i = 0; i < rows; i++) all[i] = { ${outer.join(', ')} }\nreturn all`,
  ) as (rows: number, ...values: ColumnValues[]) => Row[]
  const defaults = columns.map(({ type }) => defaultOf(type))
  return ({ rows, columns: read }) =>
    make(rows, ...columns.map(({ name }, i) => read.get(name) ?? new Array(rows).fill(defaults[i])))
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
