/** Reads what the writer wrote; a read past the end throws RangeError. */
export class RowBinaryReader {
  readonly #bytes: Uint8Array
  readonly #text: Buffer
  readonly #view: DataView
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
    const from = this.#advance(this.varint())
    return this.text(from, this.offset)
  }

  /** Kinds, models, agents, tools come again with every row: comparing their bytes is cheaper than making the string anew. */
  #knownString(from: number, to: number): string {
    const bytes = this.#bytes
    const length = to - from
    let hash = length
    for (let i = from; i < to; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0
    const slot = hash & (KNOWN_STRINGS - 1)
    const known = knownStrings[slot]
    if (known !== undefined && known.length === length) {
      let i = 0
      while (i < length && known.charCodeAt(i) === bytes[from + i]) i++
      if (i === length) return known
    }
    const text = this.#text.toString('utf8', from, to)
    // Of one byte a character, or the comparison above would not hold.
    if (text.length === length) knownStrings[slot] = text
    return text
  }

  /** '' for all zeros: the absent id. */
  hex(bytes: number): string {
    return this.hexAt(this.#advance(bytes), bytes)
  }

  /** The text of these bytes; a short one that was read lately is the same string again. */
  text(from: number, to: number): string {
    if (from === to) return ''
    return to - from <= KNOWN_STRING_BYTES_MAX ? this.#knownString(from, to) : this.#text.toString('utf8', from, to)
  }

  /** Whether the `bytes` bytes at two places are equal. */
  isSame(at: number, other: number, bytes: number): boolean {
    const all = this.#bytes
    for (let i = 0; i < bytes; i++) if (all[at + i] !== all[other + i]) return false
    return true
  }

  /** '' for all zeros: the absent id. */
  hexAt(from: number, bytes: number): string {
    const all = this.#bytes
    const to = from + bytes
    if (this.#lastIdAt >= 0 && this.#lastId.length === bytes * 2) {
      // Rows of one trace follow each other.
      let i = 0
      while (i < bytes && all[from + i] === all[this.#lastIdAt + i]) i++
      if (i === bytes) return this.#lastId
    }
    let zero = true
    for (let i = from; i < to && zero; i++) zero = all[i] === 0
    if (zero) return ''
    const text = this.#text.toString('hex', from, to)
    if (bytes === ID_BYTES_KEPT) {
      this.#lastId = text
      this.#lastIdAt = from
    }
    return text
  }

  /** Passes over `bytes` bytes and says where they begin. */
  skip(bytes: number): number {
    return this.#advance(bytes)
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
/** Shared by all readers of the thread: the same words stand in block after block. */
const knownStrings: (string | undefined)[] = new Array<string | undefined>(KNOWN_STRINGS).fill(undefined)
const KNOWN_STRING_BYTES_MAX = 40
/** Trace and run ids. */
const ID_BYTES_KEPT = 16
