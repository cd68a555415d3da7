import type {
  LightSpan,
  LogItem,
  Message,
  Replay,
  Run,
  Session,
  SessionItem,
  Span,
  Step,
  Trace,
} from '../../schema/api/shapes.ts'
import { FIXTURE_ORIGIN_NANOS, type StepDraft, stepsOf, usageOf } from '../replay/step-fixture.ts'
import { longSpans, longSteps } from './long-seed.ts'

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

const say = (role: string, text: string): Message => ({ role, parts: [{ type: 'text', text }] })
const asks = (text: string, name: string, args: unknown): Message => ({
  role: 'assistant',
  parts: [
    ...(text ? [{ type: 'text' as const, text }] : []),
    { type: 'tool_call', name, id: `call_${name}`, arguments: JSON.stringify(args) },
  ],
})
const call = (atMs: number, ms: number, input: number, cached: number, output: number, usd: string): StepDraft => ({
  kind: 'model_call',
  atMs,
  ms,
  name: 'chat gpt-4.1',
  model: 'gpt-4.1-2025-04-14',
  provider: 'openai',
  finishReason: 'tool_calls',
  tokens: { inputUncached: input - cached, cacheRead: cached, outputText: output },
  costUsd: usd,
  costStatus: 'computed',
  priceRef: 'genai-prices openai/gpt-4.1',
})
const tool = (
  atMs: number,
  ms: number,
  name: string,
  args: unknown,
  result: string,
  over: Partial<NonNullable<StepDraft['toolCall']>> = {},
): StepDraft => ({
  kind: 'tool_call',
  atMs,
  ms,
  name,
  toolCall: {
    id: `call_${name}`,
    name,
    arguments: JSON.stringify(args),
    result,
    ok: true,
    error: null,
    valid: true,
    validationErrors: [],
    schema: REFUND_SCHEMA,
    ...over,
  },
})
const REFUND_SCHEMA = {
  type: 'object',
  required: ['order_id', 'amount_usd'],
  properties: {
    order_id: { type: 'string' },
    amount_usd: { type: 'number', exclusiveMinimum: 0 },
    reason: { type: 'string' },
  },
}
const inFraudCheck = (draft: StepDraft): StepDraft => ({
  ...draft,
  depth: 1,
  agent: 'fraud-check',
  parentSpanId: 'f'.repeat(16),
})
const answer = (spanOf: number, atMs: number, message: Message): StepDraft => ({
  kind: 'message',
  atMs,
  message,
  spanId: (spanOf + 1).toString(16).padStart(16, '0'),
})

const DRAFTS: readonly StepDraft[] = [
  {
    kind: 'message',
    atMs: 0,
    message: say(
      'system',
      `You are the refund agent of Acme.\n\n- Be brief and kind.\n- Refunds over **$200** need the approval of a person.\n- Never say that a refund was issued before \`issue_refund\` has answered.\n\n${'Acme sells tools, garden furniture and lamps in eleven countries. '.repeat(24)}`,
    ),
  },
  {
    kind: 'message',
    atMs: 0,
    message: say('user', 'The item arrived damaged, I want my money back. Order A-1001, it was 420 dollars.'),
  },
  call(1000, 2100, 3204, 2048, 118, '0.0041'),
  answer(2, 3100, asks('Let me look that up.', 'lookup_order', { order_id: 'A-1001' })),
  tool(
    3200,
    300,
    'lookup_order',
    { order_id: 'A-1001' },
    '{"status":"delivered","total_usd":420,"items":[{"sku":"lamp-12","state":"damaged"}]}',
  ),
  {
    kind: 'retrieval',
    atMs: 4000,
    ms: 200,
    name: 'policy search',
    retrieval: {
      query: 'refund damaged item over 200',
      documents: [
        { id: 'policy-12', content: 'refunds over $200 need approval', score: 0.912 },
        { id: 'policy-03', content: 'A damaged item is refunded in full within 30 days.', score: 0.871 },
        { id: 'policy-31', content: 'Shipping is refunded if the carrier broke the item.', score: 0.612 },
      ],
    },
  },
  call(5100, 1700, 5871, 4096, 96, '0.0058'),
  answer(6, 6800, asks('', 'issue_refund', { order_id: 'A-1001', amount_usd: 420 })),
  {
    kind: 'guardrail',
    atMs: 7000,
    ms: 3,
    name: 'refund_limit',
    guardrail: { name: 'refund_limit', verdict: 'flag', detail: 'amount 420 is over 200: approval required' },
  },
  {
    kind: 'approval',
    atMs: 7100,
    ms: 41_000,
    name: 'approve refund',
    approval: { tool: 'issue_refund', decision: 'approved', by: 'jane@acme', waitedMs: 41_000 },
  },
  call(48_200, 3600, 6402, 4864, 61, '0.0049'),
  answer(10, 51_800, asks('', 'issue_refund', { order_id: 'A-1001', reason: 'damaged on arrival' })),
  tool(52_310, 120, 'issue_refund', { order_id: 'A-1001', reason: 'damaged on arrival' }, '', {
    ok: false,
    error: 'amount_usd is required',
    valid: false,
    validationErrors: [{ path: '', message: "must have required property 'amount_usd'" }],
  }),
  {
    kind: 'handoff',
    atMs: 54_000,
    ms: 7900,
    name: 'invoke_agent fraud-check',
    spanId: 'f'.repeat(16),
    handoff: { from: 'refund-agent', to: 'fraud-check', subAgent: true },
  },
  inFraudCheck(call(54_100, 1900, 1204, 0, 88, '0.0071')),
  inFraudCheck(tool(56_100, 400, 'customer_history', { user: '4411' }, '{"orders":12,"refunds":1}')),
  inFraudCheck({ kind: 'memory', atMs: 56_600, ms: 40, name: 'recall similar cases' }),
  inFraudCheck(call(56_700, 2100, 1490, 1024, 120, '0.0082')),
  inFraudCheck(tool(58_900, 600, 'device_check', { user: '4411' }, '{"risk":"low"}')),
  inFraudCheck(call(59_600, 2200, 1702, 1408, 96, '0.0068')),
  call(62_000, 900, 2431, 1024, 64, '0.0043'),
  answer(20, 62_900, say('assistant', 'Your refund has been issued, you will see it in 3–5 days.')),
  {
    kind: 'evaluation',
    atMs: 63_200,
    name: 'claim_support',
    score: {
      name: 'claim_support',
      value: 0,
      label: 'unsupported',
      explanation: 'claim not supported: no refund was issued',
      source: 'llm',
      evaluator: 'claims v3',
    },
  },
]
const STEPS: readonly Step[] & Step[] = stepsOf(DRAFTS.map((d) => ({ ...d, traceId: SHOWCASE_TRACE })))

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
