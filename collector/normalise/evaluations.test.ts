import { describe, expect, it } from 'vitest'
import { event, nanos, pairs, RECEIVED_AT_MS, run, runLogs, wireLog, wireSpan } from './build-wire.ts'

describe('scores', () => {
  it('come from evaluation events on spans and in logs, the same one with the same id', () => {
    const attributes = {
      'gen_ai.evaluation.name': 'tone',
      'gen_ai.evaluation.score.value': 0.9,
      'gen_ai.evaluation.score.label': 'good',
      'recount.evaluation.source': 'llm',
      'recount.evaluator.name': 'judge',
      'recount.evaluator.version': '2',
    }
    const time = nanos(RECEIVED_AT_MS - 1000)
    const onSpan = run([
      wireSpan({ events: [{ ...event('gen_ai.evaluation.result', attributes), timeUnixNano: time }] }),
    ]).scores
    const inLog = runLogs([
      wireLog({ eventName: 'gen_ai.evaluation.result', attributes: pairs(attributes), timeUnixNano: time }),
    ]).scores
    expect(onSpan).toEqual([
      expect.objectContaining({
        name: 'tone',
        value: 0.9,
        label: 'good',
        source: 'llm',
        evaluator: 'judge',
        evaluatorVersion: '2',
      }),
    ])
    expect(inLog[0]?.scoreId).toBe(onSpan[0]?.scoreId)
  })

  it('come from what a root span says of its run, from the weakest source, and not from other spans', () => {
    const said = pairs({ 'recount.outcome': 'escalated' })
    const { scores } = run([
      wireSpan({ attributes: said }),
      wireSpan({ spanId: 'b'.repeat(16), parentSpanId: 'a'.repeat(16), attributes: said }),
    ])
    expect(scores).toEqual([
      expect.objectContaining({ name: 'task.outcome', label: 'escalated', source: 'span', spanId: '' }),
    ])
  })
})
