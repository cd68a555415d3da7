import { F } from '../../schema/dialects/compile.ts'
import { eventNameOf, type LogRule, logRulesOf } from '../../schema/dialects/log-events.ts'
import { EVALUATION_EVENT } from '../../schema/dialects/words.ts'
import type { LogRecord, Span } from '../../schema/model/span.ts'
import type { Decoded, WireLogRecord } from '../../schema/otlp/wire.ts'
import { sessionRunId } from '../tally/assign-trace.ts'
import { plainOf, textOf } from './any-value.ts'
import { isSpanId, isTraceId } from './check.ts'
import { Contents, hashOf } from './contents.ts'
import { scoreOfEvent } from './evaluations.ts'
import { Facts } from './facts.ts'
import type { Request } from './normalise-spans.ts'
import { readSource, type Source, sourceOf } from './source.ts'
import { completeSpan } from './span-fields.ts'

export interface NormalisedLogs {
  readonly logs: LogRecord[]
  /** Rows derived from records that tell of calls. */
  readonly spans: Span[]
}

export const normaliseLogs = (
  decoded: Extract<Decoded, { signal: 'logs' }>,
  request: Request,
  receivedAtMs: number,
): NormalisedLogs => {
  const logs: LogRecord[] = []
  const spans: Span[] = []
  const facts = new Facts()
  for (const { resource, scopeLogs } of decoded.resourceLogs) {
    for (const { scope, logRecords } of scopeLogs) {
      const source = sourceOf(resource, scope)
      for (const wire of logRecords) {
        const timeNanos =
          wire.timeUnixNano || wire.observedTimeUnixNano || BigInt(Math.floor(receivedAtMs)) * 1_000_000n
        if (!request.checks.time(timeNanos)) continue
        const log = logOf(wire, timeNanos, source, facts, request)
        logs.push(log)
        if (log.eventName === EVALUATION_EVENT) {
          const score = scoreOfEvent(wire.attributes, log)
          if (score) request.scores.push(score)
        }
        const rule = ruleOf(log, facts)
        if (rule) spans.push(derivedSpan(log, rule, source, facts, request.contents, request.masking?.get(wire) ?? ''))
      }
    }
  }
  return { logs, spans }
}

const logOf = (wire: WireLogRecord, timeNanos: bigint, source: Source, facts: Facts, request: Request): LogRecord => {
  facts.reset()
  const attrs = new Map<string, string>()
  const nums = new Map<string, number>()
  const traceId = isTraceId(wire.traceId) ? wire.traceId : ''
  for (const pair of wire.attributes) {
    if (typeof pair.value === 'number') nums.set(pair.key, pair.value)
    else attrs.set(pair.key, textOf(pair.value))
    facts.read(pair)
  }
  readSource(facts, source)
  const eventName = eventNameOf(wire.eventName, attrs.get('event.name') ?? '')
  const body = textOf(wire.body)
  return {
    projectId: request.projectId,
    logId: logIdOf(wire, source, body),
    timeNanos,
    observedNanos: wire.observedTimeUnixNano || timeNanos,
    traceId,
    spanId: isSpanId(wire.spanId) ? wire.spanId : '',
    severity: wire.severityNumber,
    severityText: wire.severityText,
    eventName,
    service: source.service,
    scope: source.scope,
    env: facts.text(F.env),
    sessionId: facts.text(F.session),
    body,
    attrs,
    nums,
    resource: source.resource,
    otlpFlags: wire.flags,
  }
}

const EVALUATION_ID = 'recount.evaluation.id'

/**
 * From the record's content alone, so that a record sent twice is one, whenever it was received. An evaluation that names itself is the same one
 * also with another time: an import moves its recording to the present.
 */
const logIdOf = (wire: WireLogRecord, source: Source, body: string): string => {
  const own = wire.attributes.find(({ key }) => key === EVALUATION_ID)?.value
  return typeof own === 'string' && own !== '' ? hashOf(`${wire.traceId} ${own}`) : hashOfContent(wire, source, body)
}

const hashOfContent = (wire: WireLogRecord, source: Source, body: string): string =>
  hashOf(
    [
      source.service,
      source.scope,
      wire.timeUnixNano,
      wire.observedTimeUnixNano,
      wire.severityNumber,
      wire.eventName,
      wire.traceId,
      wire.spanId,
      body,
      ...wire.attributes.map(
        ({ key, value }) => `${key}=${typeof value === 'string' ? value : JSON.stringify(plainOf(value))}`,
      ),
    ].join('\0'),
  )

/** The row of a record that is stored already, as the present rules derive it; undefined where they derive none. */
export const derivedOfLog = (log: LogRecord): Span | undefined => {
  const facts = new Facts()
  for (const [key, value] of log.attrs) facts.read({ key, value })
  for (const [key, value] of log.nums) facts.read({ key, value })
  const resource = { attributes: [...log.resource].map(([key, value]) => ({ key, value })) }
  const source = sourceOf(resource, { name: log.scope, version: '', attributes: [] })
  readSource(facts, source)
  const rule = ruleOf(log, facts)
  return rule && derivedSpan(log, rule, source, facts, new Contents(log.projectId), '')
}

const ruleOf = (log: LogRecord, facts: Facts): LogRule | undefined =>
  logRulesOf(log.eventName).find(
    ({ where = {}, needs }) =>
      Object.entries(where).every(([key, values]) => values.includes(log.attrs.get(key) ?? '')) &&
      (needs === undefined || needs.some((field) => facts.has(F[field]))),
  )

/** What the record says ranks before its attributes. */
const SAID = -1
const HTTP_FAILURES = 400

/** The call that a record tells of. The record itself keeps the attributes; this row carries only what they mean. */
const derivedSpan = (
  log: LogRecord,
  rule: LogRule,
  source: Source,
  facts: Facts,
  contents: Contents,
  masking: string,
): Span => {
  const status = facts.number(F.statusCode)
  if (rule.failed || (status !== undefined && status >= HTTP_FAILURES)) facts.set(F.failure, true, SAID)
  else if (status !== undefined) facts.set(F.answer, true, SAID)
  const duration = durationOf(facts, log.timeNanos)
  return completeSpan(
    {
      projectId: log.projectId,
      traceId: log.traceId || tracelessId(log),
      spanId: log.logId.slice(0, 16),
      parentSpanId: log.traceId === '' ? '' : log.spanId,
      startNanos: log.timeNanos - duration,
      durationNanos: duration,
      spanKind: 0,
      status: 0,
      statusMessage: '',
      name: log.eventName,
      traceState: '',
      otlpFlags: 0,
      origin: 'log',
      service: source.service,
      scope: source.scope,
      scopeVersion: source.scopeVersion,
      masking,
      attrs: NOTHING,
      nums: NOTHING,
      attrRefs: NOTHING,
      resource: source.resource,
      events: [],
      links: [],
    },
    { facts, contents, exception: undefined, resourceLabels: NOTHING, fallbackKind: rule.kind },
  )
}

/** A call of more than a day is a clock that jumped. */
const DURATION_NANOS_MAX = 86_400_000_000_000

const durationOf = (facts: Facts, endNanos: bigint): bigint => {
  const nanos = facts.number(F.duration) ?? 0
  if (!(nanos > 0) || nanos > DURATION_NANOS_MAX) return 0n
  const duration = BigInt(Math.round(nanos))
  return duration < endNanos ? duration : 0n
}

/**
 * Records without a trace are held together by their session: they share a trace of their own, whose id is the id of the session's run, so that
 * they stand in one run with traces of bare calls (`assignTrace`). Without a session, by the process that wrote them.
 */
const tracelessId = (log: LogRecord): string =>
  log.sessionId === ''
    ? hashOf(
        `process\0${log.projectId}\0${log.service}\0${PROCESS_KEYS.map((key) => log.resource.get(key) ?? '').join('\0')}`,
      )
    : sessionRunId(log.projectId, log.sessionId)

const PROCESS_KEYS = ['service.instance.id', 'host.name', 'process.pid'] as const

const NOTHING: ReadonlyMap<string, never> = new Map<string, never>()
