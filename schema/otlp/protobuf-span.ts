import type { ProtobufReader } from './protobuf-reader.ts'
import { fields, NONE, readKeyValue } from './protobuf-value.ts'
import type { KeyValue, WireSpan } from './wire.ts'

const KNOWN_SPAN = fields(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
const KNOWN_EVENT = fields(1, 2, 3)
const KNOWN_LINK = fields(1, 2, 3, 4)
const KNOWN_STATUS = fields(2, 3)
const UNSET = Object.freeze({ code: 0, message: '' })

/** trace/v1 Span. Attributes are looked at first: they are most of what a span is. */
export function readSpan(r: ProtobufReader, end: number): WireSpan {
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
  let droppedEventsCount = 0
  let droppedLinksCount = 0
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
      case 0x60: // 12
        droppedEventsCount = r.varint32(end)
        break
      case 0x6a: // 13
        r.countElement()
        links ??= []
        links.push(readLink(r, r.delimited(end)))
        break
      case 0x70: // 14
        droppedLinksCount = r.varint32(end)
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
    droppedEventsCount,
    droppedLinksCount,
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
