import { NativeReader, rowsOf } from '../../schema/clickhouse/native-reader.ts'
import { blockOrder } from '../../schema/clickhouse/native-writer.ts'
import { SPANS } from '../../schema/clickhouse/tables.ts'
import { USAGE_BUCKETS, USAGE_COLUMNS } from '../../schema/model/usage.ts'
import type { Section } from '../normalise/encode-batch.ts'
import type { Breath } from './breath.ts'
import { TALLY_SPAN_FIELDS, type TallySpan } from './tally-span.ts'

const RENAMED: Readonly<Record<string, string>> = {
  startNanos: 'start_time',
  durationNanos: 'duration_ns',
  costReportedNanoUsd: 'cost_reported',
  toolFeeNanoUsd: 'tool_fee',
  ttftNanos: 'ttft_ns',
}

/** Tally field → column of `spans`, the ten usage columns under `usage`. */
const COLUMNS: readonly { readonly field: string; readonly name: string; readonly type: string }[] = [
  ...TALLY_SPAN_FIELDS.flatMap((field) =>
    field === 'usage'
      ? USAGE_BUCKETS.map((bucket, i) => ({ field: `usage.${bucket}`, name: USAGE_COLUMNS[i]! }))
      : [{ field, name: RENAMED[field] ?? field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) }],
  ),
  // Microseconds: exact as a number until the year 2255.
  { field: 'receivedOrder', name: 'received_order', asNumber: true },
].map((wanted: { field: string; name: string; asNumber?: boolean }) => {
  const column = SPANS.columns.find((c) => c.name === wanted.name)
  if (!column) throw new Error(`spans has no column ${wanted.name}`)
  return { ...wanted, type: column.type }
})

export const SPAN_COLUMN_NAMES: readonly string[] = COLUMNS.map(({ name }) => name)
const IN_ORDER = blockOrder(SPANS).map(({ name }) => name)
const WANTED = {
  names: new Set(SPAN_COLUMN_NAMES),
  after: new Set(IN_ORDER.slice(IN_ORDER.findLastIndex((name) => SPAN_COLUMN_NAMES.includes(name)) + 1)),
}
const toSpans = rowsOf<TallySpan>(COLUMNS)

/** What the engine answered when asked for `SPAN_COLUMN_NAMES` in Native. */
export const spansOfAnswer = (bytes: Uint8Array): TallySpan[] => {
  const reader = new NativeReader(bytes)
  const spans: TallySpan[] = []
  while (!reader.done) for (const span of toSpans(reader.block())) spans.push(span)
  return spans
}

/** The spans in sections as the normaliser wrote them; undefined where one is of an older program, so that they must be asked for. */
export const spansOfSections = async (
  sections: readonly Section[],
  breath: Breath,
): Promise<TallySpan[] | undefined> => {
  const spans: TallySpan[] = []
  for (const { table, format, bytes } of sections) {
    if (table !== 'spans') continue
    if (format !== 'Native') return undefined
    for (const span of toSpans(new NativeReader(bytes).block(WANTED))) spans.push(span)
    if (breath.isDue) await breath.take()
  }
  return spans
}

/** The span by itself, without the block that it looks into. */
export const detached = (span: TallySpan): TallySpan =>
  Object.fromEntries(
    [...TALLY_SPAN_FIELDS, 'receivedOrder' as const].map((field) => [field, span[field]]),
  ) as unknown as TallySpan
