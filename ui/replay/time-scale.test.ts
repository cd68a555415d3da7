import fc from 'fast-check'
import { expect, test } from 'vitest'
import { record } from './recording.ts'
import { stepsOf } from './step-fixture.ts'
import { gapAt, idleGaps, scaleTicks, tickStepMs, timeScale } from './time-scale.ts'

const waiting = record(
  stepsOf([
    { kind: 'model_call', atMs: 0, ms: 5000 },
    { kind: 'approval', atMs: 5000, ms: 41_000 },
    { kind: 'tool_call', atMs: 46_000, ms: 4000 },
  ]),
)

test('an approval is idle time: nobody is paid by the token while a person thinks', () => {
  const [gap, ...others] = idleGaps(waiting)
  expect(others).toEqual([])
  expect(gap!.fromMs).toBeGreaterThan(5000)
  expect(gap!.toMs).toBeLessThan(46_000)
  expect(gap!.toMs - gap!.fromMs).toBeGreaterThan(35_000)
})

test('short pauses stay as long as they were', () => {
  const rec = record(
    stepsOf([
      { kind: 'model_call', atMs: 0, ms: 1000 },
      { kind: 'tool_call', atMs: 2500, ms: 1000 },
    ]),
  )
  expect(idleGaps(rec)).toEqual([])
})

test('a customer who answers a day later is a folded gap', () => {
  const rec = record(
    stepsOf([
      { kind: 'model_call', atMs: 0, ms: 1000 },
      { kind: 'message', atMs: 86_400_000 },
      { kind: 'model_call', atMs: 86_400_000, ms: 1000 },
    ]),
  )
  expect(idleGaps(rec)).toHaveLength(1)
})

test('a scale goes from 0 to 1, never back, and its inverse undoes it', () => {
  const duration = fc.integer({ min: 1, max: 1e8 })
  fc.assert(
    fc.property(duration, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }), (ms, cuts) => {
      const edges = [...new Set(cuts.map((c) => c * ms))].sort((a, b) => a - b)
      const gaps = []
      for (let i = 0; i + 1 < edges.length; i += 2) gaps.push({ fromMs: edges[i]!, toMs: edges[i + 1]! })
      const scale = timeScale(ms, gaps)
      expect(scale.toFraction(0)).toBeCloseTo(0)
      expect(scale.toFraction(ms)).toBeCloseTo(1)
      let last = 0
      for (let k = 0; k <= 50; k++) {
        const at = scale.toFraction((ms * k) / 50)
        expect(at).toBeGreaterThanOrEqual(last - 1e-9)
        last = at
        if (at > 0 && at < 1) expect(scale.toFraction(scale.toMs(at))).toBeCloseTo(at, 6)
      }
    }),
  )
})

test('a gap begins with its first moment and ends before its last', () => {
  const gaps = [{ fromMs: 10, toMs: 20 }]
  expect([9, 10, 19.9, 20].map((ms) => gapAt(gaps, ms) !== undefined)).toEqual([false, true, true, false])
})

test('axis labels are round, apart and outside folds', () => {
  expect(tickStepMs(63_200, 8)).toBe(10_000)
  const scale = timeScale(waiting.durationMs, idleGaps(waiting))
  const ticks = scaleTicks(scale, 0, waiting.durationMs, 0.1)
  expect(ticks.length).toBeGreaterThan(3)
  for (const ms of ticks) expect(gapAt(scale.gaps, ms)).toBeUndefined()
})
