export const METRIC_TYPES = ['gauge', 'sum', 'histogram', 'exponential_histogram', 'summary'] as const
export type MetricType = (typeof METRIC_TYPES)[number]

/** OTLP's `AggregationTemporality`: what a point of a sum or histogram counts from. */
export const TEMPORALITY = { unspecified: 0, delta: 1, cumulative: 2 } as const

/** Bit of a point's flags: the series ended here, there is no value (metrics/v1 `DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK`). */
export const NO_RECORDED_VALUE = 1

/**
 * One data point as it is stored. Every type has the same form: what it does not have is 0, NaN or empty, and NaN is also what a sender left
 * out (a sum, a least, a greatest). Integers beyond 2⁵³ are rounded to the nearest double; counts are exact.
 */
export interface MetricPoint {
  readonly projectId: number
  /** Hash of all that tells one series from another: name, type, unit, scope, resource and attributes. */
  readonly seriesId: string
  readonly name: string
  readonly type: MetricType
  readonly unit: string
  readonly description: string
  readonly metadata: ReadonlyMap<string, string>
  readonly temporality: number
  readonly isMonotonic: boolean
  readonly timeNanos: bigint
  /** 0 where the sender gave none. */
  readonly startNanos: bigint
  readonly service: string
  readonly scope: string
  readonly scopeVersion: string
  readonly env: string
  readonly attrs: ReadonlyMap<string, string>
  readonly nums: ReadonlyMap<string, number>
  readonly resource: ReadonlyMap<string, string>
  readonly otlpFlags: number
  readonly value: number
  readonly count: bigint
  readonly sum: number
  readonly min: number
  readonly max: number
  readonly bounds: readonly number[]
  /** Of an exponential histogram: its positive buckets. */
  readonly bucketCounts: readonly bigint[]
  readonly bucketOffset: number
  readonly negativeCounts: readonly bigint[]
  readonly negativeOffset: number
  readonly scale: number
  readonly zeroCount: bigint
  readonly zeroThreshold: number
  readonly quantiles: readonly number[]
  readonly quantileValues: readonly number[]
  readonly exemplars: readonly Exemplar[]
}

export interface Exemplar {
  readonly timeNanos: bigint
  readonly value: number
  readonly traceId: string
  readonly spanId: string
  /** Attributes as one JSON object. */
  readonly attrs: string
}
