import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KINDS, type Kind } from '../../schema/model/kind.ts'
import type { RunTally } from '../../schema/model/run.ts'
import { USAGE_BUCKETS } from '../../schema/model/usage.ts'
import { buildScore, buildSpan, NANO_BOOK, tallied } from './build-span.ts'
import { groupRuns } from './group-runs.ts'
import { tallyRun } from './tally-run.ts'
import type { TallySpan } from './tally-span.ts'

// architecture.md §3: whatever order, batch, collector or repetition telemetry came through, each thing counts once.

const TRACES = ['1'.repeat(32), '2'.repeat(32), '3'.repeat(32)]

/** Few ids, sessions and answers, so that spans repeat, nest, lose parents and tell of the same calls all the time. */
const anySpan = fc
  .record({
    trace: fc.constantFrom(...TRACES),
    id: fc.integer({ min: 1, max: 9 }),
    parent: fc.integer({ min: 0, max: 9 }),
    startMs: fc.integer({ min: 0, max: 20 }),
    lastsMs: fc.integer({ min: 0, max: 20 }),
    kind: fc.constantFrom<Kind>(...KINDS),
    origin: fc.constantFrom('span', 'span', 'span', 'log'),
    responseId: fc.constantFrom('', '', 'msg_1', 'msg_2'),
    toolCallId: fc.constantFrom('', 'call_9fTUoQ6uhsds', 'call_0000000000000'),
    tool: fc.constantFrom('', 'a', 'b'),
    sessionId: fc.constantFrom('', 's1', 's2'),
    scope: fc.constantFrom('x', 'y'),
    agent: fc.constantFrom('', 'ann', 'bob'),
    status: fc.constantFrom(0, 1, 2),
    failed: fc.boolean(),
    answered: fc.boolean(),
    verdict: fc.constantFrom('', 'pass', 'block'),
    used: fc.option(fc.record({ inputUncached: fc.nat(99), cacheRead: fc.nat(99), outputText: fc.nat(99) }), {
      nil: undefined,
    }),
    receivedOrder: fc.nat(5),
  })
  .map(({ trace, id, parent, lastsMs, ...given }): TallySpan => {
    const { used, ...rest } = given
    return buildSpan({
      ...rest,
      ...(used ? { used } : {}),
      origin: given.origin === 'log' ? 'log' : 'span',
      traceId: trace,
      spanId: hex(id),
      parentSpanId: parent === 0 ? '' : hex(parent),
      endMs: given.startMs + lastsMs,
      provider: 'openai',
      model: 'gpt-4.1',
    })
  })

const hex = (n: number): string => n.toString(16).padStart(16, '0')

const anySpans = fc.array(anySpan, { minLength: 1, maxLength: 25 })

const allRuns = (spans: readonly TallySpan[]): ReadonlyMap<string, RunTally> =>
  new Map(
    groupRuns(1, spans).map((run) => [
      run.runId,
      tallyRun(
        {
          projectId: 1,
          runId: run.runId,
          spans: run.spans,
          scores: [],
          charges: [],
          rules: [],
          toolDefinitions: new Map(),
        },
        NANO_BOOK,
      ),
    ]),
  )

const sorted = (runs: ReadonlyMap<string, RunTally>) => [...runs].sort(([a], [b]) => (a < b ? -1 : 1))

describe('a tally', () => {
  it('does not depend on the order in which spans came', () => {
    fc.assert(
      fc.property(
        anySpans.chain((spans) =>
          fc.tuple(fc.constant(spans), fc.shuffledSubarray(spans, { minLength: spans.length })),
        ),
        ([spans, shuffled]) => {
          expect(sorted(allRuns(shuffled))).toEqual(sorted(allRuns(spans)))
        },
      ),
      { numRuns: 300 },
    )
  })

  it('does not change when spans come twice', () => {
    fc.assert(
      fc.property(anySpans, fc.infiniteStream(fc.boolean()), (spans, again) => {
        const repeated = spans.flatMap((span) => (again.next().value === true ? [span, { ...span }] : [span]))
        expect(sorted(allRuns(repeated))).toEqual(sorted(allRuns(spans)))
      }),
      { numRuns: 300 },
    )
  })

  it('counts no token and no dollar that no span reported, and none twice', () => {
    fc.assert(
      fc.property(anySpans, (spans) => {
        for (const run of allRuns(spans).values()) {
          const reporters = new Set(run.calls.map(({ spanId, traceId }) => traceId + spanId))
          expect(reporters.size).toBe(run.calls.length)
          for (const bucket of USAGE_BUCKETS) {
            const ofCalls = run.calls.reduce((sum, call) => sum + call.usage[bucket], 0)
            expect(run.usage[bucket]).toBe(ofCalls)
            expect(ofCalls).toBeLessThanOrEqual(spans.reduce((sum, span) => sum + span.usage[bucket], 0))
          }
          expect(run.costNanoUsd).toBe(run.calls.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('keeps every span in exactly one run', () => {
    fc.assert(
      fc.property(anySpans, (spans) => {
        const identities = new Set(spans.map(({ traceId, spanId }) => traceId + spanId))
        const runs = groupRuns(1, spans)
        const traces = runs.flatMap((run) => [...new Set(run.spans.map(({ traceId }) => traceId))])
        expect(new Set(traces).size).toBe(traces.length)
        expect(new Set(runs.flatMap((run) => run.spans.map(({ traceId, spanId }) => traceId + spanId)))).toEqual(
          identities,
        )
      }),
    )
  })

  it('does not depend on the order in which scores came', () => {
    const anyScore = fc
      .record({
        source: fc.constantFrom('human', 'code', 'llm', 'span'),
        label: fc.constantFrom('success', 'failure', 'escalated'),
        ms: fc.nat(3),
      })
      .map(({ source, label, ms }) => buildScore({ source: source as 'human', label, timeNanos: BigInt(ms) }))
    fc.assert(
      fc.property(fc.array(anyScore, { maxLength: 8 }), (scores) => {
        const span = buildSpan({})
        expect(tallied([span], { scores: scores.toReversed() })).toEqual(tallied([span], { scores }))
      }),
    )
  })
})
