import type { AnyValue, Decoded, KeyValue, WireLogRecord, WireSpan } from '../../schema/otlp/wire.ts'
import { type Normalised, normalise } from './normalise.ts'

// Records as the decoder makes them, for tests: everything has a value, and a test names only what it is about.

export const RECEIVED_AT_MS = Date.parse('2026-11-21T12:00:00Z')
export const nanos = (ms: number): bigint => BigInt(ms) * 1_000_000n

export const pairs = (attributes: Readonly<Record<string, AnyValue>>): KeyValue[] =>
  Object.entries(attributes).map(([key, value]) => ({ key, value }))

export const event = (name: string, attributes: Readonly<Record<string, AnyValue>>) => ({
  name,
  timeUnixNano: nanos(RECEIVED_AT_MS - 500),
  attributes: pairs(attributes),
})

export const wireSpan = (given: Partial<WireSpan>): WireSpan => ({
  traceId: 'a'.repeat(32),
  spanId: 'a'.repeat(16),
  parentSpanId: '',
  traceState: '',
  flags: 0,
  name: 'step',
  kind: 1,
  startTimeUnixNano: nanos(RECEIVED_AT_MS - 1000),
  endTimeUnixNano: nanos(RECEIVED_AT_MS - 400),
  attributes: [],
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
  events: [],
  links: [],
  status: { code: 0, message: '' },
  ...given,
})

export const llm = (attributes: Readonly<Record<string, AnyValue>>, given: Partial<WireSpan> = {}): WireSpan =>
  wireSpan({
    attributes: pairs({ 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4.1', ...attributes }),
    ...given,
  })

export const wireLog = (given: Partial<WireLogRecord>): WireLogRecord => ({
  timeUnixNano: nanos(RECEIVED_AT_MS - 1000),
  observedTimeUnixNano: nanos(RECEIVED_AT_MS - 900),
  severityNumber: 9,
  severityText: 'INFO',
  body: null,
  attributes: [],
  flags: 0,
  traceId: 'a'.repeat(32),
  spanId: 'a'.repeat(16),
  eventName: '',
  ...given,
})

export const run = (
  spans: readonly WireSpan[],
  context: { retentionDays?: number } = {},
  resource: readonly KeyValue[] = [],
): Normalised => {
  const scopeSpans = [{ scope: { name: 'test', version: '1', attributes: [] }, spans }]
  const decoded: Decoded = {
    signal: 'traces',
    resourceSpans: [{ resource: { attributes: resource }, scopeSpans }],
    invalidUtf8: 0,
  }
  return normalise(decoded, { projectId: 1, receivedAtMs: RECEIVED_AT_MS, retentionDays: 0, ...context })
}

export const runLogs = (logRecords: readonly WireLogRecord[], receivedAtMs = RECEIVED_AT_MS): Normalised => {
  const scopeLogs = [{ scope: { name: 'test', version: '1', attributes: [] }, logRecords }]
  const decoded: Decoded = {
    signal: 'logs',
    resourceLogs: [{ resource: { attributes: [] }, scopeLogs }],
    invalidUtf8: 0,
  }
  return normalise(decoded, { projectId: 1, receivedAtMs, retentionDays: 0 })
}

/** The one item that there must be. */
export const only = <T>(items: readonly T[]): T => {
  const [item] = items
  if (item === undefined || items.length !== 1) throw new Error(`expected one item, found ${items.length}`)
  return item
}
