import { expect, test } from 'vitest'
import { type StepDraft, stepsOf } from './step-fixture.ts'
import { explain } from './why.ts'

const call = (name: string, over: Partial<NonNullable<StepDraft['toolCall']>> = {}): StepDraft => ({
  kind: 'tool_call',
  atMs: 0,
  toolCall: {
    id: '',
    name,
    arguments: '{"a":1}',
    result: '',
    ok: true,
    error: null,
    valid: null,
    validationErrors: [],
    ...over,
  },
})
const invalid = call('issue_refund', {
  valid: false,
  ok: false,
  validationErrors: [{ path: '', message: "must have required property 'amount_usd'" }],
})
const why = (drafts: readonly StepDraft[]) =>
  explain({ outcome: 'failure', status: 'unset' }, stepsOf(drafts)).map((f) => `${f.seq} ${f.subject} ${f.text}`)

test('a run that went well needs no explanation', () => {
  expect(explain({ outcome: 'success', status: 'ok' }, stepsOf([invalid]))).toEqual([])
})

test('an invalid call explains more than the error before it, and stands once', () => {
  const error = { kind: 'error', atMs: 0, name: 'http', error: { type: 'Timeout', message: 'no answer' } } as const
  expect(why([error, invalid])).toEqual([
    '1 issue_refund was called without amount_usd (required by the schema the model was given)',
    '0 http failed: no answer',
  ])
})

test('what was not done after an invalid call is said only if it was not done', () => {
  const after = (drafts: readonly StepDraft[]) =>
    explain({ outcome: 'failure', status: 'unset' }, stepsOf(drafts))[0]!.after
  expect(after([invalid])).toBe('the run ended without a retry or an escalation')
  expect(after([invalid, call('issue_refund')])).toBeUndefined()
  expect(after([invalid, call('transfer_to_human_agents')])).toBeUndefined()
})

test('three calls with the same arguments are a loop, two are not', () => {
  expect(why([call('search'), call('search')])).toEqual([])
  expect(why([call('search'), call('search', { arguments: '{"a":2}' }), call('search'), call('search')])).toEqual([
    '0 search was called 3 times with the same arguments',
  ])
})

test('a block, a denial and an escalation are each found', () => {
  expect(
    why([
      { kind: 'guardrail', atMs: 0, guardrail: { name: 'pii', verdict: 'block', detail: 'card number' } },
      { kind: 'approval', atMs: 1, approval: { tool: 'pay', decision: 'denied', by: 'jane', waitedMs: 1 } },
      { kind: 'handoff', atMs: 2, handoff: { from: 'a', to: 'human', subAgent: false } },
    ]),
  ).toEqual(['0 pii blocked: card number', '1 pay was denied by jane', '2 human was handed the conversation'])
})
