import { expect, test } from 'vitest'
import { owners } from './agents.ts'
import { layLanes } from './lanes.ts'
import { record } from './recording.ts'
import { type StepDraft, stepsOf } from './step-fixture.ts'

const lay = (drafts: readonly StepDraft[]) => {
  const rec = record(stepsOf(drafts))
  return layLanes(rec, owners(rec), (s) => s.status === 'error')
}
const drawn = (drafts: readonly StepDraft[]) =>
  lay(drafts).bars.map((b) => `${b.lane} ${b.fromMs}–${b.toMs} ${b.label}`)

test('steps one after the other share a lane, steps at once do not', () => {
  expect(
    drawn([
      { kind: 'model_call', atMs: 0, ms: 10, model: 'a' },
      { kind: 'tool_call', atMs: 10, ms: 10, name: 'b' },
      { kind: 'tool_call', atMs: 12, ms: 4, name: 'c' },
      { kind: 'model_call', atMs: 20, ms: 5, model: 'd' },
    ]),
  ).toEqual(['0 0–25 refund-agent', '1 0–10 a', '1 10–20 b', '1 20–25 d', '2 12–16 c'])
})

test('a sub-agent is a block: its own bar as long as its steps, and they below it', () => {
  expect(
    drawn([
      { kind: 'handoff', atMs: 0, ms: 0, spanId: 'f', handoff: { from: 'r', to: 'fraud', subAgent: true } },
      { kind: 'model_call', atMs: 1, ms: 5, model: 'm', parentSpanId: 'f', depth: 1 },
      { kind: 'model_call', atMs: 2, ms: 5, model: 'outside' },
    ]),
  ).toEqual(['0 0–7 refund-agent', '1 0–6 fraud', '2 1–6 m', '3 2–7 outside'])
})

test('messages have no bar, failures have the hue of errors', () => {
  const { bars } = lay([
    { kind: 'message', atMs: 0 },
    { kind: 'tool_call', atMs: 0, ms: 1, status: 'error' },
  ])
  expect(bars.map((b) => b.hue)).toEqual(['agent', 'error'])
})

test('33,000 steps are laid out in less than a second', () => {
  const drafts = Array.from(
    { length: 33_000 },
    (_, i): StepDraft => ({ kind: 'tool_call', atMs: i * 3, ms: 10, name: 't' }),
  )
  const base = stepsOf(drafts.slice(0, 1))[0]!
  const rec = record(
    drafts.map((d, i) => ({ ...base, seq: i, startNanos: String(d.atMs * 1_000_000), durationNanos: '10000000' })),
  )
  const start = performance.now()
  expect(layLanes(rec, owners(rec), () => false).count).toBe(5)
  expect(performance.now() - start).toBeLessThan(1000)
})
