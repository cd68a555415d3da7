import { describe, expect, it } from 'vitest'
import { decodeProtobuf } from './decode-protobuf.ts'
import { encodeExportResponse, encodeLogs, encodeRpcStatus, encodeTraces } from './encode-protobuf.ts'
import { ProtobufWriter } from './protobuf-writer.ts'
import type { AnyValue, ResourceSpans, WireSpan } from './wire.ts'
import { DecodeError, ELEMENTS_PER_REQUEST_MAX, ITEMS_PER_REQUEST_MAX, TOO_DEEP, VALUE_DEPTH_MAX } from './wire.ts'

const SPAN: WireSpan = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  parentSpanId: '',
  traceState: '',
  flags: 0,
  name: 'chat',
  kind: 3,
  startTimeUnixNano: 1_760_000_000_000_000_001n,
  endTimeUnixNano: 1_760_000_000_000_000_002n,
  attributes: [],
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
  events: [],
  links: [],
  status: { code: 0, message: '' },
}

/** A request of one span that `write` adds to. */
function request(write: (w: ProtobufWriter) => void): Uint8Array {
  const writer = new ProtobufWriter()
  writer.message(1, (w) => w.message(2, () => w.message(2, () => write(w))))
  return writer.finish()
}

function onlySpan(bytes: Uint8Array): WireSpan {
  const decoded = decodeProtobuf('traces', bytes)
  if (decoded.signal !== 'traces') throw new Error('not traces')
  return decoded.resourceSpans[0]!.scopeSpans[0]!.spans[0]!
}

const messageOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof DecodeError) return error.message
    throw error
  }
  throw new Error('nothing was thrown')
}

const withAttribute = (value: AnyValue): readonly ResourceSpans[] => [
  {
    resource: { attributes: [] },
    scopeSpans: [
      { scope: { name: '', version: '', attributes: [] }, spans: [{ ...SPAN, attributes: [{ key: 'k', value }] }] },
    ],
  },
]

describe('decodeProtobuf', () => {
  it('reads an empty body as a request without anything', () => {
    expect(decodeProtobuf('traces', new Uint8Array())).toEqual({ signal: 'traces', resourceSpans: [], invalidUtf8: 0 })
    expect(decodeProtobuf('logs', new Uint8Array())).toEqual({ signal: 'logs', resourceLogs: [], invalidUtf8: 0 })
  })

  it('keeps integers exact: numbers up to 2^53 - 1, bigint beyond', () => {
    const cases: AnyValue[] = [0, 1, -1, 127, 128, 2 ** 31, 2 ** 35, 1_760_000_000_000, 2 ** 49 - 1, 2 ** 49]
    cases.push(2 ** 53 - 1, 2n ** 53n, -(2 ** 53 - 1), -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n))
    for (const value of cases) expect(onlySpan(encodeTraces(withAttribute(value))).attributes[0]!.value).toBe(value)
  })

  it('reads a bool that is set by high bits only, as other parsers do', () => {
    const bytes = request((w) => w.message(9, () => w.message(2, () => w.member(2, 1n << 40n))))
    expect(onlySpan(bytes).attributes[0]!.value).toBe(true)
  })

  it('skips unknown fields of every wire type and reads on', () => {
    const bytes = request((w) => {
      w.member(30, 7n)
      w.fixed64(30, 7n)
      w.fixed32(30, 7)
      w.bytes(2000, new Uint8Array(300))
      w.string(5, 'after')
    })
    expect(onlySpan(bytes).name).toBe('after')
  })

  it('merges a singular message that is sent in two parts, and takes the last of a oneof', () => {
    const bytes = request((w) => {
      w.message(15, () => w.integer(3, 2))
      w.message(15, () => w.string(2, 'why'))
      w.message(9, () =>
        w.message(2, () => {
          w.string(1, 'first')
          w.member(3, 2n)
        }),
      )
    })
    const span = onlySpan(bytes)
    expect(span.status).toEqual({ code: 2, message: 'why' })
    expect(span.attributes[0]!.value).toBe(2)
  })

  it('gives ids as long as they were sent', () => {
    const bytes = request((w) => {
      w.bytes(1, Uint8Array.of(0xab, 0xcd))
      w.bytes(2, new Uint8Array(17).fill(0xff))
    })
    expect(onlySpan(bytes)).toMatchObject({ traceId: 'abcd', spanId: 'ff'.repeat(17), parentSpanId: '' })
  })

  it('tells trace ids apart that differ in the last byte', () => {
    const ids = ['00', '01', '00', '02'].map((end) => `${'0'.repeat(30)}${end}`)
    const spans = ids.map((traceId) => ({ ...SPAN, traceId }))
    const group = { ...withAttribute(1)[0]!, scopeSpans: [{ scope: { name: '', version: '', attributes: [] }, spans }] }
    const decoded = decodeProtobuf('traces', encodeTraces([group]))
    if (decoded.signal !== 'traces') throw new Error('not traces')
    expect(decoded.resourceSpans[0]!.scopeSpans[0]!.spans.map((s) => s.traceId)).toEqual(ids)
  })

  it('keeps invalid UTF-8 as U+FFFD and counts it, but not a U+FFFD that was sent', () => {
    const bytes = request((w) => {
      w.bytes(5, Buffer.from([0x61, 0xff, 0x62, 0xc3]))
      w.string(3, 'sent as \ufffd')
    })
    const decoded = decodeProtobuf('traces', bytes)
    expect(decoded.invalidUtf8).toBe(2)
    expect(onlySpan(bytes)).toMatchObject({ name: 'a\ufffdb\ufffd', traceState: 'sent as \ufffd' })
  })

  it('never mixes up strings that share a slot of its memory', () => {
    const texts = Array.from({ length: 50_000 }, (_, i) => `key-${i}-${(i * 7919).toString(36)}`)
    const attributes = [...texts, ...texts].map((key) => ({ key, value: key }))
    const groups = withAttribute(1)
    const span = { ...SPAN, attributes }
    const scope = { name: '', version: '', attributes: [] }
    const read = onlySpan(encodeTraces([{ ...groups[0]!, scopeSpans: [{ scope, spans: [span] }] }]))
    expect(read.attributes).toEqual(attributes)
  })

  it('cuts what is nested too deep and keeps the rest', () => {
    let value: AnyValue = 'bottom'
    for (let i = 0; i < VALUE_DEPTH_MAX; i++)
      value = i % 2 === 0 ? { array: [value] } : { kvlist: [{ key: 'k', value }] }
    expect(onlySpan(encodeTraces(withAttribute(value))).attributes[0]!.value).toEqual(value)
    const read = onlySpan(encodeTraces(withAttribute({ array: [value, 'beside'] }))).attributes[0]!.value
    expect(JSON.stringify(read)).toContain(TOO_DEEP)
    expect(JSON.stringify(read)).not.toContain('bottom')
    expect(read).toMatchObject({ array: [{}, 'beside'] })
  })

  it('steps over a value nested 100,000 deep', () => {
    let inner = Buffer.alloc(0)
    for (let i = 0; i < 100_000; i++) {
      const head = i % 2 === 0 ? 0x2a : 0x0a // AnyValue.array_value, ArrayValue.values
      const length: number[] = []
      for (let rest = inner.length; ; rest >>>= 7) {
        length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest)
        if (rest <= 0x7f) break
      }
      inner = Buffer.concat([Buffer.from([head, ...length]), inner])
      if (inner.length > 20_000) break
    }
    const bytes = request((w) => {
      w.message(9, () => w.bytes(2, inner))
      w.string(5, 'kept')
    })
    expect(onlySpan(bytes).name).toBe('kept')
  })
})

describe('decodeProtobuf refuses, and says where,', () => {
  it('a length that goes past its message', () => {
    const whole = encodeTraces(withAttribute('a value of some length'))
    const message = messageOf(() => decodeProtobuf('traces', whole.subarray(0, whole.length - 5)))
    expect(message).toMatch(/^resource_spans\[0\], byte \d+ of \d+: a length of \d+ bytes where \d+ are left$/)
  })

  it('a length inside a span that goes past the span', () => {
    const bytes = request((w) => w.string(5, 'name'))
    bytes[bytes.length - 5] = 90
    expect(messageOf(() => decodeProtobuf('traces', bytes))).toMatch(
      /^resource_spans\[0\]\.scope_spans\[0\]\.spans\[0\], byte \d+ of \d+: a length of 90 bytes where 4 are left/,
    )
  })

  it('every proper prefix of a request', () => {
    const whole = encodeTraces(withAttribute({ array: [1.5, true, 'x', 2n ** 60n] }))
    for (let length = 1; length < whole.length; length++)
      expect(() => decodeProtobuf('traces', whole.subarray(0, length))).toThrow(DecodeError)
  })

  it('groups, field 0, endless varints and wire types that do not exist', () => {
    for (const [bytes, why] of [
      [[0x0b], /group start/],
      [[0x0c], /group end/],
      [[0x06], /field number 0/],
      [[0x00, 0x01], /field number 0/],
      [[0x16, 0x00], /wire type 6/],
      [[0x10, ...new Array<number>(10).fill(0xff), 0x01], /wire type varint|longer than 10/],
      [[0x18, ...new Array<number>(10).fill(0xff), 0x01], /longer than 10 bytes/],
      [[0x18, 0xff], /past the end/],
      [[0x19, 1, 2, 3], /8-byte number where 3 bytes are left/],
    ] as const)
      expect(messageOf(() => decodeProtobuf('traces', Uint8Array.from(bytes)))).toMatch(why)
  })

  it('a known field of another type: the body is another message', () => {
    const logs = encodeLogs([
      {
        resource: { attributes: [] },
        scopeLogs: [
          {
            scope: { name: 's', version: '', attributes: [] },
            logRecords: [
              {
                timeUnixNano: 1n,
                observedTimeUnixNano: 2n,
                severityNumber: 9,
                severityText: 'INFO',
                body: 'hello',
                attributes: [],
                flags: 0,
                traceId: '',
                spanId: '',
                eventName: '',
              },
            ],
          },
        ],
      },
    ])
    expect(messageOf(() => decodeProtobuf('traces', logs))).toMatch(/field 1 has wire type 64-bit/)
  })

  it('JSON that claims to be protobuf', () => {
    expect(() => decodeProtobuf('traces', Buffer.from('{"resourceSpans":[]}'))).toThrow(DecodeError)
  })

  it('more than memory is meant for: empty resources, empty attributes', () => {
    const empty = (count: number, head: number): Buffer => {
      const bytes = Buffer.alloc(count * 2)
      for (let i = 0; i < bytes.length; i += 2) bytes[i] = head
      return bytes
    }
    const resources = empty(ITEMS_PER_REQUEST_MAX + 1, 0x0a)
    expect(messageOf(() => decodeProtobuf('traces', resources))).toMatch(/more than 1000000 spans, records or points/)
    const attributes = request((w) => w.message(11, () => w.raw(empty(ELEMENTS_PER_REQUEST_MAX + 1, 0x1a))))
    expect(messageOf(() => decodeProtobuf('traces', attributes))).toMatch(/more than 4000000 elements/)
  })
})

describe('the answers', () => {
  it('are empty without a partial success', () => {
    expect(encodeExportResponse(0, '')).toHaveLength(0)
  })

  it('carry the rejected count and the message as the proto says', () => {
    expect(Buffer.from(encodeExportResponse(300, 'bad')).toString('hex')).toBe('0a0808ac021203626164')
    expect(Buffer.from(encodeRpcStatus(14, 'full')).toString('hex')).toBe('080e120466756c6c')
  })
})
