import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuditItem } from '../schema/api/audit.ts'
import type { BillImport, Reconciliation, ReconciliationItem } from '../schema/api/reconciliation.ts'
import { adminOf, testApp } from '../test/support/api.ts'
import { billing, type Traced } from '../test/support/billing.ts'
import { openTestStore, type TestStore } from '../test/support/rows.ts'

let store: TestStore
let app: Hono
let nextProject = 100

beforeAll(async () => {
  store = await openTestStore()
  app = testApp(store)
})
afterAll(() => store.close())

/** A project of its own for every scenario: its ledger, then its bill as a table. */
const scenario = async (traced: readonly Traced[], bill: string, path = '?month=2026-10', query = '') => {
  const project = billing(store, nextProject++)
  await project.trace(traced)
  if (bill !== '') await project.send(bill, query)
  return { ...project, report: await project.get<Reconciliation>(`/api/reconciliations${path}`) }
}
const table = (...lines: string[]) => ['date,provider,account,model,amount', ...lines].join('\n')
const causesOf = (item: ReconciliationItem | undefined) =>
  item?.causes.map(({ cause, usd, basis }) => [cause, usd, basis].join(' '))
const call = (day: number, more: Partial<Traced> = {}): Traced => ({
  at: `2026-10-${String(day).padStart(2, '0')}T12:00:00Z`,
  provider: 'openai',
  model: 'gpt-4.1',
  usd: '1',
  ...more,
})

describe('what a bill and the ledger agree on', () => {
  it('has no causes, and is named by the words of both', async () => {
    const { report } = await scenario(
      [call(1, { model: 'gpt-4.1-2025-04-14' })],
      table('2026-10-01,openai,p1,"gpt-4.1, input",0.4', '2026-10-01,openai,p2,"gpt-4.1, output",0.6'),
    )
    expect(report.items).toMatchObject([
      { day: '2026-10-01', account: 'p1 + p2', model: 'gpt-4.1', tracedUsd: '1', billedUsd: '1', causes: [] },
    ])
    expect(report.total).toMatchObject({ varianceUsd: '0', unattributedUsd: '0', explainedShare: null })
  })

  it('is within a cent of rounding per account and day, the smallest first', async () => {
    const { report } = await scenario(
      [call(1, { usd: '1' }), call(1, { model: 'o3', usd: '2' }), call(1, { model: 'o4-mini', usd: '3' })],
      table('2026-10-01,openai,p,gpt-4.1,1.004', '2026-10-01,openai,p,o3,1.995', '2026-10-01,openai,p,o4-mini,3.007'),
    )
    expect(report.items.map((item) => [item.model, causesOf(item)])).toEqual([
      ['gpt-4.1', ['rounding 0.004 inferred']],
      ['o3', ['rounding -0.005 inferred']],
      // The cent is used up.
      ['o4-mini', ['unattributed 0.007 ']],
    ])
  })
})

describe('each cause', () => {
  it('untraced traffic: the bill has a model, a day or a fee that nobody traced', async () => {
    const { report } = await scenario(
      [call(1)],
      table(
        '2026-10-01,openai,p,gpt-4.1,1',
        '2026-10-01,openai,p,o3,5',
        '2026-10-02,openai,p,gpt-4.1,2',
        '2026-10-02,openai,p,web search,3',
      ),
    )
    expect(report.items.map((item) => [item.day.slice(8), item.model, causesOf(item)])).toEqual([
      ['01', 'gpt-4.1', []],
      ['01', 'o3', ['untraced_traffic 5 measured']],
      ['02', '', ['untraced_traffic 3 measured']],
      ['02', 'gpt-4.1', ['untraced_traffic 2 measured']],
    ])
    expect(report.items[2]?.causes[0]?.detail).toContain('web search')
    expect(report.total).toMatchObject({ explainedShare: 1, causes: { untraced_traffic: '10' } })
  })

  it('unpriced model: calls were traced, and none has a price; of some, an estimate', async () => {
    const { report } = await scenario(
      [call(1, { usd: undefined }), call(2, { usd: '2' }), call(2, { usd: undefined })],
      table('2026-10-01,openai,p,gpt-4.1,7', '2026-10-02,openai,p,gpt-4.1,4.5'),
    )
    expect(report.items.map(causesOf)).toEqual([
      ['unpriced_model 7 measured'],
      ['unpriced_model 2 inferred', 'unattributed 0.5 '],
    ])
  })

  it('batch that telemetry did not name was priced at the list', async () => {
    const { report } = await scenario(
      [call(1, { usd: '10' }), call(2, { usd: '5', tier: 'batch' })],
      table('2026-10-01,openai,p,"gpt-4.1, batch input",5', '2026-10-02,openai,p,"gpt-4.1, batch input",5'),
    )
    expect(report.items.map(causesOf)).toEqual([['cache_or_batch_discount -5 inferred'], []])
  })

  it('tokens from the cache that telemetry did not name were priced as input', async () => {
    // gpt-4.1: $2 per million of input, $0.50 of cached input.
    const bill = table('2026-10-01,openai,p,"gpt-4.1, cached input",1', '2026-10-01,openai,p,"gpt-4.1, input",2')
    const { report } = await scenario([call(1, { usd: '6' })], bill)
    expect(report.items.map(causesOf)).toEqual([['cache_or_batch_discount -3 inferred']])
    const told = await scenario([call(1, { usd: '6', cacheRead: 2_000_000 })], bill)
    expect(told.report.items.map(causesOf)).toEqual([['unattributed -3 ']])
  })

  it('priority tier: Anthropic’s report leaves it out, other bills name it', async () => {
    const page = {
      data: [
        {
          starting_at: '2026-10-01T00:00:00Z',
          ending_at: '2026-10-02T00:00:00Z',
          results: [{ currency: 'USD', amount: '100', model: 'claude-sonnet-4-5', workspace_id: 'w' }],
        },
      ],
    }
    const claude = { provider: 'anthropic', model: 'claude-sonnet-4-5-20250929' }
    const { report } = await scenario(
      [call(1, claude), call(1, { ...claude, tier: 'priority', usd: '4' })],
      JSON.stringify(page),
    )
    expect(report.items.map(causesOf)).toEqual([['priority_tier -4 measured']])
    const named = await scenario(
      [call(1), call(1, { tier: 'priority', usd: '2' })],
      table('2026-10-01,openai,p,"gpt-4.1, input",1', '2026-10-01,openai,p,"gpt-4.1 priority, input",3.5'),
    )
    expect(named.report.items.map(causesOf)).toEqual([['priority_tier 1.5 measured']])
  })

  it('price drift: one ratio on the days of a model, and not on too few', async () => {
    const days = [1, 2, 3, 4, 5]
    const traced = days.map((day) => call(day, { usd: String(day * 10) }))
    const { report } = await scenario(
      traced,
      table(...days.map((day) => `2026-10-0${day},openai,p,gpt-4.1,${day === 5 ? 50 : day * 11}`)),
    )
    expect(report.items.map(causesOf)).toEqual([
      ['price_book_drift 1 inferred'],
      ['price_book_drift 2 inferred'],
      ['price_book_drift 3 inferred'],
      ['price_book_drift 4 inferred'],
      [],
    ])
    expect(report.items[0]?.causes[0]?.detail).toContain('1.1000 times traced on 4 of 5 days')
    const two = await scenario(
      traced.slice(0, 2),
      table('2026-10-01,openai,p,gpt-4.1,11', '2026-10-02,openai,p,gpt-4.1,22'),
    )
    expect(two.report.items.map(causesOf)).toEqual([['unattributed 1 '], ['unattributed 2 ']])
  })

  it('late data: what was tallied after as_of, and calls that began after the bill came in', async () => {
    const { report, trace, get: ask } = await scenario([call(1)], table('2026-10-01,openai,p,gpt-4.1,3'))
    expect(report.items.map(causesOf)).toEqual([['unattributed 2 ']])
    await new Promise((resolve) => setTimeout(resolve, 5))
    await trace([call(1, { usd: '2' })])
    const then = await ask<Reconciliation>(`/api/reconciliations?month=2026-10&as_of=${report.asOf}`)
    expect([then.asOf, then.items[0]?.tracedUsd, causesOf(then.items[0])]).toEqual([
      report.asOf,
      '1',
      ['late_data 2 measured'],
    ])
    const now = await ask<Reconciliation>('/api/reconciliations?month=2026-10')
    expect([now.items[0]?.tracedUsd, causesOf(now.items[0])]).toEqual(['3', []])

    const month = new Date().toISOString().slice(0, 7)
    const today = new Date().toISOString().slice(0, 10)
    const running = billing(store, nextProject++)
    await running.send(`date,provider,model,amount\n${today},openai,gpt-4.1,0\n`)
    await running.trace([call(1, { at: new Date(Date.now() + 10).toISOString() })])
    const { items } = await running.get<Reconciliation>(`/api/reconciliations?month=${month}`)
    if (new Date().toISOString().slice(0, 10) === today)
      expect(items.map(causesOf)).toEqual([['late_data -1 measured']])
  })

  it('prices that were changed after as_of are told apart from calls that came late', async () => {
    const project = billing(store, nextProject++)
    const [run] = await project.trace([call(1)])
    await project.send(table('2026-10-01,openai,p,gpt-4.1,1.2'))
    const { asOf } = await project.get<Reconciliation>('/api/reconciliations?month=2026-10')
    await new Promise((resolve) => setTimeout(resolve, 5))
    await project.reprice(run!, '1.2')
    const then = await project.get<Reconciliation>(`/api/reconciliations?month=2026-10&as_of=${asOf}`)
    expect(then.items.map(causesOf)).toEqual([['price_book_drift 0.2 measured']])
  })

  it('none: credits, and what is traced but not billed, are unattributed with a word', async () => {
    const { report } = await scenario(
      [call(1), call(2, { model: 'o3' })],
      table(
        '2026-10-01,openai,p,gpt-4.1,1',
        '2026-10-01,openai,p,Promotional credit,-0.75',
        '2026-10-02,openai,p,gpt-4.1,0',
      ),
    )
    expect(
      report.items.map((item) => [
        item.model,
        item.causes.map(({ cause, usd, detail }) => `${cause} ${usd} ${detail}`),
      ]),
    ).toEqual([
      ['', ['unattributed -0.75 a credit: Promotional credit']],
      ['gpt-4.1', []],
      ['gpt-4.1', []],
      ['o3', ['unattributed -1 traced, and not on the bill']],
    ])
    expect(report.total).toMatchObject({
      billedUsd: '0.25',
      tracedUsd: '2',
      unattributedUsd: '-1.75',
      explainedShare: 0,
    })
  })
})

describe('a bill', () => {
  it('that names no model is compared by the day', async () => {
    const { report } = await scenario(
      [call(1), call(1, { model: 'o3' })],
      'date,provider,amount\n2026-10-01,openai,2\n',
    )
    expect(report.items).toMatchObject([{ model: '', tracedUsd: '2', billedUsd: '2', causes: [] }])
  })

  it('is compared on its own days, and providers without one are said', async () => {
    const { report } = await scenario(
      [call(1), call(20), call(1, { provider: 'anthropic', model: 'claude-haiku-4-5', usd: '9' })],
      table('2026-10-01,openai,p,gpt-4.1,1'),
    )
    expect([report.items.length, report.total.tracedUsd]).toEqual([1, '1'])
    expect(report.withoutBill).toEqual([{ provider: 'anthropic', tracedUsd: '9', calls: 1 }])
  })

  it('sent again changes nothing; another of the same days is refused, replaces or is added', async () => {
    const project = billing(store, nextProject++)
    const first = table('2026-10-01,openai,p,gpt-4.1,1', '2026-10-02,openai,p,gpt-4.1,1')
    expect((await project.send<BillImport>(first)).bills).toMatchObject([
      { state: 'imported', rows: 2, billedUsd: '2' },
    ])
    expect((await project.send<BillImport>(first)).bills).toMatchObject([{ state: 'unchanged' }])
    const later = table('2026-10-02,openai,p,gpt-4.1,5', '2026-10-03,openai,p,gpt-4.1,5')
    expect(await project.send<{ detail: string }>(later, '', 409)).toMatchObject({
      detail: expect.stringContaining('overlap=replace'),
    })
    const billed = async () => {
      const { total, bills } = await project.get<Reconciliation>('/api/reconciliations?month=2026-10')
      return [total.billedUsd, bills.length]
    }
    expect(await billed()).toEqual(['2', 1])
    await project.send(later, '?overlap=replace')
    expect(await billed()).toEqual(['11', 2])
    await project.send(table('2026-10-02,openai,p,credit,-0.5'), '?overlap=add')
    expect(await billed()).toEqual(['10.5', 3])
    // Another account's bill of the same days overlaps with nothing.
    await project.send(table('2026-10-02,openai,q,gpt-4.1,1'))
    expect(await billed()).toEqual(['11.5', 4])
    const { items } = await project.get<{ items: AuditItem[] }>('/api/audit?limit=20')
    expect(items.map(({ action }) => action).toSorted()).toEqual([
      ...Array.from({ length: 4 }, () => 'bill.import'),
      'bill.replace',
    ])
  })

  it('in euro is kept in dollars, with the rate', async () => {
    const text = 'date,provider,model,amount,currency\n2026-10-01,mistral,mistral-large,10,EUR\n'
    const project = billing(store, nextProject++)
    expect(await project.send<{ detail: string }>(text, '', 400)).toMatchObject({
      detail: expect.stringContaining('rate=EUR'),
    })
    expect((await project.send<BillImport>(text, '?rate=EUR:1.0823')).bills).toMatchObject([
      { billedUsd: '10.823', rates: { EUR: '1.0823' }, provider: 'mistral_ai' },
    ])
  })

  it('of another project is not seen', async () => {
    const { report } = await scenario([call(1)], table('2026-10-01,openai,p,gpt-4.1,1'))
    expect(report.bills).toHaveLength(1)
    const other = billing(store, nextProject++)
    expect(await other.get<Reconciliation>('/api/reconciliations?month=2026-10')).toMatchObject({
      items: [],
      bills: [],
    })
  })

  it('is refused from a key that may only read, in a wrong type, and beyond its limit', async () => {
    const send = (type: string, body: BodyInit, on = app) =>
      on.request('/api/reconciliations', {
        method: 'POST',
        headers: { host: 'localhost:4320', 'content-type': type },
        body,
      })
    const reader = testApp(store, { principalOf: () => ({ ...adminOf(1), scope: 'read' }) })
    expect((await send('text/csv', 'x', reader)).status).toBe(403)
    expect((await send('text/plain', 'x')).status).toBe(415)
    expect((await send('text/csv', new Uint8Array(64 * 1024 ** 2 + 1))).status).toBe(413)
    const zip = await send('application/octet-stream', new Uint8Array([0x50, 0x4b, 3, 4]))
    expect([zip.status, await zip.json()]).toEqual([
      400,
      expect.objectContaining({ detail: expect.stringContaining('ZIP') }),
    ])
  })
})

describe('as a table', () => {
  it('every line adds up from traced over the causes to billed, and formulas are text', async () => {
    const { text } = await scenario(
      [call(1), call(2, { usd: '4' })],
      table('2026-10-01,openai,=cmd|calc,gpt-4.1,3', '2026-10-02,openai,p,gpt-4.1,4.001', '2026-10-03,openai,p,o3,1'),
    )
    const [header, ...lines] = (await text('/api/reconciliations?month=2026-10&format=csv')).trimEnd().split('\r\n')
    const names = header!.split(',')
    expect(lines).toHaveLength(3)
    for (const line of lines) {
      const cells = line.split(',')
      const figure = (name: string) => Number(cells[names.indexOf(name)])
      const causes = names.slice(names.indexOf('untraced_traffic'), names.indexOf('details')).map(figure)
      expect(figure('tracedUsd') + causes.reduce((a, b) => a + b, 0)).toBeCloseTo(figure('billedUsd'), 9)
    }
    expect(lines[0]).toContain("'=cmd|calc")
  })
})
