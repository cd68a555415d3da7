import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Replay, Step } from '../../schema/api/shapes.ts'
import { get, put, testApp } from '../../test/support/api.ts'
import { aScore, openTestStore, type TestStore } from '../../test/support/rows.ts'
import { drawTrace } from '../../test/support/traces.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const START = NOW - 3_600_000
const traceId = (n: number): string => n.toString(16).padStart(32, '0')
const otel = (messages: readonly [string, string][]): string =>
  JSON.stringify(messages.map(([role, content]) => ({ role, parts: [{ type: 'text', content }] })))
const DEFINITIONS = JSON.stringify([
  {
    name: 'refund',
    description: 'Refund',
    parameters: { type: 'object', properties: { usd: { type: 'number' } }, required: ['usd'] },
  },
])

let store: TestStore
let app: Hono

beforeAll(async () => {
  store = await openTestStore()
  const desk = drawTrace(
    `
    agent desk 0-5000 !RunError
      llm first 0-1000 in=100 out=10 cost=0.01
      guardrail pii 1000-1010 verdict=flag
      approval manager 1010-2000
      tool refund 2000-2100 !InvalidArguments id=call_refund_00001
      agent fraud 2100-3000
        llm second 2100-2600 in=50 out=5 cost=0.02
        retrieval docs 2600-2700
      span http 3000-3100 !ECONNRESET
      step cleanup 3100-3200
      handoff refunds 3200-3210
      llm third 3300-4000 in=200 out=20 cost=0.04
    `,
    {
      traceId: traceId(1),
      startMs: START,
      run: { sessionId: 'conv', sessionIds: ['conv'] },
      more: {
        first: {
          attrs: new Map([
            [
              'gen_ai.input.messages',
              otel([
                ['system', 'Be kind.'],
                ['user', 'Refund me.'],
              ]),
            ],
            [
              'gen_ai.output.messages',
              JSON.stringify([
                {
                  role: 'assistant',
                  parts: [{ type: 'tool_call', id: 'call_refund_00001', name: 'refund', arguments: { usd: 'ten' } }],
                },
              ]),
            ],
          ]),
          toolDefinitionsRef: 'dd'.repeat(16),
          responseId: 'resp-1',
          finishReason: 'tool_calls',
        },
        second: {
          attrs: new Map([
            ['gen_ai.input.messages', otel([['user', 'Is this fraud?']])],
            ['gen_ai.output.messages', otel([['assistant', 'No.']])],
          ]),
        },
        third: {
          attrs: new Map([
            [
              'gen_ai.input.messages',
              otel([
                ['system', 'Be kind.'],
                ['user', 'Refund me.'],
              ]),
            ],
            ['gen_ai.output.messages', otel([['assistant', 'I could not refund you.']])],
          ]),
        },
        refund: {
          toolArguments: '{"usd":"ten"}',
          attrs: new Map([['gen_ai.tool.call.result', 'usd must be a number']]),
        },
        manager: {
          tool: 'refund',
          attrs: new Map([
            ['recount.approval.decision', 'approved'],
            ['recount.approval.by', 'jane@example.com'],
          ]),
        },
        docs: {
          attrs: new Map([
            ['input.value', 'fraud signs'],
            ['retrieval.documents.0.document.id', 'd1'],
            ['retrieval.documents.0.document.content', 'Signs of fraud'],
          ]),
          nums: new Map([['retrieval.documents.0.document.score', 0.75]]),
        },
        refunds: { name: 'handoff to refunds', attrs: new Map([['gen_ai.handoff.to_agent', 'refunds']]) },
        http: {
          events: [
            {
              timeNanos: BigInt(START + 3050) * 1_000_000n,
              name: 'exception',
              attrs: '{"exception.message":"connection reset"}',
            },
          ],
        },
      },
    },
  )
  const calls = desk.run.calls.map((call) =>
    call.tool === 'refund' ? { ...call, validity: 'invalid' as const } : call,
  )
  await put(store, [{ ...desk, run: { ...desk.run, calls } }])
  await store.contents([{ projectId: 1, traceId: traceId(1), hash: 'dd'.repeat(16), parts: [], body: DEFINITIONS }])
  await store.scores([
    aScore({
      scoreId: 'ee'.repeat(16),
      timeNanos: BigInt(START + 9000) * 1_000_000n,
      name: 'task.outcome',
      source: 'human',
      label: 'failure',
      traceId: traceId(1),
      evaluator: 'jane',
    }),
  ])
  // Tools that stand in messages alone, and words that only the agent's own span holds.
  await put(store, [
    drawTrace(
      `
      agent quiet 0-1000
        llm a 0-100 in=1 out=1
        llm b 200-300 in=1 out=1
      `,
      {
        traceId: traceId(2),
        startMs: START,
        more: {
          quiet: { attrs: new Map([['gen_ai.output.messages', otel([['assistant', 'Goodbye.']])]]) },
          a: {
            attrs: new Map([
              ['gen_ai.prompt.0.role', 'user'],
              ['gen_ai.prompt.0.content', 'Weather?'],
              ['gen_ai.completion.0.role', 'assistant'],
              ['gen_ai.completion.0.tool_calls.0.id', 'w1'],
              ['gen_ai.completion.0.tool_calls.0.name', 'weather'],
              ['gen_ai.completion.0.tool_calls.0.arguments', '{"city":"Oslo"}'],
            ]),
          },
          b: {
            attrs: new Map([
              ['gen_ai.prompt.0.role', 'user'],
              ['gen_ai.prompt.0.content', 'Weather?'],
              ['gen_ai.prompt.1.role', 'assistant'],
              ['gen_ai.prompt.1.tool_calls.0.id', 'w1'],
              ['gen_ai.prompt.1.tool_calls.0.name', 'weather'],
              ['gen_ai.prompt.1.tool_calls.0.arguments', '{"city":"Oslo"}'],
              ['gen_ai.prompt.2.role', 'tool'],
              ['gen_ai.prompt.2.tool_call_id', 'w1'],
              ['gen_ai.prompt.2.content', '7 degrees'],
              ['gen_ai.completion.0.role', 'assistant'],
              ['gen_ai.completion.0.content', 'Seven degrees.'],
            ]),
          },
        },
      },
    ),
  ])
  await put(store, [
    drawTrace(Array.from({ length: 40 }, (_, i) => `tool t${i} ${i * 10}-${i * 10 + 5}`).join('\n'), {
      traceId: traceId(3),
      startMs: START,
    }),
  ])
  app = testApp(store, { nowMs: () => NOW })
})
afterAll(() => store.close())

const brief = (step: Step): string => {
  const text = step.message?.parts.map((part) => part.text ?? `${part.name}(${part.arguments})`).join('+')
  return [step.kind, step.message ? `${step.message.role}: ${text}` : step.name].join(' ')
}
const replay = (path: string) => get<Replay>(app, `/api/${path}/replay`)

describe('a replay', () => {
  test('is one list: messages once, calls without words, and what came between them', async () => {
    const { steps, session, run, next } = await replay('sessions/conv')
    expect(steps.map(brief)).toEqual([
      'message system: Be kind.',
      'message user: Refund me.',
      'model_call llm first',
      'message assistant: refund({"usd":"ten"})',
      'guardrail pii',
      'approval approval manager',
      'tool_call refund',
      'handoff agent fraud',
      'message user: Is this fraud?',
      'model_call llm second',
      'message assistant: No.',
      'retrieval retrieval docs',
      'error span http',
      'step step cleanup',
      'handoff handoff to refunds',
      'model_call llm third',
      'message assistant: I could not refund you.',
      'evaluation task.outcome',
    ])
    expect(steps.map((step) => step.seq)).toEqual(steps.map((_, i) => i))
    expect([session.id, run, next]).toEqual(['conv', null, null])
  })

  test('says of each step what it is about', async () => {
    const { steps } = await replay('sessions/conv')
    const of = (kind: Step['kind']) => steps.filter((step) => step.kind === kind)
    expect(of('model_call')[0]).toMatchObject({
      model: 'first',
      provider: 'openai',
      responseId: 'resp-1',
      finishReason: 'tool_calls',
      costUsd: '0.01',
      costStatus: 'computed',
      priceRef: 'book@1 gpt',
      depth: 0,
      agent: 'desk',
    })
    expect(of('tool_call')[0]!.toolCall).toEqual({
      id: 'call_refund_00001',
      name: 'refund',
      arguments: '{"usd":"ten"}',
      result: 'usd must be a number',
      ok: false,
      error: 'InvalidArguments happened',
      valid: false,
      validationErrors: [{ path: '/usd', message: 'must be number' }],
      schema: { type: 'object', properties: { usd: { type: 'number' } }, required: ['usd'] },
    })
    expect(of('guardrail')[0]!.guardrail).toMatchObject({ name: 'pii', verdict: 'flag' })
    expect(of('approval')[0]!.approval).toEqual({
      tool: 'refund',
      decision: 'approved',
      by: 'jane@example.com',
      waitedMs: 990,
    })
    expect(of('handoff').map((step) => step.handoff)).toEqual([
      { from: 'desk', to: 'fraud', subAgent: true },
      { from: 'desk', to: 'refunds', subAgent: false },
    ])
    expect(of('retrieval')[0]!.retrieval).toEqual({
      query: 'fraud signs',
      documents: [{ id: 'd1', content: 'Signs of fraud', score: 0.75 }],
    })
    expect(of('evaluation')[0]!.score).toEqual({
      name: 'task.outcome',
      value: null,
      label: 'failure',
      explanation: '',
      source: 'human',
      evaluator: 'jane',
    })
    // The run failed too, but its failure is told by the steps inside of it; nobody tells of the broken connection.
    expect(of('error').map((step) => step.error)).toEqual([{ type: 'ECONNRESET', message: 'ECONNRESET happened' }])
    expect(steps.filter((step) => step.agent === 'fraud').map((step) => step.depth)).toEqual([0, 1, 1, 1, 1])
  })

  test('has running totals of all that had ended', async () => {
    const { steps, session } = await replay('sessions/conv')
    const end = (step: Step) => BigInt(step.startNanos) + BigInt(step.durationNanos)
    for (const step of steps) {
      const done = steps.filter((other) => end(other) <= end(step))
      expect(step.totals.modelCalls).toBe(done.filter((other) => other.kind === 'model_call').length)
      expect(step.totals.toolCalls).toBe(done.filter((other) => other.kind === 'tool_call').length)
      expect(step.totals.errors).toBe(done.filter((other) => other.status === 'error').length)
      expect(Number(step.totals.costUsd)).toBeCloseTo(
        done.reduce((sum, other) => sum + Number(other.costUsd ?? 0), 0),
        9,
      )
      expect(step.totals.usage.inputTotal).toBe(done.reduce((sum, other) => sum + (other.usage?.inputTotal ?? 0), 0))
    }
    const last = steps.at(-1)!.totals
    expect(last).toMatchObject({
      costUsd: session.costUsd,
      modelCalls: session.modelCalls,
      toolCalls: session.toolCalls,
      guardrailHits: session.guardrailHits,
    })
    // The sub-agent's start lasts as long as the sub-agent: what that one spent is in it.
    expect(steps.find((step) => step.handoff?.subAgent)!.totals.costUsd).toBe('0.03')
  })

  test('makes steps of tools that only messages tell of, and keeps last words that no call carried', async () => {
    const { steps, run } = await replay(`traces/${traceId(2)}`)
    expect(steps.map(brief)).toEqual([
      'message user: Weather?',
      'model_call llm a',
      'message assistant: weather({"city":"Oslo"})',
      'tool_call weather',
      'model_call llm b',
      'message assistant: Seven degrees.',
      'message assistant: Goodbye.',
    ])
    expect(steps[3]!.toolCall).toMatchObject({
      id: 'w1',
      arguments: '{"city":"Oslo"}',
      result: '7 degrees',
      ok: true,
      valid: null,
    })
    expect(run?.id).toBe(traceId(2))
  })

  test('comes in pages, totals carrying on', async () => {
    const whole = await replay(`traces/${traceId(3)}`)
    const paged: Step[] = []
    let cursor = ''
    do {
      const page: Replay = await get<Replay>(app, `/api/traces/${traceId(3)}/replay?limit=7${cursor}`)
      paged.push(...page.steps)
      cursor = page.next ? `&cursor=${page.next}` : ''
    } while (cursor !== '')
    expect(paged).toEqual(whole.steps)
    expect(paged.at(-1)!.totals.toolCalls).toBe(40)
  })

  test.each(['sessions/unknown', `traces/${traceId(77)}`, 'traces/zz'])('of %s is 404', (path) =>
    get(app, `/api/${path}/replay`, 404),
  )
})
