import { describe, expect, test } from 'vitest'
import type { Message } from '../../schema/api/shapes.ts'
import { type Draft, momentOf } from './draft.ts'
import type { ReplaySpan, SpanBody } from './load.ts'
import { agentRunOf, Pauses } from './pauses.ts'
import { treeOf } from './tree.ts'

// Two runs of an agent: the first asks for a refund and ends, the second goes on.

const span = (
  id: number,
  parent: number,
  kind: ReplaySpan['kind'],
  from: number,
  to: number,
  trace: string,
): ReplaySpan => ({
  trace_id: trace.repeat(32),
  span_id: String(id).padStart(16, '0'),
  parent_span_id: parent === 0 ? '' : String(parent).padStart(16, '0'),
  origin: 'span',
  name: kind,
  kind,
  service: 'shop',
  agent: kind === 'agent' ? 'desk' : '',
  model: '',
  provider: '',
  response_id: '',
  finish_reason: '',
  tool: '',
  tool_call_id: '',
  tool_arguments: '',
  tool_definitions_ref: '',
  guardrail: '',
  verdict: '',
  start_nanos: String(1_795_262_400_000_000_000n + BigInt(from) * 1_000_000n),
  duration_nanos: String(BigInt(to - from) * 1_000_000n),
  status: 0,
  status_message: '',
  failed: false,
  error_type: '',
  has_body: true,
})

const [first, call, second, tool, later] = treeOf([
  span(1, 0, 'agent', 0, 100, 'a'),
  span(2, 1, 'llm', 10, 90, 'a'),
  span(3, 0, 'agent', 5000, 6000, 'b'),
  span(4, 3, 'tool', 5010, 5100, 'b'),
  span(5, 3, 'llm', 5200, 5300, 'b'),
]) as [ReturnType<typeof treeOf>[number], ...ReturnType<typeof treeOf>]

const ask: Message = {
  role: 'assistant',
  parts: [{ type: 'tool_call', id: 'call_1', name: 'refund', arguments: '{}' }],
}
const answer = (result: string): Message => ({ role: 'tool', parts: [{ type: 'tool_result', id: 'call_1', result }] })
const bodyOf = (attrs: Readonly<Record<string, string>>): SpanBody => ({ attrs, events: [], logs: [] })
const execution = (result = 'done', ok = true): Draft => ({
  ...momentOf(tool!, tool!.start, 'tool_call', {
    toolCall: {
      id: 'call_1',
      name: 'refund',
      arguments: '{}',
      result,
      ok,
      error: null,
      valid: null,
      validationErrors: [],
    },
  }),
  agentRun: agentRunOf(tool!)!,
})
const decisionsOf = (pauses: Pauses, tools: readonly Draft[]) =>
  pauses.steps(tools, []).steps.map(({ approval }) => [approval?.tool, approval?.decision, approval?.waitedMs])

describe('a tool that waited for a person', () => {
  test('was allowed where a later run executes it, and refused where that gave a refusal', () => {
    const pauses = new Pauses()
    pauses.asked([ask], call!, call!.end)
    expect(decisionsOf(pauses, [execution()])).toEqual([['refund', 'approved', 4920]])
    expect(decisionsOf(pauses, [execution('the request was rejected', false)])).toEqual([['refund', 'denied', 4920]])
  })

  test('was refused where a later run is only told so', () => {
    const pauses = new Pauses()
    pauses.asked([ask], call!, call!.end)
    pauses.answered([answer('Tool execution was not approved.')], later!)
    expect(decisionsOf(pauses, [])).toEqual([['refund', 'denied', 5110]])
  })

  test('waits still where the agent said so and nothing went on', () => {
    const pauses = new Pauses()
    pauses.asked([ask], call!, call!.end)
    pauses.outer(first, bodyOf({ 'agent.output': '{"status":"suspended","toolCallId":"call_1"}' }))
    expect(decisionsOf(pauses, [])).toEqual([['refund', 'pending', 0]])
  })

  test('is decided by what the run that goes on was given', () => {
    const pauses = new Pauses()
    pauses.asked([ask], call!, call!.end)
    pauses.outer(first, bodyOf({ 'agent.output': '{"approvals":["call_1"]}' }))
    pauses.outer(second!, bodyOf({ 'agent.input': '{"approved":false,"toolCallId":"call_1"}' }))
    expect(decisionsOf(pauses, [])[0]?.[1]).toBe('denied')
  })

  test('is nobody’s business where it ran in the run that asked for it', () => {
    const pauses = new Pauses()
    pauses.asked([ask], call!, call!.end)
    expect(
      decisionsOf(pauses, [{ ...execution(), agentRun: first, start: call!.end, traceId: 'a'.repeat(32) }]),
    ).toEqual([])
    pauses.answered([answer('The customer was not approved for credit.')], call!)
    expect(decisionsOf(pauses, [])).toEqual([])
  })
})
