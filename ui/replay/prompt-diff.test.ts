import { expect, test } from 'vitest'
import { diffPrompts, diffText } from './prompt-diff.ts'

const say = (role: string, text: string) => ({ role, parts: [{ type: 'text' as const, text }] })

test('a call that adds to the history shows only what is new as added', () => {
  const before = [say('system', 'be kind'), say('user', 'hi')]
  expect(
    diffPrompts(before, [...before, say('assistant', 'hello')]).map((p) => `${p.kind} ${p.messages.length}`),
  ).toEqual(['same 2', 'added 1'])
})

test('a rewritten system prompt is one message less and one more, and its words are compared', () => {
  const parts = diffPrompts([say('system', 'today is Monday')], [say('system', 'today is Tuesday')])
  expect(parts.map((p) => p.kind)).toEqual(['removed', 'added'])
  expect(diffText('today is Monday', 'today is Tuesday')).toEqual([
    { kind: 'same', text: 'today is ' },
    { kind: 'removed', text: 'Monday' },
    { kind: 'added', text: 'Tuesday' },
  ])
})

test('texts too long to compare word by word are shown whole', () => {
  expect(diffText('a'.repeat(15_000), 'b'.repeat(15_000)).map((p) => p.kind)).toEqual(['removed', 'added'])
})
