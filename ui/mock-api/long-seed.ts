import type { LightSpan, Step } from '../../schema/api/shapes.ts'
import { FIXTURE_ORIGIN_NANOS, stepsOf, usageOf } from '../replay/step-fixture.ts'
import { lightSpan } from '../trace/span-fixture.ts'

/** Recordings as long as real ones get, made by rule: what a page has to stay smooth with. */
export const longSteps = (count: number, traceId: string): Step[] => {
  const [base] = stepsOf([{ kind: 'message', atMs: 0, traceId }])
  const steps: Step[] = []
  let calls = 0
  let tools = 0
  for (let seq = 0; seq < count; seq++) {
    const part = seq % 4
    if (part === 1) calls++
    if (part === 3) tools++
    const totals = {
      ...base!.totals,
      modelCalls: calls,
      toolCalls: tools,
      costUsd: (calls * 0.0021).toFixed(6),
      usage: usageOf({ inputUncached: calls * 1200, outputText: calls * 80 }),
    }
    steps.push({
      ...base!,
      ...STEP_PARTS[part]!(seq),
      seq,
      spanId: seq.toString(16).padStart(16, '0'),
      startNanos: String(FIXTURE_ORIGIN_NANOS + BigInt(seq) * 400_000_000n),
      durationNanos: part === 1 || part === 3 ? '700000000' : '0',
      totals,
    })
  }
  return steps
}

const STEP_PARTS: readonly ((seq: number) => Partial<Step>)[] = [
  (seq) => ({
    kind: 'message',
    message: {
      role: 'user',
      parts: [{ type: 'text', text: `Question ${seq}: ${'and what about the next order? '.repeat(1 + (seq % 7))}` }],
    },
  }),
  () => ({
    kind: 'model_call',
    model: 'gpt-4.1-mini',
    provider: 'openai',
    usage: usageOf({ inputUncached: 1200, outputText: 80 }),
    costUsd: '0.0021',
    costStatus: 'computed',
  }),
  (seq) => ({
    kind: 'message',
    message: { role: 'assistant', parts: [{ type: 'text', text: `Looking at order **${seq}**.\n\n- one\n- two` }] },
  }),
  (seq) => ({
    kind: 'tool_call',
    status: seq % 203 === 0 ? 'error' : 'ok',
    toolCall: {
      id: `c${seq}`,
      name: 'lookup_order',
      arguments: `{"order":${seq}}`,
      result: '{"status":"delivered"}',
      ok: seq % 203 !== 0,
      error: seq % 203 === 0 ? 'timeout after 5 s' : null,
      valid: true,
      validationErrors: [],
    },
  }),
]

const KINDS = ['llm', 'tool', 'span', 'retrieval', 'guardrail', 'span'] as const

/** A tree six wide: parents enclose their children, every 211th span fails. */
export const longSpans = (count: number): LightSpan[] => {
  const spans: LightSpan[] = []
  const ends: number[] = []
  const starts: number[] = []
  for (let i = 0; i < count; i++) {
    const parent = Math.floor((i - 1) / 6)
    const [from, to] = i === 0 ? [0, 600_000] : [starts[parent]!, ends[parent]!]
    const slot = (to - from) / 6
    const start = i === 0 ? 0 : from + ((i - 1) % 6) * slot
    starts.push(start)
    ends.push(i === 0 ? to : start + slot * 0.94)
    const kind = i < 7 ? 'agent' : KINDS[i % KINDS.length]!
    const span = lightSpan({
      spanId: (i + 1).toString(16).padStart(16, '0'),
      parentSpanId: i === 0 ? '' : (parent + 1).toString(16).padStart(16, '0'),
      startMs: start,
      endMs: ends[i]!,
      failed: i > 0 && i % 211 === 0,
      kind,
    })
    spans.push({ ...span, name: `${kind === 'span' ? 'http request' : kind} ${i}`, service: `service-${i % 5}` })
  }
  return spans
}
