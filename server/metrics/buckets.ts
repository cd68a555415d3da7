/** Observations spread over ranges of values, whichever histogram they came from: what quantiles are estimated from. */
export interface Bucket {
  readonly low: number
  readonly high: number
  readonly count: number
}

/** Explicit bounds: bucket i holds (bounds[i−1], bounds[i]]; the outer ones are open. */
export const explicitBuckets = (bounds: readonly number[], counts: readonly number[]): Bucket[] =>
  counts.flatMap((count, i) =>
    count > 0
      ? [{ low: bounds[i - 1] ?? Number.NEGATIVE_INFINITY, high: bounds[i] ?? Number.POSITIVE_INFINITY, count }]
      : [],
  )

export interface Exponential {
  readonly scale: number
  readonly zeroCount: number
  readonly zeroThreshold: number
  readonly positive: ReadonlyMap<number, number>
  readonly negative: ReadonlyMap<number, number>
}

export const exponentialBuckets = ({ scale, zeroCount, zeroThreshold, positive, negative }: Exponential): Bucket[] => {
  const bound = (index: number): number => 2 ** (index * 2 ** -scale)
  return [
    ...[...negative].map(([i, count]) => ({ low: -bound(i + 1), high: -bound(i), count })),
    ...(zeroCount > 0 ? [{ low: -zeroThreshold, high: zeroThreshold, count: zeroCount }] : []),
    ...[...positive].map(([i, count]) => ({ low: bound(i), high: bound(i + 1), count })),
  ].filter(({ count }) => count > 0)
}

/**
 * Value below which the share `q` of all observations lies, taking each bucket's as spread evenly over it: exact to the bucket, no further. An open
 * end is taken for the border next to it, as Prometheus does. Undefined without observations.
 */
export const quantileOf = (buckets: readonly Bucket[], q: number): number | undefined => {
  const total = buckets.reduce((sum, { count }) => sum + count, 0)
  if (total === 0) return undefined
  const wanted = q * total
  // The number of observations below a value grows along these borders; between two of them every bucket grows evenly.
  const borders = [...new Set(buckets.flatMap(({ low, high }) => [low, high]))]
    .filter(Number.isFinite)
    .sort((a, b) => a - b)
  if (borders.length === 0) return undefined
  let before = borders[0]!
  let below = countBelow(buckets, before)
  if (below >= wanted) return before
  for (const border of borders.slice(1)) {
    const next = countBelow(buckets, border)
    if (next >= wanted) return before + ((border - before) * (wanted - below)) / (next - below)
    before = border
    below = next
  }
  return before
}

const countBelow = (buckets: readonly Bucket[], value: number): number =>
  buckets.reduce((sum, { low, high, count }) => sum + count * shareBelow(low, high, value), 0)

const shareBelow = (low: number, high: number, value: number): number => {
  if (value >= high) return 1
  if (value <= low) return 0
  // An open end counts as a whole at its border: below it for the lowest bucket, above for the highest.
  if (low === Number.NEGATIVE_INFINITY) return 1
  return high === Number.POSITIVE_INFINITY ? 0 : (value - low) / (high - low)
}
