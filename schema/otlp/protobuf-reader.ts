import { isUtf8 } from 'node:buffer'
import { countReplacements } from './utf8.ts'
import { DecodeError, ELEMENTS_PER_REQUEST_MAX, ITEMS_PER_REQUEST_MAX } from './wire.ts'

/** Strings up to this length are looked up before they are made: attribute keys, model names, roles, service names. */
const INTERNED_BYTES_MAX = 64
const INTERN_SLOTS = 8192

/** Shared by all requests of the thread. Direct-mapped: a miss overwrites its slot, so it never grows past slots × bytes (512 KiB). */
const interned: (string | undefined)[] = new Array<string | undefined>(INTERN_SLOTS).fill(undefined)
const internedBytes = new Uint8Array(INTERN_SLOTS * INTERNED_BYTES_MAX)
const internedView = new DataView(internedBytes.buffer)

/** Wire types (https://protobuf.dev/programming-guides/encoding/#structure); 3 and 4, groups, do not occur in OTLP. */
export const VARINT = 0
export const FIXED64 = 1
export const DELIMITED = 2
export const FIXED32 = 5

const WIRE_TYPE_NAMES = ['varint', '64-bit', 'length-delimited', 'group start', 'group end', '32-bit', '6', '7']

const plainInteger = (value: bigint): number | bigint => {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/**
 * Reads protobuf's wire format from a buffer, forward only. Every read takes the `end` of the message it is in and throws
 * `DecodeError` rather than read past it. Written for speed: no closures, no slices but for the strings that are kept.
 */
export class ProtobufReader {
  pos = 0
  /** Byte sequences that were not UTF-8 and became U+FFFD. */
  invalidUtf8 = 0
  /** Where we are, for error messages; −1 is outside. */
  resource = -1
  scope = -1
  item = -1

  private readonly buf: Buffer
  private readonly view: DataView
  private items = 0
  private elements = 0
  private lastIdStart = -1
  private lastId = ''

  constructor(bytes: Uint8Array) {
    this.buf = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get size(): number {
    return this.buf.length
  }

  /** `field number << 3 | wire type`. */
  tag(end: number): number {
    const first = this.buf[this.pos]!
    if (first < 0x80 && first >= 0x08) {
      this.pos++
      return first
    }
    const tag = this.varint32(end)
    if (tag >>> 3 === 0) this.fail('field number 0')
    return tag
  }

  /** The low 32 bits of a varint, unsigned. */
  varint32(end: number): number {
    const buf = this.buf
    let pos = this.pos
    let result = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (pos >= end) this.fail('a varint goes past the end of its message')
      const byte = buf[pos++]!
      if (shift < 32) result |= (byte & 0x7f) << shift
      if (byte < 0x80) {
        this.pos = pos
        return result >>> 0
      }
    }
    return this.fail('a varint is longer than 10 bytes')
  }

  /** A signed 64-bit varint: a number while it is a safe integer, else a bigint. */
  int64(end: number): number | bigint {
    const start = this.pos
    const low = this.varint32(end)
    if (this.pos - start <= 4) return low
    return this.wideInt64(start)
  }

  bool(end: number): boolean {
    const start = this.pos
    if (this.varint32(end) !== 0) return true
    // Bits above the low 32 make a varint true as well.
    return this.pos - start > 4 && this.wideInt64(start) !== 0
  }

  fixed64(end: number): bigint {
    const at = this.take(8, end)
    return this.view.getBigUint64(at, true)
  }

  /** An unsigned count in 8 bytes: a number while it is a safe integer, else a bigint. */
  count64(end: number): number | bigint {
    return plainInteger(this.fixed64(end))
  }

  sfixed64(end: number): number | bigint {
    const at = this.take(8, end)
    return plainInteger(this.view.getBigInt64(at, true))
  }

  /** An unsigned 64-bit varint, likewise. */
  uint64(end: number): number | bigint {
    const value = this.int64(end)
    return value < 0 ? BigInt.asUintN(64, BigInt(value)) : value
  }

  /** A zigzag varint of 32 bits. */
  sint32(end: number): number {
    const value = this.varint32(end)
    return (value >>> 1) ^ -(value & 1)
  }

  double(end: number): number {
    const at = this.take(8, end)
    return this.view.getFloat64(at, true)
  }

  fixed32(end: number): number {
    const at = this.take(4, end)
    return this.view.getUint32(at, true)
  }

  /** Reads a length and returns the end of what it delimits; `pos` is at its start. */
  delimited(end: number): number {
    let length = this.pos < end ? this.buf[this.pos]! : 0x80
    if (length < 0x80) this.pos++
    else length = this.varint32(end)
    if (length > end - this.pos) this.fail(`a length of ${length} bytes where ${end - this.pos} are left`)
    return this.pos + length
  }

  string(end: number): string {
    const stop = this.delimited(end)
    const from = this.pos
    this.pos = stop
    if (stop === from) return ''
    return stop - from <= INTERNED_BYTES_MAX ? this.shortString(from, stop) : this.anyString(from, stop)
  }

  /** Bytes as lowercase hex. Spans of a request mostly share their trace id, so the last one is compared first. */
  hex(end: number): string {
    const stop = this.delimited(end)
    const from = this.pos
    this.pos = stop
    if (stop === from) return ''
    if (stop - from !== 16) return this.buf.toString('hex', from, stop)
    if (this.lastIdStart < 0 || !this.same16(this.lastIdStart, from)) {
      this.lastId = this.buf.toString('hex', from, stop)
      this.lastIdStart = from
    }
    return this.lastId
  }

  /** A copy, so that a kept value does not hold the whole request in memory. */
  bytes(end: number): Uint8Array {
    const stop = this.delimited(end)
    const from = this.pos
    this.pos = stop
    return new Uint8Array(this.buf.subarray(from, stop))
  }

  /** Skips the value of an unknown field. `known` has a bit per field number that the message has: those came with a wrong wire type. */
  skip(tag: number, end: number, known: number): void {
    const field = tag >>> 3
    const wire = tag & 7
    if (field < 32 && (known >>> field) & 1) this.fail(`field ${field} has wire type ${WIRE_TYPE_NAMES[wire]}`)
    if (wire === VARINT) this.varint32(end)
    else if (wire === FIXED64) this.take(8, end)
    else if (wire === DELIMITED) this.pos = this.delimited(end)
    else if (wire === FIXED32) this.take(4, end)
    else this.fail(`field ${field} has wire type ${WIRE_TYPE_NAMES[wire]}`)
  }

  /** To be called once per resource, scope, span or record before it is read. */
  countItem(): void {
    if (++this.items > ITEMS_PER_REQUEST_MAX)
      this.fail(`more than ${ITEMS_PER_REQUEST_MAX} spans, records or points in one request; send smaller batches`)
  }

  /** To be called once per attribute, event, link or list value before it is read. */
  countElement(): void {
    if (++this.elements > ELEMENTS_PER_REQUEST_MAX)
      this.fail(`more than ${ELEMENTS_PER_REQUEST_MAX} elements in one request; send smaller batches`)
  }

  fail(what: string): never {
    throw new DecodeError(`byte ${this.pos} of ${this.size}: ${what}`)
  }

  private take(count: number, end: number): number {
    const at = this.pos
    if (count > end - at) this.fail(`a ${count}-byte number where ${end - at} bytes are left`)
    this.pos = at + count
    return at
  }

  private wideInt64(start: number): number | bigint {
    if (this.pos - start <= 7) {
      let number = 0
      for (let at = this.pos - 1; at >= start; at--) number = number * 128 + (this.buf[at]! & 0x7f)
      return number
    }
    let value = 0n
    for (let at = start, shift = 0n; at < this.pos; at++, shift += 7n) value |= BigInt(this.buf[at]! & 0x7f) << shift
    const signed = BigInt.asIntN(64, value)
    const number = Number(signed)
    return Number.isSafeInteger(number) ? number : signed
  }

  private same16(a: number, b: number): boolean {
    const view = this.view
    for (let i = 0; i < 16; i += 4) if (view.getInt32(a + i) !== view.getInt32(b + i)) return false
    return true
  }

  /** Four bytes at a time: hashes, sees whether all are ASCII, and compares with what the slot holds. */
  private shortString(from: number, stop: number): string {
    const view = this.view
    const length = stop - from
    const words = from + (length & ~3)
    let hash = length
    let high = 0
    let at = from
    for (; at < words; at += 4) {
      const word = view.getInt32(at, true)
      high |= word
      hash = Math.imul(hash ^ word, 0x9e3779b1)
      hash ^= hash >>> 15
    }
    for (; at < stop; at++) {
      const byte = view.getUint8(at)
      high |= byte
      hash = Math.imul(hash ^ byte, 0x01000193)
    }
    if ((high & 0x80808080) !== 0) return this.anyString(from, stop)
    const slot = (hash ^ (hash >>> 13)) & (INTERN_SLOTS - 1)
    const known = interned[slot]
    if (known !== undefined && known.length === length && this.isInSlot(slot, from, stop, words)) return known
    const text = this.buf.toString('latin1', from, stop)
    interned[slot] = text
    for (let i = from, to = slot * INTERNED_BYTES_MAX; i < stop; i++, to++) internedBytes[to] = view.getUint8(i)
    return text
  }

  private isInSlot(slot: number, from: number, stop: number, words: number): boolean {
    const view = this.view
    let slotAt = slot * INTERNED_BYTES_MAX
    let at = from
    for (; at < words; at += 4, slotAt += 4)
      if (view.getInt32(at, true) !== internedView.getInt32(slotAt, true)) return false
    for (; at < stop; at++, slotAt++) if (view.getUint8(at) !== internedBytes[slotAt]) return false
    return true
  }

  private anyString(from: number, stop: number): string {
    const text = this.buf.toString('utf8', from, stop)
    // Free on ASCII text, which V8 keeps as one byte per character: U+FFFD cannot be in it.
    if (text.includes('\ufffd')) {
      const bytes = this.buf.subarray(from, stop)
      if (!isUtf8(bytes)) this.invalidUtf8 += countReplacements(text, bytes)
    }
    return text
  }
}
