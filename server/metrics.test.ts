import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MetricName, MetricSeries } from '../schema/api/metric-shapes.ts'
import type { WireMetric } from '../schema/otlp/wire.ts'
import { adminOf, get, testApp } from '../test/support/api.ts'
import {
  exponentialPoint,
  histogramPoint,
  metric,
  metricPoints,
  numberPoint,
  summaryPoint,
} from '../test/support/metrics.ts'
import { openTestStore, type TestStore } from '../test/support/rows.ts'

// Every minute of an hour, steps of ten minutes: what is asked for can be counted by hand.

const MINUTE = 60_000
const FROM = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 7_200_000
const TO = FROM + 60 * MINUTE
const at = (minute: number): number => FROM + minute * MINUTE + 30_000
const minutes = Array.from({ length: 60 }, (_, i) => i)

const SHOP = { 'service.name': 'shop', 'deployment.environment.name': 'production' }
const BANK = { 'service.name': 'bank' }

const counter = (name: string, valueAt: (minute: number) => number, startAt: (minute: number) => number): WireMetric =>
  metric(name, {
    type: 'sum',
    temporality: 2,
    isMonotonic: true,
    points: minutes.map((i) => numberPoint(at(i), valueAt(i), { model: 'gpt' }, startAt(i))),
  })
const bounds = [10, 20, 40]

let store: TestStore
let app: Hono

beforeAll(async () => {
  store = await openTestStore()
  // 5 a minute since before the range; restarted at minute 30, saying so in one and not in the other.
  const told = counter(
    'told',
    (i) => (i < 30 ? 100 + 5 * i : 5 * (i - 29)),
    (i) => (i < 30 ? FROM - MINUTE : at(29)),
  )
  const untold = counter(
    'untold',
    (i) => (i < 30 ? 1000 + 5 * i : 5 * (i - 29)),
    () => FROM - MINUTE,
  )
  const delta = metric('delta', {
    type: 'sum',
    temporality: 1,
    isMonotonic: true,
    points: minutes.flatMap((i) => [
      numberPoint(at(i), 2, { model: 'a' }),
      numberPoint(at(i), 3, { model: 'b', n: 7 }),
    ]),
  })
  const gauge = metric('gauge', { type: 'gauge', points: minutes.map((i) => numberPoint(at(i), i)) }, 'By')
  const queue = metric('queue', {
    type: 'sum',
    temporality: 2,
    isMonotonic: false,
    points: minutes.flatMap((i) => [numberPoint(at(i), i, { q: 'x' }), numberPoint(at(i), 2, { q: 'y' })]),
  })
  const latency = metric('latency', {
    type: 'histogram',
    temporality: 2,
    points: minutes.map((i) =>
      histogramPoint(
        at(i),
        { bucketCounts: [i, 2 * i, i, 0], explicitBounds: bounds, sum: 60 * i, min: 1, max: 39 },
        {},
        FROM - MINUTE,
      ),
    ),
  })
  const coarser = metric('coarser', {
    type: 'exponential_histogram',
    temporality: 2,
    points: minutes.map((i) => ({
      ...exponentialPoint(at(i), {
        // From minute 30 on one scale coarser: buckets 4 and 5, (4, 8] and … at scale 0, are bucket 2 then.
        ...(i < 30
          ? { scale: 1, positive: { offset: 4, bucketCounts: [i, i] } }
          : { scale: 0, positive: { offset: 2, bucketCounts: [2 * i] } }),
        count: 2 * i,
        sum: 12 * i,
      }),
      startTimeUnixNano: BigInt(FROM - MINUTE) * 1_000_000n,
    })),
  })
  const summary = metric('summary', {
    type: 'summary',
    points: [summaryPoint(at(5), { count: 4, sum: 20, quantiles: [{ quantile: 0.5, value: 4 }] })],
  })
  await store.metrics(metricPoints([told, untold, delta, gauge, queue, latency, coarser, summary], SHOP))
  // The same points again, and the same name from another service.
  await store.metrics(metricPoints([delta], SHOP))
  await store.metrics(
    metricPoints(
      [
        counter(
          'told',
          (i) => 10 * i,
          () => FROM,
        ),
      ],
      BANK,
    ),
  )
  app = testApp(store)
})
afterAll(() => store.close())

const range = `from=${new Date(FROM).toISOString()}&to=${new Date(TO).toISOString()}`
const series = (name: string, more = ''): Promise<MetricSeries> =>
  get<MetricSeries>(app, `/api/metrics/${name}?${range}&step=600${more}`)
const valuesOf = (answer: MetricSeries, key: object = {}) =>
  answer.series.find((s) => JSON.stringify(s.key) === JSON.stringify(key))?.steps.map(({ value }) => value)

describe('the list of metrics', () => {
  test('names each once with type, unit and who reports it', async () => {
    const { items } = await get<{ items: MetricName[] }>(app, `/api/metrics?${range}`)
    expect(items.map(({ name }) => name)).toEqual([...items.map(({ name }) => name)].sort())
    expect(items.find(({ name }) => name === 'told')).toMatchObject({
      type: 'sum',
      temporality: 'cumulative',
      isMonotonic: true,
      services: ['bank', 'shop'],
      series: 2,
      points: 120,
      description: 'what told says',
    })
    expect(items.find(({ name }) => name === 'gauge')).toMatchObject({ type: 'gauge', unit: 'By', services: ['shop'] })
  })

  test('pages, and is filtered by text, service and environment', async () => {
    const names = async (query: string): Promise<string[]> =>
      (await get<{ items: MetricName[] }>(app, `/api/metrics?${range}&${query}`)).items.map(({ name }) => name)
    expect(await names('service=bank')).toEqual(['told'])
    expect(await names('q=LAT')).toEqual(['latency'])
    expect(await names('env=production&q=told')).toEqual(['told', 'untold'])
    const found: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: { items: MetricName[]; next: string | null } = await get(
        app,
        `/api/metrics?${range}&limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`,
      )
      found.push(...page.items.map(({ name }) => name))
      cursor = page.next
    }
    expect(found).toEqual(await names('limit=500'))
    expect(found).toHaveLength(8)
  })
})

describe('a metric over time', () => {
  test('of a running total is its increase, also over a restart that was told or not', async () => {
    // The first point began before the range, and nothing says what it stood at then: 9 of 10 minutes are known.
    const expected = [45, 50, 50, 50, 50, 50]
    expect(valuesOf(await series('told', '&service=shop'))).toEqual(expected)
    expect(valuesOf(await series('untold'))).toEqual(expected)
    const { series: groups } = await series('untold')
    expect(groups[0]!.steps[1]!.rate).toBeCloseTo(50 / 600)
    // One that began with the range counts from its start.
    expect(valuesOf(await series('told', '&service=bank'))).toEqual([90, 100, 100, 100, 100, 100])
  })

  test('asked for in the middle of its life counts from the point before', async () => {
    const later = `from=${new Date(FROM + 10 * MINUTE).toISOString()}&to=${new Date(FROM + 20 * MINUTE).toISOString()}`
    const answer = await get<MetricSeries>(app, `/api/metrics/untold?${later}&step=600`)
    expect(valuesOf(answer)).toEqual([50])
  })

  test('of deltas is their sum, each point once though it was sent twice, by attribute where asked', async () => {
    expect(valuesOf(await series('delta'))).toEqual([50, 50, 50, 50, 50, 50])
    const by = await series('delta', '&by=model&by=n&by=service')
    expect(by.attributes).toEqual(['model', 'n'])
    expect(valuesOf(by, { model: 'a', n: '', service: 'shop' })).toEqual([20, 20, 20, 20, 20, 20])
    expect(valuesOf(by, { model: 'b', n: '7', service: 'shop' })).toEqual([30, 30, 30, 30, 30, 30])
  })

  test('of a gauge is its mean, least and greatest; of what goes up and down the last of each series, added', async () => {
    const gauge = await series('gauge')
    expect(gauge.series[0]!.steps[1]).toMatchObject({ value: 14.5, min: 10, max: 19, rate: null })
    expect(valuesOf(await series('queue'))).toEqual([11, 21, 31, 41, 51, 61])
  })

  test('of a histogram has counts, mean and quantiles of the step alone', async () => {
    const answer = await series('latency', '&quantile=0.5&quantile=0.25')
    const step = answer.series[0]!.steps[2]!
    // 10 minutes of 4 observations: 10 below 10, 20 between 10 and 20, 10 between 20 and 40.
    expect(step).toMatchObject({ count: 40, sum: 600, value: 15, min: null, max: null })
    expect(step.rate).toBeCloseTo(40 / 600)
    expect(step.quantiles).toEqual([
      { quantile: 0.5, value: 15 },
      { quantile: 0.25, value: 10 },
    ])
  })

  test('of an exponential histogram goes on when it is made coarser', async () => {
    const { series: groups } = await series('coarser', '&quantile=0.5')
    expect(groups[0]!.steps.map(({ count }) => count)).toEqual([18, 20, 20, 20, 20, 20])
    for (const { quantiles } of groups[0]!.steps) {
      expect(quantiles[0]!.value).toBeGreaterThan(4)
      expect(quantiles[0]!.value).toBeLessThanOrEqual(8)
    }
  })

  test('of a summary has the quantiles that its sender reported', async () => {
    const { series: groups } = await series('summary')
    expect(groups[0]!.steps).toMatchObject([{ count: 4, value: 5, quantiles: [{ quantile: 0.5, value: 4 }] }])
  })

  test('that is unknown, and steps without number, are problems that say so', async () => {
    expect(await get(app, `/api/metrics/nothing?${range}`, 404)).toMatchObject({
      detail: expect.stringContaining('nothing'),
    })
    expect(await get(app, `/api/metrics/delta?${range}&step=1`, 400)).toMatchObject({
      detail: expect.stringContaining('3600 steps'),
    })
  })

  test('of another project is not there', async () => {
    const other = testApp(store, { principalOf: () => adminOf(99) })
    expect(await get(other, `/api/metrics?${range}`)).toEqual({ items: [], next: null })
    await get(other, `/api/metrics/delta?${range}`, 404)
  })
})
