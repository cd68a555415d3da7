import { expect, test } from 'vitest'
import { type StepDraft, stepsOf } from './step-fixture.ts'
import { briefJson, stepFigures, stepTitle } from './step-words.ts'

const one = (draft: Partial<StepDraft>) => stepsOf([{ kind: 'model_call', atMs: 0, ...draft }])[0]!

test('a model call says tokens in and out, cached ones, time and money', () => {
  const step = one({
    ms: 2100,
    tokens: { inputUncached: 1156, cacheRead: 2048, outputText: 118 },
    costUsd: '0.0041',
    costStatus: 'computed',
  })
  expect(stepFigures(step).replaceAll('\u00a0', ' ')).toBe('3,204 → 118 tok · 2,048 cached · 2.1 s · $0.0041')
})

test('a missing price is said, never shown as nothing or zero', () => {
  expect(stepFigures(one({ costUsd: '0', costStatus: 'unpriced' }))).toBe('no price')
  expect(stepFigures(one({ costUsd: '0', costStatus: 'free' }))).toBe('')
})

test('an approval says who and how long it took', () => {
  const step = one({
    kind: 'approval',
    approval: { tool: 't', decision: 'approved', by: 'jane@acme', waitedMs: 41_000 },
  })
  expect([stepTitle(step), stepFigures(step).replaceAll('\u00a0', ' ')]).toEqual([
    'Approved by jane@acme',
    'waited 41 s',
  ])
})

test('arguments are shortened to their plain values, other text to a line', () => {
  expect(briefJson('{"order_id":"A-1001","items":[1,2]}')).toBe('A-1001')
  expect(briefJson('not\n json')).toBe('not json')
  expect(briefJson('{}')).toBe('')
  expect(briefJson('x'.repeat(500))).toHaveLength(120)
})
