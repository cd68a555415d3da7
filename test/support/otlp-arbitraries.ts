import fc from 'fast-check'
import type {
  AnyValue,
  KeyValue,
  ResourceLogs,
  ResourceMetrics,
  ResourceSpans,
  Scope,
  WireBuckets,
  WireExemplar,
  WireLogRecord,
  WireMetric,
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
  droppedEventsCount: uint32,
  droppedLinksCount: uint32,
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

const count = fc
  .oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 0n, max: 500n }))
  .map((n) => (Number.isSafeInteger(Number(n)) ? Number(n) : n))
const perhapsDouble = fc.option(fc.double())
const number = fc.option(fc.oneof(integer, fc.double()))
const counts = fc.array(count, { maxLength: 6 })
const int32 = fc.integer({ min: -0x80000000, max: 0x7fffffff })
const temporality = fc.nat(3)

const exemplars: fc.Arbitrary<WireExemplar[]> = fc.array(
  fc.record({ timeUnixNano: nanos, value: number, traceId, spanId, attributes: keyValues }),
  { maxLength: 2 },
)
const point = { attributes: keyValues, startTimeUnixNano: nanos, timeUnixNano: nanos, flags: uint32 }
const distribution = { count, sum: perhapsDouble, min: perhapsDouble, max: perhapsDouble, exemplars }
const buckets: fc.Arbitrary<WireBuckets> = fc.record({ offset: int32, bucketCounts: counts })
const points = <P>(arbitrary: fc.Arbitrary<P>): fc.Arbitrary<P[]> => fc.array(arbitrary, { maxLength: 3 })
const numberPoints = points(fc.record({ ...point, value: number, exemplars }))

const data = fc.oneof(
  fc.record({ type: fc.constant('gauge' as const), points: numberPoints }),
  fc.record({ type: fc.constant('sum' as const), temporality, isMonotonic: fc.boolean(), points: numberPoints }),
  fc.record({
    type: fc.constant('histogram' as const),
    temporality,
    points: points(
      fc.record({
        ...point,
        ...distribution,
        bucketCounts: counts,
        explicitBounds: fc.array(fc.double(), { maxLength: 5 }),
      }),
    ),
  }),
  fc.record({
    type: fc.constant('exponential_histogram' as const),
    temporality,
    points: points(
      fc.record({
        ...point,
        ...distribution,
        scale: int32,
        zeroCount: count,
        zeroThreshold: fc.double(),
        positive: buckets,
        negative: buckets,
      }),
    ),
  }),
  fc.record({
    type: fc.constant('summary' as const),
    points: points(
      fc.record({
        ...point,
        count,
        sum: fc.double(),
        quantiles: fc.array(fc.record({ quantile: fc.double(), value: fc.double() }), { maxLength: 3 }),
      }),
    ),
  }),
  fc.record({ type: fc.constant('none' as const), points: fc.constant([]) }),
)
const metric: fc.Arbitrary<WireMetric> = fc
  .tuple(fc.record({ name: text, description: text, unit: text, metadata: keyValues }), data)
  .map(([named, chosen]) => ({ ...named, ...chosen }))

export const resourceMetricsArbitrary: fc.Arbitrary<ResourceMetrics[]> = fc.array(
  fc.record({
    resource,
    scopeMetrics: fc.array(fc.record({ scope, metrics: fc.array(metric, { maxLength: 3 }) }), { maxLength: 2 }),
  }),
  { maxLength: 2 },
)
