import type { JsonFields, JsonObject } from './json-fields.ts'
import type {
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

const TEMPORALITIES = ['UNSPECIFIED', 'DELTA', 'CUMULATIVE'].map((n) => `AGGREGATION_TEMPORALITY_${n}`)

/** metrics/v1 Metric in OTLP/JSON. */
export function readMetric(fields: JsonFields, item: unknown, path: string): WireMetric {
  fields.begin(path)
  const metric = fields.object(item, '') ?? {}
  const named = {
    name: fields.text(metric.name, 'name'),
    description: fields.text(metric.description, 'description'),
    unit: fields.text(metric.unit, 'unit'),
    metadata: fields.keyValues(metric.metadata, 'metadata'),
  }
  return { ...named, ...readData(fields, metric, path) }
}

function readData(fields: JsonFields, metric: JsonObject, path: string): WireMetricData {
  const pointsOf = <P>(data: JsonObject, read: (fields: JsonFields, point: JsonObject) => P): P[] =>
    fields.list(data.dataPoints, 'dataPoints').map((item, i) => {
      fields.begin(`${path}.dataPoints[${i}]`)
      return read(fields, fields.object(item, '') ?? {})
    })
  const temporalityOf = (data: JsonObject): number =>
    fields.enumNumber(data.aggregationTemporality, 'aggregationTemporality', TEMPORALITIES)
  const gauge = fields.object(metric.gauge, 'gauge')
  if (gauge) return { type: 'gauge', points: pointsOf(gauge, readNumberPoint) }
  const sum = fields.object(metric.sum, 'sum')
  if (sum)
    return {
      type: 'sum',
      temporality: temporalityOf(sum),
      isMonotonic: fields.flag(sum.isMonotonic, 'isMonotonic'),
      points: pointsOf(sum, readNumberPoint),
    }
  const histogram = fields.object(metric.histogram, 'histogram')
  if (histogram)
    return {
      type: 'histogram',
      temporality: temporalityOf(histogram),
      points: pointsOf(histogram, readHistogramPoint),
    }
  const exponential = fields.object(metric.exponentialHistogram, 'exponentialHistogram')
  if (exponential)
    return {
      type: 'exponential_histogram',
      temporality: temporalityOf(exponential),
      points: pointsOf(exponential, readExponentialPoint),
    }
  const summary = fields.object(metric.summary, 'summary')
  return summary ? { type: 'summary', points: pointsOf(summary, readSummaryPoint) } : { type: 'none', points: [] }
}

const readPoint = (fields: JsonFields, point: JsonObject) => ({
  attributes: fields.keyValues(point.attributes, 'attributes'),
  startTimeUnixNano: fields.uint64(point.startTimeUnixNano, 'startTimeUnixNano'),
  timeUnixNano: fields.uint64(point.timeUnixNano, 'timeUnixNano'),
  flags: fields.uint32(point.flags, 'flags'),
})

const readDistribution = (fields: JsonFields, point: JsonObject) => ({
  count: fields.count(point.count, 'count'),
  sum: fields.doubleOrNull(point.sum, 'sum'),
  min: fields.doubleOrNull(point.min, 'min'),
  max: fields.doubleOrNull(point.max, 'max'),
  exemplars: readExemplars(fields, point),
})

const readNumberPoint = (fields: JsonFields, point: JsonObject): WireNumberPoint => ({
  ...readPoint(fields, point),
  value: readNumber(fields, point),
  exemplars: readExemplars(fields, point),
})

const readHistogramPoint = (fields: JsonFields, point: JsonObject): WireHistogramPoint => ({
  ...readPoint(fields, point),
  ...readDistribution(fields, point),
  bucketCounts: readCounts(fields, point.bucketCounts, 'bucketCounts'),
  explicitBounds: fields
    .list(point.explicitBounds, 'explicitBounds')
    .map((bound) => fields.double(bound, 'explicitBounds')),
})

const readExponentialPoint = (fields: JsonFields, point: JsonObject): WireExponentialPoint => ({
  ...readPoint(fields, point),
  ...readDistribution(fields, point),
  scale: fields.int32(point.scale, 'scale'),
  zeroCount: fields.count(point.zeroCount, 'zeroCount'),
  zeroThreshold: fields.doubleOrNull(point.zeroThreshold, 'zeroThreshold') ?? 0,
  positive: readBuckets(fields, point.positive, 'positive'),
  negative: readBuckets(fields, point.negative, 'negative'),
})

const readSummaryPoint = (fields: JsonFields, point: JsonObject): WireSummaryPoint => ({
  ...readPoint(fields, point),
  count: fields.count(point.count, 'count'),
  sum: fields.doubleOrNull(point.sum, 'sum') ?? 0,
  quantiles: fields.list(point.quantileValues, 'quantileValues').map((item) => {
    const object = fields.object(item, 'quantileValues')
    return {
      quantile: fields.doubleOrNull(object?.quantile, 'quantile') ?? 0,
      value: fields.doubleOrNull(object?.value, 'value') ?? 0,
    }
  }),
})

const readExemplars = (fields: JsonFields, point: JsonObject): WireExemplar[] =>
  fields.list(point.exemplars, 'exemplars').map((item) => {
    const exemplar = fields.object(item, 'exemplars') ?? {}
    return {
      timeUnixNano: fields.uint64(exemplar.timeUnixNano, 'exemplars.timeUnixNano'),
      value: readNumber(fields, exemplar),
      traceId: fields.hexId(exemplar.traceId, 'exemplars.traceId'),
      spanId: fields.hexId(exemplar.spanId, 'exemplars.spanId'),
      attributes: fields.keyValues(exemplar.filteredAttributes, 'exemplars.filteredAttributes'),
    }
  })

const readBuckets = (fields: JsonFields, value: unknown, field: string): WireBuckets => {
  const object = fields.object(value, field)
  return {
    offset: fields.int32(object?.offset, `${field}.offset`),
    bucketCounts: readCounts(fields, object?.bucketCounts, `${field}.bucketCounts`),
  }
}

const readCounts = (fields: JsonFields, value: unknown, field: string): WireInteger[] =>
  fields.list(value, field).map((count) => fields.count(count, field))

const readNumber = (fields: JsonFields, point: JsonObject): WireInteger | null =>
  fields.int64OrNull(point.asInt, 'asInt') ?? fields.doubleOrNull(point.asDouble, 'asDouble')
