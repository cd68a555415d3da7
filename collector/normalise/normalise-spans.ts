import { F } from '../../schema/dialects/compile.ts'
import type { Score, Span, SpanEvent, SpanLink } from '../../schema/model/span.ts'
import type { Decoded, KeyValue, WireSpan } from '../../schema/otlp/wire.ts'
import { plainObject, textOf } from './any-value.ts'
import { newStored, type StoredAttributes, store } from './attributes.ts'
import { type Checks, isSpanId } from './check.ts'
import type { Contents } from './contents.ts'
import { EVALUATION_EVENT, type ScoreTarget, scoreOfEvent, scoreOfOutcome, scoresOfAnnotations } from './evaluations.ts'
import { Facts } from './facts.ts'
import type { NormaliseContext } from './normalise.ts'
import { readSource, type Source, sourceOf } from './source.ts'
import { readEvents } from './span-events.ts'
import { completeSpan } from './span-fields.ts'

export interface Request {
  readonly projectId: number
  readonly checks: Checks
  readonly contents: Contents
  readonly scores: Score[]
  readonly masking: NormaliseContext['masking']
}

export const normaliseSpans = (decoded: Extract<Decoded, { signal: 'traces' }>, request: Request): Span[] => {
  const spans: Span[] = []
  const facts = new Facts()
  for (const { resource, scopeSpans } of decoded.resourceSpans) {
    for (const { scope, spans: wireSpans } of scopeSpans) {
      const source = sourceOf(resource, scope)
      for (const wire of wireSpans) {
        if (request.checks.span(wire.traceId, wire.spanId, wire.startTimeUnixNano))
          spans.push(spanOf(wire, source, facts, request))
      }
    }
  }
  return spans
}

const spanOf = (wire: WireSpan, source: Source, facts: Facts, request: Request): Span => {
  facts.reset()
  const stored = newStored()
  for (const pair of source.scopeAttributes) take(pair, stored, facts, wire.traceId, request.contents)
  for (const pair of wire.attributes) take(pair, stored, facts, wire.traceId, request.contents)
  if (wire.events.length > 0) readEvents(facts, wire.events)
  readSource(facts, source)
  const endsBeforeStart = wire.endTimeUnixNano < wire.startTimeUnixNano
  const endsTooLate = request.checks.isInFuture(wire.endTimeUnixNano)
  if (endsBeforeStart) stored.attrs.set('recount.flag.end_before_start', 'true')
  if (endsTooLate) stored.attrs.set('recount.flag.end_in_future', String(wire.endTimeUnixNano))
  if (wire.droppedAttributesCount > 0) stored.nums.set('otel.dropped_attributes_count', wire.droppedAttributesCount)
  if (wire.droppedEventsCount > 0) stored.nums.set('otel.dropped_events_count', wire.droppedEventsCount)
  if (wire.droppedLinksCount > 0) stored.nums.set('otel.dropped_links_count', wire.droppedLinksCount)
  const parent = parentOf(wire, stored)
  const span = completeSpan(
    {
      projectId: request.projectId,
      traceId: wire.traceId,
      spanId: wire.spanId,
      parentSpanId: parent,
      startNanos: wire.startTimeUnixNano,
      durationNanos: endsBeforeStart || endsTooLate ? 0n : wire.endTimeUnixNano - wire.startTimeUnixNano,
      spanKind: wire.kind,
      status: wire.status.code,
      statusMessage: wire.status.message,
      name: wire.name,
      traceState: wire.traceState,
      otlpFlags: wire.flags,
      origin: 'span',
      service: source.service,
      scope: source.scope,
      scopeVersion: source.scopeVersion,
      masking: request.masking?.get(wire) ?? '',
      attrs: stored.attrs,
      nums: stored.nums,
      attrRefs: stored.attrRefs,
      resource: source.resource,
      events: wire.events.length === 0 ? NO_EVENTS : wire.events.map(eventOf),
      links: wire.links.length === 0 ? NO_LINKS : wire.links.map(linkOf),
    },
    {
      facts,
      contents: request.contents,
      exception: wire.events.find(({ name }) => name === 'exception')?.attributes,
      resourceLabels: parent === '' ? source.resourceLabels : NO_LABELS,
      fallbackKind: 'span',
    },
  )
  collectScores(wire, span, facts, request)
  return span
}

const NO_EVENTS: readonly SpanEvent[] = []
const NO_LINKS: readonly SpanLink[] = []
const NO_LABELS: ReadonlyMap<string, string> = new Map()

const take = (pair: KeyValue, stored: StoredAttributes, facts: Facts, traceId: string, contents: Contents): void => {
  store(stored, pair.key, pair.value, traceId, contents)
  facts.read(pair)
}

/** Zeros mean no parent. An id of a wrong length names nobody; the span is kept, as a root, and says so. */
const parentOf = (wire: WireSpan, stored: StoredAttributes): string => {
  if (wire.parentSpanId === '' || isSpanId(wire.parentSpanId)) return wire.parentSpanId
  if (!/^0*$/.test(wire.parentSpanId)) stored.attrs.set('recount.flag.bad_parent_span_id', wire.parentSpanId)
  return ''
}

/** The last moment that a DateTime64(9) can hold, in 2262. */
const TIME_NANOS_MAX = 2n ** 63n - 1n

const eventOf = (event: WireSpan['events'][number]): SpanEvent => ({
  timeNanos: event.timeUnixNano > TIME_NANOS_MAX ? 0n : event.timeUnixNano,
  name: event.name,
  attrs: JSON.stringify(plainObject(event.attributes)),
})

const linkOf = (link: WireSpan['links'][number]): SpanLink => ({
  traceId: link.traceId,
  spanId: link.spanId,
  attrs: JSON.stringify({
    ...plainObject(link.attributes),
    ...(link.traceState === '' ? {} : { tracestate: link.traceState }),
  }),
})

const collectScores = (wire: WireSpan, span: Span, facts: Facts, request: Request): void => {
  const target = {
    projectId: span.projectId,
    timeNanos: span.startNanos + span.durationNanos,
    traceId: span.traceId,
    spanId: span.spanId,
    sessionId: span.sessionId,
  }
  for (const event of wire.events) {
    if (event.name !== EVALUATION_EVENT) continue
    const score = scoreOfEvent(event.attributes, { ...target, timeNanos: event.timeUnixNano || target.timeNanos })
    if (score) request.scores.push(score)
  }
  if (facts.evaluations.length > 0)
    request.scores.push(...scoresOfAnnotations(facts.evaluations, annotated(wire, span, target)))
  if (span.parentSpanId === '' && facts.has(F.outcome)) {
    request.scores.push(scoreOfOutcome(textOf(facts.raw(F.outcome) ?? null), target, span.agent || span.service))
  }
}

/** A judgement made afterwards arrives as an EVALUATOR span with exactly one link: to what it judges (dialects.md §2). */
const annotated = (wire: WireSpan, span: Span, target: ScoreTarget): ScoreTarget => {
  const [link, another] = wire.links
  return span.kind === 'evaluator' && link && !another
    ? { ...target, traceId: link.traceId, spanId: link.spanId }
    : target
}
