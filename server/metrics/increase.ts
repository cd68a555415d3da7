import { type MetricType, TEMPORALITY } from '../../schema/model/metric.ts'
import { type Bucket, type Exponential, explicitBuckets, exponentialBuckets } from './buckets.ts'

/** A point as `metric-points.sql` gives it. Numbers that JSON has no word for come as text. */
export interface PointRow {
  readonly series_id: string
  readonly key: readonly string[]
  readonly time_ms: number
  readonly start_ms: number
  readonly temporality: number
  readonly value: number | string
  readonly count: number
  readonly sum: number | string
  readonly min: number | string
  readonly max: number | string
  readonly bounds: readonly (number | string)[]
  readonly bucket_counts: readonly number[]
  readonly bucket_offset: number
  readonly negative_counts: readonly number[]
  readonly negative_offset: number
  readonly scale: number
  readonly zero_count: number
  readonly zero_threshold: number
  readonly quantiles: readonly number[]
  readonly quantile_values: readonly (number | string)[]
}

/** NaN is what a sender left out. */
export const numberOf = (value: number | string): number => (typeof value === 'number' ? value : Number(text(value)))
const text = (word: string): string => (/^-?inf$/.test(word) ? word.replace('inf', 'Infinity') : word)

/** What happened between a point and the one before it. */
export interface Increase {
  readonly value: number
  readonly count: number
  readonly sum: number
  readonly buckets: readonly Bucket[]
}

/**
 * Delta points are increases. A running total is one minus the one before it, unless it began anew: its start moved, or it fell (a process that was
 * restarted without saying so), and then it counts from zero (specification/metrics/data-model.md, "Resets and Gaps"). Of the first point of a
 * series in the range nothing is known but its start: undefined where it began before `sinceMs`.
 */
export const increaseOf = (
  point: PointRow,
  before: PointRow | undefined,
  sinceMs: number,
  type: MetricType,
): Increase | undefined => {
  if (point.temporality === TEMPORALITY.delta) return whole(point, type)
  if (!before) return point.start_ms > 0 && point.start_ms >= sinceMs ? whole(point, type) : undefined
  const fell = numberOf(point.value) < numberOf(before.value) || point.count < before.count
  if (fell || point.start_ms > before.start_ms) return whole(point, type)
  return {
    value: numberOf(point.value) - numberOf(before.value),
    count: point.count - before.count,
    sum: numberOf(point.sum) - numberOf(before.sum),
    buckets: bucketsBetween(point, before, type),
  }
}

const whole = (point: PointRow, type: MetricType): Increase => ({
  value: numberOf(point.value),
  count: point.count,
  sum: numberOf(point.sum),
  buckets: bucketsOf(point, type),
})

const bucketsOf = (point: PointRow, type: MetricType): Bucket[] =>
  type === 'exponential_histogram'
    ? exponentialBuckets(exponentialOf(point, point.scale))
    : explicitBuckets(point.bounds.map(numberOf), point.bucket_counts)

const bucketsBetween = (point: PointRow, before: PointRow, type: MetricType): Bucket[] => {
  if (type !== 'exponential_histogram') {
    const same = point.bounds.join() === before.bounds.join()
    const counts = point.bucket_counts.map((n, i) => (same ? Math.max(0, n - (before.bucket_counts[i] ?? 0)) : n))
    return explicitBuckets(point.bounds.map(numberOf), counts)
  }
  // A histogram that outgrew its buckets was made coarser: the two are compared at the coarser scale.
  const scale = Math.min(point.scale, before.scale)
  const now = exponentialOf(point, scale)
  const then = exponentialOf(before, scale)
  return exponentialBuckets({
    ...now,
    zeroCount: Math.max(0, now.zeroCount - then.zeroCount),
    positive: minus(now.positive, then.positive),
    negative: minus(now.negative, then.negative),
  })
}

const exponentialOf = (point: PointRow, scale: number): Exponential => ({
  scale,
  zeroCount: point.zero_count,
  zeroThreshold: point.zero_threshold,
  positive: atScale(point.bucket_counts, point.bucket_offset, point.scale - scale),
  negative: atScale(point.negative_counts, point.negative_offset, point.scale - scale),
})

/** One step coarser puts two neighbouring buckets together. */
const atScale = (counts: readonly number[], offset: number, coarser: number): ReadonlyMap<number, number> => {
  const merged = new Map<number, number>()
  counts.forEach((count, i) => {
    const index = Math.floor((offset + i) / 2 ** coarser)
    merged.set(index, (merged.get(index) ?? 0) + count)
  })
  return merged
}

const minus = (now: ReadonlyMap<number, number>, then: ReadonlyMap<number, number>): ReadonlyMap<number, number> =>
  new Map([...now].map(([index, count]) => [index, Math.max(0, count - (then.get(index) ?? 0))]))
