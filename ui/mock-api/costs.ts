import type { CostItem, CostPerOutcome, CostPerOutcomeReport, CostReport, Savings } from '../../schema/api/costs.ts'
import type { Unpriced, WhatIf } from '../../schema/api/prices.ts'
import { DIMENSION_NAMES, type DimensionName, NOT_SET } from '../../schema/model/dimension.ts'
import { parseSearch } from '../search/codec.ts'
import { costFiltersOf, validateCostsSearch } from '../search/costs.ts'
import { subtractUsd, sumUsd } from '../util/money.ts'
import { figuresOf, grouped, linesOf, type MockLine, outcomeCounts } from './cost-lines.ts'
import { addUsages, type MockSession } from './sessions.ts'

/** Money of the mock: the same sessions, counted as the server counts them. */
export interface CostCall {
  readonly query: URLSearchParams
  readonly sessions: readonly MockSession[]
  readonly period: { readonly fromMs: number; readonly toMs: number }
  readonly nowMs: number
}

const DAY_MS = 86_400_000
const iso = (ms: number) => new Date(ms).toISOString()

const chosenLines = ({ query, sessions, period }: CostCall): readonly MockLine[] => {
  const filters = Object.entries(costFiltersOf(validateCostsSearch(parseSearch(query.toString())))).map(
    ([name, values]) => [name === 'callVersion' ? 'version' : name, values] as const,
  )
  const env = query.getAll('env')
  return sessions
    .flatMap(linesOf)
    .filter(
      (line) =>
        line.timeMs >= period.fromMs &&
        line.timeMs < period.toMs &&
        (env.length === 0 || env.includes(line.keys.env ?? '')) &&
        filters.every(([name, values]) => values?.includes(line.keys[name as DimensionName] ?? NOT_SET)),
    )
}

const byOf = (query: URLSearchParams): readonly DimensionName[] =>
  query
    .getAll('by')
    .flatMap((one) => one.split(','))
    .flatMap((name) => DIMENSION_NAMES.find((known) => known === name) ?? [])

const intervalOf = (query: URLSearchParams) =>
  (['hour', 'day', 'week', 'month'] as const).find((one) => one === query.get('interval')) ?? null

export const costsOf = (call: CostCall): CostReport => {
  const lines = chosenLines(call)
  const total = figuresOf(lines)
  const items: CostItem[] = grouped(lines, byOf(call.query), intervalOf(call.query))
    .map(({ key, period, lines: own }) => ({ key, period, ...figuresOf(own) }))
    .toSorted((a, b) => Number(b.costUsd) - Number(a.costUsd))
  return {
    items,
    total,
    next: null,
    from: iso(call.period.fromMs),
    to: iso(call.period.toMs),
    asOf: iso(call.nowMs - 4_000),
    coverage: total.calls === 0 ? null : 1 - total.unpricedCalls / total.calls,
    provisional: call.period.toMs > call.nowMs - DAY_MS,
  }
}

const perOutcome = (key: CostItem['key'], period: string | null, lines: readonly MockLine[]): CostPerOutcome => {
  const sessions = [...new Set(lines.map((line) => line.session))]
  const { costUsd, components, unpricedCalls, costStatus } = figuresOf(lines)
  const outcomes = outcomeCounts(sessions)
  const settled = outcomes.success + outcomes.failure + outcomes.escalated
  const of = (wanted: (session: MockSession) => boolean) =>
    sumUsd(lines.filter((line) => wanted(line.session)).map(({ usd }) => usd))
  const failed = of((s) => s.outcome === 'failure' && s.guardrailHits === 0)
  const blocked = of((s) => s.outcome === 'failure' && s.guardrailHits > 0)
  const waste = { failed, looping: '0', blocked }
  const wasteUsd = sumUsd([failed, blocked])
  const each = outcomes.success === 0 ? null : Number(costUsd) / outcomes.success
  const spread = each === null ? 0 : (each * 1.2) / Math.sqrt(sessions.length)
  return {
    key,
    period,
    costUsd,
    runs: sessions.length,
    settled,
    successes: outcomes.success,
    costPerSuccess: each?.toFixed(6) ?? null,
    interval: each === null || outcomes.success < 2 ? null : [(each - spread).toFixed(6), (each + spread).toFixed(6)],
    coverage: sessions.length === 0 ? null : settled / sessions.length,
    provisional: outcomes.pending > 0,
    unpricedCalls,
    costStatus,
    wasteUsd,
    wasteShare: Number(costUsd) === 0 ? null : Number(wasteUsd) / Number(costUsd),
    waste,
    components,
    outcomes,
  }
}

export const perOutcomeOf = (call: CostCall): CostPerOutcomeReport => {
  const lines = chosenLines(call)
  return {
    items: grouped(lines, byOf(call.query), intervalOf(call.query)).map(({ key, period, lines: own }) =>
      perOutcome(key, period, own),
    ),
    total: perOutcome({}, null, lines),
    next: null,
    from: iso(call.period.fromMs),
    to: iso(call.period.toMs),
    asOf: iso(call.nowMs - 4_000),
  }
}

export const unpricedOf = (call: CostCall): readonly Unpriced[] =>
  grouped(
    chosenLines(call).filter((line) => line.unpriced > 0),
    ['model'],
    null,
  ).map(({ key, lines }) => ({
    provider: 'ollama',
    model: key.model ?? '',
    serviceTier: 'standard',
    calls: lines.reduce((sum, line) => sum + line.calls, 0),
    runs: lines.length,
    usage: addUsages(lines.map((line) => line.session.usage)),
    firstSeen: lines.at(-1)!.session.start,
    lastSeen: lines[0]!.session.start,
    reason: 'unknown model',
    similar: [{ provider: 'openrouter', model: 'qwen-2.5-7b-instruct' }],
  }))

export const savingsOf = (call: CostCall): Savings => {
  const lines = chosenLines(call)
  const [by = 'agent'] = byOf(call.query)
  const figures = figuresOf(lines)
  const hits = (own: readonly MockLine[]) => {
    const { cacheRead, inputTotal } = figuresOf(own).usage
    return inputTotal === 0 ? null : cacheRead / inputTotal
  }
  const part = (usd: string, share: number) => (Number(usd) * share).toFixed(6)
  return {
    cache: {
      readTokens: figures.usage.cacheRead,
      hitShare: hits(lines),
      savedUsd: part(figures.costUsd, 0.21),
      couldSaveUsd: part(figures.costUsd, 0.09),
    },
    waste: {
      failedCallsUsd: part(figures.costUsd, 0.018),
      retriedCallsUsd: part(figures.costUsd, 0.011),
      loopsUsd: part(figures.costUsd, 0.006),
      failedRunsUsd: part(figures.costUsd, 0.14),
      blockedRunsUsd: part(figures.costUsd, 0.02),
    },
    items: grouped(lines, [by], null).map(({ key, lines: own }) => ({
      key,
      savedUsd: part(figuresOf(own).costUsd, 0.21),
      wasteUsd: part(figuresOf(own).costUsd, 0.13),
      cacheHitShare: hits(own),
    })),
  }
}

export const whatIfOf = (call: CostCall, provider: string, model: string): WhatIf => {
  const lines = chosenLines(call).filter((line) => line.component === 'model')
  const items = grouped(lines, ['provider', 'model'], null).map(({ key, lines: own }) => {
    const { usage, costUsd, calls } = figuresOf(own)
    return { key, calls, usage, currentUsd: costUsd, whatIfUsd: (Number(costUsd) * 0.42).toFixed(6) }
  })
  const currentUsd = sumUsd(items.map((item) => item.currentUsd))
  const whatIfUsd = sumUsd(items.map((item) => item.whatIfUsd))
  return {
    currentUsd,
    whatIfUsd,
    deltaUsd: subtractUsd(whatIfUsd, currentUsd),
    calls: items.reduce((sum, item) => sum + item.calls, 0),
    unpricedCalls: 0,
    model: { provider, model, priceRef: `genai-prices 0.1.8 ${provider}/${model}` },
    items,
    note: 'The same tokens at the other price. Another tokenizer counts the same text otherwise, by a tenth and more.',
  }
}
