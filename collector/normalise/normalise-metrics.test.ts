import { describe, expect, it } from 'vitest'
import type { WireMetric } from '../../schema/otlp/wire.ts'
import {
  exponentialPoint,
  histogramPoint,
  keyValues,
  metric,
  nanosOf,
  numberPoint,
  resourceMetrics,
  summaryPoint,
} from '../../test/support/metrics.ts'
import { type Normalised, normalise } from './normalise.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const AT = NOW - 1000

const run = (
  metrics: readonly WireMetric[],
  resource: Parameters<typeof resourceMetrics>[1] = {
    'service.name': 'shop',
    'deployment.environment.name': 'staging',
  },
  retentionDays = 0,
): Normalised =>
  normalise(
    { signal: 'metrics', resourceMetrics: [resourceMetrics(metrics, resource)], invalidUtf8: 0 },
    { projectId: 3, receivedAtMs: NOW, retentionDays },
  )
const pointsOf = (...metrics: readonly WireMetric[]) => run(metrics).metrics
const sum = (points: readonly ReturnType<typeof numberPoint>[]): WireMetric =>
  metric('tokens', { type: 'sum', temporality: 2, isMonotonic: true, points }, '{token}')

describe('a data point', () => {
  it('has service, environment, scope and resource of its request, and numbers apart from text', () => {
    const [point] = pointsOf(sum([numberPoint(AT, 42, { model: 'gpt', cached: true, tier: 2, ids: { array: [1] } })]))
    expect(point).toMatchObject({
      projectId: 3,
      name: 'tokens',
      type: 'sum',
      unit: '{token}',
      description: 'what tokens says',
      temporality: 2,
      isMonotonic: true,
      service: 'shop',
      env: 'staging',
      scope: 'test',
      scopeVersion: '1',
      value: 42,
      timeNanos: nanosOf(AT),
      startNanos: nanosOf(AT - 60_000),
    })
    expect([...point!.attrs]).toEqual([
      ['model', 'gpt'],
      ['cached', 'true'],
      ['ids', '[1]'],
    ])
    expect([...point!.nums]).toEqual([['tier', 2]])
    expect(point!.resource.get('deployment.environment.name')).toBe('staging')
  })

  it('of a histogram keeps buckets, bounds, least and greatest, and what is absent is NaN', () => {
    const [point] = pointsOf(
      metric('latency', {
        type: 'histogram',
        temporality: 1,
        points: [histogramPoint(AT, { bucketCounts: [1, 2, 2n ** 60n], explicitBounds: [10, 20], sum: 77, max: 30 })],
      }),
    )
    expect(point).toMatchObject({ type: 'histogram', temporality: 1, sum: 77, min: Number.NaN, max: 30 })
    expect(point!.bucketCounts).toEqual([1n, 2n, 2n ** 60n])
    expect(point!.bounds).toEqual([10, 20])
    expect(point!.value).toBeNaN()
  })

  it('of an exponential histogram keeps both sides and the middle', () => {
    const [point] = pointsOf(
      metric('latency', {
        type: 'exponential_histogram',
        temporality: 1,
        points: [
          exponentialPoint(AT, {
            count: 7,
            scale: 3,
            zeroCount: 1,
            zeroThreshold: 0.1,
            positive: { offset: -5, bucketCounts: [1, 2] },
            negative: { offset: 4, bucketCounts: [3] },
          }),
        ],
      }),
    )
    expect(point).toMatchObject({
      count: 7n,
      scale: 3,
      zeroCount: 1n,
      zeroThreshold: 0.1,
      bucketOffset: -5,
      bucketCounts: [1n, 2n],
      negativeOffset: 4,
      negativeCounts: [3n],
    })
  })

  it('of a summary keeps its quantiles, and exemplars keep the call they point at', () => {
    const [summary, gauge] = pointsOf(
      metric('s', {
        type: 'summary',
        points: [summaryPoint(AT, { count: 2, sum: 9, quantiles: [{ quantile: 0.5, value: 4 }] })],
      }),
      metric('g', {
        type: 'gauge',
        points: [
          {
            ...numberPoint(AT, 1),
            exemplars: [
              {
                timeUnixNano: nanosOf(AT),
                value: 1.5,
                traceId: 'ab'.repeat(16),
                spanId: 'not hex',
                attributes: keyValues({ k: 'v' }),
              },
            ],
          },
        ],
      }),
    )
    expect(summary).toMatchObject({ count: 2n, sum: 9, quantiles: [0.5], quantileValues: [4] })
    expect(gauge!.exemplars).toEqual([
      { timeNanos: nanosOf(AT), value: 1.5, traceId: 'ab'.repeat(16), spanId: '', attrs: '{"k":"v"}' },
    ])
  })

  it('belongs to one series whatever the order of its attributes, and to another where anything differs', () => {
    const seriesOf = (m: WireMetric, resource?: Parameters<typeof resourceMetrics>[1]): string =>
      run([m], resource).metrics[0]!.seriesId
    const one = seriesOf(sum([numberPoint(AT, 1, { a: 'x', b: 'y' })]))
    expect(seriesOf(sum([numberPoint(AT + 1, 2, { b: 'y', a: 'x' })]))).toBe(one)
    const others = [
      seriesOf(sum([numberPoint(AT, 1, { a: 'x', b: 'z' })])),
      seriesOf(sum([numberPoint(AT, 1, { a: 'x' })])),
      seriesOf({ ...sum([numberPoint(AT, 1, { a: 'x', b: 'y' })]), unit: 'ms' }),
      seriesOf({ ...sum([numberPoint(AT, 1, { a: 'x', b: 'y' })]), name: 'others' }),
      seriesOf(sum([numberPoint(AT, 1, { a: 'x', b: 'y' })]), { 'service.name': 'shop', 'service.instance.id': '2' }),
    ]
    expect(new Set([one, ...others]).size).toBe(others.length + 1)
  })
})

describe('refused, each with its reason, while the rest is kept, are points', () => {
  const reasonsOf = (metrics: readonly WireMetric[], retentionDays = 0) => {
    const { metrics: kept, rejections } = run(metrics, undefined, retentionDays)
    return { kept: kept.length, reasons: rejections.map(({ reason, count }) => `${reason} ${count}`) }
  }

  it('of time 0, before retention, more than a day ahead', () => {
    const points = [numberPoint(AT, 1), numberPoint(0, 1), numberPoint(NOW - 31 * 86_400_000, 1)]
    const ahead = numberPoint(NOW + 86_400_001, 1)
    expect(reasonsOf([sum([...points, ahead])], 30)).toEqual({
      kept: 1,
      reasons: ['start_time_zero 1', 'start_time_before_retention 1', 'start_time_in_future 1'],
    })
  })

  it('of a metric without a name, and histograms whose counts and bounds do not fit', () => {
    const torn = metric('h', {
      type: 'histogram',
      temporality: 1,
      points: [
        histogramPoint(AT, { bucketCounts: [1, 2], explicitBounds: [1, 2] }),
        histogramPoint(AT, { count: 3, sum: 1 }),
      ],
    })
    expect(reasonsOf([torn, { ...sum([numberPoint(AT, 1), numberPoint(AT, 2)]), name: '' }])).toEqual({
      kept: 1,
      reasons: ['bad_histogram 1', 'no_metric_name 2'],
    })
  })
})
