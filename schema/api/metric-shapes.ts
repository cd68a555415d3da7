import { z } from 'zod'
import { METRIC_TYPES } from '../model/metric.ts'

/** A metric that was received: OpenTelemetry's, as some service reports it. */
export const MetricName = z.object({
  name: z.string(),
  type: z.enum(METRIC_TYPES),
  unit: z.string(),
  description: z.string(),
  temporality: z.enum(['delta', 'cumulative', 'mixed', 'unspecified']),
  isMonotonic: z.boolean(),
  services: z.array(z.string()),
  /** Distinct sets of attributes and resource in the range. */
  series: z.int(),
  points: z.int(),
  lastTime: z.string(),
})
export type MetricName = z.infer<typeof MetricName>

const figure = z.number().nullable()

export const MetricStep = z.object({
  time: z.string(),
  value: figure.describe(
    'gauge: mean of its values · monotonic sum: increase in the step · other sum: the last value of each series, added · histogram and summary: mean',
  ),
  rate: figure.describe('monotonic sum, histogram, summary: increase of value or count per second'),
  count: figure.describe('histogram and summary: observations in the step; otherwise points'),
  sum: figure,
  min: figure,
  max: figure,
  quantiles: z.array(z.object({ quantile: z.number(), value: figure })),
})
export type MetricStep = z.infer<typeof MetricStep>

export const MetricSeries = z.object({
  name: z.string(),
  type: z.enum(METRIC_TYPES),
  unit: z.string(),
  description: z.string(),
  temporality: z.enum(['delta', 'cumulative', 'mixed', 'unspecified']),
  isMonotonic: z.boolean(),
  from: z.string(),
  to: z.string(),
  stepMs: z.int(),
  /** What it can be grouped by. */
  attributes: z.array(z.string()),
  series: z.array(z.object({ key: z.record(z.string(), z.string()), steps: z.array(MetricStep) })),
  /** Groups that are not in `series`: the smallest. */
  omittedSeries: z.int(),
})
export type MetricSeries = z.infer<typeof MetricSeries>
