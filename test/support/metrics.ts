import { normalise } from '../../collector/normalise/normalise.ts'
import type { MetricPoint } from '../../schema/model/metric.ts'
import type {
  AnyValue,
  KeyValue,
  ResourceMetrics,
  WireExponentialPoint,
  WireHistogramPoint,
  WireMetric,
  WireMetricData,
  WireNumberPoint,
  WireSummaryPoint,
} from '../../schema/otlp/wire.ts'

/** Metrics as an SDK sends them, for tests: a test names only what it is about. */

export const nanosOf = (ms: number): bigint => BigInt(Math.round(ms)) * 1_000_000n

type Attributes = Readonly<Record<string, AnyValue>>

export const keyValues = (attributes: Attributes): KeyValue[] =>
  Object.entries(attributes).map(([key, value]) => ({ key, value }))

export const point = (timeMs: number, attributes: Attributes = {}, startMs = timeMs - 60_000) => ({
  attributes: keyValues(attributes),
  startTimeUnixNano: nanosOf(startMs),
  timeUnixNano: nanosOf(timeMs),
  flags: 0,
})

export const numberPoint = (
  timeMs: number,
  value: WireNumberPoint['value'],
  attributes: Attributes = {},
  startMs?: number,
): WireNumberPoint => ({ ...point(timeMs, attributes, startMs), value, exemplars: [] })

const distribution = { count: 0, sum: null, min: null, max: null, exemplars: [] }

export const histogramPoint = (
  timeMs: number,
  given: Partial<WireHistogramPoint>,
  attributes: Attributes = {},
  startMs?: number,
): WireHistogramPoint => ({
  ...point(timeMs, attributes, startMs),
  ...distribution,
  count: (given.bucketCounts ?? []).reduce<number>((sum, n) => sum + Number(n), 0),
  bucketCounts: [],
  explicitBounds: [],
  ...given,
})

export const exponentialPoint = (timeMs: number, given: Partial<WireExponentialPoint>): WireExponentialPoint => ({
  ...point(timeMs),
  ...distribution,
  scale: 0,
  zeroCount: 0,
  zeroThreshold: 0,
  positive: { offset: 0, bucketCounts: [] },
  negative: { offset: 0, bucketCounts: [] },
  ...given,
})

export const summaryPoint = (timeMs: number, given: Partial<WireSummaryPoint>): WireSummaryPoint => ({
  ...point(timeMs),
  count: 0,
  sum: 0,
  quantiles: [],
  ...given,
})

export const metric = (name: string, data: WireMetricData, unit = '1'): WireMetric => ({
  name,
  description: `what ${name} says`,
  unit,
  metadata: [],
  ...data,
})

export const resourceMetrics = (
  metrics: readonly WireMetric[],
  resource: Attributes = { 'service.name': 'shop' },
): ResourceMetrics => ({
  resource: { attributes: keyValues(resource) },
  scopeMetrics: [{ scope: { name: 'test', version: '1', attributes: [] }, metrics }],
})

/** As the collector stores them. */
export const metricPoints = (
  metrics: readonly WireMetric[],
  resource?: Parameters<typeof resourceMetrics>[1],
): readonly MetricPoint[] =>
  normalise(
    { signal: 'metrics', resourceMetrics: [resourceMetrics(metrics, resource)], invalidUtf8: 0 },
    { projectId: 1, receivedAtMs: Date.now(), retentionDays: 0 },
  ).metrics
