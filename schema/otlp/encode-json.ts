import type { AnyValue, KeyValue, ResourceLogs, ResourceSpans } from './wire.ts'

/** A request as OTLP/JSON text, for tests and benches. Times as decimal strings, bytes as base64, ids as hex. */
export function encodeJson(request: {
  readonly resourceSpans?: readonly ResourceSpans[]
  readonly resourceLogs?: readonly ResourceLogs[]
}): string {
  return JSON.stringify(request, function (this: unknown, key: string, value: unknown) {
    if (key === 'attributes') return keyValues(value as readonly KeyValue[])
    if (key === 'body') return anyValue(value as AnyValue)
    return typeof value === 'bigint' ? String(value) : value
  })
}

const keyValues = (list: readonly KeyValue[]): unknown[] =>
  list.map(({ key, value }) => (value === null ? { key } : { key, value: anyValue(value) }))

function anyValue(value: AnyValue): unknown {
  if (value === null) return {}
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'bigint') return { intValue: String(value) }
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: value } : { doubleValue: jsonDouble(value) }
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') }
  if ('array' in value) return { arrayValue: { values: value.array.map(anyValue) } }
  return { kvlistValue: { values: keyValues(value.kvlist) } }
}

/** proto3's JSON mapping writes these three as strings. */
const jsonDouble = (value: number): number | string => (Number.isFinite(value) ? value : String(value))
