import type { MetricName, MetricSeries } from '../../schema/api/metric-shapes.ts'

const TOKENS = {
  name: 'gen_ai.client.token.usage',
  type: 'histogram',
  unit: '{token}',
  description: 'Tokens of each call',
  temporality: 'cumulative',
  isMonotonic: false,
} as const

interface Period {
  readonly fromMs: number
  readonly toMs: number
}

export const metricNamesOf = ({ toMs }: Period): { items: MetricName[]; next: null } => ({
  items: [{ ...TOKENS, services: ['shop'], series: 4, points: 240, lastTime: new Date(toMs - 60_000).toISOString() }],
  next: null,
})

export const metricSeriesOf = ({ fromMs, toMs }: Period): MetricSeries => ({
  ...TOKENS,
  from: new Date(fromMs).toISOString(),
  to: new Date(toMs).toISOString(),
  stepMs: 3_600_000,
  attributes: ['gen_ai.request.model', 'gen_ai.token.type'],
  series: [
    {
      key: {},
      steps: [0, 1, 2].map((i) => ({
        time: new Date(fromMs + i * 3_600_000).toISOString(),
        value: 400 + i,
        rate: 0.5,
        count: 1800,
        sum: 1800 * (400 + i),
        min: null,
        max: null,
        quantiles: [{ quantile: 0.5, value: 350 + i }],
      })),
    },
  ],
  omittedSeries: 0,
})
