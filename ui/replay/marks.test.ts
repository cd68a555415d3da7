import { expect, test } from 'vitest'
import { crossings, limitsOf, spentBy } from './limits.ts'
import { failureOf, invalidity, marksOf, nextMark } from './marks.ts'
import { record } from './recording.ts'
import { type StepDraft, stepsOf } from './step-fixture.ts'

const tool = (over: Partial<NonNullable<StepDraft['toolCall']>> = {}): StepDraft['toolCall'] => ({
  id: 'c',
  name: 'issue_refund',
  arguments: '{}',
  result: '',
  ok: true,
  error: null,
  valid: true,
  validationErrors: [],
  ...over,
})
const marked = (drafts: readonly StepDraft[]) => {
  const rec = record(stepsOf(drafts))
  return marksOf(rec.steps, rec.startMs)
}
const kinds = (drafts: readonly StepDraft[]) => marked(drafts).map((m) => `${m.index} ${m.kind}${m.bad ? ' bad' : ''}`)

test('failures, guardrail hits, approvals, scores and handoffs are marked', () => {
  expect(
    kinds([
      { kind: 'message', atMs: 0 },
      { kind: 'guardrail', atMs: 1, guardrail: { name: 'pii', verdict: 'pass', detail: '' } },
      { kind: 'guardrail', atMs: 2, guardrail: { name: 'pii', verdict: 'block', detail: '' } },
      { kind: 'approval', atMs: 3, approval: { tool: 't', decision: 'approved', by: 'jane', waitedMs: 4 } },
      { kind: 'handoff', atMs: 4, handoff: { from: 'a', to: 'b', subAgent: true } },
      { kind: 'tool_call', atMs: 5, toolCall: tool({ ok: false, error: 'timeout' }) },
      {
        kind: 'evaluation',
        atMs: 6,
        score: { name: 's', value: 0, label: '', explanation: '', source: '', evaluator: '' },
      },
    ]),
  ).toEqual(['2 guardrail bad', '3 approval', '4 handoff', '5 error bad', '6 score bad'])
})

test('the same tool asked again after it failed is a retry, and only once', () => {
  const failed = tool({ ok: false })
  expect(
    kinds([
      { kind: 'tool_call', atMs: 0, toolCall: failed },
      { kind: 'tool_call', atMs: 1, toolCall: failed },
      { kind: 'tool_call', atMs: 2, toolCall: tool() },
      { kind: 'tool_call', atMs: 3, toolCall: tool() },
    ]),
  ).toEqual(['0 error bad', '1 retry', '1 error bad', '2 retry'])
})

test('an invalid call says what the schema misses', () => {
  const errors = [{ path: '', message: "must have required property 'amount_usd'" }]
  expect(invalidity(errors)).toBe('amount_usd is required')
  expect(invalidity([{ path: '/order/id', message: 'must be string' }])).toBe('order.id must be string')
  const [step] = stepsOf([{ kind: 'tool_call', atMs: 0, toolCall: tool({ valid: false, validationErrors: errors }) }])
  expect(failureOf(step!)).toBe('arguments invalid: amount_usd is required')
})

test('a crossed limit is marked where the totals first pass it', () => {
  const rec = record(
    stepsOf([
      { kind: 'model_call', atMs: 0, ms: 1, costUsd: '0.4' },
      { kind: 'model_call', atMs: 1, ms: 1, costUsd: '0.4', traceId: 'another run' },
      { kind: 'model_call', atMs: 2, ms: 1, costUsd: '0.4' },
      { kind: 'model_call', atMs: 4, ms: 1, costUsd: '0.4' },
    ]),
  )
  expect([...crossings(rec, () => limitsOf({ 'recount.limit.usd': '0.60' }))]).toEqual([[2, ['usd']]])
  expect(spentBy(rec, 2).usd).toBeCloseTo(0.8)
  expect(limitsOf({ 'recount.limit.usd': 'much' })).toEqual({})
})

test('stepping through marks keeps to the wanted kinds and stops at the ends', () => {
  const marks = marked([
    { kind: 'tool_call', atMs: 0, toolCall: tool({ ok: false }) },
    { kind: 'handoff', atMs: 1, handoff: { from: 'a', to: 'b', subAgent: false } },
    { kind: 'tool_call', atMs: 2, toolCall: tool({ ok: false, name: 'other' }) },
  ])
  const errors = new Set(['error'] as const)
  expect(nextMark(marks, 0, 1, errors)?.index).toBe(2)
  expect(nextMark(marks, 2, 1, errors)).toBeUndefined()
  expect(nextMark(marks, 2, -1, new Set(['error', 'handoff'] as const))?.index).toBe(1)
})
