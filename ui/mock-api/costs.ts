import type { Anomaly, BudgetState, Forecast } from '../../schema/api/budgets.ts'
import type { CostItem, CostPerOutcome, CostPerOutcomeReport, CostReport, Savings } from '../../schema/api/costs.ts'
import type { CostExplanation, Prices, RepriceJob, Unpriced, WhatIf } from '../../schema/api/prices.ts'
import type { Reconciliation } from '../../schema/api/reconciliation.ts'
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

const BUDGETS = [
  { name: 'Support', scope: { team: 'support' }, period: 'month', limit: '42', share: 0.61 },
  { name: 'Sales research', scope: { agent: 'sales-research' }, period: 'week', limit: '30', share: 1.07 },
  { name: 'Everything', scope: {}, period: 'month', limit: '240', share: 0.83 },
  {
    name: 'Acme <img src=x onerror=alert(1)>',
    scope: { customer: 'acme-eu' },
    period: 'month',
    limit: '60',
    share: 0.4,
  },
] as const

export const budgetsOf = ({ nowMs }: Pick<CostCall, 'nowMs'>): readonly BudgetState[] =>
  BUDGETS.map(({ name, scope, period, limit, share }, i) => {
    const spent = Number(limit) * share
    const forecast = spent * 1.34
    const thresholds = [0.5, 0.8, 1]
    return {
      budget: { name, scope, metric: 'usd', period, limit, thresholds },
      periodFrom: iso(nowMs - 20 * DAY_MS),
      periodTo: iso(nowMs + 9 * DAY_MS),
      spent: spent.toFixed(2),
      share,
      crossed: thresholds
        .filter((one) => one <= share)
        .map((threshold, n) => ({ threshold, at: iso(nowMs - (6 - n * 2) * DAY_MS) })),
      forecast: forecast.toFixed(2),
      p10: (forecast * 0.93).toFixed(2),
      p90: (forecast * 1.1).toFixed(2),
      breachAt: forecast > Number(limit) ? iso(nowMs + 5 * DAY_MS) : null,
      state:
        share >= 1 ? 'breached' : share >= 0.8 ? 'warning' : forecast * 0.99 > Number(limit) ? 'forecast_breach' : 'ok',
      unpricedCalls: i === 0 ? 214 : 0,
    }
  })

export const forecastOf = ({ nowMs }: Pick<CostCall, 'nowMs'>): Forecast => {
  const first = Date.UTC(new Date(nowMs).getUTCFullYear(), new Date(nowMs).getUTCMonth(), 1)
  const today = Math.floor((nowMs - first) / DAY_MS)
  const points = Array.from({ length: 30 }, (_, day): Forecast['points'][number] => {
    const time = iso(first + day * DAY_MS)
    const weekend = [0, 6].includes(new Date(time).getUTCDay())
    const usd = (weekend ? 4.2 : 9.6) + ((day * 7) % 5) * 0.4
    return day < today
      ? { time, actualUsd: usd.toFixed(2), forecastUsd: null, p10Usd: null, p90Usd: null }
      : {
          time,
          actualUsd: day === today ? (usd * 0.5).toFixed(2) : null,
          forecastUsd: usd.toFixed(2),
          p10Usd: (usd * 0.8).toFixed(2),
          p90Usd: (usd * 1.25).toFixed(2),
        }
  })
  const spent = sumUsd(points.flatMap((point) => point.actualUsd ?? []))
  const all = Number(spent) + points.reduce((sum, point) => sum + Number(point.forecastUsd ?? 0), 0)
  return {
    period: { from: points[0]!.time, to: iso(first + 30 * DAY_MS) },
    spentUsd: spent,
    forecastUsd: all.toFixed(2),
    p10Usd: (all * 0.95).toFixed(2),
    p90Usd: (all * 1.06).toFixed(2),
    historyDays: 41,
    method: 'run rate of the last 28 days × weekday season, P10 and P90 by simulation',
    points,
    asOf: iso(nowMs),
  }
}

export const anomaliesOf = ({ nowMs }: Pick<CostCall, 'nowMs'>): readonly Anomaly[] => [
  {
    time: iso(Math.floor((nowMs - 2.4 * DAY_MS) / 3_600_000) * 3_600_000),
    costUsd: '4.811200',
    expectedUsd: '0.912000',
    z: 8.7,
    direction: 'up',
    contributors: [
      {
        key: { agent: 'refund-agent', version: 'v14' },
        costUsd: '3.9',
        expectedUsd: '0.31',
        deltaUsd: '3.59',
      },
      { key: { agent: 'code-review', version: null }, costUsd: '0.61', expectedUsd: '0.5', deltaUsd: '0.11' },
    ],
  },
]

export const PRICES: Prices = {
  book: { name: 'genai-prices', version: '0.1.8', models: 1_204 },
  settings: {
    overrides: [
      {
        provider: 'openai',
        model: 'gpt-4.1*',
        serviceTier: 'standard',
        fromInputTokens: 0,
        validFrom: '2026-11-01T00:00:00Z',
        currency: 'EUR',
        usdPerUnit: '1.0812',
        perMillionTokens: { inputUncached: '1.7', cacheRead: '0.42', outputText: '6.8' },
        source: 'frame contract 2026, § 4',
      },
    ],
    toolFees: [{ tool: 'web_search', usdPerCall: '0.01' }],
    reviewUsdPerMinute: '0.9',
    wins: 'reported',
  },
  version: '3',
  changedAt: '2026-11-02T09:12:44.000Z',
  actor: 'finance-ui',
}

export const NO_REPRICE: RepriceJob = {
  state: 'none',
  from: '',
  to: '',
  dryRun: true,
  reason: '',
  runsRead: 0,
  runsChanged: 0,
  callsChanged: 0,
  beforeUsd: '0',
  afterUsd: '0',
  asOfBefore: null,
  bookVersion: '',
  seconds: 0,
  error: '',
}

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

export const reconciliationOf = (month: string, nowMs: number): Reconciliation => {
  const row = (
    day: number,
    model: string,
    traced: number,
    billed: number,
    causes: Reconciliation['items'][number]['causes'],
  ): Reconciliation['items'][number] => ({
    day: `${month}-${String(day).padStart(2, '0')}`,
    provider: 'openai',
    account: 'proj_support',
    accounts: [{ account: 'proj_support', billedUsd: billed.toFixed(2) }],
    model,
    tracedUsd: traced.toFixed(2),
    billedUsd: billed.toFixed(2),
    varianceUsd: (billed - traced).toFixed(2),
    varianceShare: (billed - traced) / billed,
    tracedCalls: 420,
    causes,
  })
  return {
    month,
    items: [
      row(3, 'gpt-4.1-2025-04-14', 4.1, 4.1, []),
      row(2, 'gpt-4.1-mini', 3.2, 4.02, [
        { cause: 'untraced_traffic', usd: '0.80', basis: 'inferred', detail: 'more calls billed than traced' },
        { cause: 'rounding', usd: '0.02', basis: 'measured', detail: 'the bill is in cents' },
      ]),
      row(2, '', 0, 0.4, [{ cause: 'unattributed', usd: '0.40', basis: null, detail: 'no cause found' }]),
    ],
    total: {
      tracedUsd: '7.30',
      billedUsd: '8.52',
      varianceUsd: '1.22',
      unattributedUsd: '0.40',
      explainedShare: 0.67,
      causes: { untraced_traffic: '0.80', rounding: '0.02', unattributed: '0.40' },
    },
    bills: [
      {
        name: 'openai-costs.json',
        month,
        provider: 'openai',
        format: 'openai',
        firstDay: `${month}-01`,
        lastDay: `${month}-03`,
        rows: 3,
        billedUsd: '8.52',
        sha256: 'c0ffee'.repeat(10).padEnd(64, '0'),
        importedAt: iso(nowMs - 3_600_000),
        actor: 'finance-ui',
        rates: {},
        skippedLines: 0,
      },
    ],
    withoutBill: [{ provider: 'anthropic', tracedUsd: '14.20', calls: 812 }],
    asOf: iso(nowMs),
    next: null,
  }
}

export const spanCostOf = (session: MockSession, spanId: string, nowMs: number): CostExplanation => ({
  traceId: session.traceIds[0]!,
  spanId,
  runId: session.traceIds[0]!,
  counted: true,
  countedAs: spanId,
  component: 'model',
  costUsd: '0.004102',
  costStatus: 'computed',
  reportedUsd: null,
  computedUsd: '0.004102',
  wins: 'reported',
  priceRef: 'genai-prices 0.1.8 openai/gpt-4.1',
  price: {
    book: 'genai-prices 0.1.8',
    origin: 'built-in',
    provider: 'openai',
    model: 'gpt-4.1',
    serviceTier: 'standard',
    contextTier: null,
    currency: 'USD',
    usdPerUnit: '1',
    validFrom: '2025-04-14T00:00:00.000Z',
    source: 'openai.com/api/pricing',
  },
  lines: [
    { bucket: 'inputUncached', label: 'input', quantity: 1_156, unit: 'tokens', unitPrice: '2', cost: '0.002312' },
    { bucket: 'cacheRead', label: 'cache read', quantity: 2_048, unit: 'tokens', unitPrice: '0.5', cost: '0.001024' },
    { bucket: 'outputText', label: 'output', quantity: 96, unit: 'tokens', unitPrice: '8', cost: '0.000766' },
  ],
  why: 'The sender reported no cost, so the price book computes it from the tokens of each kind.',
  talliedAt: iso(nowMs - 60_000),
})
