import fc from 'fast-check'
import type {
  AnyValue,
  KeyValue,
  ResourceLogs,
  ResourceSpans,
  Scope,
  WireLogRecord,
  WireSpan,
} from '../../schema/otlp/wire.ts'

/** Any OTLP request that has an encoding, for property tests: every type of value, any Unicode, ids of any length, nested lists and maps. */

const text = fc.string({ unit: 'grapheme', maxLength: 80 })
const longText = fc.string({ unit: 'grapheme', minLength: 60, maxLength: 400 })
const hexBytes = (length: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes).toString('hex'))
const traceId = fc.oneof({ weight: 8, arbitrary: hexBytes(16) }, fc.nat(20).chain(hexBytes))
const spanId = fc.oneof({ weight: 8, arbitrary: hexBytes(8) }, fc.nat(10).chain(hexBytes))
const nanos = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const uint32 = fc.nat(0xffffffff)

/** Beyond 2⁵³ as bigint, below as number: as the decoders give them. */
const integer = fc
  .oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -300n, max: 300n }))
  .map((n) => (Number.isSafeInteger(Number(n)) ? Number(n) : n))

export const anyValueArbitrary: fc.Arbitrary<AnyValue> = fc.letrec<{ value: AnyValue; keyValue: KeyValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constant(null),
    text,
    longText,
    fc.boolean(),
    integer,
    fc.double(),
    fc.uint8Array({ maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 4 }).map((array) => ({ array })),
    fc.array(tie('keyValue'), { maxLength: 4 }).map((kvlist) => ({ kvlist })),
  ),
  keyValue: fc.record({ key: text, value: tie('value') }),
})).value

const keyValues: fc.Arbitrary<KeyValue[]> = fc.array(fc.record({ key: text, value: anyValueArbitrary }), {
  maxLength: 5,
})
const resource = fc.record({ attributes: keyValues })
const scope: fc.Arbitrary<Scope> = fc.record({ name: text, version: text, attributes: keyValues })

const span: fc.Arbitrary<WireSpan> = fc.record({
  traceId,
  spanId,
  parentSpanId: spanId,
  traceState: text,
  flags: uint32,
  name: text,
  kind: fc.nat(7),
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes: keyValues,
  droppedAttributesCount: uint32,
  events: fc.array(fc.record({ timeUnixNano: nanos, name: text, attributes: keyValues }), { maxLength: 3 }),
  links: fc.array(fc.record({ traceId, spanId, traceState: text, attributes: keyValues }), { maxLength: 3 }),
  status: fc.record({ code: fc.nat(3), message: text }),
})

const logRecord: fc.Arbitrary<WireLogRecord> = fc.record({
  timeUnixNano: nanos,
  observedTimeUnixNano: nanos,
  severityNumber: fc.nat(24),
  severityText: text,
  body: anyValueArbitrary,
  attributes: keyValues,
  flags: uint32,
  traceId,
  spanId,
  eventName: text,
})

export const resourceSpansArbitrary: fc.Arbitrary<ResourceSpans[]> = fc.array(
  fc.record({
    resource,
    scopeSpans: fc.array(fc.record({ scope, spans: fc.array(span, { maxLength: 4 }) }), { maxLength: 3 }),
  }),
  { maxLength: 3 },
)

export const resourceLogsArbitrary: fc.Arbitrary<ResourceLogs[]> = fc.array(
  fc.record({
    resource,
    scopeLogs: fc.array(fc.record({ scope, logRecords: fc.array(logRecord, { maxLength: 4 }) }), { maxLength: 3 }),
  }),
  { maxLength: 3 },
)
