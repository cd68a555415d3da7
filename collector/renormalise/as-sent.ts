import type { Span } from '../../schema/model/span.ts'
import type { AnyValue, KeyValue, ResourceSpans, WireSpan } from '../../schema/otlp/wire.ts'
import { isObject } from '../normalise/any-value.ts'

/**
 * A stored span as OTLP again, as far as the store knows: arrays and maps are JSON text, booleans are words, what a scope said of itself stands among
 * the span's own attributes. The rules read all of these the same way, so it is normalised as on the day it came.
 */
export const asSent = (
  span: Span,
  bodies: ReadonlyMap<string, string>,
): { readonly wire: WireSpan; readonly group: ResourceSpans } => {
  const wire: WireSpan = {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    traceState: span.traceState,
    flags: span.otlpFlags,
    name: span.name,
    kind: span.spanKind,
    startTimeUnixNano: span.startNanos,
    endTimeUnixNano: span.startNanos + span.durationNanos,
    attributes: attributesOf(span, bodies),
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    events: span.events.map(({ timeNanos, name, attrs }) => ({
      timeUnixNano: timeNanos,
      name,
      attributes: pairsOfJson(attrs),
    })),
    links: span.links.map(({ traceId, spanId, attrs }) => ({
      traceId,
      spanId,
      traceState: '',
      attributes: pairsOfJson(attrs),
      flags: 0,
    })),
    status: { code: span.status, message: span.statusMessage },
  }
  const resource = { attributes: [...span.resource].map(([key, value]) => ({ key, value })) }
  const scope = { name: span.scope, version: span.scopeVersion, attributes: [] }
  return { wire, group: { resource, scopeSpans: [{ scope, spans: [wire] }] } }
}

const attributesOf = (span: Span, bodies: ReadonlyMap<string, string>): readonly KeyValue[] => [
  ...[...span.attrs].map(([key, value]) => ({ key, value })),
  ...[...span.nums].map(([key, value]) => ({ key, value })),
  ...[...span.attrRefs].flatMap(([key, hash]) => {
    const value = bodies.get(hash)
    return value === undefined ? [] : [{ key, value }]
  }),
]

const pairsOfJson = (text: string): readonly KeyValue[] => {
  const value: unknown = text === '' ? {} : JSON.parse(text)
  return isObject(value) ? Object.entries(value).map(([key, item]) => ({ key, value: anyValueOf(item) })) : []
}

const anyValueOf = (value: unknown): AnyValue => {
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return value
  if (Array.isArray(value)) return { array: value.map(anyValueOf) }
  if (isObject(value)) return { kvlist: Object.entries(value).map(([key, item]) => ({ key, value: anyValueOf(item) })) }
  return null
}
