import { ProtobufReader } from './protobuf-reader.ts'
import {
  fields,
  NO_RESOURCE,
  NO_SCOPE,
  NONE,
  readKeyValue,
  readResource,
  readScope,
  readValue,
} from './protobuf-value.ts'
import type {
  AnyValue,
  Decoded,
  KeyValue,
  Resource,
  ResourceLogs,
  ResourceSpans,
  Scope,
  Signal,
  WireLogRecord,
  WireSpan,
} from './wire.ts'
import { DecodeError } from './wire.ts'

/**
 * An `Export(Trace|Logs)ServiceRequest` in protobuf (opentelemetry-proto v1.7, trace/v1, logs/v1, common/v1).
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
  } catch (error) {
    if (error instanceof DecodeError) throw new DecodeError(`${placeOf(reader, signal)}${error.message}`)
    throw error
  }
  throw new DecodeError(`${signal} are not decoded by this version`)
}

// Tags as they stand on the wire: field number << 3 | wire type. A `KNOWN_…` mask has the bit of every field number that is read.
const KNOWN_1 = fields(1)
const KNOWN_1_2 = fields(1, 2)
const KNOWN_SPAN = fields(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 16)
const KNOWN_EVENT = fields(1, 2, 3)
const KNOWN_LINK = fields(1, 2, 3, 4)
const KNOWN_STATUS = fields(2, 3)
const KNOWN_LOG = fields(1, 2, 3, 5, 6, 8, 9, 10, 11, 12)

const UNSET = Object.freeze({ code: 0, message: '' })

type Read<T> = (reader: ProtobufReader, end: number) => T

function placeOf(r: ProtobufReader, signal: Signal): string {
  if (r.resource < 0) return ''
  const [resources, scopes, items] =
    signal === 'traces' ? ['resource_spans', 'scope_spans', 'spans'] : ['resource_logs', 'scope_logs', 'log_records']
  const scope = r.scope < 0 ? '' : `.${scopes}[${r.scope}]`
  const item = r.item < 0 ? '' : `.${items}[${r.item}]`
  return `${resources}[${r.resource}]${scope}${item}, `
}

/** Both requests have one field: the repeated message at number 1. */
function readRequest<T>(r: ProtobufReader, read: Read<T>): T[] {
  const list: T[] = []
  while (r.pos < r.size) {
    const tag = r.tag(r.size)
    if (tag === 0x0a) {
      r.resource++
      r.scope = -1
      r.item = -1
      r.countElement()
      list.push(read(r, r.delimited(r.size)))
    } else r.skip(tag, r.size, KNOWN_1)
  }
  return list
}

/** ResourceSpans and ResourceLogs have the same form, and so do ScopeSpans and ScopeLogs: whose they are, and the list. */
function readResourceGroup<T>(r: ProtobufReader, end: number, read: Read<T>): { resource: Resource; list: T[] } {
  let resource = NO_RESOURCE
  const list: T[] = []
  while (r.pos < end) {
    const tag = r.tag(end)
    if (tag === 0x0a) resource = readResource(r, r.delimited(end), resource)
    else if (tag === 0x12) {
      r.scope++
      r.item = -1
      r.countElement()
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
      r.countElement()
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

function readSpan(r: ProtobufReader, end: number): WireSpan {
  let traceId = ''
  let spanId = ''
  let parentSpanId = ''
  let traceState = ''
  let flags = 0
  let name = ''
  let kind = 0
  let startTimeUnixNano = 0n
  let endTimeUnixNano = 0n
  const attributes: KeyValue[] = []
  let droppedAttributesCount = 0
  let events: WireSpan['events'][number][] | undefined
  let links: WireSpan['links'][number][] | undefined
  let status: WireSpan['status'] = UNSET
  while (r.pos < end) {
    const tag = r.tag(end)
    switch (tag) {
      case 0x4a: // 9, first because it is most of what there is
        attributes.push(readKeyValue(r, r.delimited(end), 0))
        break
      case 0x0a: // 1
        traceId = r.hex(end)
        break
      case 0x12: // 2
        spanId = r.hex(end)
        break
      case 0x1a: // 3
        traceState = r.string(end)
        break
      case 0x22: // 4
        parentSpanId = r.hex(end)
        break
      case 0x2a: // 5
        name = r.string(end)
        break
      case 0x30: // 6
        kind = r.varint32(end) | 0
        break
      case 0x39: // 7
        startTimeUnixNano = r.fixed64(end)
        break
      case 0x41: // 8
        endTimeUnixNano = r.fixed64(end)
        break
      case 0x50: // 10
        droppedAttributesCount = r.varint32(end)
        break
      case 0x5a: // 11
        r.countElement()
        events ??= []
        events.push(readEvent(r, r.delimited(end)))
        break
      case 0x6a: // 13
        r.countElement()
        links ??= []
        links.push(readLink(r, r.delimited(end)))
        break
      case 0x7a: // 15
        status = readStatus(r, r.delimited(end), status)
        break
      case 0x85: // 16
        flags = r.fixed32(end)
        break
      default:
        r.skip(tag, end, KNOWN_SPAN)
    }
  }
  return {
    traceId,
    spanId,
    parentSpanId,
    traceState,
    flags,
    name,
    kind,
    startTimeUnixNano,
    endTimeUnixNano,
    attributes,
    droppedAttributesCount,
    events: events ?? NONE,
    links: links ?? NONE,
    status,
  }
}

function readEvent(r: ProtobufReader, end: number): WireSpan['events'][number] {
  let timeUnixNano = 0n
  let name = ''
  const attributes: KeyValue[] = []
  while (r.pos < end) {
    const tag = r.tag(end)
    if (tag === 0x1a) attributes.push(readKeyValue(r, r.delimited(end), 0))
    else if (tag === 0x09) timeUnixNano = r.fixed64(end)
    else if (tag === 0x12) name = r.string(end)
    else r.skip(tag, end, KNOWN_EVENT)
  }
  return { timeUnixNano, name, attributes }
}

function readLink(r: ProtobufReader, end: number): WireSpan['links'][number] {
  let traceId = ''
  let spanId = ''
  let traceState = ''
  const attributes: KeyValue[] = []
  while (r.pos < end) {
    const tag = r.tag(end)
    if (tag === 0x0a) traceId = r.hex(end)
    else if (tag === 0x12) spanId = r.hex(end)
    else if (tag === 0x1a) traceState = r.string(end)
    else if (tag === 0x22) attributes.push(readKeyValue(r, r.delimited(end), 0))
    else r.skip(tag, end, KNOWN_LINK)
  }
  return { traceId, spanId, traceState, attributes }
}

function readStatus(r: ProtobufReader, end: number, before: WireSpan['status']): WireSpan['status'] {
  let { code, message } = before
  while (r.pos < end) {
    const tag = r.tag(end)
    if (tag === 0x12) message = r.string(end)
    else if (tag === 0x18) code = r.varint32(end) | 0
    else r.skip(tag, end, KNOWN_STATUS)
  }
  return { code, message }
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
