import type { LightSpan } from '../../schema/api/shapes.ts'

export const ARROW_TYPE = 'application/vnd.apache.arrow.stream'

/**
 * The light spans of a trace as one Arrow IPC stream, a column per field of the contract (usage as its two totals): for notebooks and tools that
 * would rather not parse 50,000 JSON objects. Strings stay strings: nanoseconds and money lose nothing.
 */
export const spansToArrow = async (spans: readonly LightSpan[]): Promise<Uint8Array> => {
  const { Table, tableToIPC, vectorFromArray, Utf8, Float64, Bool, Int32 } = await import('apache-arrow')
  const text = (of: (span: LightSpan) => string | null) => vectorFromArray(spans.map(of), new Utf8())
  return tableToIPC(
    new Table({
      spanId: text((s) => s.spanId),
      parentSpanId: text((s) => s.parentSpanId),
      name: text((s) => s.name),
      kind: text((s) => s.kind),
      service: text((s) => s.service),
      agent: text((s) => s.agent),
      model: text((s) => s.model),
      tool: text((s) => s.tool),
      startNanos: text((s) => s.startNanos),
      durationNanos: text((s) => s.durationNanos),
      status: text((s) => s.status),
      failed: vectorFromArray(
        spans.map((s) => s.failed),
        new Bool(),
      ),
      inputTotal: vectorFromArray(
        spans.map((s) => s.usage?.inputTotal ?? null),
        new Int32(),
      ),
      outputTotal: vectorFromArray(
        spans.map((s) => s.usage?.outputTotal ?? null),
        new Int32(),
      ),
      usageRole: text((s) => s.usageRole),
      costUsd: text((s) => s.costUsd),
      costStatus: text((s) => s.costStatus),
      ttftMs: vectorFromArray(
        spans.map((s) => s.ttftMs),
        new Float64(),
      ),
    }),
    'stream',
  )
}
