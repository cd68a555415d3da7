import type { AnyValue, KeyValue, WireInteger } from './wire.ts'
import { DecodeError, ITEMS_PER_REQUEST_MAX, TOO_DEEP, VALUE_DEPTH_MAX } from './wire.ts'

export type JsonObject = Readonly<Record<string, unknown>>

const UINT64_MAX = 2n ** 64n - 1n
const INT64_MAX = 2n ** 63n - 1n
const INT64_MIN = -(2n ** 63n)
const LONE_SURROGATE = /\p{Surrogate}/u
const NONE: readonly never[] = Object.freeze([])

/**
 * Reads fields by proto3's JSON mapping (https://protobuf.dev/programming-guides/json/) with OTLP's exceptions (opentelemetry-proto
 * docs/specification.md, "JSON Protobuf Encoding": ids are hex, not base64). `null` and absent are the field's default. Lenient where a
 * sender's meaning is plain: enum names, integers for 64-bit fields as numbers. Throws `DecodeError` naming the place.
 */
export class JsonFields {
  /** Where we are, for error messages: `resourceSpans[0].scopeSpans[1].spans[17]`. */
  private place = ''
  /** The attribute that is being read, for error messages. */
  private key = ''
  /** Lone surrogates (`"\ud800"`) that became U+FFFD: they have no UTF-8. */
  loneSurrogates = 0

  private items = 0

  /** To be called as a resource, scope, span, record or data point is begun. */
  begin(place: string): void {
    this.place = place
    if (++this.items > ITEMS_PER_REQUEST_MAX)
      throw new DecodeError(
        `more than ${ITEMS_PER_REQUEST_MAX} spans, records or points in one request; send smaller batches`,
      )
  }

  text(value: unknown, field: string): string {
    if (value === undefined || value === null) return ''
    if (typeof value !== 'string') return this.fail(field, 'a string', value)
    if (!LONE_SURROGATE.test(value)) return value
    return value.replace(/\p{Surrogate}/gu, () => {
      this.loneSurrogates++
      return '\ufffd'
    })
  }

  /** Hex in either case, and whatever else was sent: a wrong id costs one span, not the request, so it is judged later. */
  hexId(value: unknown, field: string): string {
    return this.text(value, field).toLowerCase()
  }

  uint64(value: unknown, field: string): bigint {
    if (value === undefined || value === null || value === '') return 0n
    const integer = this.integer(value, field)
    if (integer < 0n || integer > UINT64_MAX) return this.fail(field, 'an unsigned 64-bit integer', value)
    return integer
  }

  /** An unsigned 64-bit count: a number while it is a safe integer. */
  count(value: unknown, field: string): WireInteger {
    if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number
    const integer = this.uint64(value, field)
    const number = Number(integer)
    return Number.isSafeInteger(number) ? number : integer
  }

  /** A double that need not be there. */
  doubleOrNull(value: unknown, field: string): number | null {
    return value === undefined || value === null ? null : this.double(value, field)
  }

  int64OrNull(value: unknown, field: string): WireInteger | null {
    return value === undefined || value === null ? null : this.int64(value, field)
  }

  int32(value: unknown, field: string): number {
    if (value === undefined || value === null) return 0
    const number = Number(this.integer(value, field))
    return number >= -0x80000000 && number <= 0x7fffffff ? number : this.fail(field, 'a 32-bit integer', value)
  }

  flag(value: unknown, field: string): boolean {
    return value === undefined || value === null ? false : this.boolean(value, field)
  }

  uint32(value: unknown, field: string): number {
    if (value === undefined || value === null) return 0
    const number = Number(this.integer(value, field))
    return number >= 0 && number <= 0xffffffff ? number : this.fail(field, 'an unsigned 32-bit integer', value)
  }

  /** The specification allows integers only; proto3's mapping writes names, and some senders do. An unknown name is 0. */
  enumNumber(value: unknown, field: string, names: readonly string[]): number {
    if (typeof value === 'string' && !/^-?\d+$/.test(value)) return Math.max(0, names.indexOf(value))
    if (value === undefined || value === null) return 0
    return Number(BigInt.asIntN(32, this.integer(value, field)))
  }

  object(value: unknown, field: string): JsonObject | undefined {
    if (value === undefined || value === null) return undefined
    if (typeof value !== 'object' || Array.isArray(value)) return this.fail(field, 'an object', value)
    return value as JsonObject
  }

  list(value: unknown, field: string): readonly unknown[] {
    if (value === undefined || value === null) return NONE
    return Array.isArray(value) ? (value as readonly unknown[]) : this.fail(field, 'an array', value)
  }

  keyValues(value: unknown, field: string, depth = 0): readonly KeyValue[] {
    const items = this.list(value, field)
    return items.length === 0 ? NONE : items.map((item) => this.keyValue(item, field, depth))
  }

  value(value: unknown, field: string, depth = 0): AnyValue {
    if (depth > VALUE_DEPTH_MAX) return TOO_DEEP
    const object = this.object(value, field)
    if (!object) return null
    if (isSet(object.stringValue)) return this.text(object.stringValue, 'stringValue')
    if (isSet(object.boolValue)) return this.boolean(object.boolValue, 'boolValue')
    if (isSet(object.intValue)) return this.int64(object.intValue, 'intValue')
    if (isSet(object.doubleValue)) return this.double(object.doubleValue, 'doubleValue')
    if (isSet(object.bytesValue))
      return new Uint8Array(Buffer.from(this.text(object.bytesValue, 'bytesValue'), 'base64'))
    const array = this.object(object.arrayValue, 'arrayValue')
    if (array) return { array: this.list(array.values, 'values').map((item) => this.value(item, 'values', depth + 1)) }
    const map = this.object(object.kvlistValue, 'kvlistValue')
    if (map) return { kvlist: this.keyValues(map.values, 'values', depth + 1) }
    return null
  }

  fail(field: string, expected: string, got: unknown): never {
    const attribute = this.key === '' ? '' : `attribute ${describe(this.key)}`
    const path = [this.place, attribute, field].filter((part) => part !== '').join('.')
    throw new DecodeError(`${path}: expected ${expected}, got ${describe(got)}`)
  }

  private keyValue(value: unknown, field: string, depth: number): KeyValue {
    const object = this.object(value, field)
    this.key = ''
    const key = this.text(object?.key, 'key')
    this.key = key
    const read = this.value(object?.value, 'value', depth)
    this.key = ''
    return { key, value: read }
  }

  private boolean(value: unknown, field: string): boolean {
    return typeof value === 'boolean' ? value : this.fail(field, 'true or false', value)
  }

  int64(value: unknown, field: string): number | bigint {
    if (Number.isSafeInteger(value)) return value as number
    const integer = this.integer(value, field)
    if (integer < INT64_MIN || integer > INT64_MAX) return this.fail(field, 'a 64-bit integer', value)
    const number = Number(integer)
    return Number.isSafeInteger(number) ? number : integer
  }

  double(value: unknown, field: string): number {
    if (typeof value === 'number') return value
    if (value === 'NaN') return Number.NaN
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
    return Number.isNaN(number) ? this.fail(field, 'a number', value) : number
  }

  /** Digits as a string or a number without fraction; `1e3` is one (proto3's mapping takes it). */
  private integer(value: unknown, field: string): bigint {
    if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value)
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof number === 'number' && Number.isInteger(number)) return BigInt(number)
    return this.fail(field, 'an integer', value)
  }
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object') return 'an object'
  const shown = JSON.stringify(value) ?? String(value)
  return shown.length > 60 ? `${shown.slice(0, 60)}…` : shown
}
