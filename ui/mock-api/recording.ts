import type { LightSpan, LogItem, Replay, Step, Trace, TraceItem, Usage } from '../../schema/api/shapes.ts'
import type { Kind } from '../../schema/model/kind.ts'
import { createRandom } from './random.ts'
import { addUsages, type MockSession, NO_USAGE, runOf } from './sessions.ts'

/** What happened in a session of the mock: spans, and the steps of the replay made of them. One script for all, with the session's own names. */
interface ScriptLine {
  readonly kind: Kind
  readonly name: string
  /** Part of the session's duration. */
  readonly from: number
  readonly to: number
  readonly failed?: boolean
  readonly step: (span: LightSpan) => Partial<Step> & Pick<Step, 'kind'>
}

const nanosAt = (session: MockSession, part: number) =>
  (BigInt(Date.parse(session.start)) * 1_000_000n + BigInt(Math.round(session.durationMs * part * 1e6))).toString()

const usage = (input: number, cached: number, output: number): Usage => ({
  ...NO_USAGE,
  inputTotal: input,
  cacheRead: cached,
  inputUncached: input - cached,
  outputTotal: output,
  outputText: output,
})

const text = (role: string, said: string): Partial<Step> & Pick<Step, 'kind'> => ({
  kind: 'message',
  message: { role, parts: [{ type: 'text', text: said }] },
})

const modelCall = (session: MockSession, tokens: Usage, usd: string) => ({
  kind: 'model_call' as const,
  model: session.models[0] ?? 'gpt-4.1',
  provider: 'openai',
  finishReason: 'tool_calls',
  usage: tokens,
  costUsd: usd,
  costStatus: session.costStatus === 'none' ? ('unpriced' as const) : ('computed' as const),
})

const toolCall = (name: string, args: unknown, result: string, error: string | null = null) => ({
  kind: 'tool_call' as const,
  toolCall: {
    id: 'call_1',
    name,
    arguments: JSON.stringify(args),
    result,
    ok: error === null,
    error,
    valid: error === null,
    validationErrors: error === null ? [] : [{ path: '/amount_usd', message: 'required, missing' }],
  },
})

const scriptOf = (session: MockSession): readonly ScriptLine[] => {
  const failed = session.errors > 0
  const [first = 'lookup_order', , third = 'issue_refund'] = session.tools
  return [
    {
      kind: 'llm',
      name: 'chat',
      from: 0.01,
      to: 0.05,
      step: () => modelCall(session, usage(3204, 2048, 118), '0.0041'),
    },
    {
      kind: 'tool',
      name: first,
      from: 0.06,
      to: 0.07,
      step: () => toolCall(first, { order_id: 'A-1001' }, '{"status":"delivered","total_usd":420}'),
    },
    {
      kind: 'retrieval',
      name: 'search',
      from: 0.08,
      to: 0.09,
      step: () => ({
        kind: 'retrieval',
        retrieval: {
          query: 'refunds over $200',
          documents: [{ id: 'policy-12', content: 'Refunds over **$200** need approval.', score: 0.91 }],
        },
      }),
    },
    { kind: 'llm', name: 'chat', from: 0.1, to: 0.15, step: () => modelCall(session, usage(5871, 4096, 96), '0.0058') },
    {
      kind: 'guardrail',
      name: 'refund_limit',
      from: 0.155,
      to: 0.158,
      step: () => ({
        kind: 'guardrail',
        guardrail: { name: 'refund_limit', verdict: 'flag', detail: 'amount 420 is over 200: approval required' },
      }),
    },
    {
      kind: 'approval',
      name: 'approve refund',
      from: 0.16,
      to: 0.45,
      step: () => ({
        kind: 'approval',
        approval: { tool: third, decision: 'approved', by: 'jane@acme', waitedMs: session.durationMs * 0.29 },
      }),
    },
    {
      kind: 'llm',
      name: 'chat',
      from: 0.46,
      to: 0.57,
      step: () => modelCall(session, usage(6402, 4864, 61), '0.0049'),
    },
    {
      kind: 'tool',
      name: third,
      from: 0.575,
      to: 0.59,
      failed,
      step: () =>
        toolCall(
          third,
          { order_id: 'A-1001', reason: 'damaged on arrival' },
          failed ? '' : '{"refund":"rf_77"}',
          failed ? 'arguments invalid: amount_usd is required' : null,
        ),
    },
    {
      kind: 'agent',
      name: 'fraud-check',
      from: 0.6,
      to: 0.84,
      step: () => ({ kind: 'handoff', handoff: { from: session.agent, to: 'fraud-check', subAgent: true } }),
    },
    {
      kind: 'llm',
      name: 'chat',
      from: 0.86,
      to: 0.96,
      step: () => modelCall(session, usage(2431, 1024, 64), '0.0043'),
    },
  ]
}

export const spansOf = (session: MockSession): readonly LightSpan[] => {
  const random = createRandom(Number.parseInt(session.traceIds[0]!.slice(0, 8), 16))
  const root = spanOf(
    session,
    { kind: 'agent', name: `invoke_agent ${session.agent}`, from: 0, to: 1 },
    random.hex(16),
    '',
  )
  return [root, ...scriptOf(session).map((line) => spanOf(session, line, random.hex(16), root.spanId))]
}

const spanOf = (
  session: MockSession,
  line: Omit<ScriptLine, 'step'>,
  spanId: string,
  parentSpanId: string,
): LightSpan => {
  const isModel = line.kind === 'llm'
  return {
    spanId,
    parentSpanId,
    name: line.name,
    kind: line.kind,
    service: `${session.agent}-svc`,
    agent: session.agent,
    model: isModel ? (session.models[0] ?? '') : '',
    tool: line.kind === 'tool' ? line.name : '',
    startNanos: nanosAt(session, line.from),
    durationNanos: String(Math.round(session.durationMs * (line.to - line.from) * 1e6)),
    status: line.failed ? 'error' : 'ok',
    failed: line.failed ?? false,
    usage: isModel ? usage(3204, 2048, 118) : null,
    usageRole: isModel ? 'self' : null,
    costUsd: isModel ? '0.0041' : null,
    costStatus: isModel ? 'computed' : null,
    ttftMs: isModel ? 412 : null,
  }
}

export const replayOf = (session: MockSession): Replay => {
  const [root, ...spans] = spansOf(session)
  const totals = { usage: NO_USAGE, costUsd: '0', modelCalls: 0, toolCalls: 0, errors: 0, guardrailHits: 0 }
  let running: Step['totals'] = totals
  const steps: Step[] = []
  const add = (span: LightSpan, step: Partial<Step> & Pick<Step, 'kind'>) => {
    const failed = step.toolCall?.ok === false
    running = {
      usage: step.usage ? addUsages([running.usage, step.usage]) : running.usage,
      costUsd: (Number(running.costUsd) + Number(step.costUsd ?? 0)).toFixed(6),
      modelCalls: running.modelCalls + (step.kind === 'model_call' ? 1 : 0),
      toolCalls: running.toolCalls + (step.kind === 'tool_call' ? 1 : 0),
      errors: running.errors + (failed ? 1 : 0),
      guardrailHits: running.guardrailHits + (step.kind === 'guardrail' ? 1 : 0),
    }
    const { spanId, parentSpanId, agent, name, startNanos, durationNanos, status } = span
    steps.push({
      seq: steps.length,
      traceId: session.traceIds[0]!,
      depth: 0,
      spanId,
      parentSpanId,
      agent,
      name,
      startNanos,
      durationNanos,
      status,
      totals: running,
      ...step,
    })
  }
  add(root!, text('user', session.firstInput))
  for (const [i, line] of scriptOf(session).entries()) {
    add(spans[i]!, line.step(spans[i]!))
    if (i === 0) add(spans[i]!, text('assistant', 'Let me look that up.'))
  }
  if (session.lastOutput) add(spans.at(-1)!, text('assistant', session.lastOutput))
  return { session, run: null, steps, next: null }
}

export const traceItemOf = (session: MockSession): TraceItem => ({
  traceId: session.traceIds[0]!,
  start: session.start,
  durationMs: session.durationMs,
  spanCount: spansOf(session).length,
  errorCount: session.errors,
  rootName: `invoke_agent ${session.agent}`,
  service: `${session.agent}-svc`,
  agent: session.agent,
  environment: session.environment,
  sessionId: session.id,
  runId: session.traceIds[0]!,
  usage: session.usage,
  costUsd: session.costUsd,
  costStatus: session.costStatus,
})

export const traceOf = (session: MockSession): Trace => ({
  ...traceItemOf(session),
  spans: [...spansOf(session)],
  truncated: false,
})

export const traceReplayOf = (session: MockSession): Replay => ({ ...replayOf(session), run: runOf(session) })

export const logsOf = (session: MockSession): readonly LogItem[] => [
  {
    logId: `${session.traceIds[0]}-0`,
    timeNanos: nanosAt(session, 0.58),
    traceId: session.traceIds[0]!,
    spanId: spansOf(session)[8]?.spanId ?? '',
    service: session.agent,
    severity: 13,
    severityText: 'WARN',
    eventName: '',
    body: 'refund needs amount_usd, none given',
    attributes: { 'order.id': 'A-1001' },
  },
]
