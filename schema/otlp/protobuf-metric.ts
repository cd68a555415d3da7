import { DELIMITED, FIXED64, type ProtobufReader, VARINT } from './protobuf-reader.ts'
import { fields, NONE, readKeyValue } from './protobuf-value.ts'
import type {
  KeyValue,
  WireBuckets,
  WireExemplar,
  WireExponentialPoint,
  WireHistogramPoint,
  WireInteger,
  WireMetric,
  WireMetricData,
  WireNumberPoint,
  WireSummaryPoint,
} from './wire.ts'

const KNOWN_METRIC = fields(1, 2, 3, 5, 7, 9, 10, 11, 12)
const KNOWN_DATA = fields(1, 2, 3)
const KNOWN_NUMBER = fields(2, 3, 4, 5, 6, 7, 8)
const KNOWN_HISTOGRAM = fields(2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
const KNOWN_EXPONENTIAL = fields(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
const KNOWN_SUMMARY = fields(2, 3, 4, 5, 6, 7, 8)
const KNOWN_EXEMPLAR = fields(2, 3, 4, 5, 6, 7)
const KNOWN_1_2 = fields(1, 2)

const NO_DATA: WireMetricData = Object.freeze({ type: 'none', points: NONE })
const NO_BUCKETS: WireBuckets = Object.freeze({ offset: 0, bucketCounts: NONE })

/** metrics/v1 Metric. `data` is a oneof: the last member that was sent counts, the same one twice is merged. */
export function readMetric(r: ProtobufReader, end: number): WireMetric {
  let name = ''
  let description = ''
  let unit = ''
  let data = NO_DATA
  const metadata: KeyValue[] = []
  while (r.pos < end) {
    const tag = r.tag(end)
    switch (tag) {
      case 0x0a: // 1
        name = r.string(end)
        break
      case 0x12: // 2
        description = r.string(end)
        break
      case 0x1a: // 3
        unit = r.string(end)
        break
      case 0x2a: // 5
        data = readGauge(r, r.delimited(end), data)
        break
      case 0x3a: // 7
        data = readSum(r, r.delimited(end), data)
        break
      case 0x4a: // 9
        data = readHistogram(r, r.delimited(end), data)
        break
      case 0x52: // 10
        data = readExponential(r, r.delimited(end), data)
        break
      case 0x5a: // 11
        data = readSummary(r, r.delimited(end), data)
        break
      case 0x62: // 12
        metadata.push(readKeyValue(r, r.delimited(end), 0))
        break
      default:
        r.skip(tag, end, KNOWN_METRIC)
    }
  }
  return { name, description, unit, metadata, ...data }
}

/** Every kind of data has the same three fields: points, temporality, whether it only grows. */
interface Data<P> {
  readonly points: readonly P[]
  readonly temporality: number
  readonly isMonotonic: boolean
}

function readData<P>(
  r: ProtobufReader,
  end: number,
  before: { readonly points: readonly P[]; readonly temporality?: number; readonly isMonotonic?: boolean } | undefined,
  readPoint: (r: ProtobufReader, end: number) => P,
): Data<P> {
  const points: P[] = before?.points.slice() ?? []
  let temporality = before?.temporality ?? 0
  let isMonotonic = before?.isMonotonic ?? false
  while (r.pos < end) {
    const tag = r.tag(end)
    if (tag === 0x0a) {
      r.countItem()
      points.push(readPoint(r, r.delimited(end)))
    } else if (tag === 0x10) temporality = r.varint32(end) | 0
    else if (tag === 0x18) isMonotonic = r.bool(end)
    else r.skip(tag, end, KNOWN_DATA)
  }
  return { points, temporality, isMonotonic }
}

function readGauge(r: ProtobufReader, end: number, before: WireMetricData): WireMetricData {
  const { points } = readData(r, end, before.type === 'gauge' ? before : undefined, readNumberPoint)
  return { type: 'gauge', points }
}

function readSum(r: ProtobufReader, end: number, before: WireMetricData): WireMetricData {
  return { type: 'sum', ...readData(r, end, before.type === 'sum' ? before : undefined, readNumberPoint) }
}

function readHistogram(r: ProtobufReader, end: number, before: WireMetricData): WireMetricData {
  const same = before.type === 'histogram' ? before : undefined
  const { points, temporality } = readData(r, end, same, readHistogramPoint)
  return { type: 'histogram', temporality, points }
}

function readExponential(r: ProtobufReader, end: number, before: WireMetricData): WireMetricData {
  const same = before.type === 'exponential_histogram' ? before : undefined
  const { points, temporality } = readData(r, end, same, readExponentialPoint)
  return { type: 'exponential_histogram', temporality, points }
}

function readSummary(r: ProtobufReader, end: number, before: WireMetricData): WireMetricData {
  const { points } = readData(r, end, before.type === 'summary' ? before : undefined, readSummaryPoint)
  return { type: 'summary', points }
}

function readNumberPoint(r: ProtobufReader, end: number): WireNumberPoint {
  let startTimeUnixNano = 0n
  let timeUnixNano = 0n
  let value: WireInteger | null = null
  let flags = 0
  const attributes: KeyValue[] = []
  let exemplars: WireExemplar[] | undefined
  while (r.pos < end) {
    const tag = r.tag(end)
    switch (tag) {
      case 0x3a: // 7
        attributes.push(readKeyValue(r, r.delimited(end), 0))
        break
      case 0x11: // 2
        startTimeUnixNano = r.fixed64(end)
        break
      case 0x19: // 3
        timeUnixNano = r.fixed64(end)
        break
      case 0x21: // 4
        value = r.double(end)
        break
      case 0x31: // 6
        value = r.sfixed64(end)
        break
      case 0x2a: // 5
        exemplars ??= []
        exemplars.push(readExemplar(r, r.delimited(end)))
        break
      case 0x40: // 8
        flags = r.varint32(end)
        break
      default:
        r.skip(tag, end, KNOWN_NUMBER)
    }
  }
  return { attributes, startTimeUnixNano, timeUnixNano, flags, value, exemplars: exemplars ?? NONE }
}

function readHistogramPoint(r: ProtobufReader, end: number): WireHistogramPoint {
  let startTimeUnixNano = 0n
  let timeUnixNano = 0n
  let flags = 0
  let count: WireInteger = 0
  let sum: number | null = null
  let min: number | null = null
  let max: number | null = null
  const attributes: KeyValue[] = []
  const bucketCounts: WireInteger[] = []
  const explicitBounds: number[] = []
  let exemplars: WireExemplar[] | undefined
  while (r.pos < end) {
    const tag = r.tag(end)
    switch (tag >>> 3) {
      case 9:
        attributes.push(readKeyValue(r, delimited(r, tag, end, KNOWN_HISTOGRAM), 0))
        break
      case 6:
        numbers(r, tag, end, FIXED64, bucketCounts, count64, KNOWN_HISTOGRAM)
        break
      case 7:
        numbers(r, tag, end, FIXED64, explicitBounds, double, KNOWN_HISTOGRAM)
        break
      case 8:
        exemplars ??= []
        exemplars.push(readExemplar(r, delimited(r, tag, end, KNOWN_HISTOGRAM)))
        break
      default:
        if (tag === 0x11) startTimeUnixNano = r.fixed64(end)
        else if (tag === 0x19) timeUnixNano = r.fixed64(end)
        else if (tag === 0x21) count = r.count64(end)
        else if (tag === 0x29) sum = r.double(end)
        else if (tag === 0x50) flags = r.varint32(end)
        else if (tag === 0x59) min = r.double(end)
        else if (tag === 0x61) max = r.double(end)
        else r.skip(tag, end, KNOWN_HISTOGRAM)
    }
  }
  return {
    attributes,
    startTimeUnixNano,
    timeUnixNano,
    flags,
    count,
    sum,
    min,
    max,
    exemplars: exemplars ?? NONE,
    bucketCounts,
    explicitBounds,
  }
}

function readExponentialPoint(r: ProtobufReader, end: number): WireExponentialPoint {
  let startTimeUnixNano = 0n
  let timeUnixNano = 0n
  let flags = 0
  let count: WireInteger = 0
  let sum: number | null = null
  let min: number | null = null
  let max: number | null = null
  let scale = 0
  let zeroCount: WireInteger = 0
  let zeroThreshold = 0
  let positive = NO_BUCKETS
  let negative = NO_BUCKETS
  const attributes: KeyValue[] = []
  let exemplars: WireExemplar[] | undefined
  while (r.pos < end) {
    const tag = r.tag(end)
    if (tag === 0x0a) attributes.push(readKeyValue(r, r.delimited(end), 0))
    else if (tag === 0x11) startTimeUnixNano = r.fixed64(end)
    else if (tag === 0x19) timeUnixNano = r.fixed64(end)
    else if (tag === 0x21) count = r.count64(end)
    else if (tag === 0x29) sum = r.double(end)
    else if (tag === 0x30) scale = r.sint32(end)
    else if (tag === 0x39) zeroCount = r.count64(end)
    else if (tag === 0x42) positive = readBuckets(r, r.delimited(end), positive)
    else if (tag === 0x4a) negative = readBuckets(r, r.delimited(end), negative)
    else if (tag === 0x50) flags = r.varint32(end)
    else if (tag === 0x5a) {
      exemplars ??= []
      exemplars.push(readExemplar(r, r.delimited(end)))
    } else if (tag === 0x61) min = r.double(end)
    else if (tag === 0x69) max = r.double(end)
    else if (tag === 0x71) zeroThreshold = r.double(end)
    else r.skip(tag, end, KNOWN_EXPONENTIAL)
  }
  const distribution = { count, sum, min, max, exemplars: exemplars ?? NONE }
  const point = { attributes, startTimeUnixNano, timeUnixNano, flags }
  return { ...point, ...distribution, scale, zeroCount, zeroThreshold, positive, negative }
}

function readBuckets(r: ProtobufReader, end: number, before: WireBuckets): WireBuckets {
  let { offset } = before
  const bucketCounts = before.bucketCounts.slice()
  while (r.pos < end) {
    const tag = r.tag(end)
    if (tag === 0x08) offset = r.sint32(end)
    else if (tag >>> 3 === 2) numbers(r, tag, end, VARINT, bucketCounts, uint64, KNOWN_1_2)
    else r.skip(tag, end, KNOWN_1_2)
  }
  return { offset, bucketCounts }
}

function readSummaryPoint(r: ProtobufReader, end: number): WireSummaryPoint {
  let startTimeUnixNano = 0n
  let timeUnixNano = 0n
  let flags = 0
  let count: WireInteger = 0
  let sum = 0
  const attributes: KeyValue[] = []
  const quantiles: WireSummaryPoint['quantiles'][number][] = []
  while (r.pos < end) {
    const tag = r.tag(end)
    if (tag === 0x3a) attributes.push(readKeyValue(r, r.delimited(end), 0))
    else if (tag === 0x11) startTimeUnixNano = r.fixed64(end)
    else if (tag === 0x19) timeUnixNano = r.fixed64(end)
    else if (tag === 0x21) count = r.count64(end)
    else if (tag === 0x29) sum = r.double(end)
    else if (tag === 0x32) quantiles.push(readQuantile(r, r.delimited(end)))
    else if (tag === 0x40) flags = r.varint32(end)
    else r.skip(tag, end, KNOWN_SUMMARY)
  }
  return { attributes, startTimeUnixNano, timeUnixNano, flags, count, sum, quantiles }
}

function readQuantile(r: ProtobufReader, end: number): WireSummaryPoint['quantiles'][number] {
  r.countElement()
  let quantile = 0
  let value = 0
  while (r.pos < end) {
    const tag = r.tag(end)
    if (tag === 0x09) quantile = r.double(end)
    else if (tag === 0x11) value = r.double(end)
    else r.skip(tag, end, KNOWN_1_2)
  }
  return { quantile, value }
}

function readExemplar(r: ProtobufReader, end: number): WireExemplar {
  r.countElement()
  let timeUnixNano = 0n
  let value: WireInteger | null = null
  let traceId = ''
  let spanId = ''
  const attributes: KeyValue[] = []
  while (r.pos < end) {
    const tag = r.tag(end)
    if (tag === 0x3a) attributes.push(readKeyValue(r, r.delimited(end), 0))
    else if (tag === 0x11) timeUnixNano = r.fixed64(end)
    else if (tag === 0x19) value = r.double(end)
    else if (tag === 0x31) value = r.sfixed64(end)
    else if (tag === 0x22) spanId = r.hex(end)
    else if (tag === 0x2a) traceId = r.hex(end)
    else r.skip(tag, end, KNOWN_EXEMPLAR)
  }
  return { timeUnixNano, value, traceId, spanId, attributes }
}

const count64 = (r: ProtobufReader, end: number): WireInteger => r.count64(end)
const uint64 = (r: ProtobufReader, end: number): WireInteger => r.uint64(end)
const double = (r: ProtobufReader, end: number): number => r.double(end)

/** A list of numbers, packed (what encoders write) or one by one (what every decoder must read as well). */
function numbers<T>(
  r: ProtobufReader,
  tag: number,
  end: number,
  wire: number,
  into: T[],
  read: (r: ProtobufReader, end: number) => T,
  known: number,
): void {
  if ((tag & 7) === wire) {
    r.countElement()
    into.push(read(r, end))
    return
  }
  const stop = delimited(r, tag, end, known)
  while (r.pos < stop) {
    r.countElement()
    into.push(read(r, stop))
  }
}

/** The end of a delimited field; a known field of another wire type is refused by `skip`. */
function delimited(r: ProtobufReader, tag: number, end: number, known: number): number {
  if ((tag & 7) === DELIMITED) return r.delimited(end)
  r.skip(tag, end, known)
  return r.fail(`field ${tag >>> 3} is not length-delimited`)
}
