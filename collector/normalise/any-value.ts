import type { AnyValue, KeyValue } from '../../schema/otlp/wire.ts'

/**
 * The text of an attribute that is not a number (schema/model/span.ts, `attrs`): strings as they are, booleans true/false, integers
 * beyond 2⁵³ as digits, bytes as base64, arrays and maps as JSON, a value that is absent as ''.
 */
export const textOf = (value: AnyValue): string => {
  if (typeof value === 'string') return value
  if (value === null) return ''
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'number') return String(value)
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
  return JSON.stringify(plainOf(value))
}

type Plain = null | string | number | boolean | Plain[] | { [key: string]: Plain }

/** A value as JSON has it. Numbers that JSON has no word for (NaN, infinities, integers beyond 2⁵³) become their text. */
export const plainOf = (value: AnyValue): Plain => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'bigint' || value instanceof Uint8Array) return textOf(value)
  return 'array' in value ? value.array.map(plainOf) : plainObject(value.kvlist)
}

export const plainObject = (pairs: readonly KeyValue[]): { [key: string]: Plain } => {
  const object: { [key: string]: Plain } = {}
  // defineProperty: a key called __proto__ is data here.
  for (const { key, value } of pairs) {
    Object.defineProperty(object, key, { value: plainOf(value), enumerable: true, configurable: true, writable: true })
  }
  return object
}

/** A number that may have come as text; undefined for anything else. */
export const numberOf = (value: AnyValue | undefined): number | undefined => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'string' || value === '' || value.length > 40) return undefined
  const number = Number(value)
  return Number.isFinite(number) ? number : undefined
}

/** JSON text that is an object or an array; undefined where it is neither or broken. */
export const parsedJson = (text: string): unknown => {
  const first = text.charCodeAt(0)
  if (first !== 0x7b && first !== 0x5b && first !== 0x22) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
