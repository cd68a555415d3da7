import type {
  LightSpan,
  LogItem,
  Replay,
  Run,
  Session,
  SessionItem,
  Span,
  Step,
  Trace,
} from '../../schema/api/shapes.ts'
import { FIXTURE_ORIGIN_NANOS, stepsOf, usageOf } from '../replay/step-fixture.ts'
import { longSpans, longSteps } from './long-seed.ts'
import { REFUND_SCHEMA, REFUND_STEPS } from './refund-seed.ts'

/**
 * Recordings that show a replay at its best and at its worst: a refund that failed in every way a page must explain (`conv-8f2c91`), one
 * of 12,000 steps (`conv-long`), and a trace of 33,000 spans. Answers by path; undefined where the path asks for something else.
 */
export const SHOWCASE_SESSION = 'conv-8f2c91'
export const LONG_SESSION = 'conv-long'
export const LONG_TRACE = '33'.repeat(16)
export const SHOWCASE_TRACE = 'a1'.repeat(16)

export const seededAnswer = (path: string, cursor: string | null): unknown => {
  switch (path) {
    case `/api/sessions/${SHOWCASE_SESSION}`:
      return { ...SESSION, runs: [RUN] } satisfies Session
    case `/api/sessions/${SHOWCASE_SESSION}/replay`:
    case `/api/traces/${SHOWCASE_TRACE}/replay`:
      return { session: SESSION, run: null, steps: STEPS, next: null } satisfies Replay
    case `/api/traces/${SHOWCASE_TRACE}`:
      return traceOf(SESSION, SHOWCASE_TRACE, showcaseSpans())
    case `/api/traces/${SHOWCASE_TRACE}/logs`:
      return { items: LOGS, next: null }
    case `/api/sessions/${LONG_SESSION}`:
      return { ...LONG, runs: [] } satisfies Session
    case `/api/sessions/${LONG_SESSION}/replay`:
      return longPage(Number(cursor ?? 0))
    case `/api/traces/${LONG_TRACE}`:
      return traceOf(LONG, LONG_TRACE, longSpans(33_000))
  }
  const found = /^\/api\/traces\/(\w+)\/spans\/(\w+)$/.exec(path)
  if (found?.[1] === SHOWCASE_TRACE) return spanById(showcaseSpans(), found[2]!)
  if (found?.[1] === LONG_TRACE) return spanById(longSpans(33_000), found[2]!)
  return undefined
}

const STEPS: readonly Step[] & Step[] = stepsOf(REFUND_STEPS.map((d) => ({ ...d, traceId: SHOWCASE_TRACE })))

const isoOf = (ms: number) => new Date(Number(FIXTURE_ORIGIN_NANOS / 1_000_000n) + ms).toISOString()
const ITEM: SessionItem = {
  id: SHOWCASE_SESSION,
  named: true,
  runCount: 1,
  agent: 'refund-agent',
  agentVersion: 'v14',
  user: '4411',
  team: 'support',
  customer: 'acme-eu',
  environment: 'production',
  start: isoOf(0),
  end: isoOf(63_200),
  durationMs: 63_200,
  status: 'error',
  outcome: 'failure',
  outcomeSource: 'system_of_record',
  provisional: false,
  spans: 41,
  modelCalls: 7,
  failedModelCalls: 0,
  embeddingCalls: 0,
  toolCalls: 4,
  toolErrors: 1,
  errors: 1,
  guardrailEvaluations: 1,
  guardrailHits: 1,
  missingUsageCalls: 0,
  unpricedCalls: 0,
  usage: usageOf({ inputUncached: 7840, cacheRead: 14_464, outputText: 643 }),
  costUsd: '0.041200',
  costStatus: 'complete',
  models: ['gpt-4.1-2025-04-14'],
  tools: ['lookup_order', 'issue_refund', 'customer_history', 'device_check'],
  agents: ['refund-agent', 'fraud-check'],
  traceIds: [SHOWCASE_TRACE],
  firstInput: 'The item arrived damaged, I want my money back.',
  lastOutput: 'Your refund has been issued, you will see it in 3–5 days.',
}
const SESSION = ITEM
const { named: _named, runCount: _runCount, ...runFields } = ITEM
const RUN: Run = {
  ...runFields,
  id: SHOWCASE_TRACE,
  sessionId: SHOWCASE_SESSION,
  workflow: 'refund',
  rootName: 'invoke_agent refund-agent',
  labels: {
    'recount.limit.usd': '0.60',
    'recount.limit.tokens': '24000',
    'recount.limit.tool_calls': '8',
    'recount.policy.version': 'refunds-2026-10',
  },
}
const LONG: SessionItem = {
  ...ITEM,
  id: LONG_SESSION,
  outcome: 'success',
  status: 'ok',
  traceIds: [LONG_TRACE],
  spans: 33_000,
}

const PAGE_STEPS = 5000
let longRecording: Step[] | undefined
const longPage = (from: number): Replay => {
  longRecording ??= longSteps(12_000, LONG_TRACE)
  return {
    session: LONG,
    run: null,
    steps: longRecording.slice(from, from + PAGE_STEPS),
    next: from + PAGE_STEPS < 12_000 ? String(from + PAGE_STEPS) : null,
  }
}

const traceOf = (session: SessionItem, traceId: string, spans: readonly LightSpan[]): Trace => ({
  traceId,
  start: session.start,
  durationMs: session.durationMs,
  spanCount: spans.length,
  errorCount: spans.filter((s) => s.failed).length,
  rootName: spans[0]?.name ?? '',
  service: 'refunds',
  agent: session.agent,
  environment: session.environment,
  sessionId: session.id,
  runId: traceId,
  usage: session.usage,
  costUsd: session.costUsd,
  costStatus: session.costStatus,
  spans: [...spans],
  truncated: false,
})

const ROOT_SPAN = 'a'.repeat(16)
const KIND_OF = {
  model_call: 'llm',
  tool_call: 'tool',
  retrieval: 'retrieval',
  guardrail: 'guardrail',
  approval: 'approval',
  handoff: 'agent',
  memory: 'memory',
  evaluation: 'evaluator',
} as const

const showcaseSpans = (): LightSpan[] => [
  lightOf(
    {
      ...STEPS[0]!,
      spanId: ROOT_SPAN,
      parentSpanId: '',
      name: 'invoke_agent refund-agent',
      durationNanos: '63200000000',
    },
    'agent',
  ),
  ...STEPS.filter((s) => s.kind in KIND_OF).map((s) =>
    lightOf({ ...s, parentSpanId: s.parentSpanId || ROOT_SPAN }, KIND_OF[s.kind as keyof typeof KIND_OF]),
  ),
]

const lightOf = (step: Step, kind: LightSpan['kind']): LightSpan => ({
  spanId: step.spanId,
  parentSpanId: step.parentSpanId,
  name: kind === 'tool' ? `execute_tool ${step.name}` : step.name,
  kind,
  service: 'refunds',
  agent: step.agent,
  model: step.model ?? '',
  tool: step.toolCall?.name ?? '',
  startNanos: step.startNanos,
  durationNanos: step.durationNanos,
  status: step.toolCall?.ok === false ? 'error' : 'ok',
  failed: step.toolCall?.ok === false,
  usage: step.usage ?? null,
  usageRole: step.usage ? 'self' : null,
  costUsd: step.costUsd ?? null,
  costStatus: step.costStatus ?? null,
  ttftMs: step.kind === 'model_call' ? 410 : null,
})

const LOGS: LogItem[] = [
  [3, 9, 'INFO', 'order A-1001 found'],
  [7, 13, 'WARN', 'refund needs approval: amount 420 over 200'],
  [52.4, 17, 'ERROR', 'issue_refund: amount_usd missing'],
].map(([atS, severity, severityText, body], i) => ({
  logId: `log-${i}`,
  timeNanos: String(FIXTURE_ORIGIN_NANOS + BigInt(Number(atS) * 1000) * 1_000_000n),
  traceId: SHOWCASE_TRACE,
  spanId: '',
  service: 'refund-agent',
  severity: Number(severity),
  severityText: String(severityText),
  eventName: '',
  body: String(body),
  attributes: (i === 2 ? { 'order.id': 'A-1001', 'code.function.name': 'issueRefund' } : {}) as LogItem['attributes'],
}))

const spanById = (spans: readonly LightSpan[], spanId: string): Span | undefined => {
  const light = spans.find((s) => s.spanId === spanId)
  if (!light) return undefined
  const at = STEPS.findIndex((s) => s.spanId === spanId && s.kind === 'model_call')
  const before = at < 0 ? [] : STEPS.slice(0, at)
  return {
    ...light,
    traceId: SHOWCASE_TRACE,
    runId: SHOWCASE_TRACE,
    sessionId: SHOWCASE_SESSION,
    spanKind: light.kind === 'llm' ? 'client' : 'internal',
    statusMessage: light.failed ? 'amount_usd is required' : '',
    errorType: light.failed ? 'ToolArgumentError' : '',
    scope: { name: 'acme.refunds', version: '14.0.2' },
    traceState: '',
    flags: 1,
    dialect: 'otel-genai',
    rawKind: light.kind === 'llm' ? 'chat' : light.kind,
    mapperVersion: 1,
    provider: light.kind === 'llm' ? 'openai' : '',
    requestModel: light.kind === 'llm' ? 'gpt-4.1' : '',
    responseId: light.kind === 'llm' ? 'chatcmpl-9f' : '',
    finishReason: light.kind === 'llm' ? 'tool_calls' : '',
    serviceTier: '',
    agentVersion: 'v14',
    prompt: 'support-refunds',
    promptVersion: 'v7',
    policyVersion: 'refunds-2026-10',
    user: '4411',
    environment: 'production',
    toolCallId: '',
    guardrail: '',
    verdict: '',
    inputSemantics: 'inclusive:dialect',
    usageConflict: false,
    costReportedUsd: null,
    priceRef: light.costUsd ? 'genai-prices openai/gpt-4.1' : null,
    attributes: {
      'gen_ai.operation.name': light.kind === 'llm' ? 'chat' : 'execute_tool',
      'gen_ai.agent.name': light.agent,
      'gen_ai.conversation.id': SHOWCASE_SESSION,
      'server.address': 'api.openai.com',
      'gen_ai.request.temperature': 0.2,
    },
    resource: {
      'service.name': 'refunds',
      'deployment.environment.name': 'production',
      'telemetry.sdk.language': 'nodejs',
    },
    events: light.failed
      ? [
          {
            time: isoOf(52_400),
            timeNanos: light.startNanos,
            name: 'exception',
            attributes: { 'exception.type': 'ToolArgumentError', 'exception.message': 'amount_usd is required' },
          },
        ]
      : [],
    links: [],
    inputMessages: before.flatMap((s) => {
      if (s.message) return [s.message]
      return s.toolCall
        ? [
            {
              role: 'tool',
              parts: [{ type: 'tool_result' as const, name: s.toolCall.name, result: s.toolCall.result }],
            },
          ]
        : []
    }),
    outputMessages: STEPS.slice(at + 1, at + 2).flatMap((s) => (s.message && at >= 0 ? [s.message] : [])),
    toolDefinitions: [{ name: 'issue_refund', description: 'Pays money back', parameters: REFUND_SCHEMA }],
  }
}
