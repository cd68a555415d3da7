import type {
  AnyValue,
  KeyValue,
  ResourceLogs,
  ResourceMetrics,
  ResourceSpans,
  WireExemplar,
  WireInteger,
  WireMetric,
} from './wire.ts'

/** A request as OTLP/JSON text, for tests and benches. Times as decimal strings, bytes as base64, ids as hex. */
export function encodeJson(request: {
  readonly resourceSpans?: readonly ResourceSpans[]
  readonly resourceLogs?: readonly ResourceLogs[]
  readonly resourceMetrics?: readonly ResourceMetrics[]
}): string {
  const resourceMetrics = request.resourceMetrics?.map((group) => ({
    ...group,
    scopeMetrics: group.scopeMetrics.map((scoped) => ({ ...scoped, metrics: scoped.metrics.map(metricMessage) })),
  }))
  return JSON.stringify({ ...request, resourceMetrics }, function (this: unknown, key: string, value: unknown) {
    if (key === 'attributes' || key === 'metadata' || key === 'filteredAttributes')
      return keyValues(value as readonly KeyValue[])
    if (key === 'body') return anyValue(value as AnyValue)
    if (typeof value === 'number') return jsonDouble(value)
    return typeof value === 'bigint' ? String(value) : value
  })
}

const DATA_FIELDS = {
  gauge: 'gauge',
  sum: 'sum',
  histogram: 'histogram',
  exponential_histogram: 'exponentialHistogram',
  summary: 'summary',
} as const

/** Our union as the message has it: the data under its own name, numbers as `asInt` or `asDouble`. */
const metricMessage = ({ name, description, unit, metadata, ...data }: WireMetric): unknown => {
  const named = { name, description, unit, metadata }
  if (data.type === 'none') return named
  const { type, points, ...more } = data
  const temporality = 'temporality' in more ? { aggregationTemporality: more.temporality } : {}
  const monotonic = 'isMonotonic' in more ? { isMonotonic: more.isMonotonic } : {}
  const dataPoints = points.map((point) => {
    const { quantiles, value, exemplars, ...rest } = {
      quantiles: undefined,
      value: undefined,
      exemplars: undefined,
      ...point,
    }
    return {
      ...rest,
      ...number(value ?? null),
      ...(quantiles ? { quantileValues: quantiles } : {}),
      ...(exemplars ? { exemplars: exemplars.map(exemplarMessage) } : {}),
    }
  })
  return { ...named, [DATA_FIELDS[type]]: { dataPoints, ...temporality, ...monotonic } }
}

const exemplarMessage = ({ value, attributes, ...exemplar }: WireExemplar): unknown => ({
  ...exemplar,
  ...number(value),
  filteredAttributes: attributes,
})

const number = (value: WireInteger | null): object => {
  if (value === null) return {}
  return typeof value === 'bigint' || Number.isSafeInteger(value) ? { asInt: String(value) } : { asDouble: value }
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
