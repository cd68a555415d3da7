import { F } from '../../schema/dialects/compile.ts'
import type { AnyValue, Decoded, KeyValue, WireLogRecord, WireMetric, WireSpan } from '../../schema/otlp/wire.ts'
import { TABLE } from '../normalise/facts.ts'
import { isCard } from './detect/numbers.ts'
import { Findings, maskText } from './mask-text.ts'
import type { MaskingPolicy } from './policy.ts'
import { triggersOf } from './triggers.ts'

export interface Masked {
  readonly decoded: Decoded
  /** `Span.masking` of what a span or a record became: what was looked for on it, and what was found. */
  readonly labels: ReadonlyMap<WireSpan | WireLogRecord, string>
  /** Finding → how often in this request. */
  readonly findings: Readonly<Record<string, number>>
}

/**
 * One decoded request with every finding replaced, wherever a text may stand: names, statuses, attributes of spans, events, links, scopes and
 * resources, bodies, keys. What is clean is passed on as the same object. Never touched: trace and span ids, times, numbers that are no
 * cards, and attributes that name a model, a response, a tool call or (unless asked) a session, because runs are joined by them.
 */
export const maskDecoded = (decoded: Decoded, policy: MaskingPolicy): Masked => {
  const mask = new Mask(policy)
  switch (decoded.signal) {
    case 'traces': {
      const resourceSpans = mapped(decoded.resourceSpans, (group) =>
        withFields(group, {
          resource: mask.owner(group.resource),
          scopeSpans: mapped(group.scopeSpans, (scoped) =>
            withFields(scoped, {
              scope: mask.scope(scoped.scope),
              spans: mapped(scoped.spans, (span) => mask.span(span)),
            }),
          ),
        }),
      )
      return mask.answer(withFields(decoded, { resourceSpans }))
    }
    case 'logs': {
      const resourceLogs = mapped(decoded.resourceLogs, (group) =>
        withFields(group, {
          resource: mask.owner(group.resource),
          scopeLogs: mapped(group.scopeLogs, (scoped) =>
            withFields(scoped, {
              scope: mask.scope(scoped.scope),
              logRecords: mapped(scoped.logRecords, (record) => mask.record(record)),
            }),
          ),
        }),
      )
      return mask.answer(withFields(decoded, { resourceLogs }))
    }
    case 'metrics': {
      const resourceMetrics = mapped(decoded.resourceMetrics, (group) =>
        withFields(group, {
          resource: mask.owner(group.resource),
          scopeMetrics: mapped(group.scopeMetrics, (scoped) =>
            withFields(scoped, {
              scope: mask.scope(scoped.scope),
              metrics: mapped(scoped.metrics, (metric) => mask.metric(metric)),
            }),
          ),
        }),
      )
      return mask.answer(withFields(decoded, { resourceMetrics }))
    }
  }
}

/**
 * Whether the bytes of a request, or a part of them, hold anything that must be looked at as decoded objects. Of protobuf and JSON alike:
 * what is looked for stands in both as it is, or behind an escape that counts as something.
 */
export const mayContain = (bytes: Uint8Array, policy: MaskingPolicy): boolean => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  if (policy.readsAll || (triggersOf(text) & policy.triggers) !== 0) return true
  if (!policy.detectors.some(({ wants }) => wants !== undefined)) return false
  const utf8 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  return policy.detectors.some(({ wants }) => wants?.(utf8) ?? false)
}

interface Point {
  readonly attributes: readonly KeyValue[]
  readonly exemplars?: readonly { readonly attributes: readonly KeyValue[] }[]
}

const KEYS_MAX = 20_000
/** Integers with as many digits may be cards. */
const CARD_NUMBER_MIN = 1e12

class Mask {
  readonly #policy: MaskingPolicy
  readonly #findings: Findings
  readonly #labels = new Map<WireSpan | WireLogRecord, string>()
  readonly #clean: string

  constructor(policy: MaskingPolicy) {
    this.#policy = policy
    this.#findings = new Findings(policy)
    this.#clean = policy.labelOf(0)
  }

  answer(decoded: Decoded): Masked {
    return { decoded, labels: this.#labels, findings: this.#findings.totals() }
  }

  span(span: WireSpan): WireSpan {
    this.#findings.takeBits()
    const masked = withFields(span, {
      name: this.text(span.name),
      traceState: this.text(span.traceState),
      attributes: this.pairs(span.attributes),
      status: withFields(span.status, { message: this.text(span.status.message) }),
      events: mapped(span.events, (event) =>
        withFields(event, { name: this.text(event.name), attributes: this.pairs(event.attributes) }),
      ),
      links: mapped(span.links, (link) =>
        withFields(link, { traceState: this.text(link.traceState), attributes: this.pairs(link.attributes) }),
      ),
    })
    this.#label(masked)
    return masked
  }

  record(record: WireLogRecord): WireLogRecord {
    this.#findings.takeBits()
    const masked = withFields(record, {
      severityText: this.text(record.severityText),
      eventName: this.text(record.eventName),
      body: this.value(record.body),
      attributes: this.pairs(record.attributes),
    })
    this.#label(masked)
    return masked
  }

  metric(metric: WireMetric): WireMetric {
    return withFields(metric, {
      name: this.text(metric.name),
      description: this.text(metric.description),
      unit: this.text(metric.unit),
      metadata: this.pairs(metric.metadata),
      points: mapped<Point>(metric.points, (point) =>
        withFields(point, {
          attributes: this.pairs(point.attributes),
          ...(point.exemplars ? { exemplars: mapped(point.exemplars, (exemplar) => this.owner(exemplar)) } : {}),
        }),
      ),
      // Points of one type stay points of that type.
    } as Partial<WireMetric>)
  }

  scope<T extends { readonly name: string; readonly version: string; readonly attributes: readonly KeyValue[] }>(
    scope: T,
  ): T {
    return withFields(scope, {
      name: this.text(scope.name),
      version: this.text(scope.version),
      attributes: this.pairs(scope.attributes),
    } as Partial<T>)
  }

  owner<T extends { readonly attributes: readonly KeyValue[] }>(owner: T): T {
    return withFields(owner, { attributes: this.pairs(owner.attributes) } as Partial<T>)
  }

  pairs(pairs: readonly KeyValue[]): readonly KeyValue[] {
    return mapped(pairs, (pair) => {
      const key = this.#key(pair.key)
      const value = isIdentifier(pair.key, this.#policy.sessionIds) ? pair.value : this.value(pair.value)
      return key === pair.key && value === pair.value ? pair : { key, value }
    })
  }

  value(value: AnyValue): AnyValue {
    if (typeof value === 'string') return this.text(value)
    if (typeof value === 'number' || typeof value === 'bigint') return this.#number(value)
    if (typeof value !== 'object' || value === null) return value
    if (value instanceof Uint8Array) return this.#bytes(value)
    return 'array' in value
      ? withFields(value, { array: mapped(value.array, (item) => this.value(item)) })
      : withFields(value, { kvlist: this.pairs(value.kvlist) })
  }

  text(text: string): string {
    return maskText(text, this.#policy, this.#findings)
  }

  /** Keys are few; those of a map that a user fills may be addresses. */
  readonly #cleanKeys = new Set<string>()
  #key(key: string): string {
    if (this.#cleanKeys.has(key)) return key
    const masked = this.text(key)
    if (masked === key && this.#cleanKeys.size < KEYS_MAX) this.#cleanKeys.add(key)
    return masked
  }

  #number(value: number | bigint): AnyValue {
    if (value < CARD_NUMBER_MIN || (typeof value === 'number' && !Number.isInteger(value))) return value
    const digits = String(value)
    if (!isCard(digits)) return value
    const masked = this.text(digits)
    return masked === digits ? value : masked
  }

  /** Bytes that are text: they would be stored in base64, where nobody finds anything any more. */
  #bytes(bytes: Uint8Array): AnyValue {
    if (!mayContain(bytes, this.#policy)) return bytes
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
    const masked = this.text(text)
    return masked === text ? bytes : new Uint8Array(Buffer.from(masked))
  }

  #label(item: WireSpan | WireLogRecord): void {
    const bits = this.#findings.takeBits()
    this.#labels.set(item, bits === 0 ? this.#clean : this.#policy.labelOf(bits))
  }
}

const IDENTIFIERS: ReadonlySet<number> = new Set([
  F.modelResponse,
  F.modelRequest,
  F.provider,
  F.responseId,
  F.finishReason,
  F.serviceTier,
  F.toolCallId,
  F.agentId,
])

const isIdentifier = (key: string, sessionIds: boolean): boolean =>
  TABLE.lookup(key).meanings.some(({ field }) => IDENTIFIERS.has(field) || (field === F.session && !sessionIds))

/** The same list where every item stayed the same. */
const mapped = <T>(items: readonly T[], change: (item: T) => T): readonly T[] => {
  let changed: T[] | undefined
  for (let i = 0; i < items.length; i++) {
    const before = items[i]!
    const after = change(before)
    if (changed) changed.push(after)
    else if (after !== before) changed = [...items.slice(0, i), after]
  }
  return changed ?? items
}

/** The same object where none of these fields is another. */
const withFields = <T extends object>(object: T, fields: Partial<T>): T => {
  for (const name in fields) if (fields[name] !== object[name]) return { ...object, ...fields }
  return object
}
