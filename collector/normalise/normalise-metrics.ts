import { F } from '../../schema/dialects/compile.ts'
import type { Exemplar, MetricPoint } from '../../schema/model/metric.ts'
import type {
  Decoded,
  KeyValue,
  WireExemplar,
  WireInteger,
  WireMetric,
  WireMetricData,
} from '../../schema/otlp/wire.ts'
import { plainObject, textOf } from './any-value.ts'
import { textMap } from './attributes.ts'
import { isSpanId, isTraceId } from './check.ts'
import { hashOf } from './contents.ts'
import { Facts } from './facts.ts'
import type { Request } from './normalise-spans.ts'
import { readSource, type Source, sourceOf } from './source.ts'

type Point = WireMetricData['points'][number]

/** Data points in Recount's words. All that was sent is kept; what a metric of some tool means is the dialects' to say. */
export const normaliseMetrics = (
  decoded: Extract<Decoded, { signal: 'metrics' }>,
  request: Request,
): readonly MetricPoint[] => {
  const points: MetricPoint[] = []
  const facts = new Facts()
  for (const { resource, scopeMetrics } of decoded.resourceMetrics) {
    for (const { scope, metrics } of scopeMetrics) {
      const source = sourceOf(resource, scope)
      facts.reset()
      readSource(facts, source)
      const shared = sharedBy(source, facts.text(F.env), request.projectId)
      for (const metric of metrics) {
        if (metric.type === 'none') continue
        const named = namedBy(metric, shared)
        for (const point of metric.points) {
          if (metric.name === '') request.checks.refuse('no_metric_name', 'a data point of a metric without a name')
          else if (!isWholeHistogram(point))
            request.checks.refuse('bad_histogram', `${metric.name}: bucket counts must be one more than the bounds`)
          else if (request.checks.time(point.timeUnixNano)) points.push(pointOf(named, point))
        }
      }
    }
  }
  return points
}

/** metrics/v1 HistogramDataPoint: "The number of elements in bucket_counts array must be by one greater than … explicit_bounds", or both are empty. */
const isWholeHistogram = (point: Point): boolean =>
  !('explicitBounds' in point) ||
  point.bucketCounts.length === point.explicitBounds.length + 1 ||
  (point.bucketCounts.length === 0 && point.explicitBounds.length === 0)

type Shared = Pick<MetricPoint, 'projectId' | 'service' | 'scope' | 'scopeVersion' | 'env' | 'resource'> & {
  readonly identity: string
}
type Named = Omit<Shared, 'identity'> &
  Pick<MetricPoint, 'name' | 'type' | 'unit' | 'description' | 'metadata' | 'temporality' | 'isMonotonic'> & {
    readonly identity: string
  }

const sharedBy = (source: Source, env: string, projectId: number): Shared => ({
  projectId,
  service: source.service,
  scope: source.scope,
  scopeVersion: source.scopeVersion,
  env,
  resource: source.resource,
  identity: [source.scope, source.scopeVersion, sortedText(source.resource)].join('\0'),
})

const namedBy = (metric: Exclude<WireMetric, { type: 'none' }>, shared: Shared): Named => {
  const temporality = 'temporality' in metric ? metric.temporality : 0
  const isMonotonic = metric.type === 'sum' && metric.isMonotonic
  return {
    ...shared,
    name: metric.name,
    type: metric.type,
    unit: metric.unit,
    description: metric.description,
    metadata: textMap(metric.metadata),
    temporality: temporality === 1 || temporality === 2 ? temporality : 0,
    isMonotonic,
    // The data model's identity of a stream: resource, scope, name, and what its points are (specification/metrics/data-model.md, "OpenTelemetry Protocol data model").
    identity: [metric.name, metric.type, metric.unit, temporality, isMonotonic, shared.identity].join('\0'),
  }
}

const pointOf = ({ identity, ...named }: Named, point: Point): MetricPoint => {
  const attrs = new Map<string, string>()
  const nums = new Map<string, number>()
  // Of a key that is sent twice the last value counts, whichever type it has.
  for (const { key, value } of point.attributes) {
    attrs.delete(key)
    nums.delete(key)
    if (typeof value === 'number') nums.set(key, value)
    else attrs.set(key, textOf(value))
  }
  const distribution = 'min' in point ? point : undefined
  const explicit = 'explicitBounds' in point ? point : undefined
  const exponential = 'scale' in point ? point : undefined
  const summary = 'quantiles' in point ? point : undefined
  return {
    ...named,
    seriesId: hashOf([identity, sortedText(attrs), sortedText(nums)].join('\0')),
    timeNanos: point.timeUnixNano,
    startNanos: point.startTimeUnixNano,
    attrs,
    nums,
    otlpFlags: point.flags,
    value: 'value' in point ? numberOf(point.value) : Number.NaN,
    count: 'count' in point ? BigInt(point.count) : 0n,
    sum: summary ? summary.sum : numberOf(distribution?.sum),
    min: numberOf(distribution?.min),
    max: numberOf(distribution?.max),
    bounds: explicit?.explicitBounds ?? [],
    bucketCounts: bigints(explicit?.bucketCounts ?? exponential?.positive.bucketCounts),
    bucketOffset: exponential?.positive.offset ?? 0,
    negativeCounts: bigints(exponential?.negative.bucketCounts),
    negativeOffset: exponential?.negative.offset ?? 0,
    scale: exponential?.scale ?? 0,
    zeroCount: BigInt(exponential?.zeroCount ?? 0),
    zeroThreshold: exponential?.zeroThreshold ?? 0,
    quantiles: summary?.quantiles.map(({ quantile }) => quantile) ?? [],
    quantileValues: summary?.quantiles.map(({ value }) => value) ?? [],
    exemplars: 'exemplars' in point ? point.exemplars.map(exemplarOf) : [],
  }
}

const exemplarOf = (exemplar: WireExemplar): Exemplar => ({
  timeNanos: exemplar.timeUnixNano,
  value: numberOf(exemplar.value),
  traceId: isTraceId(exemplar.traceId) ? exemplar.traceId : '',
  spanId: isSpanId(exemplar.spanId) ? exemplar.spanId : '',
  attrs: attributesText(exemplar.attributes),
})

const attributesText = (attributes: readonly KeyValue[]): string =>
  attributes.length === 0 ? '{}' : JSON.stringify(plainObject(attributes))

const numberOf = (value: WireInteger | null | undefined): number =>
  value === null || value === undefined ? Number.NaN : Number(value)

const bigints = (counts: readonly WireInteger[] | undefined): readonly bigint[] => counts?.map(BigInt) ?? []

const sortedText = (map: ReadonlyMap<string, string | number>): string =>
  JSON.stringify([...map].sort(([a], [b]) => (a < b ? -1 : 1)))
