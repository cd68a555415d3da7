import { type Attributes, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import { SeverityNumber } from '@opentelemetry/api-logs'
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'

// Telemetry that a command makes itself: plain values whose ids and times are ours, and their way into
// the shapes that OpenTelemetry's exporters take. An SDK tracer would choose ids and times of its own.

/** Nanoseconds since 1970-01-01T00:00:00Z. */
export type UnixNanos = bigint

/** Who sends. One object per source: the exporters group spans by the identity of these objects. */
export interface TelemetryResource {
  readonly attributes: Attributes
  readonly scope: { readonly name: string; readonly version?: string }
}

export interface TelemetrySpan {
  /** 32 lowercase hex digits. */
  readonly traceId: string
  /** 16 lowercase hex digits. */
  readonly spanId: string
  readonly parentSpanId?: string | undefined
  readonly name: string
  readonly kind?: 'internal' | 'client'
  readonly startNanos: UnixNanos
  readonly endNanos: UnixNanos
  readonly attributes: Attributes
  readonly events?: readonly TelemetryEvent[]
  /** Present when the span failed; absent leaves the status unset, as most instrumentations do. */
  readonly error?: { readonly message: string } | undefined
  readonly resource: TelemetryResource
}

export interface TelemetryEvent {
  readonly name: string
  readonly timeNanos: UnixNanos
  readonly attributes: Attributes
}

export interface TelemetryLog {
  readonly eventName: string
  readonly timeNanos: UnixNanos
  readonly traceId?: string
  readonly spanId?: string
  readonly attributes: Attributes
  readonly body?: string
  readonly resource: TelemetryResource
}

export function toReadableSpan(span: TelemetrySpan): ReadableSpan {
  const context = { traceId: span.traceId, spanId: span.spanId, traceFlags: TraceFlags.SAMPLED }
  const { parentSpanId } = span
  return {
    name: span.name,
    kind: span.kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL,
    spanContext: () => context,
    ...(parentSpanId === undefined ? {} : { parentSpanContext: { ...context, spanId: parentSpanId } }),
    startTime: toHrTime(span.startNanos),
    endTime: toHrTime(span.endNanos),
    duration: toHrTime(span.endNanos - span.startNanos),
    status: span.error ? { code: SpanStatusCode.ERROR, message: span.error.message } : { code: SpanStatusCode.UNSET },
    attributes: span.attributes,
    links: [],
    events: (span.events ?? []).map((event) => ({
      name: event.name,
      time: toHrTime(event.timeNanos),
      attributes: event.attributes,
    })),
    ended: true,
    resource: readableResource(span.resource),
    instrumentationScope: span.resource.scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}

export function toReadableLog(log: TelemetryLog): ReadableLogRecord {
  const { traceId, spanId } = log
  return {
    hrTime: toHrTime(log.timeNanos),
    hrTimeObserved: toHrTime(log.timeNanos),
    ...(traceId && spanId ? { spanContext: { traceId, spanId, traceFlags: TraceFlags.SAMPLED } } : {}),
    severityNumber: SeverityNumber.INFO,
    ...(log.body === undefined ? {} : { body: log.body }),
    eventName: log.eventName,
    resource: readableResource(log.resource),
    instrumentationScope: log.resource.scope,
    attributes: log.attributes,
    droppedAttributesCount: 0,
  }
}

const readableResources = new WeakMap<TelemetryResource, Resource>()

function readableResource(resource: TelemetryResource): Resource {
  const known = readableResources.get(resource)
  if (known) return known
  const made = resourceFromAttributes(resource.attributes)
  readableResources.set(resource, made)
  return made
}

const nanosPerSecond = 1_000_000_000n

function toHrTime(nanos: UnixNanos): [number, number] {
  return [Number(nanos / nanosPerSecond), Number(nanos % nanosPerSecond)]
}
