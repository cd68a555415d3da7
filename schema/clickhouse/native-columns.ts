import { ArrayColumn, type ColumnWriter, type ElementWriter, MapColumn } from './native-nested.ts'
import { RowBinaryWriter } from './row-binary-writer.ts'
import { mapTypes, wrapped } from './types.ts'

export const columnWriter = (type: string): ColumnWriter => {
  const numeric = NUMERIC[type]
  if (numeric) return new NumberColumn(type, numeric)
  if (type === 'String') return new TextColumn()
  if (type === 'UInt64') return new BigColumn(0n, 2n ** 64n - 1n, (buffer) => new BigUint64Array(buffer))
  if (type === 'Int64') return new BigColumn(-(2n ** 63n), 2n ** 63n - 1n, (buffer) => new BigInt64Array(buffer))
  const { outer, inner } = wrapped(type)
  switch (outer) {
    case 'LowCardinality':
      return new DictionaryColumn()
    case 'FixedString':
      return new HexColumn(Number(inner))
    case 'DateTime64':
    case 'Decimal64':
      return columnWriter('Int64')
    case 'Array':
      return new ArrayColumn(columnWriter(inner))
    case 'Map': {
      const [key, value] = mapTypes(inner)
      return new MapColumn(elementWriter(key), elementWriter(value))
    }
    default:
      throw new Error(`Native: no writer for column type ${type}`)
  }
}

const elementWriter = (type: string): ElementWriter => {
  const writer = columnWriter(type)
  if (!('repeat' in writer)) throw new Error(`Native: no map holds ${type}`)
  return writer as ElementWriter
}

type NumberArray = Uint8Array | Uint16Array | Uint32Array | Int8Array | Int16Array | Int32Array | Float64Array
const NUMERIC: Readonly<Record<string, (values: Float64Array) => NumberArray>> = {
  Bool: (values) => new Uint8Array(values),
  UInt8: (values) => new Uint8Array(values),
  UInt16: (values) => new Uint16Array(values),
  UInt32: (values) => new Uint32Array(values),
  Int8: (values) => new Int8Array(values),
  Int16: (values) => new Int16Array(values),
  Int32: (values) => new Int32Array(values),
  Float64: (values) => values,
}
const INITIAL_ROWS = 1024

/** Bytes of a typed array's first `count` elements. */
const bytesOf = (array: NumberArray | BigInt64Array | BigUint64Array, count: number): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, count * array.BYTES_PER_ELEMENT)

/** Values are collected as doubles, which hold all of these types: a store that might go to seven kinds of array costs ten times as much as one. */
class NumberColumn implements ElementWriter {
  readonly #asStored: (values: Float64Array) => NumberArray
  /** A count above what its column holds stays at this rather than wrap to a small one. */
  readonly #most: number
  #values = new Float64Array(INITIAL_ROWS)
  #rows = 0
  isDefault = true

  constructor(type: string, asStored: (values: Float64Array) => NumberArray) {
    this.#asStored = asStored
    this.#most = type === 'UInt32' ? UINT32_MAX : Number.POSITIVE_INFINITY
  }

  add(value: number | boolean): void {
    const number = value === true ? 1 : value === false ? 0 : value
    if (number !== 0) this.isDefault = false
    this.#push(number > this.#most ? this.#most : number)
  }

  get place(): number {
    return this.#rows
  }

  repeat(from: number, to: number): void {
    for (let i = from; i < to; i++) this.#push(this.#values[i]!)
  }

  #push(number: number): void {
    if (this.#rows === this.#values.length) {
      const grown = new Float64Array(this.#rows * 2)
      grown.set(this.#values)
      this.#values = grown
    }
    this.#values[this.#rows++] = number
  }

  writePrefix(): void {}

  write(out: RowBinaryWriter): void {
    const values = this.#asStored(this.#values.subarray(0, this.#rows))
    out.raw(bytesOf(values, this.#rows))
  }

  reset(): void {
    this.#rows = 0
    this.isDefault = true
  }
}
const UINT32_MAX = 0xffffffff

class BigColumn implements ColumnWriter {
  readonly #least: bigint
  readonly #most: bigint
  readonly #make: (buffer: ArrayBuffer) => BigInt64Array | BigUint64Array
  #values: BigInt64Array | BigUint64Array
  #rows = 0
  isDefault = true

  constructor(least: bigint, most: bigint, make: (buffer: ArrayBuffer) => BigInt64Array | BigUint64Array) {
    this.#least = least
    this.#most = most
    this.#make = make
    this.#values = make(new ArrayBuffer(INITIAL_ROWS * 8))
  }

  add(value: bigint): void {
    if (value < this.#least || value > this.#most) throw new RangeError(`${value} does not fit its column`)
    if (this.#rows === this.#values.length) {
      const grown = this.#make(new ArrayBuffer(this.#rows * 16))
      grown.set(this.#values)
      this.#values = grown
    }
    if (value !== 0n) this.isDefault = false
    this.#values[this.#rows++] = value
  }

  writePrefix(): void {}

  write(out: RowBinaryWriter): void {
    out.raw(bytesOf(this.#values, this.#rows))
  }

  reset(): void {
    this.#rows = 0
    this.isDefault = true
  }
}

/** Values one after another, in their row form. */
abstract class BytesColumn implements ElementWriter {
  protected readonly bytes = new RowBinaryWriter()
  isDefault = true

  protected abstract put(value: string): void

  add(value: string): void {
    if (value !== '') this.isDefault = false
    this.put(value)
  }

  get place(): number {
    return this.bytes.length
  }

  repeat(from: number, to: number): void {
    this.bytes.repeat(from, to)
  }

  writePrefix(): void {}

  write(out: RowBinaryWriter): void {
    out.raw(this.bytes.written())
  }

  reset(): void {
    this.bytes.rewind(0)
    this.isDefault = true
  }
}

class TextColumn extends BytesColumn {
  protected put(value: string): void {
    this.bytes.string(value)
  }
}

class HexColumn extends BytesColumn {
  readonly #size: number

  constructor(size: number) {
    super()
    this.#size = size
  }

  protected put(value: string): void {
    this.bytes.hex(value, this.#size)
  }
}

/** The dictionary of the block is all there is (`SharedDictionariesWithAdditionalKeys`): no state passes from block to block. */
const DICTIONARY_VERSION = 1n
/** HasAdditionalKeys | NeedUpdateDictionary; the low byte is the width of an index: 0 one byte, 1 two, 2 four. */
const DICTIONARY_FLAGS = 0x600n

class DictionaryColumn implements ElementWriter {
  readonly #numbers = new Map<string, number>()
  #indexes = new Uint32Array(INITIAL_ROWS)
  #rows = 0
  #lastValue: string | undefined
  #lastNumber = 0
  isDefault = true

  add(value: string): void {
    if (value !== this.#lastValue) {
      let number = this.#numbers.get(value)
      if (number === undefined) {
        number = this.#numbers.size
        this.#numbers.set(value, number)
        if (value !== '') this.isDefault = false
      }
      this.#lastValue = value
      this.#lastNumber = number
    }
    this.#push(this.#lastNumber)
  }

  get place(): number {
    return this.#rows
  }

  repeat(from: number, to: number): void {
    for (let i = from; i < to; i++) this.#push(this.#indexes[i]!)
  }

  #push(index: number): void {
    if (this.#rows === this.#indexes.length) {
      const grown = new Uint32Array(this.#rows * 2)
      grown.set(this.#indexes)
      this.#indexes = grown
    }
    this.#indexes[this.#rows++] = index
  }

  writePrefix(out: RowBinaryWriter): void {
    out.u64(DICTIONARY_VERSION)
  }

  write(out: RowBinaryWriter): void {
    // A nested column without elements has no data at all.
    if (this.#rows === 0) return
    const size = this.#numbers.size
    const width = size <= 0x100 ? 0 : size <= 0x10000 ? 1 : 2
    out.u64(DICTIONARY_FLAGS | BigInt(width))
    out.u64(BigInt(size))
    for (const value of this.#numbers.keys()) out.string(value)
    out.u64(BigInt(this.#rows))
    const indexes = this.#indexes.subarray(0, this.#rows)
    if (width === 0) out.raw(new Uint8Array(indexes))
    else if (width === 1) out.raw(bytesOf(new Uint16Array(indexes), this.#rows))
    else out.raw(bytesOf(indexes, this.#rows))
  }

  reset(): void {
    this.#numbers.clear()
    this.#rows = 0
    this.#lastValue = undefined
    this.isDefault = true
  }
}
