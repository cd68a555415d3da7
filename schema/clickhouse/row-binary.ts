/**
 * ClickHouse's RowBinary format: rows one after another, each value in its type's little-endian form, strings with a varint length
 * (https://clickhouse.com/docs/interfaces/formats/RowBinary). The spool keeps it, both engines load it, the tallier reads it.
 */
export type Encode = (writer: RowBinaryWriter, value: never) => void
export type Decode = (reader: RowBinaryReader) => unknown

const INITIAL_BYTES = 64 * 1024

/** A growing buffer; `take()` gives the bytes and starts anew. */
export class RowBinaryWriter {
  #buffer: Buffer
  #length = 0

  constructor(initialBytes = INITIAL_BYTES) {
    this.#buffer = Buffer.allocUnsafe(initialBytes)
  }

  get length(): number {
    return this.#length
  }

  /** A copy of what was written, exactly as long as it; the writer is empty afterwards and keeps its room. */
  take(): Uint8Array {
    const bytes = new Uint8Array(this.#length)
    bytes.set(this.#buffer.subarray(0, this.#length))
    this.#length = 0
    return bytes
  }

  u8(value: number): void {
    this.#room(1)
    this.#buffer[this.#length++] = value
  }

  u16(value: number): void {
    this.#length = this.#room(2).writeUInt16LE(value, this.#length)
  }

  u32(value: number): void {
    this.#length = this.#room(4).writeUInt32LE(value, this.#length)
  }

  u64(value: bigint): void {
    this.#length = this.#room(8).writeBigUInt64LE(value, this.#length)
  }

  i8(value: number): void {
    this.#length = this.#room(1).writeInt8(value, this.#length)
  }

  i16(value: number): void {
    this.#length = this.#room(2).writeInt16LE(value, this.#length)
  }

  i32(value: number): void {
    this.#length = this.#room(4).writeInt32LE(value, this.#length)
  }

  i64(value: bigint): void {
    this.#length = this.#room(8).writeBigInt64LE(value, this.#length)
  }

  f64(value: number): void {
    this.#length = this.#room(8).writeDoubleLE(value, this.#length)
  }

  varint(value: number): void {
    this.#room(8)
    let rest = value
    while (rest >= 0x80) {
      this.#buffer[this.#length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#buffer[this.#length++] = rest
  }

  string(value: string): void {
    // Most strings are short ASCII: written in place, with one byte kept for their length.
    const units = value.length
    if (units < 0x40 && units > 0) {
      this.#room(1 + units * 3)
      const start = this.#length + 1
      const written = this.#buffer.write(value, start, 'utf8')
      if (written < 0x80) {
        this.#buffer[this.#length] = written
        this.#length = start + written
        return
      }
    }
    const bytes = Buffer.byteLength(value, 'utf8')
    this.varint(bytes)
    this.#room(bytes)
    this.#length += this.#buffer.write(value, this.#length, 'utf8')
  }

  /** Bytes that are in the format already. */
  raw(bytes: Uint8Array): void {
    this.#room(bytes.length).set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** `bytes` bytes from lowercase hex; '' and anything shorter is padded with zeros, so '' is the absent id. */
  hex(value: string, bytes: number): void {
    this.#room(bytes)
    const written = value === '' ? 0 : this.#buffer.write(value, this.#length, bytes, 'hex')
    this.#buffer.fill(0, this.#length + written, this.#length + bytes)
    this.#length += bytes
  }

  #room(bytes: number): Buffer {
    const needed = this.#length + bytes
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2))
      this.#buffer.copy(grown, 0, 0, this.#length)
      this.#buffer = grown
    }
    return this.#buffer
  }
}

/** Reads what the writer wrote; a read past the end throws RangeError. */
export class RowBinaryReader {
  readonly #buffer: Buffer
  offset = 0

  constructor(bytes: Uint8Array) {
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get done(): boolean {
    return this.offset >= this.#buffer.length
  }

  bytes(from: number, to: number): Uint8Array {
    return this.#buffer.subarray(from, to)
  }

  u8(): number {
    const value = this.#buffer.readUInt8(this.offset)
    this.offset += 1
    return value
  }

  u16(): number {
    const value = this.#buffer.readUInt16LE(this.offset)
    this.offset += 2
    return value
  }

  u32(): number {
    const value = this.#buffer.readUInt32LE(this.offset)
    this.offset += 4
    return value
  }

  u64(): bigint {
    const value = this.#buffer.readBigUInt64LE(this.offset)
    this.offset += 8
    return value
  }

  i8(): number {
    const value = this.#buffer.readInt8(this.offset)
    this.offset += 1
    return value
  }

  i16(): number {
    const value = this.#buffer.readInt16LE(this.offset)
    this.offset += 2
    return value
  }

  i32(): number {
    const value = this.#buffer.readInt32LE(this.offset)
    this.offset += 4
    return value
  }

  i64(): bigint {
    const value = this.#buffer.readBigInt64LE(this.offset)
    this.offset += 8
    return value
  }

  f64(): number {
    const value = this.#buffer.readDoubleLE(this.offset)
    this.offset += 8
    return value
  }

  varint(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.u8()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 0x80
    }
  }

  string(): string {
    const from = this.#advance(this.varint())
    return this.#buffer.toString('utf8', from, this.offset)
  }

  /** '' for all zeros: the absent id. */
  hex(bytes: number): string {
    const from = this.#advance(bytes)
    let zero = true
    for (let i = from; i < this.offset && zero; i++) zero = this.#buffer[i] === 0
    return zero ? '' : this.#buffer.toString('hex', from, this.offset)
  }

  /** Where the next `bytes` bytes begin. A Buffer would cut a text that is not all there without a word. */
  #advance(bytes: number): number {
    const from = this.offset
    if (from + bytes > this.#buffer.length)
      throw new RangeError(`RowBinary: ${bytes} bytes wanted at ${from} of ${this.#buffer.length}`)
    this.offset = from + bytes
    return from
  }
}

/** The encoder of a column type, compiled once. Throws on a type that no table of ours uses. */
export const encoderOf = (type: string): Encode => codecOf(type).encode

export const decoderOf = (type: string): Decode => codecOf(type).decode

interface Codec {
  readonly encode: Encode
  readonly decode: Decode
}

const codec = <T>(encode: (w: RowBinaryWriter, v: T) => void, decode: (r: RowBinaryReader) => T): Codec => ({
  encode: encode as Encode,
  decode,
})

/** Times and decimals are bigint (nanoseconds, 10⁻⁹ USD), FixedString is lowercase hex, Map is a JavaScript Map. */
const SCALARS: Readonly<Record<string, Codec>> = {
  Bool: codec<boolean>(
    (w, v) => w.u8(v ? 1 : 0),
    (r) => r.u8() === 1,
  ),
  UInt8: codec<number>(
    (w, v) => w.u8(v),
    (r) => r.u8(),
  ),
  UInt16: codec<number>(
    (w, v) => w.u16(v),
    (r) => r.u16(),
  ),
  UInt32: codec<number>(
    (w, v) => w.u32(Math.min(v, 0xffffffff)),
    (r) => r.u32(),
  ),
  UInt64: codec<bigint>(
    (w, v) => w.u64(v),
    (r) => r.u64(),
  ),
  Int8: codec<number>(
    (w, v) => w.i8(v),
    (r) => r.i8(),
  ),
  Int16: codec<number>(
    (w, v) => w.i16(v),
    (r) => r.i16(),
  ),
  Int64: codec<bigint>(
    (w, v) => w.i64(v),
    (r) => r.i64(),
  ),
  Float64: codec<number>(
    (w, v) => w.f64(v),
    (r) => r.f64(),
  ),
  String: codec<string>(
    (w, v) => w.string(v),
    (r) => r.string(),
  ),
}

const codecOf = (type: string): Codec => {
  const scalar = SCALARS[type]
  if (scalar) return scalar
  const [, outer, inner] = /^(\w+)\((.*)\)$/s.exec(type) ?? []
  switch (outer) {
    case 'LowCardinality':
      return codecOf(inner!)
    case 'SimpleAggregateFunction':
      return codecOf(inner!.slice(inner!.indexOf(',') + 1).trim())
    case 'FixedString':
      return fixedString(Number(inner))
    case 'DateTime64':
    case 'Decimal64':
      return SCALARS.Int64!
    case 'Array':
      return array(codecOf(inner!))
    case 'Map': {
      const comma = splitAtTopLevelComma(inner!)
      return map(codecOf(comma[0]), codecOf(comma[1]))
    }
    default:
      throw new Error(`RowBinary: no codec for column type ${type}`)
  }
}

const fixedString = (bytes: number): Codec =>
  codec<string>(
    (w, v) => w.hex(v, bytes),
    (r) => r.hex(bytes),
  )

const array = (item: Codec): Codec =>
  codec<readonly unknown[]>(
    (w, v) => {
      w.varint(v.length)
      for (const element of v) item.encode(w, element as never)
    },
    (r) => Array.from({ length: r.varint() }, () => item.decode(r)),
  )

const map = (key: Codec, value: Codec): Codec =>
  codec<ReadonlyMap<unknown, unknown>>(
    (w, v) => {
      w.varint(v.size)
      for (const [k, x] of v) {
        key.encode(w, k as never)
        value.encode(w, x as never)
      }
    },
    (r) => {
      const size = r.varint()
      const result = new Map<unknown, unknown>()
      for (let i = 0; i < size; i++) result.set(key.decode(r), value.decode(r))
      return result
    },
  )

const splitAtTopLevelComma = (text: string): [string, string] => {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++
    else if (text[i] === ')') depth--
    else if (text[i] === ',' && depth === 0) return [text.slice(0, i).trim(), text.slice(i + 1).trim()]
  }
  throw new Error(`RowBinary: Map needs two types, got ${text}`)
}
