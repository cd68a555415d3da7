import { describe, expect, it } from 'vitest'
import { buildModelCall, buildSpan, tallied } from './build-span.ts'

describe('a call that several spans tell of counts once', () => {
  it('when the provider SDK’s span is inside the framework’s, with the finer usage of the inner one', () => {
    const outer = buildModelCall({
      endMs: 10,
      used: { inputUncached: 100, cacheWrite5m: 50, outputText: 7 },
      agent: 'a',
    })
    const inner = buildModelCall({
      parentSpanId: outer.spanId,
      startMs: 1,
      endMs: 9,
      used: { inputUncached: 100, cacheWrite5m: 20, cacheWrite1h: 30, outputText: 7 },
    })
    const run = tallied([outer, inner])
    expect(run).toMatchObject({
      modelCalls: 1,
      usage: expect.objectContaining({ inputUncached: 100, cacheWrite5m: 20, cacheWrite1h: 30, outputText: 7 }),
    })
    expect(run.calls).toMatchObject([{ spanId: inner.spanId, agent: 'a' }])
  })

  it('when two spans beside each other have the id of one answer', () => {
    const agent = buildSpan({ kind: 'agent', agent: 'a', endMs: 20 })
    const used = { inputUncached: 10, outputText: 5 }
    const one = buildModelCall({ parentSpanId: agent.spanId, responseId: 'msg_1', used, startMs: 1, endMs: 9 })
    const other = buildModelCall({
      parentSpanId: agent.spanId,
      responseId: 'msg_1',
      used,
      startMs: 2,
      endMs: 8,
      scope: 'sdk',
    })
    expect(tallied([agent, one, other])).toMatchObject({
      modelCalls: 1,
      usage: expect.objectContaining({ inputUncached: 10, outputText: 5 }),
    })
  })

  it('when two instrumentations report one failed attempt, which has no answer and no id', () => {
    const agent = buildSpan({ kind: 'agent', agent: 'a', endMs: 20 })
    const one = buildModelCall({ parentSpanId: agent.spanId, failed: true, startMs: 1, endMs: 9 })
    const other = buildModelCall({ parentSpanId: agent.spanId, failed: true, startMs: 2, endMs: 8, scope: 'sdk' })
    expect(tallied([agent, one, other])).toMatchObject({ modelCalls: 1, failedModelCalls: 1 })
  })

  it('when a log tells of it too, whose user no span names', () => {
    const call = buildModelCall({ used: { inputUncached: 10, outputText: 5 } })
    const log = buildModelCall({
      origin: 'log',
      parentSpanId: call.spanId,
      used: { inputUncached: 10, outputText: 5 },
      userId: 'ada',
    })
    expect(tallied([call, log])).toMatchObject({
      modelCalls: 1,
      spanCount: 1,
      userIds: ['ada'],
      usage: expect.objectContaining({ inputUncached: 10 }),
    })
  })

  it('when a log of it was written in the span around it', () => {
    const agent = buildSpan({ kind: 'agent', agent: 'a', endMs: 20 })
    const used = { inputUncached: 10, outputText: 5 }
    const call = buildModelCall({ parentSpanId: agent.spanId, startMs: 1, endMs: 9, used })
    const log = buildModelCall({ origin: 'log', parentSpanId: agent.spanId, startMs: 10, used })
    const another = buildModelCall({
      origin: 'log',
      parentSpanId: agent.spanId,
      startMs: 12,
      used: { inputUncached: 3, outputText: 2 },
    })
    expect(tallied([agent, call, log, another])).toMatchObject({
      modelCalls: 2,
      usage: expect.objectContaining({ inputUncached: 13 }),
    })
  })

  it('but not when a local server numbers its answers from a small range', () => {
    const one = buildModelCall({
      responseId: 'chatcmpl-123',
      used: { inputUncached: 10, outputText: 5 },
      startMs: 0,
      endMs: 5,
    })
    const other = buildModelCall({
      responseId: 'chatcmpl-123',
      used: { inputUncached: 20, outputText: 6 },
      startMs: 10,
      endMs: 15,
    })
    expect(tallied([one, other]).modelCalls).toBe(2)
  })

  it('but not when one scope reports two calls at the same time', () => {
    const agent = buildSpan({ kind: 'agent', agent: 'a', endMs: 20 })
    const one = buildModelCall({ parentSpanId: agent.spanId, startMs: 1, endMs: 9, answered: true })
    const other = buildModelCall({ parentSpanId: agent.spanId, startMs: 2, endMs: 8, answered: true })
    expect(tallied([agent, one, other]).modelCalls).toBe(2)
  })
})

describe('attempts', () => {
  it('below one span count each, and the span around them does not', () => {
    const loop = buildModelCall({ endMs: 20, used: { inputUncached: 10, outputText: 5 } })
    const failed = buildModelCall({ parentSpanId: loop.spanId, startMs: 1, endMs: 5, failed: true })
    const good = buildModelCall({
      parentSpanId: loop.spanId,
      startMs: 6,
      endMs: 19,
      used: { inputUncached: 10, outputText: 5 },
    })
    expect(tallied([loop, failed, good])).toMatchObject({
      modelCalls: 2,
      failedModelCalls: 1,
      usage: expect.objectContaining({ inputUncached: 10 }),
    })
  })

  it('take the usage of the span around them where they have none', () => {
    const loop = buildModelCall({ endMs: 20, used: { inputUncached: 10, outputText: 5 } })
    const failed = buildModelCall({ parentSpanId: loop.spanId, startMs: 1, endMs: 5, failed: true })
    const good = buildModelCall({ parentSpanId: loop.spanId, startMs: 6, endMs: 19, answered: true })
    expect(tallied([loop, failed, good])).toMatchObject({
      modelCalls: 2,
      missingUsageCalls: 0,
      usage: expect.objectContaining({ inputUncached: 10 }),
    })
  })
})

describe('a span of kind llm is no call', () => {
  it('when it prepares the one beside it', () => {
    const agent = buildSpan({ kind: 'agent', agent: 'a', endMs: 20 })
    const preparation = buildModelCall({ parentSpanId: agent.spanId, startMs: 1, endMs: 2 })
    const call = buildModelCall({
      parentSpanId: agent.spanId,
      startMs: 3,
      endMs: 9,
      used: { inputUncached: 10, outputText: 5 },
    })
    expect(tallied([agent, preparation, call])).toMatchObject({ modelCalls: 1, missingUsageCalls: 0 })
  })

  it('but it is one when nothing beside it is: a stream without usage', () => {
    const agent = buildSpan({ kind: 'agent', agent: 'a', endMs: 20 })
    const call = buildModelCall({ parentSpanId: agent.spanId, startMs: 1, endMs: 2 })
    expect(tallied([agent, call])).toMatchObject({
      modelCalls: 1,
      missingUsageCalls: 1,
      unpricedCalls: 1,
      costStatus: 'none',
    })
  })

  it('and what a sub-agent calls inside a streaming call is not a part of that call', () => {
    const stream = buildModelCall({ endMs: 20, used: { inputUncached: 10, outputText: 5 } })
    const tool = buildSpan({ kind: 'tool', tool: 'delegate', parentSpanId: stream.spanId, startMs: 1, endMs: 19 })
    const inner = buildModelCall({
      parentSpanId: tool.spanId,
      startMs: 2,
      endMs: 18,
      used: { inputUncached: 3, outputText: 1 },
    })
    expect(tallied([stream, tool, inner])).toMatchObject({
      modelCalls: 2,
      toolCalls: 1,
      usage: expect.objectContaining({ inputUncached: 13, outputText: 6 }),
    })
  })
})

describe('a roll-up', () => {
  const used = { inputUncached: 10, outputText: 5 }

  it('does not count where anything below it carries usage', () => {
    const agent = buildSpan({ kind: 'agent', agent: 'a', endMs: 20, used: { inputUncached: 30, outputText: 15 } })
    const step = buildSpan({ kind: 'step', parentSpanId: agent.spanId, startMs: 1, endMs: 19, used })
    const call = buildModelCall({ parentSpanId: step.spanId, startMs: 2, endMs: 9, used })
    expect(tallied([agent, step, call]).usage).toMatchObject(used)
  })

  it('counts once where nothing below it does, the innermost of several, and is no call that could be told apart', () => {
    const agent = buildSpan({
      kind: 'agent',
      agent: 'a',
      provider: 'openai',
      model: 'gpt-4.1',
      endMs: 20,
      used: { inputUncached: 10, outputText: 5 },
    })
    const step = buildSpan({
      kind: 'step',
      parentSpanId: agent.spanId,
      provider: 'openai',
      startMs: 1,
      endMs: 19,
      used,
    })
    const call = buildModelCall({ parentSpanId: step.spanId, startMs: 2, endMs: 9, answered: true })
    const run = tallied([agent, step, call])
    expect(run).toMatchObject({
      modelCalls: 1,
      missingUsageCalls: 0,
      costNanoUsd: 15n,
      costStatus: 'complete',
      usage: expect.objectContaining(used),
    })
  })

  it('gives way when its children arrive late', () => {
    const agent = buildSpan({ kind: 'agent', agent: 'a', endMs: 20, used: { inputUncached: 30, outputText: 15 } })
    const call = buildModelCall({ parentSpanId: agent.spanId, startMs: 2, endMs: 9, used })
    expect([tallied([agent]).usage.inputUncached, tallied([agent, call]).usage.inputUncached]).toEqual([30, 10])
  })
})

describe('what a call leaves in its parent bucket', () => {
  it('is named where its provider tells it apart, and only there', () => {
    const inputOnly = { inputUncached: 10, outputText: 5 }
    const openai = tallied([buildModelCall({ used: inputOnly })]).usageUnreported
    const split = tallied([buildModelCall({ used: { ...inputOnly, cacheRead: 0, reasoning: 0 } })]).usageUnreported
    const local = tallied([buildModelCall({ provider: 'ollama', used: inputOnly })]).usageUnreported
    expect([openai, split, local]).toEqual([(1 << 1) | (1 << 7), 0, 0])
  })
})
