import { describe, expect, it } from 'vitest'
import type { PriceBook } from '../../schema/prices/price-book.ts'
import { buildModelCall, buildSpan, NANO_BOOK, tallied } from './build-span.ts'
import { REVIEW_MINUTES, RUN_REVIEW_MINUTES } from './review.ts'

const book: PriceBook = {
  ...NANO_BOOK,
  // 1.2 USD a minute.
  reviewNanoUsdPerMinute: 1_200_000_000n,
  toolFee: (tool) => (tool === 'search' ? { nanoUsd: 7n, ref: 'fees@1/search' } : undefined),
}
const minutes = (value: string) => new Map([[REVIEW_MINUTES, value]])
const reviews = (spans: Parameters<typeof tallied>[0], prices = book) =>
  tallied(spans, { prices })
    .calls.filter(({ kind }) => kind === 'review')
    .map(({ spanId, costNanoUsd, durationNanos, agent }) => ({ spanId, costNanoUsd, durationNanos, agent }))

describe('minutes of review', () => {
  const root = buildSpan({ kind: 'agent', agent: 'desk', endMs: 100 })
  const approval = buildSpan({ kind: 'approval', parentSpanId: root.spanId, startMs: 10, labels: minutes('2.5') })

  it('are a call of the run for each approval, at the rate of the project', () => {
    const other = buildSpan({ kind: 'approval', parentSpanId: root.spanId, startMs: 20, labels: minutes('1') })
    expect(reviews([root, approval, other])).toEqual([
      { spanId: approval.spanId, costNanoUsd: 3_000_000_000n, durationNanos: 150_000_000_000n, agent: 'desk' },
      { spanId: other.spanId, costNanoUsd: 1_200_000_000n, durationNanos: 60_000_000_000n, agent: 'desk' },
    ])
    expect(tallied([root, approval], { prices: book })).toMatchObject({
      costNanoUsd: 3_000_000_000n,
      modelCalls: 0,
      toolCalls: 0,
      costStatus: 'complete',
    })
  })

  it('that a parent repeats of its child count once, in whatever order they come', () => {
    const inner = buildSpan({ kind: 'step', parentSpanId: approval.spanId, startMs: 11, labels: minutes('2.5') })
    const loud = { ...root, labels: minutes('2.5') }
    for (const spans of [
      [loud, approval, inner],
      [inner, approval, loud],
    ])
      expect(reviews(spans).map(({ spanId }) => spanId)).toEqual([inner.spanId])
  })

  it('of one approval that two instrumentations tell of side by side count once', () => {
    const twin = { ...approval, toolCallId: 'call_1' }
    const other = buildSpan({ parentSpanId: root.spanId, startMs: 12, labels: minutes('2.5'), toolCallId: 'call_1' })
    expect(reviews([root, twin, other])).toHaveLength(1)
  })

  it('of the whole run count once over all its roots, and not beside those of a span', () => {
    const ofRun = new Map([[RUN_REVIEW_MINUTES, '4']])
    const first = { ...root, labels: ofRun }
    const second = buildSpan({ kind: 'llm', startMs: 50, labels: ofRun, traceId: 'b'.repeat(32) })
    expect(reviews([first, second])).toMatchObject([{ spanId: root.spanId, costNanoUsd: 4_800_000_000n }])
    expect(reviews([first, second, approval])).toMatchObject([{ spanId: approval.spanId }])
  })

  it('without a rate have no price, and what is no number of minutes is none', () => {
    expect(tallied([root, approval], { prices: NANO_BOOK })).toMatchObject({ unpricedCalls: 1, costStatus: 'none' })
    for (const said of ['-3', '0', 'soon', '1e9', ''])
      expect(reviews([root, { ...approval, labels: minutes(said) }])).toEqual([])
  })
})

describe('the fee of a tool', () => {
  it('is what telemetry says, else what the table of the project says; both are kept', () => {
    const tool = buildSpan({ kind: 'tool', tool: 'search' })
    const fees = (span: typeof tool) =>
      tallied([span], { prices: book }).calls.map(
        ({ costNanoUsd, costReportedNanoUsd, costComputedNanoUsd, costStatus, priceRef }) => [
          costNanoUsd,
          costReportedNanoUsd,
          costComputedNanoUsd,
          costStatus,
          priceRef,
        ],
      )
    expect(fees(tool)).toEqual([[7n, 0n, 7n, 'computed', 'fees@1/search']])
    expect(fees({ ...tool, toolFeeNanoUsd: 9n })).toEqual([[9n, 9n, 7n, 'reported', 'fees@1/search']])
    expect(fees({ ...tool, tool: 'other' })).toEqual([[0n, 0n, 0n, 'free', '']])
  })
})

describe('which cost of a call counts', () => {
  const call = buildModelCall({ used: { inputUncached: 10 }, costReportedNanoUsd: 77n })
  const costs = (wins: PriceBook['wins'], span = call) =>
    tallied([span], { prices: { ...book, wins } }).calls.map(
      ({ costNanoUsd, costReportedNanoUsd, costComputedNanoUsd, costStatus }) => [
        costNanoUsd,
        costReportedNanoUsd,
        costComputedNanoUsd,
        costStatus,
      ],
    )

  it('is the choice of the project; the two are never added', () => {
    expect(costs('reported')).toEqual([[77n, 77n, 10n, 'reported']])
    expect(costs('computed')).toEqual([[10n, 77n, 10n, 'computed']])
  })

  it('is the reported one where the book knows no price, whatever was chosen, and none where neither is known', () => {
    const unknown = { ...call, provider: 'ollama' }
    expect(costs('computed', unknown)).toEqual([[77n, 77n, 0n, 'reported']])
    expect(costs('computed', { ...unknown, costReportedNanoUsd: 0n })).toEqual([[0n, 0n, 0n, 'unpriced']])
  })

  it('keeps the model that was asked for where another one answered', () => {
    expect(tallied([{ ...call, model: 'gpt-4.1-2025-04-14' }], { prices: book }).calls).toMatchObject([
      { model: 'gpt-4.1-2025-04-14', requestModel: 'gpt-4.1' },
    ])
    expect(tallied([call], { prices: book }).calls).toMatchObject([{ model: 'gpt-4.1', requestModel: '' }])
  })
})
