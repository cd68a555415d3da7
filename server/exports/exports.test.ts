import { createHash } from 'node:crypto'
import { tableFromIPC } from 'apache-arrow'
import { parse } from 'csv-parse/sync'
import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CostReport, Manifest } from '../../schema/api/costs.ts'
import { FOCUS_COLUMNS } from '../../schema/focus/focus-1-2.ts'
import { type FocusRow, FocusValidator } from '../../schema/focus/validate.ts'
import { emptyUsage } from '../../schema/model/usage.ts'
import { get, testApp } from '../../test/support/api.ts'
import { drawLedger, type LedgerTruth } from '../../test/support/cost-ledger.ts'
import { aCall, aRun, openTestStore, type TestStore } from '../../test/support/rows.ts'
import { csvLine } from '../answers/csv.ts'
import { nanoUsdOf, usdOf } from '../answers/money.ts'
import { safeSql } from './table.ts'

const START = Date.parse('2026-09-28T00:00:00Z')
const HOUR = 3_600_000
const RANGE = `from=2026-09-01T00:00:00Z&to=2026-12-01T00:00:00Z`
let store: TestStore
let app: Hono
let truth: LedgerTruth

beforeAll(async () => {
  store = await openTestStore()
  truth = drawLedger(20261121, START, 4, 120)
  for (const { talliedAtMs, tallies } of truth.rounds) await store.runs(tallies, talliedAtMs)
  app = testApp(store, { nowMs: () => START + 60 * 24 * HOUR })
})
afterAll(() => store.close())

const file = async (path: string, accept = ''): Promise<{ bytes: Buffer; headers: Headers }> => {
  const answer = await app.request(path, { headers: { host: 'localhost:4320', accept } })
  const bytes = Buffer.from(await answer.arrayBuffer())
  if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${bytes}`)
  return { bytes, headers: answer.headers }
}
const rowsOf = (csv: Buffer): Record<string, string>[] =>
  parse(csv, { columns: true, record_delimiter: '\r\n' }) as Record<string, string>[]
const sum = (values: readonly string[]): string => usdOf(values.reduce((total, value) => total + nanoUsdOf(value), 0n))
const total = async (query: string): Promise<CostReport['total']> =>
  (await get<CostReport>(app, `/api/costs?${RANGE}&limit=1&${query}`)).total

describe('costs as a file', () => {
  const QUERY = `/api/costs?${RANGE}&by=run,model,agent&interval=day`

  it('has every line, whatever limit says, in the words of the API, and adds up to it', async () => {
    const { bytes, headers } = await file(`${QUERY}&format=csv&limit=2`)
    const rows = rowsOf(bytes)
    expect(rows.length).toBeGreaterThan(400)
    expect(headers.get('recount-rows')).toBe(String(rows.length))
    const { costUsd, calls, components, reportedUsd } = await total('by=run')
    expect(headers.get('recount-sum-usd')).toBe(costUsd)
    expect(sum(rows.map((row) => row.costUsd!))).toBe(costUsd)
    expect(sum(rows.map((row) => row.modelUsd!))).toBe(components.model)
    expect(sum(rows.map((row) => row.toolsUsd!))).toBe(components.tools)
    expect(sum(rows.map((row) => row.reportedUsd!))).toBe(reportedUsd)
    expect(rows.reduce((all, row) => all + Number(row.calls), 0)).toBe(calls)
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
    expect(headers.get('content-disposition')).toBe('attachment; filename="recount-cost-2026-09-01.csv"')
  })

  it('says the same lines as JSON does, in the same order', async () => {
    const { items } = await get<CostReport>(app, `${QUERY}&limit=100`)
    const { bytes } = await file(`${QUERY}&format=jsonl`)
    const lines = bytes
      .toString()
      .trimEnd()
      .split('\n')
      .slice(0, 100)
      .map((line) => JSON.parse(line))
    expect(lines).toEqual(
      items.map(({ key, period, usage: { unreported: _, ...usage }, components, runs, calls, ...item }) => ({
        ...key,
        period,
        ...usage,
        calls,
        runs,
        costUsd: item.costUsd,
        ...Object.fromEntries(Object.entries(components).map(([name, usd]) => [`${name}Usd`, usd])),
        allocatedUsd: item.allocatedUsd,
        reportedUsd: item.reportedUsd,
        costStatus: item.costStatus,
        unpricedCalls: item.unpricedCalls,
      })),
    )
  })

  it('is asked for by Accept too, and is a problem where the question is wrong', async () => {
    expect((await file(QUERY, 'text/csv')).bytes.subarray(0, 5).toString()).toBe('"run"')
    expect((await file(QUERY, 'application/x-ndjson')).bytes.subarray(0, 7).toString()).toBe('{"run":')
    expect((await file(QUERY, 'application/vnd.apache.parquet')).bytes.subarray(0, 4).toString()).toBe('PAR1')
    await get(app, `/api/costs?${RANGE}&by=planet&format=csv`, 400)
    await get(app, `/api/costs?${RANGE}&format=xlsx`, 400)
    await get(app, `/api/sessions?format=parquet`, 400)
  })

  it('is the same as Arrow', async () => {
    const { bytes } = await file(`${QUERY}&format=arrow`)
    const table = tableFromIPC(bytes)
    const csv = rowsOf((await file(`${QUERY}&format=csv`)).bytes)
    expect(table.numRows).toBe(csv.length)
    expect(table.schema.fields.map(({ name }) => name)).toEqual(Object.keys(csv[0]!))
    const models = [...table.getChild('model')!].map((value) => value ?? '')
    expect(models).toEqual(csv.map(({ model }) => model))
  })

  it('is the same bytes again for the same as_of, and its manifest holds', { timeout: 180_000 }, async () => {
    for (const format of ['csv', 'parquet', 'arrow', 'focus&as=jsonl']) {
      const { bytes, headers } = await file(`${QUERY}&format=${format}`)
      const asOf = headers.get('recount-as-of')!
      // The manifest is made by writing the file once more.
      const manifest = await get<Manifest>(
        app,
        `${QUERY}&format=${format}&as_of=${asOf}`.replace('/costs?', '/costs/manifest?'),
      )
      expect(manifest).toMatchObject({
        report: format.startsWith('focus') ? 'focus' : 'cost',
        asOf,
        rows: Number(headers.get('recount-rows')),
        sumUsd: headers.get('recount-sum-usd'),
        bytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        from: '2026-09-01T00:00:00.000Z',
        to: '2026-12-01T00:00:00.000Z',
        recountVersion: '0.0.0-test',
      })
    }
  })

  it('answers as of an earlier moment what was known then', async () => {
    const asOf = new Date(truth.rounds[0]!.talliedAtMs).toISOString()
    const then = await file(`${QUERY}&format=csv&as_of=${asOf}`)
    expect(then.headers.get('recount-sum-usd')).toBe((await total(`as_of=${asOf}`)).costUsd)
    expect(then.headers.get('recount-sum-usd')).not.toBe((await total('')).costUsd)
  })

  it('tells of itself without its bytes to HEAD', async () => {
    const answer = await app.request(`${QUERY}&format=csv`, { method: 'HEAD', headers: { host: 'localhost:4320' } })
    expect([answer.status, await answer.text()]).toEqual([200, ''])
    expect(answer.headers.get('recount-sum-usd')).toBe((await total('')).costUsd)
  })

  it('ends the question when the reader goes away', async () => {
    const gone = new AbortController()
    const answer = await app.request(`${QUERY}&format=csv`, {
      headers: { host: 'localhost:4320' },
      signal: gone.signal,
    })
    const reader = answer.body!.getReader()
    await reader.read()
    await reader.cancel()
    expect((await file(`${QUERY}&format=csv`)).bytes.length).toBeGreaterThan(1000)
  })
})

describe('text of somebody else', () => {
  it('begins no formula in a spreadsheet: the engine follows the same rule as the lists of the API', async () => {
    const starts = [
      '',
      ' ',
      '\t',
      '\r',
      '\n',
      '\v',
      '\u00a0',
      '\u2003',
      '\u3000',
      '\ufeff',
      ' \ufeff\t',
      'a',
      '"',
      "'",
      'é',
    ]
    const signs = ['=', '+', '-', '@', '\uff1d', '\uff0b', '\uff0d', '\uff20', '\u2212', ';', '', '\\']
    const rests = ['1+1', '1', '1.5', '1.', 'cmd|x!A1', '', 'SUM(A1)']
    const texts = starts.flatMap((start) => signs.flatMap((sign) => rests.map((rest) => `${start}${sign}${rest}`)))
    const [row] = await store.database.query<{ safe: string[] }>(
      `SELECT arrayMap(text -> ${safeSql('text')}, {texts:Array(String)}) AS safe`,
      { texts },
    )
    const bySpreadsheet = (text: string): string =>
      (parse(csvLine([text]), { record_delimiter: '\r\n', relax_column_count: true }) as string[][])[0]?.[0] ?? ''
    expect(row!.safe.map((text, i) => [texts[i], text])).toEqual(texts.map((text) => [text, bySpreadsheet(text)]))
    expect(row!.safe.filter((text, i) => text !== texts[i]).length).toBeGreaterThan(300)
  })
})

describe('costs as FOCUS', () => {
  it('splits what a call cost over its tokens by the rates of the price book', async () => {
    const at = Date.parse('2026-06-10T08:00:00Z')
    const startNanos = BigInt(at) * 1_000_000n
    const sonnet = { kind: 'llm', startNanos, provider: 'anthropic', model: 'claude-sonnet-4-5' } as const
    const traceId = 'ab'.repeat(16)
    const usage = { ...emptyUsage(), inputUncached: 1000, cacheRead: 2000, outputText: 100 }
    await store.runs([
      aRun({
        runId: traceId,
        startNanos,
        endNanos: startNanos + 1_000_000_000n,
        calls: [
          // 1,000 × $3 + 2,000 × $0.30 + 100 × $15, per million: $0.003 + $0.0006 + $0.0015.
          aCall({ ...sonnet, spanId: '01'.repeat(8), traceId, usage, costNanoUsd: 5_100_000n, costStatus: 'computed' }),
          // The same, reported for a billionth more than half of it; another agent.
          aCall({
            ...sonnet,
            spanId: '02'.repeat(8),
            traceId,
            agent: 'half',
            usage,
            costNanoUsd: 2_550_001n,
            costStatus: 'reported',
          }),
          // Above 200,000 input tokens a token costs $6 and $22.50 per million.
          aCall({
            ...sonnet,
            spanId: '03'.repeat(8),
            traceId,
            agent: 'long',
            usage: { ...emptyUsage(), inputUncached: 300_000, outputText: 1000 },
            costNanoUsd: 1_822_500_000n,
            costStatus: 'computed',
          }),
          aCall({
            kind: 'tool',
            startNanos,
            spanId: '04'.repeat(8),
            traceId,
            tool: 'search',
            agent: 'tools',
            costNanoUsd: 7n,
            costStatus: 'reported',
          }),
          aCall({ kind: 'tool', startNanos, spanId: '05'.repeat(8), traceId, tool: 'free', agent: 'tools' }),
          aCall({
            ...sonnet,
            spanId: '06'.repeat(8),
            traceId,
            model: 'sonnet-of-ours',
            agent: 'dark',
            usage,
            costStatus: 'unpriced',
          }),
        ],
      }),
    ])
    const query = 'from=2026-06-01T00:00:00Z&to=2026-07-01T00:00:00Z'
    const { bytes, headers } = await file(`/api/costs?${query}&format=focus`)
    expect(headers.get('recount-unpriced-calls')).toBe('1')
    const rows = rowsOf(bytes)
    const said = rows.map((row) => [
      row.x_AgentName,
      row.SkuPriceId,
      row.ConsumedQuantity,
      row.BilledCost,
      row.ListUnitPrice,
      row.ListCost,
    ])
    const sku = (type: string): string => `anthropic/claude-sonnet-4-5:${type}`
    expect(said).toEqual([
      ['tools', 'search:tools', '1', '0.000000007', '0.000000007', '0.000000007'],
      ['half', sku('inputUncached'), '1000', '0.001500001', '3', '0.003'],
      ['half', sku('cacheRead'), '2000', '0.0003', '0.3', '0.0006'],
      ['half', sku('outputText'), '100', '0.00075', '15', '0.0015'],
      ['long', `${sku('inputUncached')}>200000`, '300000', '1.8', '6', '1.8'],
      ['long', `${sku('outputText')}>200000`, '1000', '0.0225', '22.5', '0.0225'],
      ['shop', sku('inputUncached'), '1000', '0.003', '3', '0.003'],
      ['shop', sku('cacheRead'), '2000', '0.0006', '0.3', '0.0006'],
      ['shop', sku('outputText'), '100', '0.0015', '15', '0.0015'],
    ])
    expect(rows[1]).toMatchObject({
      ProviderName: 'Anthropic',
      ServiceName: 'Anthropic API',
      PricingUnit: '1000000 Tokens',
      PricingQuantity: '0.001',
      ChargePeriodStart: '2026-06-10T00:00:00Z',
      ChargePeriodEnd: '2026-06-11T00:00:00Z',
      BillingPeriodStart: '2026-06-01T00:00:00Z',
      BillingPeriodEnd: '2026-07-01T00:00:00Z',
      Tags: '{"team":"support","environment":"production"}',
    })
  })

  const focus = async (query = ''): Promise<{ rows: FocusRow[]; headers: Headers; columns: string[] }> => {
    const { bytes, headers } = await file(`/api/costs?${RANGE}&format=focus&as=jsonl${query}`)
    const rows = bytes
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => {
        const row = JSON.parse(line) as Record<string, unknown>
        return Object.fromEntries(
          Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)]),
        )
      })
    return { rows, headers, columns: Object.keys(rows[0]!) }
  }

  it('fulfils the specification and adds up to the cost API, to the nano-dollar', { timeout: 240_000 }, async () => {
    for (const query of [
      '',
      '&component=model',
      '&team=support',
      `&as_of=${new Date(truth.rounds[1]!.talliedAtMs).toISOString()}`,
    ]) {
      const { rows, headers, columns } = await focus(query)
      const validator = new FocusValidator(columns)
      for (const row of rows) validator.row(row)
      const { errors, billedCost } = validator.finish()
      expect(errors).toEqual([])
      const { costUsd, unpricedCalls } = await total(query)
      expect(billedCost).toEqual({ USD: costUsd })
      expect(headers.get('recount-sum-usd')).toBe(costUsd)
      expect(headers.get('recount-rows')).toBe(String(rows.length))
      expect(headers.get('recount-unpriced-calls')).toBe(String(unpricedCalls))
      const negative = rows.filter((row) => row.BilledCost!.startsWith('-'))
      expect(negative.map((row) => row.ChargeCategory)).toEqual(negative.map(() => 'Credit'))
    }
  })

  it('keeps tokens of priced calls and calls: their sums are those of the ledger', async () => {
    const { rows } = await focus()
    const runs = truth.runsAsOf(Number.MAX_SAFE_INTEGER)
    const priced = runs
      .flatMap(({ calls }) => calls)
      .filter(({ costStatus, costNanoUsd }) => costStatus !== 'unpriced' && costNanoUsd >= 0n)
    const tokens = (bucket: 'inputUncached' | 'outputText'): number =>
      rows.filter((row) => row.x_TokenType === bucket).reduce((all, row) => all + Number(row.ConsumedQuantity), 0)
    expect(tokens('inputUncached')).toBe(priced.reduce((all, { usage }) => all + usage.inputUncached, 0))
    expect(tokens('outputText')).toBe(priced.reduce((all, { usage }) => all + usage.outputText, 0))
  })

  it('is as complete as CSV: every FOCUS column stands before the custom ones', async () => {
    const { bytes } = await file(`/api/costs?${RANGE}&format=focus`)
    const columns = Object.keys(rowsOf(bytes)[0]!)
    const known = columns.filter((name) => FOCUS_COLUMNS.some(({ id }) => id === name))
    expect(columns.slice(0, known.length)).toEqual(known)
    expect(columns.slice(known.length).every((name) => name.startsWith('x_'))).toBe(true)
  })

  it('has the shares of costs that belong to no run as adjustments, with the rule that split them', async () => {
    const answer = await app.request('/api/shared-costs', {
      method: 'PUT',
      headers: { host: 'localhost:4320', 'content-type': 'application/json' },
      body: JSON.stringify({
        items: [
          {
            name: 'Gateway',
            amountUsd: '100',
            from: '2026-09-01T00:00:00Z',
            to: '2026-11-01T00:00:00Z',
            rule: 'tokens',
            over: 'team',
          },
        ],
      }),
    })
    expect(answer.status).toBe(200)
    const { rows, columns } = await focus()
    const validator = new FocusValidator(columns)
    for (const row of rows) validator.row(row)
    expect(validator.finish()).toMatchObject({ errors: [], billedCost: { USD: (await total('')).costUsd } })
    const shares = rows.filter((row) => row.ChargeCategory === 'Adjustment')
    expect(sum(shares.map((row) => row.x_AllocatedCost!))).toBe('100')
    expect(shares[0]).toMatchObject({
      ChargeDescription: 'Share of Gateway',
      x_AllocationMethod: 'tokens by team',
      x_AllocationName: 'Gateway',
      x_CostComponent: 'platform',
      ConsumedQuantity: null,
      ListUnitPrice: null,
    })
    expect(new Set(shares.map((row) => row.x_TeamName)).size).toBeGreaterThan(2)
  })
})
