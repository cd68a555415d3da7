import type { UsageItem } from '../../schema/api/shapes.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import type { ChargeKind, REVIEW_KIND } from '../../schema/model/component.ts'
import type { Kind } from '../../schema/model/kind.ts'
import { addUsage, emptyUsage, type UsageBuckets } from '../../schema/model/usage.ts'
import { nanoUsdOf } from '../answers/money.ts'
import { bucketsOfRow, type UsageRow } from '../answers/usage.ts'
import { type BoundedQuestion, callsSource, ledgerCallsClause } from './filter.ts'
import { fill, sqlFile } from './sql-file.ts'
import { type Steps, stepsOf } from './time-range.ts'

const BY_KEY = sqlFile('calls-by-key')
const SERIES = sqlFile('calls-series')
const QUANTILES = sqlFile('calls-quantiles')

/** Keys of one report: names of tools and models are few; a client that puts ids into them must not fill our memory. */
export const REPORT_KEYS_MAX = 5000
/** Up to so many calls their durations are looked at one by one; beyond, the rollup's histogram answers, to 9 %. */
const EXACT_CALLS_MAX = 1_000_000
const HOUR_MS = 3_600_000

/** What a report of calls is about: the columns of its key, which calls it counts, and which it leaves out altogether. */
export interface CallReport {
  readonly keys: readonly ('tool' | 'provider' | 'model' | 'agent')[]
  readonly callKinds: readonly Kind[]
  readonly otherKinds: readonly (Kind | ChargeKind | typeof REVIEW_KIND)[]
}

export interface CallFigures {
  readonly key: Readonly<Record<string, string>>
  calls: number
  errors: number
  valid: number
  invalid: number
  unpriced: number
  costNanoUsd: bigint
  readonly usage: UsageBuckets
  lastNanos: bigint
  readonly agents: string[]
  /** Histogram bucket → calls, and the exact p50 and p95 in nanoseconds where they were looked up. */
  readonly histogram: Map<number, number>
  quantiles: readonly [number, number] | undefined
  series: number[]
}

interface KeyRow extends UsageRow {
  readonly agent: string
  readonly calls: number
  readonly errors: number
  readonly valid_calls: number
  readonly invalid_calls: number
  readonly unpriced_calls: number
  readonly cost_usd: string
  readonly last_nanos: string
  readonly durations: Record<string, number>
}

export const keyText = (key: Readonly<Record<string, string>>): string => Object.values(key).join('\0')

/** Sums of the calls of a question by the report's key; with `exact`, their durations too. */
export const callFigures = async (
  database: Database,
  question: BoundedQuestion,
  report: CallReport,
): Promise<Map<string, CallFigures>> => {
  const steps = stepsOf(question.range)
  const source = callsSource(question, steps.stepMs < HOUR_MS)
  const params = { callKinds: report.callKinds, otherKinds: report.otherKinds }
  const [rows, series] = await Promise.all([
    database.query<KeyRow>(fill(BY_KEY, { keys: report.keys.join(', '), calls: source.sql }), {
      ...source.params,
      ...params,
      limit: REPORT_KEYS_MAX * 4,
    }),
    database.query<{ step: number; value: number } & Record<string, string | number>>(
      fill(SERIES, { keys: report.keys.join(', '), calls: source.sql }),
      { ...source.params, ...params, firstMs: steps.firstMs, stepMs: steps.stepMs },
    ),
  ])
  const figures = fold(rows, report, steps)
  for (const row of series) {
    const at = figures.get(keyText(keyOf(row, report)))
    if (at && row.step >= 0 && row.step < steps.count) at.series[row.step] = row.value
  }
  const calls = rows.reduce((sum, row) => sum + row.calls, 0)
  if (calls > 0 && calls <= EXACT_CALLS_MAX && !report.keys.includes('agent')) {
    const clause = ledgerCallsClause(question)
    const exact = await database.query<{ durations: [number, number] } & Record<string, unknown>>(
      fill(QUANTILES, { keys: report.keys.join(', '), calls: clause.sql }),
      { ...clause.params, callKinds: report.callKinds },
    )
    for (const figure of figures.values()) figure.histogram.clear()
    for (const row of exact) {
      const at = figures.get(keyText(keyOf(row, report)))
      if (at) at.quantiles = row.durations
    }
  }
  return figures
}

const fold = (rows: readonly KeyRow[], report: CallReport, steps: Steps): Map<string, CallFigures> => {
  const figures = new Map<string, CallFigures>()
  for (const row of rows) {
    const key = keyOf(row, report)
    const at = figures.get(keyText(key)) ?? noCalls(key, steps)
    figures.set(keyText(key), at)
    at.calls += row.calls
    at.errors += row.errors
    at.valid += row.valid_calls
    at.invalid += row.invalid_calls
    at.unpriced += row.unpriced_calls
    at.costNanoUsd += nanoUsdOf(row.cost_usd)
    addUsage(at.usage, bucketsOfRow(row))
    if (BigInt(row.last_nanos) > at.lastNanos) at.lastNanos = BigInt(row.last_nanos)
    if (row.agent !== '') at.agents.push(row.agent)
    for (const [bucket, count] of Object.entries(row.durations))
      at.histogram.set(Number(bucket), (at.histogram.get(Number(bucket)) ?? 0) + count)
  }
  return figures
}

export const noCalls = (key: Readonly<Record<string, string>>, steps: Steps): CallFigures => ({
  key,
  calls: 0,
  errors: 0,
  valid: 0,
  invalid: 0,
  unpriced: 0,
  costNanoUsd: 0n,
  usage: emptyUsage(),
  lastNanos: 0n,
  agents: [],
  histogram: new Map(),
  quantiles: undefined,
  series: Array.from({ length: steps.count }, () => 0),
})

const keyOf = (row: Readonly<Record<string, unknown>>, report: CallReport): Record<string, string> =>
  Object.fromEntries(report.keys.map((name) => [name, String(row[name] ?? '')]))

/** Quantile of a histogram of floor(log2(ns + 1) · 8), in nanoseconds: the geometric middle of the bucket. */
export const histogramQuantile = (histogram: ReadonlyMap<number, number>, q: number): number | undefined => {
  const buckets = [...histogram].filter(([, count]) => count > 0).sort(([a], [b]) => a - b)
  const total = buckets.reduce((sum, [, count]) => sum + count, 0)
  let seen = 0
  for (const [bucket, count] of buckets) {
    seen += count
    if (seen >= q * total) return 2 ** ((bucket + 0.5) / 8) - 1
  }
  return undefined
}

export type CostStatus = UsageItem['costStatus']
export const costStatusOf = (unpriced: number, costNanoUsd: bigint): CostStatus =>
  unpriced === 0 ? 'complete' : costNanoUsd > 0n ? 'partial' : 'none'
