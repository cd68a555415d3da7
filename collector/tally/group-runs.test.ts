import { describe, expect, it } from 'vitest'
import { assignTrace, sessionRunId } from './assign-trace.ts'
import { buildModelCall, buildSpan } from './build-span.ts'
import { groupRuns } from './group-runs.ts'

const traceId = (n: number): string => String(n).repeat(32)

describe('a trace', () => {
  it('is a run of its own, also where it shares a session', () => {
    const spans = [1, 2].map((n) => buildSpan({ kind: 'agent', traceId: traceId(n), sessionId: 's' }))
    expect(groupRuns(1, spans).map(({ runId, sessionId }) => [runId, sessionId])).toEqual([
      [traceId(1), 's'],
      [traceId(2), 's'],
    ])
  })

  it('of a bare call joins the others of its session', () => {
    const spans = [1, 2].map((n) => buildModelCall({ traceId: traceId(n), sessionId: 's', used: { inputUncached: 1 } }))
    const runs = groupRuns(1, [...spans, buildModelCall({ traceId: traceId(3), sessionId: 't' })])
    expect(runs.map(({ runId, spans: members }) => [runId, members.length])).toEqual([
      [sessionRunId(1, 's'), 2],
      [sessionRunId(1, 't'), 1],
    ])
    expect(sessionRunId(1, 's')).toMatch(/^[0-9a-f]{32}$/)
    expect(sessionRunId(2, 's')).not.toBe(sessionRunId(1, 's'))
  })

  it('of a bare call without a session stays alone', () => {
    expect(assignTrace(1, [buildModelCall({ traceId: traceId(1) })])).toEqual({
      runId: traceId(1),
      sessionId: '',
      isCallRoot: true,
    })
  })

  it('takes the session of its root, else the first that any span names', () => {
    const root = buildSpan({ kind: 'agent', traceId: traceId(1) })
    const late = buildSpan({ traceId: traceId(1), parentSpanId: root.spanId, sessionId: 'late', startMs: 9 })
    const early = buildSpan({ traceId: traceId(1), parentSpanId: root.spanId, sessionId: 'early', startMs: 1 })
    expect(assignTrace(1, [late, early, root]).sessionId).toBe('early')
    expect(assignTrace(1, [late, early, { ...root, sessionId: 'of the root' }]).sessionId).toBe('of the root')
  })

  it('that only repeats the calls of another belongs to it: an SDK whose spans are roots', () => {
    const root = buildSpan({ kind: 'agent', traceId: traceId(1), endMs: 9 })
    const call = buildModelCall({
      traceId: traceId(1),
      parentSpanId: root.spanId,
      responseId: 'msg_1',
      startMs: 1,
      endMs: 8,
    })
    const stray = buildModelCall({ traceId: traceId(2), responseId: 'msg_1', startMs: 2, endMs: 7 })
    const other = buildModelCall({ traceId: traceId(3), responseId: 'msg_2', startMs: 2, endMs: 7 })
    const runs = groupRuns(1, [stray, other, call, root])
    expect(runs.map(({ runId, spans }) => [runId, spans.length]).sort()).toEqual([
      [traceId(1), 3],
      [traceId(3), 1],
    ])
  })
})
