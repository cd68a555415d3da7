import { expect, test } from 'vitest'
import { owners } from './agents.ts'
import { record } from './recording.ts'
import { type StepDraft, stepsOf } from './step-fixture.ts'
import { agentsAround, type TranscriptRow, transcriptRows } from './transcript.ts'

const say = (role: string, text: string, over: Partial<StepDraft> = {}): StepDraft => ({
  kind: 'message',
  atMs: 0,
  message: { role, parts: [{ type: 'text', text }] },
  ...over,
})
const call = (over: Partial<StepDraft> = {}): StepDraft => ({ kind: 'model_call', atMs: 0, model: 'm', ...over })
const tool = (over: Partial<StepDraft> = {}): StepDraft => ({ kind: 'tool_call', atMs: 0, ...over })
const sub = (to: string, over: Partial<StepDraft> = {}): StepDraft => ({
  kind: 'handoff',
  atMs: 0,
  ms: 100,
  handoff: { from: 'root', to, subAgent: true },
  ...over,
})
const read = (drafts: readonly StepDraft[], open: readonly number[] = []) => {
  const rec = record(stepsOf(drafts))
  const rows = transcriptRows(rec, owners(rec), new Set(open))
  return rows.map((r) => `${' '.repeat(r.level)}${rec.steps[r.index]!.kind}${suffix(r)}`)
}
const suffix = (r: TranscriptRow) =>
  `${r.answer ? ' +answer' : ''}${r.agent ? ` ${r.agent.steps} ${r.agent.open ? 'open' : 'folded'}` : ''}`

test('a call and what it answered are one line, and what it led to stands under it', () => {
  expect(
    read([say('user', 'hi'), call({ spanId: 's' }), say('assistant', 'let me see', { spanId: 's' }), tool()]),
  ).toEqual(['message', 'model_call +answer', ' tool_call'])
})

test('a message that a call was told, not one it gave, stays a line of its own', () => {
  expect(read([say('assistant', 'earlier', { spanId: 's' }), call({ spanId: 's' })])).toEqual(['message', 'model_call'])
})

test('a sub-agent is one line until it is opened, found by parent spans', () => {
  const drafts = [
    call(),
    sub('fraud', { spanId: 'f' }),
    call({ depth: 1, parentSpanId: 'f', spanId: 'g' }),
    tool({ depth: 1, parentSpanId: 'g' }),
    call(),
  ]
  expect(read(drafts)).toEqual(['model_call', ' handoff 2 folded', 'model_call'])
  expect(read(drafts, [1])).toEqual(['model_call', ' handoff 2 open', '  model_call', '   tool_call', 'model_call'])
})

test('two sub-agents that ran at once read as two conversations, found by name where spans between are missing', () => {
  const drafts = [
    sub('a'),
    sub('b'),
    call({ depth: 1, agent: 'a', parentSpanId: 'gone' }),
    call({ depth: 1, agent: 'b', parentSpanId: 'gone' }),
    tool({ depth: 1, agent: 'a', parentSpanId: 'gone' }),
  ]
  expect(read(drafts, [0, 1])).toEqual([
    'handoff 2 open',
    ' model_call',
    '  tool_call',
    'handoff 1 open',
    ' model_call',
  ])
})

test('a step in a sub-agent of a sub-agent names both around it', () => {
  const rec = record(
    stepsOf([
      sub('a', { spanId: 'a' }),
      sub('b', { spanId: 'b', parentSpanId: 'a' }),
      tool({ depth: 2, parentSpanId: 'b' }),
    ]),
  )
  expect(agentsAround(owners(rec), 2)).toEqual([1, 0])
})

test('parents that form a cycle end', () => {
  const rec = record(
    stepsOf([
      sub('a', { spanId: 'z' }),
      tool({ spanId: 'x', parentSpanId: 'y' }),
      tool({ spanId: 'y', parentSpanId: 'x' }),
    ]),
  )
  expect([...owners(rec)]).toEqual([-1, -1, -1])
})
