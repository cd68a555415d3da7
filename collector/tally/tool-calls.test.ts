import { describe, expect, it } from 'vitest'
import { buildModelCall, buildSpan, tallied } from './build-span.ts'

const DEFINITIONS = JSON.stringify([
  {
    name: 'get_weather',
    description: '',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    },
  },
  { name: 'ping', description: '', parameters: null },
])
const toolDefinitions = new Map([['h', DEFINITIONS]])

describe('a tool call', () => {
  it('counts once for client, server and the framework around them', () => {
    const outer = buildSpan({ kind: 'tool', tool: 'get_weather', toolCallId: 'call_9fTUoQ6uhsds', endMs: 10 })
    const client = buildSpan({ kind: 'tool', tool: 'get_weather', parentSpanId: outer.spanId, startMs: 1, endMs: 9 })
    const server = buildSpan({
      kind: 'tool',
      tool: 'weather.get_weather',
      parentSpanId: client.spanId,
      startMs: 2,
      endMs: 8,
      failed: true,
      errorType: 'tool_error',
    })
    expect(tallied([outer, client, server])).toMatchObject({
      toolCalls: 1,
      toolErrors: 1,
      calls: [{ spanId: outer.spanId, tool: 'get_weather', errorType: 'tool_error' }],
    })
  })

  it('counts once when it was paused and resumed, and ends as it ended last', () => {
    const paused = buildSpan({ kind: 'tool', tool: 'refund', toolCallId: 'call_9fTUoQ6uhsds', failed: true })
    const resumed = buildSpan({ kind: 'tool', tool: 'refund', toolCallId: 'call_9fTUoQ6uhsds', startMs: 100 })
    expect(tallied([paused, resumed])).toMatchObject({ toolCalls: 1, toolErrors: 0 })
  })

  it('is told apart from the next one by more than an id that was numbered within its request', () => {
    const first = buildSpan({ kind: 'tool', tool: 'get_weather', toolCallId: 'get_weather_0' })
    const second = buildSpan({ kind: 'tool', tool: 'get_weather', toolCallId: 'get_weather_0', startMs: 100 })
    expect(tallied([first, second]).toolCalls).toBe(2)
  })

  it('is not one with the tools of the agent that it runs', () => {
    const delegate = buildSpan({ kind: 'tool', tool: 'get_weather', endMs: 10 })
    const agent = buildSpan({ kind: 'agent', agent: 'b', parentSpanId: delegate.spanId, startMs: 1, endMs: 9 })
    const inner = buildSpan({ kind: 'tool', tool: 'get_weather', parentSpanId: agent.spanId, startMs: 2, endMs: 8 })
    expect(tallied([delegate, agent, inner]).toolCalls).toBe(2)
  })

  it('costs the fee that was reported for it', () => {
    const run = tallied([
      buildSpan({ kind: 'tool', tool: 'search', toolFeeNanoUsd: 5_000_000n }),
      buildSpan({ kind: 'tool', tool: 'ping' }),
    ])
    expect(run).toMatchObject({ costNanoUsd: 5_000_000n, costStatus: 'complete' })
  })
})

describe('validity of a tool call', () => {
  const validity = (tool: Parameters<typeof buildSpan>[0]): string => {
    const model = buildModelCall({ toolDefinitionsRef: 'h', used: { inputUncached: 1 } })
    const run = tallied([model, buildSpan({ kind: 'tool', startMs: 5, ...tool })], { toolDefinitions })
    return run.calls.find(({ kind }) => kind === 'tool')?.validity ?? 'none'
  }

  it('is computed from the schema that the model was offered', () => {
    expect(validity({ tool: 'get_weather', toolArguments: '{"city":"Oslo"}' })).toBe('valid')
    expect(validity({ tool: 'get_weather', toolArguments: '{"town":"Oslo"}' })).toBe('invalid')
    expect(validity({ tool: 'get_weather', toolArguments: '{"city":"Oslo"' })).toBe('invalid')
  })

  it('does not ask whether a valid call then failed', () => {
    expect(validity({ tool: 'get_weather', toolArguments: '{"city":"Oslo"}', failed: true })).toBe('valid')
  })

  it('reads what a decorator recorded, display names, and nothing that only Python can', () => {
    expect(
      validity({
        tool: 'Get Weather',
        toolArguments: '{"args":[],"kwargs":{"city":"Oslo","ctx":"<a.Context object at 0x7f15673d8a90>"}}',
      }),
    ).toBe('valid')
    expect(validity({ tool: 'get_weather', toolArguments: '{"args":["Oslo"],"kwargs":{}}' })).toBe('unknown')
    expect(validity({ tool: 'get_weather', toolArguments: "{'city': 'Oslo'}" })).toBe('unknown')
  })

  it('is unknown without schema or arguments', () => {
    expect(validity({ tool: 'ping', toolArguments: '{}' })).toBe('unknown')
    expect(validity({ tool: 'get_weather' })).toBe('unknown')
  })

  it('is invalid for a tool that was never offered and failed, unknown for one that a framework ran of itself', () => {
    expect(validity({ tool: 'get_time', toolArguments: '{}', failed: true })).toBe('invalid')
    expect(validity({ tool: 'final_answer', toolArguments: '{}' })).toBe('unknown')
  })
})
