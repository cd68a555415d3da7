import { describe, expect, it } from 'vitest'
import { at, buildModelCall, buildScore, buildSpan, tallied } from './build-span.ts'

describe('outcome of a run', () => {
  it('is pending while nobody said anything, whatever the status of its spans', () => {
    expect(tallied([buildSpan({ status: 2, failed: true })])).toMatchObject({
      outcome: 'pending',
      outcomeSource: '',
      status: 2,
    })
  })

  it('is what the most trusted source said, then what was said last', () => {
    const scores = [
      buildScore({ source: 'span', label: 'success', timeNanos: at(90) }),
      buildScore({ source: 'code', label: 'failure', timeNanos: at(10), evaluator: 'early' }),
      buildScore({ source: 'code', label: 'escalated', timeNanos: at(20), evaluator: 'late' }),
      buildScore({ source: 'llm', label: 'success', timeNanos: at(80) }),
      buildScore({ source: 'human', label: 'maybe', timeNanos: at(95) }),
      buildScore({ source: 'human', name: 'tone', label: 'success', timeNanos: at(99) }),
    ]
    expect(tallied([buildSpan({})], { scores })).toMatchObject({
      outcome: 'escalated',
      outcomeSource: 'code',
      outcomeEvaluator: 'late',
      scoreNames: ['task.outcome', 'tone'],
    })
    const settled = [...scores, buildScore({ source: 'system_of_record', label: 'failure', timeNanos: at(1) })]
    expect(tallied([buildSpan({})], { scores: settled })).toMatchObject({
      outcome: 'failure',
      outcomeSource: 'system_of_record',
    })
  })
})

describe('cost of a run', () => {
  const used = { inputUncached: 10, outputText: 5 }

  it('is what was reported, else what the book says; a reported 0 is no report', () => {
    const reported = buildModelCall({ used, costReportedNanoUsd: 77n })
    const computed = buildModelCall({ used, startMs: 1, costReportedNanoUsd: 0n })
    const run = tallied([reported, computed])
    expect(run).toMatchObject({ costNanoUsd: 92n, costStatus: 'complete', unpricedCalls: 0 })
    expect(run.calls.map(({ costStatus, priceRef }) => [costStatus, priceRef])).toEqual([
      // The entry explains what the book says, also where another cost counts.
      ['reported', 'nano@1/openai'],
      ['computed', 'nano@1/openai'],
    ])
  })

  it('is partial where one price is missing and none where all are, never $0', () => {
    const unknown = buildModelCall({ provider: 'ollama', used })
    expect(tallied([unknown])).toMatchObject({ costStatus: 'none', unpricedCalls: 1 })
    expect(tallied([unknown, buildModelCall({ used, startMs: 1 })])).toMatchObject({
      costStatus: 'partial',
      unpricedCalls: 1,
      costNanoUsd: 15n,
    })
  })

  it('of a failed call without usage is nothing', () => {
    expect(tallied([buildModelCall({ failed: true })])).toMatchObject({
      costStatus: 'complete',
      unpricedCalls: 0,
      missingUsageCalls: 0,
      failedModelCalls: 1,
    })
  })
})

describe('who and what a run is', () => {
  it('takes names from the root, then from whichever span says them first', () => {
    const root = buildSpan({
      kind: 'workflow',
      name: 'POST /chat',
      sessionId: 's2',
      endMs: 9,
      labels: new Map([['recount.case', 'c1']]),
    })
    const agent = buildSpan({
      kind: 'agent',
      agent: 'triage',
      agentVersion: '3',
      parentSpanId: root.spanId,
      startMs: 1,
      endMs: 8,
      sessionId: 's1',
      userId: 'ada',
      inputPreview: 'Hello',
      outputPreview: 'Bye',
    })
    const sub = buildSpan({ kind: 'agent', agent: 'refunds', parentSpanId: agent.spanId, startMs: 2, endMs: 7 })
    const call = buildModelCall({ parentSpanId: sub.spanId, startMs: 3, endMs: 6, used: { inputUncached: 1 } })
    expect(tallied([call, sub, agent, root])).toMatchObject({
      rootName: 'POST /chat',
      rootAgent: 'triage',
      agents: ['refunds', 'triage'],
      agentVersion: '3',
      sessionId: 's2',
      sessionIds: ['s2', 's1'],
      userId: 'ada',
      startNanos: at(0),
      endNanos: at(9),
      spanCount: 4,
      firstInput: 'Hello',
      lastOutput: 'Bye',
      labels: new Map([['recount.case', 'c1']]),
      models: ['gpt-4.1'],
      calls: [{ agent: 'refunds' }],
    })
  })

  it('falls back to the service where there is no agent', () => {
    const run = tallied([buildModelCall({ used: { inputUncached: 1 } })])
    expect(run).toMatchObject({ rootAgent: 'shop', agents: [], calls: [{ agent: 'shop' }] })
  })

  it('of a run whose root was lost is an error if any span failed', () => {
    const orphan = buildSpan({ parentSpanId: 'f'.repeat(16), failed: true })
    expect(tallied([orphan])).toMatchObject({ status: 2, errorCount: 0, spanCount: 1 })
  })

  it('counts a span sent again once, in its last version', () => {
    const first = buildModelCall({ used: { inputUncached: 1 }, status: 2, receivedOrder: 1 })
    const again = { ...first, usage: { ...first.usage, inputUncached: 9 }, status: 1, receivedOrder: 2 }
    expect(tallied([again, first])).toMatchObject({
      spanCount: 1,
      errorCount: 0,
      modelCalls: 1,
      usage: expect.objectContaining({ inputUncached: 9 }),
    })
  })

  it('survives spans that are one another’s parents', () => {
    const a = buildModelCall({ spanId: 'a'.repeat(16), parentSpanId: 'b'.repeat(16), used: { inputUncached: 1 } })
    const b = buildModelCall({ spanId: 'b'.repeat(16), parentSpanId: 'a'.repeat(16), used: { inputUncached: 1 } })
    const self = buildSpan({ spanId: 'c'.repeat(16), parentSpanId: 'c'.repeat(16) })
    expect(tallied([a, b, self]).spanCount).toBe(3)
  })
})

describe('guardrail checks', () => {
  it('have a denominator: every evaluation counts, a block is a hit, an error that let the call through is told apart', () => {
    const root = buildSpan({ kind: 'agent', agent: 'a', endMs: 9 })
    const check = (guardrail: string, verdict: string, startMs: number) =>
      buildSpan({ kind: 'guardrail', guardrail, verdict, parentSpanId: root.spanId, startMs })
    const run = tallied([root, check('pii', 'pass', 1), check('pii', 'block', 2), check('tone', 'error', 3)])
    expect(run).toMatchObject({ guardrailEvaluations: 3, guardrailHits: 1, guardrails: ['pii', 'tone'] })
    expect(run.checks.map(({ verdict, failOpen, agent }) => [verdict, failOpen, agent])).toEqual([
      ['pass', false, 'a'],
      ['block', false, 'a'],
      ['error', true, 'a'],
    ])
  })

  it('have blocked where only the span that they stopped says so', () => {
    const root = buildSpan({
      kind: 'agent',
      agent: 'a',
      failed: true,
      statusMessage: 'Guardrail tripwire triggered: {guardrail: no_swearing}',
    })
    const check = buildSpan({ kind: 'guardrail', guardrail: 'no_swearing', verdict: 'pass', parentSpanId: root.spanId })
    expect(tallied([root, check]).checks).toMatchObject([{ verdict: 'block' }])
  })
})
