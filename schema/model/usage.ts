/**
 * Token usage in disjoint buckets (semantics.md §1): every token is in exactly one, totals are derived.
 * The order is the order of the columns and of the bits in a `reported` mask.
 */
export const USAGE_BUCKETS = [
  'inputUncached',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'inputAudio',
  'inputImage',
  'outputText',
  'reasoning',
  'outputAudio',
  'outputImage',
] as const

export type UsageBucket = (typeof USAGE_BUCKETS)[number]
export type UsageBuckets = Record<UsageBucket, number>

export const INPUT_BUCKETS: readonly UsageBucket[] = USAGE_BUCKETS.slice(0, 6)
export const OUTPUT_BUCKETS: readonly UsageBucket[] = USAGE_BUCKETS.slice(6)

/** `inputUncached` → `input_uncached`; the column name of a bucket. */
export const USAGE_COLUMNS: readonly string[] = USAGE_BUCKETS.map((b) =>
  b.replace(/([a-z])([A-Z0-9])/g, (_, a: string, c: string) => `${a}_${c.toLowerCase()}`),
)

export const emptyUsage = (): UsageBuckets => ({
  inputUncached: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  inputAudio: 0,
  inputImage: 0,
  outputText: 0,
  reasoning: 0,
  outputAudio: 0,
  outputImage: 0,
})

/** Bit of a bucket in a `reported` mask. */
export const bucketBit = (bucket: UsageBucket): number => 1 << USAGE_BUCKETS.indexOf(bucket)

export const inputTotal = (u: Readonly<UsageBuckets>): number =>
  INPUT_BUCKETS.reduce((sum, bucket) => sum + u[bucket], 0)
export const outputTotal = (u: Readonly<UsageBuckets>): number =>
  OUTPUT_BUCKETS.reduce((sum, bucket) => sum + u[bucket], 0)

export const addUsage = (into: UsageBuckets, more: Readonly<UsageBuckets>): void => {
  for (const bucket of USAGE_BUCKETS) into[bucket] += more[bucket]
}
