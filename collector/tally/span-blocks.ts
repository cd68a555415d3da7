import { NativeReader, objectsOf } from '../../schema/clickhouse/native-reader.ts'
import { SPANS } from '../../schema/clickhouse/tables.ts'
import { USAGE_BUCKETS, USAGE_COLUMNS } from '../../schema/model/usage.ts'
import type { Section } from '../normalise/encode-batch.ts'
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
  { field: 'receivedOrder', name: 'received_order' },
].map(({ field, name }) => {
  const column = SPANS.columns.find((c) => c.name === name)
  if (!column) throw new Error(`spans has no column ${name}`)
  return { field, name, type: column.type }
})

export const SPAN_COLUMN_NAMES: readonly string[] = COLUMNS.map(({ name }) => name)
const WANTED: ReadonlySet<string> = new Set(SPAN_COLUMN_NAMES)
const toSpans = objectsOf<Omit<TallySpan, 'receivedOrder'> & { receivedOrder: bigint | number }>(COLUMNS)

/** Microseconds: exact as a double until the year 2255. */
const numbered = (spans: (Omit<TallySpan, 'receivedOrder'> & { receivedOrder: bigint | number })[]): TallySpan[] => {
  for (const span of spans) span.receivedOrder = Number(span.receivedOrder)
  return spans as TallySpan[]
}

/** What the engine answered when asked for `SPAN_COLUMN_NAMES` in Native. */
export const spansOfAnswer = (bytes: Uint8Array): TallySpan[] => {
  const reader = new NativeReader(bytes)
  const spans: TallySpan[] = []
  while (!reader.done) for (const span of numbered(toSpans(reader.block()))) spans.push(span)
  return spans
}

/** The spans in sections as the normaliser wrote them; undefined where one is of an older program, so that they must be asked for. */
export const spansOfSections = (sections: readonly Section[]): TallySpan[] | undefined => {
  const spans: TallySpan[] = []
  for (const { table, format, bytes } of sections) {
    if (table !== 'spans') continue
    if (format !== 'Native') return undefined
    for (const span of numbered(toSpans(new NativeReader(bytes).block(WANTED)))) spans.push(span)
  }
  return spans
}
