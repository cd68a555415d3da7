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
  u.inputUncached + u.cacheRead + u.cacheWrite5m + u.cacheWrite1h + u.inputAudio + u.inputImage
export const outputTotal = (u: Readonly<UsageBuckets>): number =>
  u.outputText + u.reasoning + u.outputAudio + u.outputImage

export const addUsage = (into: UsageBuckets, more: Readonly<UsageBuckets>): void => {
  // Written out, like the totals: every call of every run passes here, and a name that V8 does not know beforehand costs ten times as much.
  into.inputUncached += more.inputUncached
  into.cacheRead += more.cacheRead
  into.cacheWrite5m += more.cacheWrite5m
  into.cacheWrite1h += more.cacheWrite1h
  into.inputAudio += more.inputAudio
  into.inputImage += more.inputImage
  into.outputText += more.outputText
  into.reasoning += more.reasoning
  into.outputAudio += more.outputAudio
  into.outputImage += more.outputImage
}
