import { z } from 'zod'
import { KINDS } from '../model/kind.ts'
import { USAGE_BUCKETS } from '../model/usage.ts'
import { usd } from './shapes.ts'

/**
 * What the normaliser makes of one record, rule by rule: pasted (`POST /api/mapping`) or stored
 * (`GET /api/traces/{traceId}/spans/{spanId}/mapping`). Nothing is dropped whatever its fate says: unknown attributes are kept and can be
 * searched, they only mean nothing yet.
 */
const count = z.int().nonnegative()

/** Where an attribute stood. What a span says comes before its events, its metadata object and its resource. */
export const MAPPING_SOURCES = ['span', 'log', 'event', 'scope', 'metadata', 'resource'] as const

export const MappedRule = z.object({
  field: z
    .string()
    .describe(
      'what the value would be: a field of `result` or a bucket of usage, `kind`, or a list (`toolDefinitions`, …)',
    ),
  dialect: z.string().describe('the table that holds the rule'),
  rank: z.int().describe('the lower rank wins; of one key sent twice, the later value'),
  won: z.boolean(),
  why: z.string().describe('what it decided, or why it lost'),
})
export type MappedRule = z.infer<typeof MappedRule>

export const MappedAttribute = z.object({
  key: z.string(),
  source: z.enum(MAPPING_SOURCES),
  value: z.string().describe('as text, at most 500 characters'),
  fate: z
    .enum(['used', 'lost', 'recognised', 'unknown'])
    .describe(
      'used: a rule took it. lost: rules know it, another attribute was believed. recognised: its name shows the dialect, no rule reads it. unknown: no rule; kept as sent',
    ),
  rules: z.array(MappedRule),
})
export type MappedAttribute = z.infer<typeof MappedAttribute>

export const MappedUsage = z.object({
  ...(Object.fromEntries(USAGE_BUCKETS.map((bucket) => [bucket, count])) as Record<
    (typeof USAGE_BUCKETS)[number],
    typeof count
  >),
  inputTotal: count,
  outputTotal: count,
  reported: z.array(z.enum(USAGE_BUCKETS)).describe('buckets that the record reports apart'),
  semantics: z
    .string()
    .describe('inclusive:… or exclusive:… and the rule that decided whether input holds cached tokens'),
  explanation: z.string().describe('the same as a sentence'),
  conflict: z.boolean().describe('the numbers contradict each other; the parts are believed'),
  counts: z.string().describe('whether this usage can be counted here, or repeats what calls below report'),
})
export type MappedUsage = z.infer<typeof MappedUsage>

export const MappedResult = z.object({
  dialect: z.string(),
  provider: z.string(),
  model: z.string(),
  requestModel: z.string(),
  responseId: z.string(),
  finishReason: z.string(),
  serviceTier: z.string(),
  agent: z.string(),
  agentId: z.string(),
  agentVersion: z.string(),
  workflow: z.string(),
  prompt: z.string(),
  promptVersion: z.string(),
  session: z.string(),
  user: z.string(),
  environment: z.string(),
  team: z.string(),
  costCenter: z.string(),
  customer: z.string(),
  tool: z.string(),
  toolCallId: z.string(),
  toolArguments: z.string(),
  guardrail: z.string(),
  verdict: z.string(),
  costReportedUsd: usd.nullable(),
  ttftMs: z.number().nullable(),
  failed: z.boolean(),
  errorType: z.string(),
  inputPreview: z.string(),
  outputPreview: z.string(),
  usage: MappedUsage.nullable(),
  scores: z.array(z.object({ name: z.string(), label: z.string(), value: z.number().nullable() })),
})

export type MappedResult = z.infer<typeof MappedResult>

export const Mapping = z.object({
  record: z.enum(['span', 'log']),
  name: z.string().describe('name of the span, event name of the log'),
  scope: z.object({ name: z.string(), version: z.string() }),
  mapperVersion: z.int(),
  kind: z.object({
    value: z.enum(KINDS),
    raw: z.string().describe('the value that decided, as sent'),
    decidedBy: z.enum(['attribute', 'name', 'content', 'event', 'nothing']),
    key: z.string().describe('the attribute that decided, if one did'),
    why: z.string(),
  }),
  attributes: z.array(MappedAttribute),
  unknown: count.describe('attributes that no rule knows'),
  /** null: a log record that tells of no call, tool or decision; it is kept as a record. */
  result: MappedResult.nullable(),
})
export type Mapping = z.infer<typeof Mapping>

/** A mapping of a stored span says also under which version of the rules it was stored. */
export const StoredMapping = z.object({
  ...Mapping.shape,
  storedMapperVersion: z.int(),
  differs: z
    .array(z.string())
    .describe('fields that the present rules read differently; `recount renormalise` brings them up to date'),
})
export type StoredMapping = z.infer<typeof StoredMapping>

/** A range of history that is read again under the present rules; one at a time. */
export const RenormaliseJob = z.object({
  state: z.enum(['none', 'running', 'done', 'failed']),
  from: z.string(),
  to: z.string(),
  done: count.describe('stretches of time that are done, of `windows`'),
  windows: count,
  read: count.describe('spans and derived rows that were read'),
  changed: count.describe('of them, those that got a new version'),
  error: z.string(),
})
export type RenormaliseJob = z.infer<typeof RenormaliseJob>

/** Records explained at once, at most. */
export const MAPPING_RECORDS_MAX = 50

/**
 * Any of: an OTLP/JSON export request (`resourceSpans` or `resourceLogs`); one OTLP/JSON span or log record, with `scope` and `resource`
 * beside its own fields; the same with `attributes` as a plain object `{"gen_ai.request.model": "gpt-5"}`.
 */
export const MappingRequest = z
  .record(z.string(), z.unknown())
  .describe(
    'an OTLP/JSON request, one OTLP/JSON span or log record, or {name, scope, resource, attributes: {key: value}}',
  )
