import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { TelemetrySpan } from '../otlp/telemetry.ts'
import { experimentNameOf, type RecordingFormat, type RecordingOptions, recordingToTraces } from './recording.ts'
import type { RecordedTrace } from './run-to-trace.ts'

const importNanos = 1_800_000_000_000_000_000n

function readFixture(format: RecordingFormat, name: string, options: RecordingOptions = {}): readonly RecordedTrace[] {
  const bytes = readFileSync(fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url)))
  return [...recordingToTraces(format, bytes, name, { importNanos, ...options })]
}

function named(trace: RecordedTrace | undefined, operation: string): readonly TelemetrySpan[] {
  return (trace?.spans ?? []).filter(({ attributes }) => attributes['gen_ai.operation.name'] === operation)
}

function messagesOf(
  span: TelemetrySpan | undefined,
  side: 'input' | 'output',
): readonly { role: string; parts: { type: string; content?: string }[] }[] {
  return JSON.parse(String(span?.attributes[`gen_ai.${side}.messages`] ?? '[]'))
}

const texts = (messages: ReturnType<typeof messagesOf>): readonly string[] =>
  messages.map(({ role, parts }) => `${role}: ${parts.map((part) => part.content ?? part.type).join(' ')}`)

const evaluationsOf = (trace: RecordedTrace | undefined): readonly (readonly unknown[])[] =>
  (trace?.evaluations ?? []).map(({ attributes: a }) => [
    a['gen_ai.evaluation.name'],
    a['gen_ai.evaluation.score.label'],
    a['recount.evaluation.subject'],
  ])

describe('τ²-bench', () => {
  const [renew, dispute] = readFixture('tau2', 'tau2.json')

  test('a simulation is a trace and a session of its own, with its experiment on root and resource', () => {
    const root = renew?.spans[0]
    expect(root).toMatchObject({ name: 'invoke_agent tau2-library', parentSpanId: undefined })
    expect(root?.attributes).toMatchObject({
      'gen_ai.agent.name': 'tau2-library',
      'gen_ai.agent.version': 'ollama_chat/qwen2.5:7b',
      'gen_ai.conversation.id': 'sim-renew',
      'recount.experiment.name': 'tau2',
      'recount.experiment.version': 'ollama_chat/qwen2.5:7b',
      'recount.suite': 'tau2/library',
      'recount.case': 'renew',
      'recount.trial': 0,
      'import.original_start': '2026-01-05T10:00:00.000000Z',
    })
    expect(root?.resource.attributes).toMatchObject({
      'recount.experiment.id': root?.attributes['recount.experiment.id'],
      'recount.suite': 'tau2/library',
    })
    expect(dispute?.sessionId).toBe('sim-dispute')
  })

  test('the greeting without usage is a message in the next call, not a call', () => {
    const chats = named(renew, 'chat')
    expect(chats).toHaveLength(7)
    expect(texts(messagesOf(chats[0], 'input'))).toEqual(['assistant: Hi! How can I help you today?'])
    expect(texts(messagesOf(chats[0], 'output'))).toEqual(['user: Please renew my book.'])
  })

  test('each side is given what it could see: the agent no tool of the customer, the customer no tool of the agent', () => {
    const chats = named(renew, 'chat')
    expect(texts(messagesOf(chats.at(-2), 'input'))).toEqual([
      'assistant: Hi! How can I help you today?',
      'user: Please renew my book.',
      'assistant: tool_call tool_call',
      'tool: tool_call_response',
      'tool: tool_call_response',
      'assistant: Please switch your card reader off and on.',
      'user: It is on again.',
    ])
    expect(texts(messagesOf(chats.at(-1), 'input'))).toEqual([
      'assistant: Hi! How can I help you today?',
      'user: Please renew my book.',
      'assistant: Please switch your card reader off and on.',
      'user: tool_call',
      'tool: tool_call_response',
      'user: It is on again.',
      'assistant: Renewed until 28 May.',
    ])
  })

  test('calls and tools of the simulated customer hang under an agent of their own', () => {
    const simulator = renew?.spans.find(({ name }) => name === 'invoke_agent user_simulator')
    const below = renew?.spans.filter(({ parentSpanId }) => parentSpanId === simulator?.spanId).map(({ name }) => name)
    expect(simulator?.parentSpanId).toBe(renew?.spans[0]?.spanId)
    expect(below).toEqual([
      'chat gpt-4.1',
      'chat gpt-4.1',
      'execute_tool restart_reader',
      'chat gpt-4.1',
      'chat gpt-4.1',
    ])
  })

  test('a reported cost of 0 beside usage is not reported; a positive one is', () => {
    const chats = named(renew, 'chat').map(({ attributes }) => attributes)
    expect(chats.filter((a) => a['gen_ai.provider.name'] === 'ollama').map((a) => a['gen_ai.usage.cost'])).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    const costs = chats.filter((a) => a['gen_ai.provider.name'] === 'openai').map((a) => Number(a['gen_ai.usage.cost']))
    expect(costs.reduce((a, b) => a + b, 0)).toBeCloseTo(0.0055, 9)
  })

  test('tool spans carry arguments, result and the error that the recording names', () => {
    const tools = named(renew, 'execute_tool')
    expect(tools.map(({ name, error }) => [name, error?.message])).toEqual([
      ['execute_tool find_loan', undefined],
      ['execute_tool renew_loan', 'Error: card is blocked'],
      ['execute_tool restart_reader', undefined],
    ])
    expect(tools[0]?.attributes).toMatchObject({
      'gen_ai.tool.call.id': 'call_1',
      'gen_ai.tool.call.arguments': '{"card":"77"}',
      'gen_ai.tool.call.result': 'L1, due 1 May',
    })
  })

  test('reward, checks and escalation become evaluations of the root', () => {
    expect(evaluationsOf(renew)).toEqual([
      ['task.outcome', 'success', undefined],
      ['escalation', 'not_escalated', undefined],
      ['tau2.db_check', 'pass', undefined],
      ['tau2.action_check', 'pass', 'renew_0'],
      ['tau2.communicate_check', 'pass', '28 May'],
    ])
    expect(evaluationsOf(dispute).slice(0, 2)).toEqual([
      ['task.outcome', 'failure', undefined],
      ['escalation', 'missed', undefined],
    ])
    expect(renew?.evaluations[0]).toMatchObject({ traceId: renew?.traceId, spanId: renew?.spans[0]?.spanId })
  })

  test('all runs of a file move by one offset and the last ends at import; --keep-time leaves them', () => {
    const ends = [renew, dispute].map((trace) => trace?.spans[0]?.endNanos ?? 0n)
    expect(ends[1]).toBe(importNanos)
    expect((ends[1] ?? 0n) - (ends[0] ?? 0n)).toBe(48_500_000_000n)
    const [kept] = readFixture('tau2', 'tau2.json', { keepTime: true })
    expect(kept?.spans[0]?.startNanos).toBe(BigInt(Date.parse('2026-01-05T10:00:00Z')) * 1_000_000n)
    expect(kept?.spans[0]?.attributes).not.toHaveProperty('import.original_start')
  })
})

describe('ids', () => {
  test('importing twice, packed or not, later or earlier, gives the same ids', () => {
    const bytes = readFileSync(fileURLToPath(new URL('./fixtures/tau2.json', import.meta.url)))
    const ids = (input: Uint8Array, name: string, at: bigint): unknown =>
      [...recordingToTraces('tau2', input, name, { importNanos: at })].map(({ spans, evaluations }) => [
        spans.map(({ traceId, spanId, parentSpanId, attributes }) => [
          traceId,
          spanId,
          parentSpanId,
          attributes['recount.experiment.id'],
        ]),
        evaluations.map(({ attributes }) => attributes['recount.evaluation.id']),
      ])
    expect(ids(gzipSync(bytes), 'dir/tau2.json.gz', importNanos + 5n)).toEqual(ids(bytes, 'tau2.json', importNanos))
  })

  test('an experiment is named after its file', () => {
    expect(['a/b/gpt-4.1_airline.json.gz', 'x.jsonl', 'y.json', 'z'].map(experimentNameOf)).toEqual([
      'gpt-4.1_airline',
      'x',
      'y',
      'z',
    ])
  })

  test('a file of another format is refused with its name and the first thing that is wrong', () => {
    expect(() => readFixture('tau2', 'gpt-4o_airline.json')).toThrow(/gpt-4o_airline\.json is not a tau2 recording: /)
    expect(() => [...recordingToTraces('agentdojo', new TextEncoder().encode('{}\nnope'), 'x.jsonl')]).toThrow(
      /line 2 is not JSON/,
    )
  })
})

describe('tau-bench', () => {
  const [run] = readFixture('tau-bench', 'gpt-4o_airline.json')

  test('model and domain come from the file name, times are marked as made up', () => {
    expect(run?.spans[0]?.attributes).toMatchObject({
      'gen_ai.agent.version': 'gpt-4o',
      'recount.suite': 'tau-bench/airline',
      'recount.case': '3',
      'recount.trial': 1,
      'import.synthetic_timing': true,
    })
    expect(run?.spans[0]?.attributes).not.toHaveProperty('import.original_start')
    expect(run?.spans[0]?.endNanos).toBe(importNanos)
  })

  test('a call id that comes back is made unique, in spans and messages, and keeps its own answer', () => {
    const tools = named(run, 'execute_tool').map(({ attributes: a, error }) => [
      a['gen_ai.tool.call.id'],
      a['gen_ai.tool.call.result'],
      error !== undefined,
    ])
    expect(tools).toEqual([
      ['call_a', 'Error: no such flight', true],
      ['call_a#2', 'F2, on time', false],
    ])
    expect(JSON.stringify(messagesOf(named(run, 'chat').at(-1), 'input'))).toContain(
      '"id":"call_a#2","response":"F2, on time"',
    )
  })

  test('the last words, which no call was given, stand on the root', () => {
    expect(texts(messagesOf(run?.spans[0], 'output'))).toEqual(['user: ###STOP###'])
    expect(evaluationsOf(run)).toEqual([
      ['task.outcome', 'success', undefined],
      ['escalation', 'missed', undefined],
    ])
  })
})

describe('AgentDojo', () => {
  const [calm, attacked] = readFixture('agentdojo', 'agentdojo.jsonl')

  test('version is model and defence, case is domain, task, attack and injection', () => {
    expect(attacked?.spans[0]?.attributes).toMatchObject({
      'gen_ai.agent.version': 'gpt-4o-2024-05-13 + tool_filter',
      'gen_ai.request.model': 'gpt-4o-2024-05-13',
      'recount.case': 'banking/user_task_0/important_instructions/injection_task_1',
      'recount.defence': 'tool_filter',
    })
    expect(calm?.spans[0]?.attributes['recount.case']).toBe('banking/user_task_0/none/none')
  })

  test('utility decides the outcome; security counts only under an attack', () => {
    expect(evaluationsOf(calm)).toEqual([['task.outcome', 'failure', undefined]])
    expect(evaluationsOf(attacked)).toEqual([
      ['task.outcome', 'success', undefined],
      ['policy.injection', 'violation', undefined],
    ])
  })

  test('a failed tool tells the model its error, a call without answer is said to have none, and the duration is kept', () => {
    expect(named(calm, 'execute_tool')[0]).toMatchObject({
      error: { message: 'ValidationError: recipient is required' },
    })
    expect(JSON.stringify(messagesOf(named(calm, 'chat')[1], 'input'))).toContain(
      '"response":"ValidationError: recipient is required"',
    )
    expect(named(attacked, 'execute_tool')[0]?.attributes['import.unanswered']).toBe(true)
    const root = calm?.spans[0]
    expect(Number((root?.endNanos ?? 0n) - (root?.startNanos ?? 0n)) / 1e9).toBeCloseTo(4.5, 2)
  })
})

describe('mini-swe-agent', () => {
  const [submitted, timedOut] = readFixture('mini-swe-agent', 'mini-swe-agent.jsonl')

  test('a call has its own times, response id, cached and reasoning tokens and cost', () => {
    const [first, second] = named(submitted, 'chat')
    expect(first?.attributes).toMatchObject({
      'gen_ai.provider.name': 'deepseek',
      'gen_ai.request.model': 'deepseek-reasoner',
      'gen_ai.response.id': 'resp-1',
      'gen_ai.usage.input_tokens': 2000,
      'gen_ai.usage.cache_read.input_tokens': 800,
      'gen_ai.usage.reasoning.output_tokens': 30,
      'gen_ai.usage.cost': 0.001,
    })
    expect((second?.endNanos ?? 0n) - (second?.startNanos ?? 0n)).toBe(2_750_000_000n)
    expect(second?.attributes).not.toHaveProperty('gen_ai.usage.reasoning.output_tokens')
    expect(messagesOf(first, 'output')[0]?.parts[0]).toEqual({ type: 'reasoning', content: 'Look first.' })
  })

  test('a return code is kept and is no error; the submission answers the last command', () => {
    const tools = named(submitted, 'execute_tool')
    expect(tools[0]).not.toHaveProperty('error')
    expect(
      tools.map(({ attributes }) => [attributes['process.exit.code'], attributes['gen_ai.tool.call.result']]),
    ).toEqual([
      [1, '<returncode>1</returncode>'],
      [undefined, 'diff --git a/x b/x'],
    ])
  })

  test('Submitted is pending; Timeout is an infrastructure error of the run, whose prompt stays readable', () => {
    expect(evaluationsOf(submitted)).toEqual([['task.outcome', 'pending', undefined]])
    expect(evaluationsOf(timedOut)).toEqual([['task.outcome', 'infra_error', undefined]])
    expect(timedOut?.spans).toHaveLength(1)
    expect(timedOut?.spans[0]).toMatchObject({ error: { message: 'litellm.Timeout: no answer' } })
    expect(texts(messagesOf(timedOut?.spans[0], 'input'))).toEqual([
      'system: You can use a shell.',
      'user: Fix another bug.',
    ])
  })
})
