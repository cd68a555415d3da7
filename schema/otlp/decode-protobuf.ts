import { readMetric } from './protobuf-metric.ts'
import { ProtobufReader } from './protobuf-reader.ts'
import { readSpan } from './protobuf-span.ts'
import { fields, NO_RESOURCE, NO_SCOPE, readKeyValue, readResource, readScope, readValue } from './protobuf-value.ts'
import type {
  AnyValue,
  Decoded,
  KeyValue,
  Resource,
  ResourceLogs,
  ResourceMetrics,
  ResourceSpans,
  Scope,
  Signal,
  WireLogRecord,
} from './wire.ts'
import { DecodeError } from './wire.ts'

/**
 * An `Export(Trace|Logs|Metrics)ServiceRequest` in protobuf (opentelemetry-proto: trace/v1, logs/v1, metrics/v1, common/v1).
 * Unknown fields are skipped; a known field with another wire type is an error, since it means that the body is some other message
 * (the OpenTelemetry Collector is as strict). Values nested deeper than `VALUE_DEPTH_MAX` become the text `TOO_DEEP`: their bytes are
 * delimited, so they are stepped over at no cost and the rest of the request is kept. Throws `DecodeError`.
 */
export function decodeProtobuf(signal: Signal, bytes: Uint8Array): Decoded {
  const reader = new ProtobufReader(bytes)
  try {
    if (signal === 'traces') {
      const resourceSpans = readRequest(reader, readResourceSpans)
      return { signal, resourceSpans, invalidUtf8: reader.invalidUtf8 }
    }
    if (signal === 'logs') {
      const resourceLogs = readRequest(reader, readResourceLogs)
      return { signal, resourceLogs, invalidUtf8: reader.invalidUtf8 }
    }
    const resourceMetrics = readRequest(reader, readResourceMetrics)
    return { signal, resourceMetrics, invalidUtf8: reader.invalidUtf8 }
  } catch (error) {
    if (error instanceof DecodeError) throw new DecodeError(`${placeOf(reader, signal)}${error.message}`)
    throw error
  }
}

// Tags as they stand on the wire: field number << 3 | wire type. A `KNOWN_…` mask has the bit of every field number that is read.
const KNOWN_1 = fields(1)
const KNOWN_1_2 = fields(1, 2)
const KNOWN_LOG = fields(1, 2, 3, 5, 6, 8, 9, 10, 11, 12)

const PLACES: Readonly<Record<Signal, readonly [string, string, string]>> = {
  traces: ['resource_spans', 'scope_spans', 'spans'],
  logs: ['resource_logs', 'scope_logs', 'log_records'],
  metrics: ['resource_metrics', 'scope_metrics', 'metrics'],
}

type Read<T> = (reader: ProtobufReader, end: number) => T

function placeOf(r: ProtobufReader, signal: Signal): string {
  if (r.resource < 0) return ''
  const [resources, scopes, items] = PLACES[signal]
  const scope = r.scope < 0 ? '' : `.${scopes}[${r.scope}]`
  const item = r.item < 0 ? '' : `.${items}[${r.item}]`
  return `${resources}[${r.resource}]${scope}${item}, `
}

/** The requests have one field: the repeated message at number 1. */
function readRequest<T>(r: ProtobufReader, read: Read<T>): T[] {
  const list: T[] = []
  while (r.pos < r.size) {
    const tag = r.tag(r.size)
    if (tag === 0x0a) {
      r.resource++
      r.scope = -1
      r.item = -1
      r.countItem()
      list.push(read(r, r.delimited(r.size)))
    } else r.skip(tag, r.size, KNOWN_1)
  }
  return list
}

/** ResourceSpans, ResourceLogs and ResourceMetrics have the same form, and so have their scopes: whose they are, and the list. */
function readResourceGroup<T>(r: ProtobufReader, end: number, read: Read<T>): { resource: Resource; list: T[] } {
  let resource = NO_RESOURCE
  const list: T[] = []
  while (r.pos < end) {
    const tag = r.tag(end)
    if (tag === 0x0a) resource = readResource(r, r.delimited(end), resource)
    else if (tag === 0x12) {
      r.scope++
      r.item = -1
      r.countItem()
      list.push(read(r, r.delimited(end)))
    } else r.skip(tag, end, KNOWN_1_2)
  }
  return { resource, list }
}

function readScopeGroup<T>(r: ProtobufReader, end: number, read: Read<T>): { scope: Scope; list: T[] } {
  let scope = NO_SCOPE
  const list: T[] = []
  while (r.pos < end) {
    const tag = r.tag(end)
    if (tag === 0x12) {
      r.item++
      r.countItem()
      list.push(read(r, r.delimited(end)))
    } else if (tag === 0x0a) scope = readScope(r, r.delimited(end), scope)
    else r.skip(tag, end, KNOWN_1_2)
  }
  return { scope, list }
}

function readResourceSpans(r: ProtobufReader, end: number): ResourceSpans {
  const { resource, list } = readResourceGroup(r, end, readScopeSpans)
  return { resource, scopeSpans: list }
}

function readScopeSpans(r: ProtobufReader, end: number): ResourceSpans['scopeSpans'][number] {
  const { scope, list } = readScopeGroup(r, end, readSpan)
  return { scope, spans: list }
}

function readResourceLogs(r: ProtobufReader, end: number): ResourceLogs {
  const { resource, list } = readResourceGroup(r, end, readScopeLogs)
  return { resource, scopeLogs: list }
}

function readScopeLogs(r: ProtobufReader, end: number): ResourceLogs['scopeLogs'][number] {
  const { scope, list } = readScopeGroup(r, end, readLogRecord)
  return { scope, logRecords: list }
}

function readResourceMetrics(r: ProtobufReader, end: number): ResourceMetrics {
  const { resource, list } = readResourceGroup(r, end, readScopeMetrics)
  return { resource, scopeMetrics: list }
}

function readScopeMetrics(r: ProtobufReader, end: number): ResourceMetrics['scopeMetrics'][number] {
  const { scope, list } = readScopeGroup(r, end, readMetric)
  return { scope, metrics: list }
}

function readLogRecord(r: ProtobufReader, end: number): WireLogRecord {
  let timeUnixNano = 0n
  let observedTimeUnixNano = 0n
  let severityNumber = 0
  let severityText = ''
  let body: AnyValue = null
  const attributes: KeyValue[] = []
  let flags = 0
  let traceId = ''
  let spanId = ''
  let eventName = ''
  while (r.pos < end) {
    const tag = r.tag(end)
    switch (tag) {
      case 0x09: // 1
        timeUnixNano = r.fixed64(end)
        break
      case 0x10: // 2
        severityNumber = r.varint32(end) | 0
        break
      case 0x1a: // 3
        severityText = r.string(end)
        break
      case 0x2a: // 5
        body = readValue(r, r.delimited(end), 0)
        break
      case 0x32: // 6
        attributes.push(readKeyValue(r, r.delimited(end), 0))
        break
      case 0x45: // 8
        flags = r.fixed32(end)
        break
      case 0x4a: // 9
        traceId = r.hex(end)
        break
      case 0x52: // 10
        spanId = r.hex(end)
        break
      case 0x59: // 11
        observedTimeUnixNano = r.fixed64(end)
        break
      case 0x62: // 12
        eventName = r.string(end)
        break
      default:
        r.skip(tag, end, KNOWN_LOG)
    }
  }
  return {
    timeUnixNano,
    observedTimeUnixNano,
    severityNumber,
    severityText,
    body,
    attributes,
    flags,
    traceId,
    spanId,
    eventName,
  }
}
