import type { Message } from '../../schema/api/shapes.ts'
import type { StepDraft } from '../replay/step-fixture.ts'

/** A refund that went wrong in every way a page must explain, step by step. */
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
export const REFUND_SCHEMA = {
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

export const REFUND_STEPS: readonly StepDraft[] = [
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
