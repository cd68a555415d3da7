/**
 * ClickHouse's RowBinary format: rows one after another, each value in its type's little-endian form, strings with a varint length
 * (https://clickhouse.com/docs/interfaces/formats/RowBinary). The spool keeps it, both engines load it, the tallier reads it.
 */
export type Encode = (writer: RowBinaryWriter, value: never) => void
export type Decode = (reader: RowBinaryReader) => unknown

const INITIAL_BYTES = 64 * 1024

/** Up to here a loop over the characters beats the call into C++ that `Buffer.write` is. */
const SHORT_STRING_UNITS = 48
/** Longest row form of a number or id. */
const FIXED_BYTES_MAX = 16

/** A growing buffer; `take()` gives the bytes and starts anew. */
export class RowBinaryWriter {
  #bytes: Buffer
  #view: DataView
  #length = 0

  constructor(initialBytes = INITIAL_BYTES) {
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(initialBytes, FIXED_BYTES_MAX))
    this.#view = viewOf(this.#bytes)
  }

  get length(): number {
    return this.#length
  }

  /** A copy of what was written, exactly as long as it; the writer is empty afterwards and keeps its room. */
  take(): Uint8Array {
    const bytes = new Uint8Array(this.#length)
    bytes.set(this.#bytes.subarray(0, this.#length))
    this.#length = 0
    return bytes
  }

  /** Forgets what was written since the writer's length was `to`. */
  rewind(to: number): void {
    this.#length = to
  }

  /** A copy of what was written since the writer's length was `from`. */
  since(from: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes.subarray(from, this.#length))
  }

  u8(value: number): void {
    this.#room(1)
    this.#bytes[this.#length++] = value
  }

  u16(value: number): void {
    this.#room(2)
    this.#view.setUint16(this.#length, value, true)
    this.#length += 2
  }

  u32(value: number): void {
    this.#room(4)
    this.#view.setUint32(this.#length, value, true)
    this.#length += 4
  }

  /** @throws RangeError where the value does not fit: DataView would wrap it silently. */
  u64(value: bigint): void {
    if (value < 0n || value > U64_MAX) throw new RangeError(`${value} is no UInt64`)
    this.#room(8)
    this.#view.setBigUint64(this.#length, value, true)
    this.#length += 8
  }

  i8(value: number): void {
    this.#room(1)
    this.#view.setInt8(this.#length, value)
    this.#length += 1
  }

  i16(value: number): void {
    this.#room(2)
    this.#view.setInt16(this.#length, value, true)
    this.#length += 2
  }

  i32(value: number): void {
    this.#room(4)
    this.#view.setInt32(this.#length, value, true)
    this.#length += 4
  }

  /** @throws RangeError where the value does not fit: DataView would wrap it silently. */
  i64(value: bigint): void {
    if (value < I64_MIN || value > I64_MAX) throw new RangeError(`${value} is no Int64`)
    this.#room(8)
    this.#view.setBigInt64(this.#length, value, true)
    this.#length += 8
  }

  f64(value: number): void {
    this.#room(8)
    this.#view.setFloat64(this.#length, value, true)
    this.#length += 8
  }

  varint(value: number): void {
    this.#room(8)
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length++] = rest
  }

  string(value: string): void {
    const units = value.length
    if (units <= SHORT_STRING_UNITS && this.#shortAscii(value, units)) return
    const bytes = Buffer.byteLength(value, 'utf8')
    this.varint(bytes)
    this.#room(bytes)
    this.#length += this.#bytes.write(value, this.#length, 'utf8')
  }

  /** Most strings are empty or short ASCII: one byte of length and the characters. False, and nothing written, where it is not. */
  #shortAscii(value: string, units: number): boolean {
    this.#room(1 + units)
    const bytes = this.#bytes
    let at = this.#length
    bytes[at++] = units
    for (let i = 0; i < units; i++) {
      const code = value.charCodeAt(i)
      if (code >= 0x80) return false
      bytes[at++] = code
    }
    this.#length = at
    return true
  }

  /** Bytes that are in the format already. */
  raw(bytes: Uint8Array): void {
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** `bytes` bytes from lowercase hex; '' and anything shorter is padded with zeros, so '' is the absent id. */
  hex(value: string, bytes: number): void {
    this.#room(bytes)
    const end = this.#length + bytes
    let at = this.#length
    for (let i = 0; i + 1 < value.length && at < end; i += 2) {
      const high = HEX_DIGITS[value.charCodeAt(i)]
      const low = HEX_DIGITS[value.charCodeAt(i + 1)]
      if (high === undefined || low === undefined || high < 0 || low < 0) break
      this.#bytes[at++] = high * 16 + low
    }
    while (at < end) this.#bytes[at++] = 0
    this.#length = end
  }

  #room(bytes: number): void {
    const needed = this.#length + bytes
    if (needed <= this.#bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(grown, 0, 0, this.#length)
    this.#bytes = grown
    this.#view = viewOf(grown)
  }
}

const U64_MAX = 2n ** 64n - 1n
const I64_MAX = 2n ** 63n - 1n
const I64_MIN = -(2n ** 63n)

const viewOf = (buffer: Buffer): DataView => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)

/** Value of a character code as a hex digit, −1 for others. */
const HEX_DIGITS = Int8Array.from({ length: 128 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16)
  return Number.isNaN(digit) ? -1 : digit
})

/** Reads what the writer wrote; a read past the end throws RangeError. */
export class RowBinaryReader {
  readonly #bytes: Uint8Array
  readonly #text: Buffer
  readonly #view: DataView
  readonly #known: (string | undefined)[] = new Array(KNOWN_STRINGS).fill(undefined)
  #lastId = ''
  #lastIdAt = -1
  offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get done(): boolean {
    return this.offset >= this.#bytes.length
  }

  bytes(from: number, to: number): Uint8Array {
    return this.#bytes.subarray(from, to)
  }

  u8(): number {
    return this.#view.getUint8(this.offset++)
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true)
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true)
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#advance(8), true)
  }

  i8(): number {
    return this.#view.getInt8(this.#advance(1))
  }

  i16(): number {
    return this.#view.getInt16(this.#advance(2), true)
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4), true)
  }

  i64(): bigint {
    return this.#view.getBigInt64(this.#advance(8), true)
  }

  f64(): number {
    return this.#view.getFloat64(this.#advance(8), true)
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
    const length = this.varint()
    if (length === 0) return ''
    const from = this.#advance(length)
    return length <= KNOWN_STRING_BYTES_MAX
      ? this.#knownString(from, length)
      : this.#text.toString('utf8', from, this.offset)
  }

  /** Kinds, models, agents, tools come again with every row: comparing their bytes is cheaper than making the string anew. */
  #knownString(from: number, length: number): string {
    const bytes = this.#bytes
    let hash = length
    for (let i = from; i < this.offset; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0
    const slot = hash & (KNOWN_STRINGS - 1)
    const known = this.#known[slot]
    if (known !== undefined && known.length === length) {
      let i = 0
      while (i < length && known.charCodeAt(i) === bytes[from + i]) i++
      if (i === length) return known
    }
    const text = this.#text.toString('utf8', from, this.offset)
    // Of one byte a character, or the comparison above would not hold.
    if (text.length === length) this.#known[slot] = text
    return text
  }

  /** '' for all zeros: the absent id. */
  hex(bytes: number): string {
    const from = this.#advance(bytes)
    const all = this.#bytes
    if (this.#lastIdAt >= 0 && this.#lastId.length === bytes * 2) {
      // Rows of one trace follow each other.
      let i = 0
      while (i < bytes && all[from + i] === all[this.#lastIdAt + i]) i++
      if (i === bytes) return this.#lastId
    }
    let zero = true
    for (let i = from; i < this.offset && zero; i++) zero = all[i] === 0
    if (zero) return ''
    const text = this.#text.toString('hex', from, this.offset)
    if (bytes === ID_BYTES_KEPT) {
      this.#lastId = text
      this.#lastIdAt = from
    }
    return text
  }

  /** Where the next `bytes` bytes begin. A Buffer would cut a text that is not all there without a word. */
  #advance(bytes: number): number {
    const from = this.offset
    if (from + bytes > this.#bytes.length)
      throw new RangeError(`RowBinary: ${bytes} bytes wanted at ${from} of ${this.#bytes.length}`)
    this.offset = from + bytes
    return from
  }
}

/** A power of two. */
const KNOWN_STRINGS = 4096
const KNOWN_STRING_BYTES_MAX = 40
/** Trace and run ids. */
const ID_BYTES_KEPT = 16

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

const map = (key: Codec, value: Codec): Codec => {
  let seen: unknown
  let last: unknown
  let lastBytes = new Uint8Array()
  return codec<ReadonlyMap<unknown, unknown>>(
    (w, v) => {
      // The spans of one resource share one map object: its bytes are made once and copied.
      if (v === last && v.size > 0) return w.raw(lastBytes)
      const from = w.length
      w.varint(v.size)
      for (const [k, x] of v) {
        key.encode(w, k as never)
        value.encode(w, x as never)
      }
      if (v === seen) {
        last = v
        lastBytes = w.since(from)
      }
      seen = v
    },
    (r) => {
      const size = r.varint()
      const result = new Map<unknown, unknown>()
      for (let i = 0; i < size; i++) result.set(key.decode(r), value.decode(r))
      return result
    },
  )
}

const splitAtTopLevelComma = (text: string): [string, string] => {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++
    else if (text[i] === ')') depth--
    else if (text[i] === ',' && depth === 0) return [text.slice(0, i).trim(), text.slice(i + 1).trim()]
  }
  throw new Error(`RowBinary: Map needs two types, got ${text}`)
}
