import { expect, test } from 'vitest'
import { spentBy } from './limits.ts'
import { momentBrief, momentText } from './moments.ts'
import { record, stepAt, totalsAt } from './recording.ts'
import { stepsOf } from './step-fixture.ts'

const rec = record(
  stepsOf([
    { kind: 'message', atMs: 0 },
    { kind: 'model_call', atMs: 1000, ms: 2000, costUsd: '0.01' },
    { kind: 'handoff', atMs: 4000, ms: 5000 },
    { kind: 'tool_call', atMs: 5000, ms: 500 },
  ]),
)

test('times become milliseconds since the first step', () => {
  expect([...rec.startMs]).toEqual([0, 1000, 4000, 5000])
  expect(rec.durationMs).toBe(9000)
})

test('the step at a moment is the last that has started', () => {
  expect([-1, 0, 999, 1000, 4500, 1e9].map((ms) => stepAt(rec, ms))).toEqual([-1, 0, 0, 1, 2, 3])
})

test('totals of a moment count only what has ended by then', () => {
  expect(totalsAt(rec, 2999)).toBeUndefined()
  expect(totalsAt(rec, 3000)?.modelCalls).toBe(1)
  expect(totalsAt(rec, 6000)?.toolCalls).toBe(1)
  expect(totalsAt(rec, -1)).toBeUndefined()
})

test('an empty recording has no length', () => {
  expect(record([])).toMatchObject({ durationMs: 0, originNanos: 0n })
})

test('a score given hours later is no time of the recording, and the steps from it on are late', () => {
  const scored = record(
    stepsOf([
      { kind: 'model_call', atMs: 0, ms: 46_000 },
      { kind: 'evaluation', atMs: 45_000 },
      { kind: 'evaluation', atMs: 7_246_000 },
    ]),
  )
  expect(scored.durationMs).toBe(46_000)
  expect(scored.lateFrom).toBe(2)
  expect(scored.steps.map((_, i) => momentText(scored, i))).toEqual(['0:00', '0:45', '2\u00a0h after the end'])
  expect([1, 2].map((i) => momentBrief(scored, i))).toEqual(['0:45', '+2\u00a0h'])
  expect(spentBy(scored, 2).seconds).toBe(46)
})

test('a recording of scores alone lasts as long as they came', () => {
  const scores = record(
    stepsOf([
      { kind: 'evaluation', atMs: 0 },
      { kind: 'evaluation', atMs: 5000 },
    ]),
  )
  expect(scores).toMatchObject({ durationMs: 5000, lateFrom: 2 })
})
