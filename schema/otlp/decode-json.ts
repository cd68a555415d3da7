import { JsonFields } from './json-fields.ts'
import { readMetric } from './json-metric.ts'
import { parseJson } from './json-text.ts'
import type {
  Decoded,
  Resource,
  ResourceLogs,
  ResourceMetrics,
  ResourceSpans,
  Scope,
  Signal,
  WireLogRecord,
  WireSpan,
} from './wire.ts'

/**
 * An `Export(Trace|Logs|Metrics)ServiceRequest` in OTLP/JSON (opentelemetry-proto docs/specification.md, "JSON Protobuf Encoding"): names in
 * lowerCamelCase, unknown fields ignored, ids in hex of any case. Values nested deeper than `VALUE_DEPTH_MAX` become the text
 * `TOO_DEEP`. Throws `DecodeError`.
 */
export function decodeJson(signal: Signal, bytes: Uint8Array): Decoded {
  const { json, invalidUtf8 } = parseJson(bytes)
  const fields = new JsonFields()
  const request = fields.object(json, 'body')
  if (!request) return fields.fail('body', 'an object', json)
  if (signal === 'traces') {
    const resourceSpans = fields
      .list(request.resourceSpans, 'resourceSpans')
      .map((item, i) => readResourceSpans(fields, item, `resourceSpans[${i}]`))
    return { signal, resourceSpans, invalidUtf8: invalidUtf8 + fields.loneSurrogates }
  }
  if (signal === 'metrics') {
    const resourceMetrics = fields
      .list(request.resourceMetrics, 'resourceMetrics')
      .map((item, i) => readResourceMetrics(fields, item, `resourceMetrics[${i}]`))
    return { signal, resourceMetrics, invalidUtf8: invalidUtf8 + fields.loneSurrogates }
  }
  const resourceLogs = fields
    .list(request.resourceLogs, 'resourceLogs')
    .map((item, i) => readResourceLogs(fields, item, `resourceLogs[${i}]`))
  return { signal, resourceLogs, invalidUtf8: invalidUtf8 + fields.loneSurrogates }
}

// The enums of trace/v1 and logs/v1 by number.
const SPAN_KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map((n) => `SPAN_KIND_${n}`)
const STATUS_CODES = ['UNSET', 'OK', 'ERROR'].map((n) => `STATUS_CODE_${n}`)
const SEVERITY_NUMBERS = [
  'SEVERITY_NUMBER_UNSPECIFIED',
  ...['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((name) =>
    ['', '2', '3', '4'].map((step) => `SEVERITY_NUMBER_${name}${step}`),
  ),
]

function readResourceSpans(fields: JsonFields, item: unknown, path: string): ResourceSpans {
  fields.begin(path)
  const object = fields.object(item, '')
  return {
    resource: readResource(fields, object?.resource),
    scopeSpans: fields.list(object?.scopeSpans, 'scopeSpans').map((scopeSpans, i) => {
      const scopePath = `${path}.scopeSpans[${i}]`
      fields.begin(scopePath)
      const group = fields.object(scopeSpans, '')
      const scope = readScope(fields, group?.scope)
      const spans = fields
        .list(group?.spans, 'spans')
        .map((span, j) => readSpan(fields, span, `${scopePath}.spans[${j}]`))
      return { scope, spans }
    }),
  }
}

function readResourceLogs(fields: JsonFields, item: unknown, path: string): ResourceLogs {
  fields.begin(path)
  const object = fields.object(item, '')
  return {
    resource: readResource(fields, object?.resource),
    scopeLogs: fields.list(object?.scopeLogs, 'scopeLogs').map((scopeLogs, i) => {
      const scopePath = `${path}.scopeLogs[${i}]`
      fields.begin(scopePath)
      const group = fields.object(scopeLogs, '')
      const scope = readScope(fields, group?.scope)
      const logRecords = fields
        .list(group?.logRecords, 'logRecords')
        .map((record, j) => readLogRecord(fields, record, `${scopePath}.logRecords[${j}]`))
      return { scope, logRecords }
    }),
  }
}

function readResourceMetrics(fields: JsonFields, item: unknown, path: string): ResourceMetrics {
  fields.begin(path)
  const object = fields.object(item, '')
  return {
    resource: readResource(fields, object?.resource),
    scopeMetrics: fields.list(object?.scopeMetrics, 'scopeMetrics').map((scopeMetrics, i) => {
      const scopePath = `${path}.scopeMetrics[${i}]`
      fields.begin(scopePath)
      const group = fields.object(scopeMetrics, '')
      const scope = readScope(fields, group?.scope)
      const metrics = fields
        .list(group?.metrics, 'metrics')
        .map((metric, j) => readMetric(fields, metric, `${scopePath}.metrics[${j}]`))
      return { scope, metrics }
    }),
  }
}

function readResource(fields: JsonFields, item: unknown): Resource {
  const object = fields.object(item, 'resource')
  return { attributes: fields.keyValues(object?.attributes, 'resource.attributes') }
}

function readScope(fields: JsonFields, item: unknown): Scope {
  const object = fields.object(item, 'scope')
  return {
    name: fields.text(object?.name, 'scope.name'),
    version: fields.text(object?.version, 'scope.version'),
    attributes: fields.keyValues(object?.attributes, 'scope.attributes'),
  }
}

function readSpan(fields: JsonFields, item: unknown, path: string): WireSpan {
  fields.begin(path)
  const span = fields.object(item, '') ?? {}
  const status = fields.object(span.status, 'status')
  return {
    traceId: fields.hexId(span.traceId, 'traceId'),
    spanId: fields.hexId(span.spanId, 'spanId'),
    parentSpanId: fields.hexId(span.parentSpanId, 'parentSpanId'),
    traceState: fields.text(span.traceState, 'traceState'),
    flags: fields.uint32(span.flags, 'flags'),
    name: fields.text(span.name, 'name'),
    kind: fields.enumNumber(span.kind, 'kind', SPAN_KINDS),
    startTimeUnixNano: fields.uint64(span.startTimeUnixNano, 'startTimeUnixNano'),
    endTimeUnixNano: fields.uint64(span.endTimeUnixNano, 'endTimeUnixNano'),
    attributes: fields.keyValues(span.attributes, 'attributes'),
    droppedAttributesCount: fields.uint32(span.droppedAttributesCount, 'droppedAttributesCount'),
    droppedEventsCount: fields.uint32(span.droppedEventsCount, 'droppedEventsCount'),
    droppedLinksCount: fields.uint32(span.droppedLinksCount, 'droppedLinksCount'),
    events: fields.list(span.events, 'events').map((event, i) => readEvent(fields, event, `events[${i}]`)),
    links: fields.list(span.links, 'links').map((link, i) => readLink(fields, link, `links[${i}]`)),
    status: {
      code: fields.enumNumber(status?.code, 'status.code', STATUS_CODES),
      message: fields.text(status?.message, 'status.message'),
    },
  }
}

function readEvent(fields: JsonFields, item: unknown, field: string): WireSpan['events'][number] {
  const event = fields.object(item, field)
  return {
    timeUnixNano: fields.uint64(event?.timeUnixNano, `${field}.timeUnixNano`),
    name: fields.text(event?.name, `${field}.name`),
    attributes: fields.keyValues(event?.attributes, `${field}.attributes`),
  }
}

function readLink(fields: JsonFields, item: unknown, field: string): WireSpan['links'][number] {
  const link = fields.object(item, field)
  return {
    traceId: fields.hexId(link?.traceId, `${field}.traceId`),
    spanId: fields.hexId(link?.spanId, `${field}.spanId`),
    traceState: fields.text(link?.traceState, `${field}.traceState`),
    attributes: fields.keyValues(link?.attributes, `${field}.attributes`),
  }
}

function readLogRecord(fields: JsonFields, item: unknown, path: string): WireLogRecord {
  fields.begin(path)
  const record = fields.object(item, '') ?? {}
  return {
    timeUnixNano: fields.uint64(record.timeUnixNano, 'timeUnixNano'),
    observedTimeUnixNano: fields.uint64(record.observedTimeUnixNano, 'observedTimeUnixNano'),
    severityNumber: fields.enumNumber(record.severityNumber, 'severityNumber', SEVERITY_NUMBERS),
    severityText: fields.text(record.severityText, 'severityText'),
    body: fields.value(record.body, 'body'),
    attributes: fields.keyValues(record.attributes, 'attributes'),
    flags: fields.uint32(record.flags, 'flags'),
    traceId: fields.hexId(record.traceId, 'traceId'),
    spanId: fields.hexId(record.spanId, 'spanId'),
    eventName: fields.text(record.eventName, 'eventName'),
  }
}
