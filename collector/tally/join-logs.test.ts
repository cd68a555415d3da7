import { describe, expect, it } from 'vitest'
import { sessionRunId } from './assign-trace.ts'
import { buildModelCall, buildSpan, tallied } from './build-span.ts'
import { groupRuns } from './group-runs.ts'
import type { TallySpan } from './tally-span.ts'

// Coding agents tell of one call in several signals; whatever is on, it is one call.

const buildLog = (given: Parameters<typeof buildSpan>[0]): TallySpan =>
  buildModelCall({ origin: 'log', spanKind: 0, sessionId: 'desk', ...given })
const used = { inputUncached: 100, cacheRead: 40, outputText: 20 }

describe('a call that a span and records tell of', () => {
  it('is one by the id of the answer, wherever the record was written', () => {
    const root = buildSpan({ kind: 'agent', endMs: 100 })
    const call = buildModelCall({ parentSpanId: root.spanId, startMs: 10, endMs: 50, responseId: 'req_1', used })
    const log = buildLog({
      parentSpanId: root.spanId,
      startMs: 11,
      endMs: 51,
      responseId: 'req_1',
      name: 'api_request',
      used,
    })
    expect(tallied([root, call, log])).toMatchObject({ modelCalls: 1, usage: { inputUncached: 100, cacheRead: 40 } })
  })

  it('is one by its tokens and its time, where neither names an id or a trace', () => {
    const call = buildModelCall({ startMs: 10, endMs: 50, used })
    const log = buildLog({ startMs: 20, endMs: 55, name: 'a.api_response', used })
    const other = buildLog({
      startMs: 20,
      endMs: 55,
      name: 'a.api_response',
      used: { inputUncached: 7, outputText: 1 },
    })
    expect(tallied([call, log]).modelCalls).toBe(1)
    expect(tallied([call, log, other]).modelCalls).toBe(2)
  })

  it('takes the finer parts from the record, and the moment from the span', () => {
    const call = buildModelCall({
      startMs: 10,
      endMs: 50,
      responseId: 'r',
      used: { inputUncached: 10, cacheWrite5m: 30, outputText: 5 },
    })
    const log = buildLog({
      endMs: 51,
      responseId: 'r',
      name: 'api_request',
      used: { inputUncached: 10, cacheWrite5m: 10, cacheWrite1h: 20, outputText: 5 },
    })
    const run = tallied([call, log])
    expect(run).toMatchObject({
      modelCalls: 1,
      usage: { inputUncached: 10, cacheWrite5m: 10, cacheWrite1h: 20, outputText: 5 },
    })
    expect(run.calls[0]).toMatchObject({ spanId: call.spanId, startNanos: call.startNanos })
  })

  it('is one where the span failed and a record says so too', () => {
    const call = buildModelCall({ startMs: 10, endMs: 50, failed: true })
    const log = buildLog({ startMs: 12, endMs: 50, name: 'a.api_error', failed: true })
    expect(tallied([call, log])).toMatchObject({ modelCalls: 1, failedModelCalls: 1 })
  })

  it('is one where a span without a word of a model has the tokens', () => {
    const turn = buildSpan({ endMs: 100 })
    const stream = buildModelCall({
      parentSpanId: turn.spanId,
      startMs: 20,
      endMs: 60,
      model: '',
      requestModel: '',
      used,
    })
    const attempt = buildLog({
      parentSpanId: turn.spanId,
      startMs: 10,
      endMs: 20,
      name: 'a.api_request',
      answered: true,
    })
    const end = buildLog({ traceId: sessionRunId(1, 'desk'), startMs: 61, name: 'a.sse_event', used })
    expect(tallied([turn, stream, attempt, end])).toMatchObject({
      modelCalls: 1,
      models: ['gpt-4.1'],
      usage: { inputUncached: 100 },
    })
  })
})

describe('a call that only records tell of', () => {
  it('is an attempt and the end of its stream; an attempt that failed is another', () => {
    const refused = buildLog({ startMs: 0, endMs: 5, name: 'a.api_request', failed: true })
    const attempt = buildLog({ startMs: 10, endMs: 20, name: 'a.api_request', answered: true })
    const end = buildLog({ startMs: 40, name: 'a.sse_event', used })
    expect(tallied([refused, attempt, end])).toMatchObject({ modelCalls: 2, failedModelCalls: 1, missingUsageCalls: 0 })
  })

  it('is one under two names, of which one may leave reasoning out', () => {
    const own = buildLog({ startMs: 5, endMs: 40, name: 'a.api_response', used: { ...used, reasoning: 7 } })
    const convention = buildLog({
      startMs: 41,
      endMs: 41,
      name: 'gen_ai.client.inference.operation.details',
      responseId: 'x',
      used,
    })
    expect(tallied([own, convention])).toMatchObject({ modelCalls: 1, usage: { reasoning: 7, outputText: 20 } })
  })

  it('is none where a record only announces it', () => {
    expect(tallied([buildLog({ name: 'gen_ai.client.inference.operation.details', answered: false })]).modelCalls).toBe(
      0,
    )
  })
})

describe('a tool that records tell of', () => {
  const tool = { kind: 'tool' as const, tool: 'Bash', provider: '', model: '', requestModel: '', answered: false }
  it('is one with its span, by its id or as the last of its name before the record; a failure that only the record knows counts', () => {
    const byId = [
      buildSpan({ ...tool, toolCallId: 'toolu_0123456789' }),
      buildLog({ ...tool, toolCallId: 'toolu_0123456789', startMs: 1, name: 'tool_result' }),
    ]
    expect(tallied(byId)).toMatchObject({ toolCalls: 1, toolErrors: 0 })
    const byPlace = [
      buildSpan({ ...tool, endMs: 10 }),
      buildLog({ ...tool, startMs: 2, endMs: 12, name: 'tool_call', failed: true }),
    ]
    expect(tallied(byPlace)).toMatchObject({ toolCalls: 1, toolErrors: 1 })
  })
})

describe('records without a trace', () => {
  const ofSession = sessionRunId(1, 'desk')
  const turn = (id: string) => buildSpan({ traceId: id.repeat(32), kind: 'agent', sessionId: 'desk' })
  const log = buildLog({ traceId: ofSession, name: 'a.api_response', used })

  it('hold all traces of their session together in one run, in whatever order they come', () => {
    const spans = [turn('a'), turn('b'), log]
    for (const order of [spans, spans.toReversed()]) {
      const runs = groupRuns(1, order)
      expect(runs.map(({ runId, spans: members }) => [runId, members.length])).toEqual([[ofSession, 3]])
    }
  })

  it('leave traces of other sessions, and all where there are none, as they are', () => {
    const other = buildSpan({ traceId: 'c'.repeat(32), kind: 'agent', sessionId: 'elsewhere' })
    expect(groupRuns(1, [turn('a'), log, other])).toHaveLength(2)
    expect(groupRuns(1, [turn('a'), turn('b')])).toHaveLength(2)
  })
})
