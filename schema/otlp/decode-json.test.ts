import { describe, expect, it } from 'vitest'
import { decodeJson } from './decode-json.ts'
import { JSON_NESTING_MAX } from './json-text.ts'
import type { AnyValue, WireLogRecord, WireSpan } from './wire.ts'
import { DecodeError, TOO_DEEP } from './wire.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** One span from the JSON text of its fields, so that numbers stand as a sender wrote them. */
function span(fields: string): WireSpan {
  const decoded = decodeJson('traces', bytes(`{"resourceSpans":[{"scopeSpans":[{"spans":[{${fields}}]}]}]}`))
  if (decoded.signal !== 'traces') throw new Error('not traces')
  return decoded.resourceSpans[0]!.scopeSpans[0]!.spans[0]!
}

function record(fields: string): WireLogRecord {
  const decoded = decodeJson('logs', bytes(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{${fields}}]}]}]}`))
  if (decoded.signal !== 'logs') throw new Error('not logs')
  return decoded.resourceLogs[0]!.scopeLogs[0]!.logRecords[0]!
}

const attribute = (value: string): AnyValue => span(`"attributes":[{"key":"k","value":${value}}]`).attributes[0]!.value

describe('decodeJson', () => {
  it('reads times exactly, as strings and as numbers', () => {
    const read = span('"startTimeUnixNano":1760000000123456789,"endTimeUnixNano":"1760000000123456790"')
    expect(read.startTimeUnixNano).toBe(1_760_000_000_123_456_789n)
    expect(read.endTimeUnixNano).toBe(1_760_000_000_123_456_790n)
  })

  it('leaves digits inside strings alone while it does', () => {
    const text = '\\"startTimeUnixNano\\":1760000000123456789, [1760000000123456789] \\\\'
    const read = span(`"name":"${text}","startTimeUnixNano":1760000000123456789`)
    expect(read.name).toBe('"startTimeUnixNano":1760000000123456789, [1760000000123456789] \\')
    expect(read.startTimeUnixNano).toBe(1_760_000_000_123_456_789n)
  })

  it('takes ids in hex of either case', () => {
    const read = span('"traceId":"0AF7651916CD43DD8448EB211C80319C","spanId":"B7AD6B7169203331","parentSpanId":""')
    expect(read).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      parentSpanId: '',
    })
  })

  it('takes enums as integers, as digits and by name', () => {
    expect(span('"kind":3,"status":{"code":2}')).toMatchObject({ kind: 3, status: { code: 2, message: '' } })
    expect(span('"kind":"SPAN_KIND_CLIENT","status":{"code":"STATUS_CODE_ERROR"}')).toMatchObject({
      kind: 3,
      status: { code: 2 },
    })
    expect(span('"kind":"3","status":{"code":"nonsense"}')).toMatchObject({ kind: 3, status: { code: 0 } })
    expect(record('"severityNumber":"SEVERITY_NUMBER_WARN2"').severityNumber).toBe(14)
    expect(record('"severityNumber":"SEVERITY_NUMBER_FATAL4"').severityNumber).toBe(24)
  })

  it('reads every type of value', () => {
    expect(attribute('{"stringValue":"text"}')).toBe('text')
    expect(attribute('{"boolValue":false}')).toBe(false)
    expect(attribute('{"intValue":"42"}')).toBe(42)
    expect(attribute('{"intValue":42}')).toBe(42)
    expect(attribute('{"intValue":9223372036854775807}')).toBe(9223372036854775807n)
    expect(attribute('{"intValue":"-9223372036854775808"}')).toBe(-9223372036854775808n)
    expect(attribute('{"doubleValue":1.5}')).toBe(1.5)
    expect(attribute('{"doubleValue":"NaN"}')).toBeNaN()
    expect(attribute('{"doubleValue":"-Infinity"}')).toBe(Number.NEGATIVE_INFINITY)
    expect(attribute('{"doubleValue":12345678901234567890}')).toBe(12345678901234567000)
    expect(attribute('{"bytesValue":"AQID"}')).toEqual(Uint8Array.of(1, 2, 3))
    expect(attribute('{"bytesValue":"-_8"}')).toEqual(Uint8Array.of(0xfb, 0xff))
    expect(attribute('{"arrayValue":{"values":[{"intValue":1},{}]}}')).toEqual({ array: [1, null] })
    expect(attribute('{"kvlistValue":{"values":[{"key":"a"}]}}')).toEqual({ kvlist: [{ key: 'a', value: null }] })
    expect(attribute('{"arrayValue":{}}')).toEqual({ array: [] })
    expect(attribute('{}')).toBeNull()
    expect(attribute('null')).toBeNull()
  })

  it('reads doubles with an exponent or a long fraction as doubles', () => {
    expect(attribute('{"doubleValue":0.12345678901234567890}')).toBe(0.12345678901234568)
    expect(attribute('{"doubleValue":1e-10}')).toBe(1e-10)
    expect(attribute('{"doubleValue":12345678901234567890.5}')).toBe(12345678901234567000)
    expect(attribute('{"doubleValue":-12345678901234567890}')).toBe(-12345678901234567000)
  })

  it('ignores unknown fields, snake_case among them, and takes null for absent', () => {
    const read = span('"span_id":"b7ad6b7169203331","future":{"a":[1,{}]},"events":null,"status":null,"name":null')
    expect(read).toMatchObject({ spanId: '', name: '', events: [], status: { code: 0, message: '' } })
  })

  it('reads an empty envelope, with and without a byte order mark', () => {
    expect(decodeJson('traces', bytes('{}'))).toEqual({ signal: 'traces', resourceSpans: [], invalidUtf8: 0 })
    expect(decodeJson('logs', bytes('\ufeff{"resourceLogs":[{}]}'))).toMatchObject({ signal: 'logs', invalidUtf8: 0 })
  })

  it('keeps invalid UTF-8 and lone surrogates as U+FFFD and counts them', () => {
    const body = Buffer.concat([
      bytes('{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a'),
      Buffer.from([0xff]),
      bytes('b","traceState":"\\ud83d-\\ud83d\\ude00-\ufffd"}]}]}]}'),
    ])
    const decoded = decodeJson('traces', body)
    expect(decoded.invalidUtf8).toBe(2)
    expect(decoded).toMatchObject({
      resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'a\ufffdb', traceState: '\ufffd-\u{1f600}-\ufffd' }] }] }],
    })
  })

  it('cuts values that are nested too deep and keeps the rest', () => {
    const depth = 100
    const value = `${'{"arrayValue":{"values":['.repeat(depth)}{"stringValue":"bottom"}${']}}'.repeat(depth)}`
    const read = span(`"name":"kept","attributes":[{"key":"deep","value":${value}}]`)
    expect(read.name).toBe('kept')
    expect(JSON.stringify(read.attributes)).toContain(TOO_DEEP)
    expect(JSON.stringify(read.attributes)).not.toContain('bottom')
  })
})

describe('decodeJson refuses, and says where,', () => {
  it.each([
    [
      '"startTimeUnixNano":"soon"',
      /resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[0\]\.startTimeUnixNano: expected an integer, got "soon"/,
    ],
    ['"startTimeUnixNano":-1', /startTimeUnixNano: expected an unsigned 64-bit integer, got -1/],
    ['"startTimeUnixNano":"18446744073709551616"', /unsigned 64-bit/],
    ['"endTimeUnixNano":1.5', /endTimeUnixNano: expected an integer, got 1.5/],
    ['"name":7', /name: expected a string, got 7/],
    ['"traceId":[]', /traceId: expected a string, got an array/],
    ['"attributes":{}', /attributes: expected an array, got an object/],
    ['"attributes":["x"]', /attributes: expected an object, got "x"/],
    [
      '"attributes":[{"key":"n","value":{"intValue":"1.5"}}]',
      /attribute "n"\.intValue: expected an integer, got "1.5"/,
    ],
    ['"attributes":[{"key":"n","value":{"intValue":"9223372036854775808"}}]', /64-bit integer/],
    ['"attributes":[{"key":"n","value":{"doubleValue":"x"}}]', /doubleValue: expected a number/],
    ['"attributes":[{"key":"n","value":{"boolValue":"true"}}]', /boolValue: expected true or false/],
    ['"flags":-1', /flags: expected an unsigned 32-bit integer/],
    ['"events":[3]', /events\[0\]: expected an object, got 3/],
  ])('%s', (fields, message) => {
    expect(() => span(fields)).toThrow(message)
    expect(() => span(fields)).toThrow(DecodeError)
  })

  it.each([
    '',
    'null',
    '[]',
    '"x"',
    '{"resourceSpans":[}',
    '{"resourceSpans":[{]}',
    '00000000000000000000',
    '{"a":"unclosed',
  ])('the body %s', (body) => expect(() => decodeJson('traces', bytes(body))).toThrow(DecodeError))

  it('a body of open brackets, before it costs memory', () => {
    expect(() => decodeJson('traces', bytes('['.repeat(10_000_000)))).toThrow(
      `deeper than ${JSON_NESTING_MAX} brackets`,
    )
  })

  it('more spans than memory is meant for', () => {
    const spans = `${'{},'.repeat(1_000_001)}{}`
    const body = bytes(`{"resourceSpans":[{"scopeSpans":[{"spans":[${spans}]}]}]}`)
    expect(() => decodeJson('traces', body)).toThrow('more than 1000000 spans, records or points')
  })

  it('a body of ever new field names, in one object or in many, before they cost time', () => {
    const names = Array.from({ length: 10_000 }, (_, i) => `"n${i}" : 1`)
    expect(() => decodeJson('traces', bytes(`{${names.join(',')}}`))).toThrow('more than 4096 different field names')
    expect(() => decodeJson('traces', bytes(`{"a":[{${names.join('},{')}}]}`))).toThrow('different field names')
    const few = names.slice(0, 3000).join(',')
    expect(decodeJson('traces', bytes(`{${few}}`))).toMatchObject({ resourceSpans: [] })
  })

  it('a body of empty objects, before it costs memory', () => {
    expect(() => decodeJson('traces', bytes(`[${'{},'.repeat(9_000_000)}{}]`))).toThrow('more than 8000000 elements')
  })
})
