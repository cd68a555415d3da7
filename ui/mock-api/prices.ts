import type { CostExplanation, Prices, RepriceJob } from '../../schema/api/prices.ts'
import type { Reconciliation } from '../../schema/api/reconciliation.ts'
import type { MockSession } from './sessions.ts'

const iso = (ms: number) => new Date(ms).toISOString()

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
