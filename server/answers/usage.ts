import type { Usage } from '../../schema/api/shapes.ts'
import {
  bucketBit,
  inputTotal,
  outputTotal,
  USAGE_BUCKETS,
  USAGE_COLUMNS,
  type UsageBuckets,
} from '../../schema/model/usage.ts'

/** Columns `sum_input_uncached`, … of a row, as the questions of this folder name them. */
export type UsageRow = Readonly<Record<string, unknown>>

export const bucketsOfRow = (row: UsageRow, prefix = 'sum_'): UsageBuckets =>
  Object.fromEntries(
    USAGE_BUCKETS.map((bucket, i) => [bucket, Number(row[`${prefix}${USAGE_COLUMNS[i]}`] ?? 0)]),
  ) as UsageBuckets

/** `unreported`: bits of the buckets that a counted call left inside their parent (`RunTally.usageUnreported`). */
export const usageOf = (buckets: Readonly<UsageBuckets>, unreported: number): Usage => ({
  inputTotal: inputTotal(buckets),
  inputUncached: buckets.inputUncached,
  cacheRead: buckets.cacheRead,
  cacheWrite5m: buckets.cacheWrite5m,
  cacheWrite1h: buckets.cacheWrite1h,
  inputAudio: buckets.inputAudio,
  inputImage: buckets.inputImage,
  outputTotal: outputTotal(buckets),
  outputText: buckets.outputText,
  reasoning: buckets.reasoning,
  outputAudio: buckets.outputAudio,
  outputImage: buckets.outputImage,
  unreported: USAGE_BUCKETS.filter((bucket) => (unreported & bucketBit(bucket)) !== 0),
})
