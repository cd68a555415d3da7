import type { MappedResult, MappedUsage, Mapping } from '../../schema/api/mapping.ts'
import { MAPPER_VERSION } from '../../schema/dialects/dialects.ts'
import { MODEL_KINDS } from '../../schema/model/kind.ts'
import type { Score, Span } from '../../schema/model/span.ts'
import { bucketBit, inputTotal, outputTotal, USAGE_BUCKETS } from '../../schema/model/usage.ts'
import type { Decoded, Resource, Scope, WireLogRecord, WireSpan } from '../../schema/otlp/wire.ts'
import { isSpanId, isTraceId } from '../normalise/check.ts'
import { kindFromName } from '../normalise/kind-of.ts'
import { normalise } from '../normalise/normalise.ts'
import { Attempts, type Parts } from './attempts.ts'
import { decodePasted } from './pasted.ts'

/**
 * What the normaliser makes of records that a person pasted, or of one that is stored (schema/api/mapping.ts). The result is the normaliser's own;
 * the rules beside it say how it came about. @throws DecodeError
 */
export const explain = (pasted: Readonly<Record<string, unknown>>): readonly Mapping[] =>
  explainDecoded(decodePasted(pasted))

export const explainDecoded = (decoded: Decoded): readonly Mapping[] => {
  if (decoded.signal === 'traces')
    return decoded.resourceSpans.flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap(({ scope, spans }) => spans.map((span) => explainSpan(complete(span), resource, scope))),
    )
  if (decoded.signal === 'logs')
    return decoded.resourceLogs.flatMap(({ resource, scopeLogs }) =>
      scopeLogs.flatMap(({ scope, logRecords }) => logRecords.map((record) => explainLog(record, resource, scope))),
    )
  return []
}

const explainSpan = (wire: WireSpan, resource: Resource, scope: Scope): Mapping => {
  const made = normalise(
    { signal: 'traces', resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [wire] }] }], invalidUtf8: 0 },
    CONTEXT,
  )
  const parts: Parts = {
    source: 'span',
    scope: scope.attributes,
    attributes: wire.attributes,
    events: wire.events,
    resource: resource.attributes,
  }
  return mappingOf('span', wire.name, scope, parts, made.spans[0], made.scores)
}

const explainLog = (wire: WireLogRecord, resource: Resource, scope: Scope): Mapping => {
  const made = normalise(
    {
      signal: 'logs',
      resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: [wire] }] }],
      invalidUtf8: 0,
    },
    CONTEXT,
  )
  const parts: Parts = {
    source: 'log',
    scope: [],
    attributes: wire.attributes,
    events: [],
    resource: resource.attributes,
  }
  return mappingOf('log', made.logs[0]?.eventName ?? wire.eventName, scope, parts, made.spans[0], made.scores)
}

/** Nothing of it is stored: neither the project nor the clock matters, and nothing is too old. */
const CONTEXT = { projectId: 0, receivedAtMs: Date.parse('2100-01-01T00:00:00Z'), retentionDays: 0 }

/** A pasted span may lack what no stored one does. */
const complete = (span: WireSpan): WireSpan => ({
  ...span,
  traceId: isTraceId(span.traceId) ? span.traceId : 'f'.repeat(32),
  spanId: isSpanId(span.spanId) ? span.spanId : 'f'.repeat(16),
  startTimeUnixNano: span.startTimeUnixNano || span.endTimeUnixNano || 1n,
  endTimeUnixNano: span.endTimeUnixNano || span.startTimeUnixNano || 1n,
})

const mappingOf = (
  record: Mapping['record'],
  name: string,
  scope: Scope,
  parts: Parts,
  span: Span | undefined,
  scores: readonly Score[],
): Mapping => {
  const attempts = new Attempts(parts)
  const attributes = [...attempts.explained()]
  return {
    record,
    name,
    scope: { name: scope.name, version: scope.version },
    mapperVersion: MAPPER_VERSION,
    kind: kindSaid(record, name, attempts, span),
    attributes,
    unknown: attributes.filter(({ fate }) => fate === 'unknown').length,
    result: span ? resultOf(span, scores) : null,
  }
}

const kindSaid = (
  record: Mapping['record'],
  name: string,
  attempts: Attempts,
  span: Span | undefined,
): Mapping['kind'] => {
  const value = span?.kind ?? 'span'
  const said = attempts.kind
  if (!span) return { value, raw: '', decidedBy: 'nothing', key: '', why: 'the record tells of no call' }
  if (said?.kind !== undefined)
    return {
      value,
      raw: span.rawKind,
      decidedBy: 'attribute',
      key: said.attribute.key,
      why:
        said.kind === value
          ? `${said.attribute.key} says ${value}`
          : `${said.attribute.key} says ${said.kind}; what the span carries makes it ${value}`,
    }
  if (record === 'log')
    return { value, raw: '', decidedBy: 'event', key: '', why: `an event named ${name} tells of such a call` }
  if (kindFromName(name) !== undefined)
    return { value, raw: '', decidedBy: 'name', key: '', why: `the name ${name} says ${value}` }
  return value === 'span'
    ? {
        value,
        raw: '',
        decidedBy: 'nothing',
        key: '',
        why: 'no attribute and no name says that it is anything special',
      }
    : { value, raw: '', decidedBy: 'content', key: '', why: `only ${value} spans carry such attributes` }
}

const resultOf = (span: Span, scores: readonly Score[]): MappedResult => ({
  dialect: span.dialect,
  provider: span.provider,
  model: span.model,
  requestModel: span.requestModel,
  responseId: span.responseId,
  finishReason: span.finishReason,
  serviceTier: span.serviceTier,
  agent: span.agent,
  agentId: span.agentId,
  agentVersion: span.agentVersion,
  workflow: span.workflow,
  prompt: span.prompt,
  promptVersion: span.promptVersion,
  session: span.sessionId,
  user: span.userId,
  environment: span.env,
  team: span.team,
  costCenter: span.costCenter,
  customer: span.customer,
  tool: span.tool,
  toolCallId: span.toolCallId,
  toolArguments: span.toolArguments,
  guardrail: span.guardrail,
  verdict: span.verdict,
  costReportedUsd: span.costReportedNanoUsd === 0n ? null : usdOf(span.costReportedNanoUsd),
  ttftMs: span.ttftNanos === 0n ? null : Number(span.ttftNanos) / 1e6,
  failed: span.failed,
  errorType: span.errorType,
  inputPreview: span.inputPreview,
  outputPreview: span.outputPreview,
  usage: span.hasUsage ? usageOf(span) : null,
  scores: scores.map(({ name, label, value }) => ({ name, label, value: Number.isNaN(value) ? null : value })),
})

const usdOf = (nanoUsd: bigint): string =>
  `${nanoUsd / 1_000_000_000n}.${(nanoUsd % 1_000_000_000n).toString().padStart(9, '0')}`.replace(/\.?0+$/, '')

const usageOf = (span: Span): MappedUsage => ({
  ...span.usage,
  inputTotal: inputTotal(span.usage),
  outputTotal: outputTotal(span.usage),
  reported: USAGE_BUCKETS.filter((bucket) => (span.usageReported & bucketBit(bucket)) !== 0),
  semantics: span.inputSemantics,
  explanation: explanationOf(span.inputSemantics),
  conflict: span.usageConflict,
  counts: MODEL_KINDS.includes(span.kind)
    ? 'counted here, unless another record tells of the same call'
    : 'a summary: counted only where nothing below reports usage',
})

const RULES: Readonly<Record<string, string>> = {
  dialect: 'the scope is known for it',
  uncached: 'the emitter gives the uncached tokens apart',
  proof: 'there are more cached tokens than input tokens',
  total: 'the reported total adds up only so',
  default: 'nothing says otherwise',
}

/** `exclusive:proof` → a sentence. */
const explanationOf = (semantics: string): string => {
  const [side = '', rule = ''] = semantics.split(':')
  if (side === '') return 'no input tokens are reported'
  return `input ${side === 'inclusive' ? 'holds' : 'leaves out'} cached tokens: ${RULES[rule] ?? rule}`
}
