import type { MetricSeries, MetricStep } from '../../schema/api/metric-shapes.ts'
import { type MetricType, TEMPORALITY } from '../../schema/model/metric.ts'
import { isoOfMs } from '../answers/time.ts'
import type { Steps } from '../queries/time-range.ts'
import { type Bucket, quantileOf } from './buckets.ts'
import { increaseOf, numberOf, type PointRow } from './increase.ts'

/** Groups of one answer; what is smaller is counted as left out. */
const SERIES_MAX = 100

export interface MetricQuestion {
  readonly type: MetricType
  readonly isMonotonic: boolean
  readonly by: readonly string[]
  readonly quantiles: readonly number[]
  readonly fromMs: number
  readonly toMs: number
  readonly steps: Steps
}

class Step {
  points = 0
  value = 0
  count = 0
  sum = 0
  min = Number.POSITIVE_INFINITY
  max = Number.NEGATIVE_INFINITY
  readonly buckets: Bucket[] = []
  /** Last value of each series: gauges that go up and down are added over series, not over time. */
  readonly last = new Map<string, number>()
  readonly reported = new Map<number, number[]>()
}

/** Points, series by series in the order of time, put together by group and step. */
export const seriesOf = (
  rows: readonly PointRow[],
  question: MetricQuestion,
): Pick<MetricSeries, 'series' | 'omittedSeries'> => {
  const groups = new Map<string, { readonly key: readonly string[]; readonly steps: Map<number, Step>; size: number }>()
  let before: PointRow | undefined
  for (const row of rows) {
    const previous = before?.series_id === row.series_id ? before : undefined
    before = row
    if (row.time_ms < question.fromMs) continue
    const name = JSON.stringify(row.key)
    let group = groups.get(name)
    if (!group) {
      group = { key: row.key, steps: new Map(), size: 0 }
      groups.set(name, group)
    }
    const at = Math.floor((row.time_ms - question.steps.firstMs) / question.steps.stepMs)
    let step = group.steps.get(at)
    if (!step) {
      step = new Step()
      group.steps.set(at, step)
    }
    group.size += take(step, row, previous, question)
  }
  const largest = [...groups.values()].sort((a, b) => b.size - a.size).slice(0, SERIES_MAX)
  return {
    series: largest.map(({ key, steps }) => ({
      key: Object.fromEntries(question.by.map((name, i) => [name, key[i] ?? ''])),
      steps: [...steps].sort(([a], [b]) => a - b).map(([at, step]) => shown(at, step, question)),
    })),
    omittedSeries: Math.max(0, groups.size - SERIES_MAX),
  }
}

/** Adds a point to its step; its weight, for the order of groups. */
const take = (
  step: Step,
  row: PointRow,
  before: PointRow | undefined,
  { type, isMonotonic, fromMs }: MetricQuestion,
): number => {
  const value = numberOf(row.value)
  if (type === 'gauge' || (type === 'sum' && !isMonotonic)) {
    if (Number.isNaN(value)) return 0
    step.points++
    step.value += value
    step.last.set(
      row.series_id,
      type === 'sum' && row.temporality === TEMPORALITY.delta ? (step.last.get(row.series_id) ?? 0) + value : value,
    )
    step.min = Math.min(step.min, value)
    step.max = Math.max(step.max, value)
    return Math.abs(value)
  }
  const increase = increaseOf(row, before, fromMs, type)
  if (!increase) return 0
  step.points++
  if (type === 'sum') {
    if (!Number.isNaN(increase.value)) step.value += increase.value
    return increase.value || 0
  }
  step.count += increase.count
  step.sum += increase.sum
  for (const bucket of increase.buckets) step.buckets.push(bucket)
  // Extremes of a running total are of its whole life, not of this step.
  if (row.temporality === TEMPORALITY.delta) {
    step.min = Math.min(step.min, orElse(numberOf(row.min), Number.POSITIVE_INFINITY))
    step.max = Math.max(step.max, orElse(numberOf(row.max), Number.NEGATIVE_INFINITY))
  }
  row.quantiles.forEach((quantile, i) => {
    const values = step.reported.get(quantile) ?? []
    values.push(numberOf(row.quantile_values[i] ?? Number.NaN))
    step.reported.set(quantile, values)
  })
  return increase.count
}

const shown = (at: number, step: Step, question: MetricQuestion): MetricStep => {
  const { steps, type, isMonotonic, quantiles } = question
  const startMs = steps.firstMs + at * steps.stepMs
  const seconds = (Math.min(startMs + steps.stepMs, question.toMs) - Math.max(startMs, question.fromMs)) / 1000
  const isDistribution = type === 'histogram' || type === 'exponential_histogram' || type === 'summary'
  const added = [...step.last.values()].reduce((a, b) => a + b, 0)
  const value = isDistribution
    ? step.sum / step.count
    : type === 'gauge'
      ? step.value / step.points
      : isMonotonic
        ? step.value
        : added
  const grown = isDistribution ? step.count : isMonotonic ? step.value : Number.NaN
  return {
    time: isoOfMs(startMs),
    value: finite(value),
    rate: seconds > 0 ? finite(grown / seconds) : null,
    count: isDistribution ? step.count : step.points,
    sum: isDistribution ? finite(step.sum) : null,
    min: finite(step.min),
    max: finite(step.max),
    quantiles:
      type === 'summary' ? reportedQuantiles(step) : isDistribution ? estimatedQuantiles(step.buckets, quantiles) : [],
  }
}

const estimatedQuantiles = (buckets: readonly Bucket[], quantiles: readonly number[]): MetricStep['quantiles'] =>
  quantiles.map((quantile) => ({ quantile, value: finite(quantileOf(buckets, quantile) ?? Number.NaN) }))

/** Quantiles cannot be put together; of several series that report them the mean is shown. */
const reportedQuantiles = (step: Step): MetricStep['quantiles'] =>
  [...step.reported]
    .sort(([a], [b]) => a - b)
    .map(([quantile, values]) => ({ quantile, value: finite(values.reduce((a, b) => a + b, 0) / values.length) }))

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)
const orElse = (value: number, other: number): number => (Number.isNaN(value) ? other : value)
