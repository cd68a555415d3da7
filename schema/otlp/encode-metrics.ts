import { writeKeyValues, writeResource, writeScope } from './encode-protobuf.ts'
import { ProtobufWriter } from './protobuf-writer.ts'
import type {
  ResourceMetrics,
  WireBuckets,
  WireExemplar,
  WireExponentialPoint,
  WireHistogramPoint,
  WireInteger,
  WireMetric,
  WireNumberPoint,
  WireSummaryPoint,
} from './wire.ts'

/** `ExportMetricsServiceRequest` (opentelemetry-proto collector/metrics/v1). For tests and benches; agents use their SDK's. */
export function encodeMetrics(resourceMetrics: readonly ResourceMetrics[]): Uint8Array<ArrayBuffer> {
  const writer = new ProtobufWriter()
  for (const { resource, scopeMetrics } of resourceMetrics)
    writer.message(1, (w) => {
      writeResource(w, resource)
      for (const { scope, metrics } of scopeMetrics)
        w.message(2, () => {
          writeScope(w, scope)
          for (const metric of metrics) w.message(2, () => writeMetric(w, metric))
        })
    })
  return writer.finish()
}

/** Field number of each member of `Metric.data`. */
const DATA_FIELDS = { gauge: 5, sum: 7, histogram: 9, exponential_histogram: 10, summary: 11 } as const

function writeMetric(w: ProtobufWriter, metric: WireMetric): void {
  w.string(1, metric.name)
  w.string(2, metric.description)
  w.string(3, metric.unit)
  writeKeyValues(w, 12, metric.metadata)
  if (metric.type === 'none') return
  w.message(DATA_FIELDS[metric.type], () => {
    if (metric.type === 'gauge') for (const point of metric.points) w.message(1, () => writeNumberPoint(w, point))
    else if (metric.type === 'sum') for (const point of metric.points) w.message(1, () => writeNumberPoint(w, point))
    else if (metric.type === 'histogram')
      for (const point of metric.points) w.message(1, () => writeHistogramPoint(w, point))
    else if (metric.type === 'exponential_histogram')
      for (const point of metric.points) w.message(1, () => writeExponentialPoint(w, point))
    else for (const point of metric.points) w.message(1, () => writeSummaryPoint(w, point))
    if ('temporality' in metric) w.integer(2, metric.temporality)
    if (metric.type === 'sum') w.integer(3, metric.isMonotonic ? 1 : 0)
  })
}

function writeNumberPoint(w: ProtobufWriter, point: WireNumberPoint): void {
  writeKeyValues(w, 7, point.attributes)
  w.fixed64(2, point.startTimeUnixNano)
  w.fixed64(3, point.timeUnixNano)
  writeNumber(w, point.value, 4, 6)
  writeExemplars(w, 5, point.exemplars)
  w.integer(8, point.flags)
}

function writeHistogramPoint(w: ProtobufWriter, point: WireHistogramPoint): void {
  writeKeyValues(w, 9, point.attributes)
  w.fixed64(2, point.startTimeUnixNano)
  w.fixed64(3, point.timeUnixNano)
  w.fixed64(4, BigInt(point.count))
  if (point.sum !== null) w.double(5, point.sum)
  if (point.bucketCounts.length > 0) w.bytes(6, packed(point.bucketCounts.map(BigInt), 'setBigUint64'))
  if (point.explicitBounds.length > 0) w.bytes(7, packed(point.explicitBounds, 'setFloat64'))
  writeExemplars(w, 8, point.exemplars)
  w.integer(10, point.flags)
  if (point.min !== null) w.double(11, point.min)
  if (point.max !== null) w.double(12, point.max)
}

function writeExponentialPoint(w: ProtobufWriter, point: WireExponentialPoint): void {
  writeKeyValues(w, 1, point.attributes)
  w.fixed64(2, point.startTimeUnixNano)
  w.fixed64(3, point.timeUnixNano)
  w.fixed64(4, BigInt(point.count))
  if (point.sum !== null) w.double(5, point.sum)
  w.integer(6, zigzag(point.scale))
  w.fixed64(7, BigInt(point.zeroCount))
  writeBuckets(w, 8, point.positive)
  writeBuckets(w, 9, point.negative)
  w.integer(10, point.flags)
  writeExemplars(w, 11, point.exemplars)
  if (point.min !== null) w.double(12, point.min)
  if (point.max !== null) w.double(13, point.max)
  w.double(14, point.zeroThreshold)
}

function writeBuckets(w: ProtobufWriter, field: number, { offset, bucketCounts }: WireBuckets): void {
  w.message(field, () => {
    w.integer(1, zigzag(offset))
    // Not packed: a decoder must read both forms, and the other lists here are packed.
    for (const count of bucketCounts) w.member(2, BigInt(count))
  })
}

function writeSummaryPoint(w: ProtobufWriter, point: WireSummaryPoint): void {
  writeKeyValues(w, 7, point.attributes)
  w.fixed64(2, point.startTimeUnixNano)
  w.fixed64(3, point.timeUnixNano)
  w.fixed64(4, BigInt(point.count))
  w.double(5, point.sum)
  for (const { quantile, value } of point.quantiles)
    w.message(6, () => {
      w.double(1, quantile)
      w.double(2, value)
    })
  w.integer(8, point.flags)
}

function writeExemplars(w: ProtobufWriter, field: number, exemplars: readonly WireExemplar[]): void {
  for (const exemplar of exemplars)
    w.message(field, () => {
      w.fixed64(2, exemplar.timeUnixNano)
      writeNumber(w, exemplar.value, 3, 6)
      w.hex(4, exemplar.spanId)
      w.hex(5, exemplar.traceId)
      writeKeyValues(w, 7, exemplar.attributes)
    })
}

/** A whole number goes out as an integer: JavaScript cannot tell 3.0 from 3. −0 can. */
function writeNumber(w: ProtobufWriter, value: WireInteger | null, doubleField: number, intField: number): void {
  if (value === null) return
  if (typeof value === 'bigint' || (Number.isSafeInteger(value) && !Object.is(value, -0)))
    w.sfixed64(intField, BigInt(value))
  else w.double(doubleField, value)
}

const zigzag = (value: number): number => ((value << 1) ^ (value >> 31)) >>> 0

function packed(values: readonly bigint[], set: 'setBigUint64'): Uint8Array
function packed(values: readonly number[], set: 'setFloat64'): Uint8Array
function packed(values: readonly (bigint | number)[], set: 'setBigUint64' | 'setFloat64'): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 8))
  values.forEach((value, i) => {
    if (set === 'setFloat64') view.setFloat64(i * 8, Number(value), true)
    else view.setBigUint64(i * 8, BigInt(value), true)
  })
  return new Uint8Array(view.buffer)
}
