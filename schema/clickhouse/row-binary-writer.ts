const INITIAL_BYTES = 64 * 1024
/** Up to here a loop over the characters beats the call into C++ that `Buffer.write` is. */
const SHORT_STRING_UNITS = 48
/** Longest row form of a number or id. */
const FIXED_BYTES_MAX = 16

/**
 * A growing buffer for ClickHouse's RowBinary format: rows one after another, each value in its type's little-endian form, strings with a varint
 * length (https://clickhouse.com/docs/interfaces/formats/RowBinary). `take()` gives the bytes and starts anew.
 */
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
  take(): Uint8Array<ArrayBuffer> {
    // Not filled with zeros first; and a buffer of its own, so that it can be handed to another thread.
    const bytes = Buffer.allocUnsafeSlow(this.#length) as Buffer<ArrayBuffer>
    bytes.set(this.#bytes.subarray(0, this.#length))
    this.#length = 0
    return bytes
  }

  /** Forgets what was written since the writer's length was `to`. */
  rewind(to: number): void {
    this.#length = to
  }

  /** What was written so far, not a copy: valid until the next write. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
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

  /** Once more what stands between two places. */
  repeat(from: number, to: number): void {
    this.#room(to - from)
    this.#bytes.copyWithin(this.#length, from, to)
    this.#length += to - from
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
