import { z } from 'zod'
import { KINDS, OUTCOMES, VERDICTS } from '../model/kind.ts'
import { USAGE_BUCKETS } from '../model/usage.ts'

/**
 * Shapes of the API's answers (interface.md, "Shapes that other programs hold on to"), declared once: they give the routes their
 * check, OpenAPI its schemas and the UI its types. JSON is camelCase, times ISO 8601 UTC or nanoseconds as decimal strings (`…Nanos`),
 * money a decimal string ending in `Usd`, ids lowercase hex.
 */
const count = z.int().nonnegative()
export const isoTime = z.string().describe('ISO 8601 UTC, to the nanosecond where telemetry gave it')
export const nanos = z
  .string()
  .regex(/^-?\d+$/)
  .describe('nanoseconds as a decimal string')
export const usd = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .describe('US dollars as a decimal string')

export const Usage = z.object({
  inputTotal: count,
  ...(Object.fromEntries(USAGE_BUCKETS.slice(0, 6).map((b) => [b, count])) as Record<
    'inputUncached' | 'cacheRead' | 'cacheWrite5m' | 'cacheWrite1h' | 'inputAudio' | 'inputImage',
    typeof count
  >),
  outputTotal: count,
  ...(Object.fromEntries(USAGE_BUCKETS.slice(6).map((b) => [b, count])) as Record<
    'outputText' | 'reasoning' | 'outputAudio' | 'outputImage',
    typeof count
  >),
  unreported: z
    .array(z.enum(USAGE_BUCKETS))
    .describe('buckets that at least one counted call left inside their parent although its provider bills them apart'),
})
export type Usage = z.infer<typeof Usage>

export const Rate = z.object({
  value: z.number().nullable().describe('good / valid; null where valid is 0'),
  good: count,
  valid: count,
  interval: z.tuple([z.number(), z.number()]).nullable().describe('95 % Wilson interval'),
  coverage: z.number().nullable().describe('share of what could be judged that was judged'),
  provisional: z.boolean(),
})
export type Rate = z.infer<typeof Rate>

export const CostStatus = z.enum(['complete', 'partial', 'none'])
export const CallCostStatus = z.enum(['free', 'reported', 'computed', 'unpriced'])

/** A session and a run have one shape; a session's figures are the sums of its runs. */
const runFields = {
  id: z.string(),
  agent: z.string(),
  agentVersion: z.string(),
  user: z.string(),
  team: z.string(),
  customer: z.string(),
  environment: z.string(),
  start: isoTime,
  end: isoTime,
  durationMs: z.number(),
  status: z.enum(['unset', 'ok', 'error']),
  outcome: z.enum(OUTCOMES),
  outcomeSource: z.string(),
  provisional: z.boolean().describe('the outcome may still change: pending inside its waiting time'),
  spans: count,
  modelCalls: count,
  failedModelCalls: count,
  embeddingCalls: count,
  toolCalls: count,
  toolErrors: count,
  errors: count,
  guardrailEvaluations: count,
  guardrailHits: count,
  missingUsageCalls: count,
  unpricedCalls: count,
  usage: Usage,
  costUsd: usd,
  costStatus: CostStatus,
  models: z.array(z.string()),
  tools: z.array(z.string()),
  agents: z.array(z.string()),
  traceIds: z.array(z.string()),
  firstInput: z.string(),
  lastOutput: z.string(),
}
export const Run = z.object({
  ...runFields,
  sessionId: z.string(),
  workflow: z.string(),
  rootName: z.string(),
  labels: z.record(z.string(), z.string()),
})
export type Run = z.infer<typeof Run>

export const SessionItem = z.object({
  ...runFields,
  named: z.boolean().describe('telemetry gave the id; false for a run that is a session of its own'),
  runCount: count,
})
export type SessionItem = z.infer<typeof SessionItem>
export const Session = z.object({ ...SessionItem.shape, runs: z.array(Run) })
export type Session = z.infer<typeof Session>

export const LightSpan = z.object({
  spanId: z.string(),
  parentSpanId: z.string().describe("'' for a root"),
  name: z.string(),
  kind: z.enum(KINDS),
  service: z.string(),
  agent: z.string(),
  model: z.string(),
  tool: z.string(),
  startNanos: nanos,
  durationNanos: nanos,
  status: z.enum(['unset', 'ok', 'error']),
  failed: z.boolean(),
  usage: Usage.nullable(),
  usageRole: z.enum(['self', 'rollup', 'duplicate']).nullable(),
  costUsd: usd.nullable(),
  costStatus: CallCostStatus.nullable(),
  ttftMs: z.number().nullable(),
})
export type LightSpan = z.infer<typeof LightSpan>

const traceFields = {
  traceId: z.string(),
  start: isoTime,
  durationMs: z.number(),
  spanCount: count,
  errorCount: count,
  rootName: z.string(),
  service: z.string(),
  agent: z.string(),
  environment: z.string(),
  sessionId: z.string(),
  runId: z.string(),
  usage: Usage,
  costUsd: usd,
  costStatus: CostStatus,
}
export const TraceItem = z.object(traceFields)
export type TraceItem = z.infer<typeof TraceItem>
export const Trace = z.object({
  ...traceFields,
  spans: z.array(LightSpan),
  truncated: z.boolean().describe('it has more spans than were asked for: these are the first by start'),
})
export type Trace = z.infer<typeof Trace>

const attributeValue = z.union([z.string(), z.number(), z.boolean()])
const attributes = z.record(z.string(), attributeValue)

export const MessagePart = z.object({
  type: z.enum(['text', 'tool_call', 'tool_result', 'reasoning', 'blob']),
  text: z.string().optional(),
  id: z.string().optional(),
  name: z.string().optional(),
  arguments: z.string().optional().describe('JSON text'),
  result: z.string().optional(),
  mimeType: z.string().optional(),
  uri: z.string().optional(),
  bytes: count.optional(),
})
export type MessagePart = z.infer<typeof MessagePart>
export const Message = z.object({ role: z.string(), parts: z.array(MessagePart) })
export type Message = z.infer<typeof Message>

export const Span = z.object({
  ...LightSpan.shape,
  traceId: z.string(),
  runId: z.string(),
  sessionId: z.string(),
  spanKind: z.enum(['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']),
  statusMessage: z.string(),
  errorType: z.string(),
  scope: z.object({ name: z.string(), version: z.string() }),
  traceState: z.string(),
  flags: z.number(),
  dialect: z.string(),
  rawKind: z.string(),
  mapperVersion: z.number(),
  provider: z.string(),
  requestModel: z.string(),
  responseId: z.string(),
  finishReason: z.string(),
  serviceTier: z.string(),
  agentVersion: z.string(),
  prompt: z.string(),
  promptVersion: z.string(),
  policyVersion: z.string(),
  user: z.string(),
  environment: z.string(),
  toolCallId: z.string(),
  guardrail: z.string(),
  verdict: z.string(),
  inputSemantics: z.string(),
  usageConflict: z.boolean(),
  costReportedUsd: usd.nullable(),
  priceRef: z.string().nullable(),
  attributes,
  resource: attributes,
  events: z.array(
    z.object({ time: isoTime, timeNanos: nanos, name: z.string(), attributes: z.record(z.string(), z.unknown()) }),
  ),
  links: z.array(z.object({ traceId: z.string(), spanId: z.string(), attributes: z.record(z.string(), z.unknown()) })),
  inputMessages: z.array(Message),
  outputMessages: z.array(Message),
  toolDefinitions: z.array(z.object({ name: z.string(), description: z.string(), parameters: z.unknown() })),
})
export type Span = z.infer<typeof Span>

export const LogItem = z.object({
  logId: z.string(),
  timeNanos: nanos,
  traceId: z.string(),
  spanId: z.string(),
  service: z.string(),
  severity: z.number(),
  severityText: z.string(),
  eventName: z.string(),
  body: z.string(),
  attributes,
})
export type LogItem = z.infer<typeof LogItem>

export const STEP_KINDS = [
  'message',
  'model_call',
  'tool_call',
  'retrieval',
  'guardrail',
  'approval',
  'handoff',
  'evaluation',
  'memory',
  'plan',
  'step',
  'error',
] as const
export const Totals = z.object({
  usage: Usage,
  costUsd: usd,
  modelCalls: count,
  toolCalls: count,
  errors: count,
  guardrailHits: count,
})
export type Totals = z.infer<typeof Totals>

export const ToolCall = z.object({
  id: z.string(),
  name: z.string(),
  arguments: z.string().describe('JSON text as sent'),
  result: z.string(),
  ok: z.boolean(),
  error: z.string().nullable(),
  valid: z.boolean().nullable().describe('arguments against the offered JSON Schema; null where none was seen'),
  validationErrors: z.array(z.object({ path: z.string(), message: z.string() })),
  schema: z.unknown().optional(),
})
export type ToolCall = z.infer<typeof ToolCall>

export const Step = z.object({
  seq: count,
  kind: z.enum(STEP_KINDS),
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string(),
  depth: count.describe('nesting by agents: 0 for the root agent, 1 inside its sub-agent, …'),
  agent: z.string(),
  name: z.string(),
  startNanos: nanos,
  durationNanos: nanos,
  status: z.enum(['unset', 'ok', 'error']),
  message: Message.optional(),
  toolCall: ToolCall.optional(),
  model: z.string().optional(),
  provider: z.string().optional(),
  responseId: z.string().optional(),
  finishReason: z.string().optional(),
  usage: Usage.optional(),
  costUsd: usd.optional(),
  costStatus: CallCostStatus.optional(),
  priceRef: z.string().optional(),
  retrieval: z
    .object({
      query: z.string(),
      documents: z.array(z.object({ id: z.string(), content: z.string(), score: z.number().nullable() })),
    })
    .optional(),
  guardrail: z.object({ name: z.string(), verdict: z.enum(VERDICTS), detail: z.string() }).optional(),
  approval: z
    .object({
      tool: z.string(),
      decision: z.enum(['approved', 'denied', 'expired', 'pending']),
      by: z.string(),
      waitedMs: z.number(),
    })
    .optional(),
  handoff: z.object({ from: z.string(), to: z.string(), subAgent: z.boolean() }).optional(),
  score: z
    .object({
      name: z.string(),
      value: z.number().nullable(),
      label: z.string(),
      explanation: z.string(),
      source: z.string(),
      evaluator: z.string(),
    })
    .optional(),
  error: z.object({ type: z.string(), message: z.string() }).optional(),
  totals: Totals.describe('this step and every step that ended by its end, sub-agents included'),
})
export type Step = z.infer<typeof Step>

export const Replay = z.object({
  session: SessionItem,
  run: Run.nullable().describe('the run, where one trace was asked for'),
  steps: z.array(Step),
  next: z.string().nullable(),
  preview: z
    .literal(true)
    .optional()
    .describe('only the first steps of a long recording, with totals of what was read: ask again without preview'),
})
export type Replay = z.infer<typeof Replay>

export const Overview = z.object({
  from: isoTime,
  to: isoTime,
  spans: count,
  logs: count,
  runs: count,
  sessions: count,
  sessionsNamed: count,
  users: count,
  errors: count,
  modelCalls: count,
  failedModelCalls: count,
  embeddingCalls: count,
  toolCalls: count,
  toolErrors: count,
  usage: Usage,
  missingUsageCalls: count,
  costUsd: usd,
  costStatus: CostStatus,
  unpricedCalls: count,
  outcomes: z.object(
    Object.fromEntries(OUTCOMES.map((o) => [o, count])) as Record<(typeof OUTCOMES)[number], typeof count>,
  ),
  guardrails: z.object({ evaluations: count, hits: count }),
  slos: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      sli: z.number().nullable(),
      target: z.number(),
      budgetRemaining: z.number().nullable(),
    }),
  ),
  sampled: z.boolean(),
  series: z
    .array(z.object({ time: isoTime, runs: count, errors: count, modelCalls: count, costUsd: usd }))
    .describe('the same range in at most 120 equal steps, for sparklines'),
})
export type Overview = z.infer<typeof Overview>

/** One line of /api/agents, /api/tools, /api/models; what does not apply to a list is null. */
export const UsageItem = z.object({
  key: z.record(z.string(), z.string()),
  runs: count.describe('of an agent: those whose root it is; of a tool or model: those that contain it'),
  partOfRuns: count
    .nullable()
    .describe('of an agent: runs in which it took part, its own and those of others; null for tools and models'),
  calls: count,
  errors: count,
  failureRate: Rate,
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  usage: Usage,
  costUsd: usd,
  costStatus: CostStatus,
  unpricedCalls: count,
  valid: Rate.nullable(),
  success: Rate.nullable(),
  costPerSuccess: usd.nullable(),
  guardrailHits: count.nullable(),
  guardrailEvaluations: count.nullable(),
  lastSeen: isoTime,
  series: z.array(count).describe('calls or runs in equal steps over the range'),
  agents: z.array(z.string()),
  versions: z.array(
    z.object({
      version: z.string(),
      firstSeen: isoTime,
      runs: count,
      success: Rate,
      costUsd: usd,
      p95Ms: z.number().nullable(),
    }),
  ),
})
export type UsageItem = z.infer<typeof UsageItem>

export const Facet = z.object({ field: z.string(), values: z.array(z.object({ value: z.string(), count })) })
export type Facet = z.infer<typeof Facet>

export const Status = z.object({
  version: z.string(),
  uptimeSeconds: z.number(),
  engine: z.enum(['embedded', 'clickhouse']),
  spansPerSecond: z.number().describe('acknowledged, over the last 10 seconds'),
  lagMs: z
    .number()
    .describe('age of the oldest acknowledged span that is not queryable and tallied yet; 0 when none waits'),
  spoolBytes: count,
  state: z.enum(['ok', 'behind', 'down']),
  detail: z.string(),
  otlpHttpUrl: z
    .string()
    .describe('where exporters send to; `localhost` where the receiver listens on every address of its machine'),
})
export type Status = z.infer<typeof Status>

/** RFC 9457; `detail` says what to do. */
export const Problem = z.object({ type: z.string(), title: z.string(), status: z.int(), detail: z.string() })
export type Problem = z.infer<typeof Problem>
