import type { Mapping } from '../../schema/api/mapping.ts'
import type { Span } from '../../schema/api/shapes.ts'
import { DecodeError } from '../../schema/otlp/wire.ts'
import { badRequest, notFound } from '../problem.ts'
import { spanById } from '../queries/spans.ts'
import type { Handlers } from '../server-deps.ts'

export const mappingRoutes = {
  mapping: async ({ deps, body }) => ({ items: [...explained(() => deps.explain(body))] }),

  spanMapping: async ({ database, deps, projectId, params }) => {
    const span = await spanById(database, projectId, params.traceId, params.spanId)
    if (!span) throw notFound(`No span ${params.spanId.slice(0, 64)} in trace ${params.traceId.slice(0, 64)}.`)
    const [mapping] = explained(() => deps.explain(asSent(span)))
    if (!mapping) throw notFound('This span has nothing to explain.')
    return { ...mapping, storedMapperVersion: span.mapperVersion, differs: differencesOf(span, mapping) }
  },
} satisfies Partial<Handlers>

const explained = (explain: () => readonly Mapping[]): readonly Mapping[] => {
  try {
    return explain()
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(`not a record of OTLP/JSON: ${error.message}`)
    throw error
  }
}

const SPAN_KINDS: readonly string[] = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']
const STATUS_CODES: readonly string[] = ['unset', 'ok', 'error']

/** The span as its emitter sent it, as far as the store knows: what a scope said of itself stands among the span's own attributes. */
const asSent = (span: Span): Record<string, unknown> => ({
  traceId: span.traceId,
  spanId: span.spanId,
  parentSpanId: span.parentSpanId,
  name: span.name,
  kind: SPAN_KINDS.indexOf(span.spanKind),
  startTimeUnixNano: span.startNanos,
  endTimeUnixNano: String(BigInt(span.startNanos) + BigInt(span.durationNanos)),
  status: { code: STATUS_CODES.indexOf(span.status), message: span.statusMessage },
  attributes: Object.fromEntries(Object.entries(span.attributes).filter(([key]) => !OUR_MARK.test(key))),
  events: span.events.map(({ name, timeNanos, attributes }) => ({ name, timeUnixNano: timeNanos, attributes })),
  links: span.links,
  scope: span.scope,
  resource: { attributes: span.resource },
})

/** What the collector itself noted beside the attributes: counts of what an SDK dropped, and what was wrong with the times. */
const OUR_MARK = /^(?:otel\.dropped_\w+_count|recount\.flag\.\w+)$/

const COMPARED = [
  'dialect',
  'provider',
  'model',
  'requestModel',
  'responseId',
  'finishReason',
  'serviceTier',
  'agent',
  'agentVersion',
  'prompt',
  'promptVersion',
  'user',
  'environment',
  'tool',
  'toolCallId',
  'guardrail',
  'verdict',
  'failed',
  'errorType',
] as const

const differencesOf = (span: Span, { kind, result }: Mapping): string[] => [
  ...(span.kind === kind.value ? [] : ['kind']),
  ...COMPARED.filter((field) => result && span[field] !== result[field]),
  ...(span.inputSemantics === (result?.usage?.semantics ?? '') ? [] : ['inputSemantics']),
]
