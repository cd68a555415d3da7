import { ProtobufWriter } from './protobuf-writer.ts'
import type {
  AnyValue,
  KeyValue,
  Resource,
  ResourceLogs,
  ResourceSpans,
  Scope,
  WireLogRecord,
  WireSpan,
} from './wire.ts'

/** `ExportTraceServiceRequest` (opentelemetry-proto collector/trace/v1). For tests, benches and imports; agents use their SDK's. */
export function encodeTraces(resourceSpans: readonly ResourceSpans[]): Uint8Array<ArrayBuffer> {
  const writer = new ProtobufWriter()
  for (const { resource, scopeSpans } of resourceSpans)
    writer.message(1, (w) => {
      writeResource(w, resource)
      for (const { scope, spans } of scopeSpans)
        w.message(2, () => {
          writeScope(w, scope)
          for (const span of spans) w.message(2, () => writeSpan(w, span))
        })
    })
  return writer.finish()
}

/** `ExportLogsServiceRequest` (collector/logs/v1). */
export function encodeLogs(resourceLogs: readonly ResourceLogs[]): Uint8Array<ArrayBuffer> {
  const writer = new ProtobufWriter()
  for (const { resource, scopeLogs } of resourceLogs)
    writer.message(1, (w) => {
      writeResource(w, resource)
      for (const { scope, logRecords } of scopeLogs)
        w.message(2, () => {
          writeScope(w, scope)
          for (const record of logRecords) w.message(2, () => writeLogRecord(w, record))
        })
    })
  return writer.finish()
}

/**
 * `Export…ServiceResponse`, the same bytes for every signal: `partial_success` with the rejected count and a message, or, without
 * either, unset: an empty body (opentelemetry-proto docs/specification.md, "Full Success").
 */
export function encodeExportResponse(rejected: number, errorMessage: string): Uint8Array<ArrayBuffer> {
  const writer = new ProtobufWriter()
  if (rejected > 0 || errorMessage !== '')
    writer.message(1, (w) => {
      w.integer(1, rejected)
      w.string(2, errorMessage)
    })
  return writer.finish()
}

/** `google.rpc.Status`; `code` is a `google.rpc.Code`. A delay becomes a `google.rpc.RetryInfo` in its details: send the same again after it. */
export function encodeRpcStatus(code: number, message: string, retryAfterSeconds?: number): Uint8Array<ArrayBuffer> {
  const writer = new ProtobufWriter()
  writer.integer(1, code)
  writer.string(2, message)
  if (retryAfterSeconds !== undefined)
    writer.message(3, (any) => {
      any.string(1, 'type.googleapis.com/google.rpc.RetryInfo')
      any.message(2, () => any.message(1, () => any.integer(1, retryAfterSeconds)))
    })
  return writer.finish()
}

export function writeResource(w: ProtobufWriter, resource: Resource): void {
  if (resource.attributes.length > 0) w.message(1, () => writeKeyValues(w, 1, resource.attributes))
}

export function writeScope(w: ProtobufWriter, scope: Scope): void {
  w.message(1, () => {
    w.string(1, scope.name)
    w.string(2, scope.version)
    writeKeyValues(w, 3, scope.attributes)
  })
}

function writeSpan(w: ProtobufWriter, span: WireSpan): void {
  w.hex(1, span.traceId)
  w.hex(2, span.spanId)
  w.string(3, span.traceState)
  w.hex(4, span.parentSpanId)
  w.string(5, span.name)
  w.integer(6, span.kind)
  w.fixed64(7, span.startTimeUnixNano)
  w.fixed64(8, span.endTimeUnixNano)
  writeKeyValues(w, 9, span.attributes)
  w.integer(10, span.droppedAttributesCount)
  for (const event of span.events)
    w.message(11, () => {
      w.fixed64(1, event.timeUnixNano)
      w.string(2, event.name)
      writeKeyValues(w, 3, event.attributes)
    })
  w.integer(12, span.droppedEventsCount)
  for (const link of span.links)
    w.message(13, () => {
      w.hex(1, link.traceId)
      w.hex(2, link.spanId)
      w.string(3, link.traceState)
      writeKeyValues(w, 4, link.attributes)
    })
  w.integer(14, span.droppedLinksCount)
  const { code, message } = span.status
  if (code !== 0 || message !== '')
    w.message(15, () => {
      w.string(2, message)
      w.integer(3, code)
    })
  w.fixed32(16, span.flags)
}

function writeLogRecord(w: ProtobufWriter, record: WireLogRecord): void {
  w.fixed64(1, record.timeUnixNano)
  w.integer(2, record.severityNumber)
  w.string(3, record.severityText)
  if (record.body !== null) w.message(5, () => writeValue(w, record.body))
  writeKeyValues(w, 6, record.attributes)
  w.fixed32(8, record.flags)
  w.hex(9, record.traceId)
  w.hex(10, record.spanId)
  w.fixed64(11, record.observedTimeUnixNano)
  w.string(12, record.eventName)
}

export function writeKeyValues(w: ProtobufWriter, field: number, attributes: readonly KeyValue[]): void {
  for (const { key, value } of attributes)
    w.message(field, () => {
      w.string(1, key)
      if (value !== null) w.message(2, () => writeValue(w, value))
    })
}

/** A whole number is written as an integer, so a double like 3.0 comes back the same: JavaScript cannot tell them apart. −0 can. */
function writeValue(w: ProtobufWriter, value: AnyValue): void {
  if (value === null) return
  if (typeof value === 'string') w.bytes(1, Buffer.from(value, 'utf8'))
  else if (typeof value === 'boolean') w.member(2, value ? 1n : 0n)
  else if (typeof value === 'bigint') w.member(3, value)
  else if (typeof value === 'number') {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) w.member(3, BigInt(value))
    else w.double(4, value)
  } else if (value instanceof Uint8Array) w.bytes(7, value)
  else if ('array' in value)
    w.message(5, () => {
      for (const item of value.array) w.message(1, () => writeValue(w, item))
    })
  else w.message(6, () => writeKeyValues(w, 1, value.kvlist))
}
