import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuditItem } from '../schema/api/audit.ts'
import type { CostReport } from '../schema/api/costs.ts'
import type { Adjustment, ClosedCost, MonthClose } from '../schema/api/reconciliation.ts'
import { adminOf, post, testApp } from '../test/support/api.ts'
import { billing, type Traced } from '../test/support/billing.ts'
import { openTestStore, type TestStore } from '../test/support/rows.ts'
import { nanoUsdOf, usdOf } from './answers/money.ts'
import { adjustmentRows } from './closes/adjustments.ts'

let store: TestStore
let nextProject = 200
const OCTOBER = { from: '2026-10-01T00:00:00Z', to: '2026-11-01T00:00:00Z' }
/** Tallies of the tests are made now; a month of 2026 is closed a year later, when nothing is written any more. */
const LATER = Date.now() + 400 * 86_400_000

beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())

const project = () => {
  const given = billing(store, nextProject++, () => LATER)
  return {
    ...given,
    closeIt: (month = '2026-10', more: object = {}, status = 200) =>
      post<{ state: string; close: MonthClose }>(given.app, '/api/closes', { month, ...more }, status),
  }
}
const call = (day: number, more: Partial<Traced> = {}): Traced => ({
  at: `2026-10-${String(day).padStart(2, '0')}T12:00:00Z`,
  provider: 'openai',
  model: 'gpt-4.1',
  usd: '1.25',
  ...more,
})
const pause = () => new Promise((resolve) => setTimeout(resolve, 5))
const costs = (asOf?: string, by = 'team,agent') =>
  `/api/costs?by=${by}&interval=day&shared=exclude&from=${OCTOBER.from}&to=${OCTOBER.to}&limit=500${asOf ? `&as_of=${asOf}` : ''}`
const sum = (amounts: readonly string[]): string => usdOf(amounts.reduce((total, usd) => total + nanoUsdOf(usd), 0n))

describe('a closed month', () => {
  it('is what the reports of its moment say, and stays so whatever comes later', async () => {
    const { trace, closeIt, get, reprice } = project()
    const [first] = await trace([
      call(1, { team: 'sales', agent: 'quoter', usd: '0.000000001' }),
      call(1, { team: 'support', customer: '=acme' }),
      call(31, { team: 'support', agent: 'triage', usd: '2.5' }),
      call(2, { at: '2026-11-01T00:00:00Z', usd: '100' }),
    ])
    const before = await get<CostReport>(costs())
    const { state, close } = await closeIt('2026-10', { note: 'Q4' })
    expect([state, close.costUsd, close.rows, close.closedBy, close.note]).toEqual([
      'closed',
      '3.750000001',
      3,
      'test',
      'Q4',
    ])
    expect([close.adjustments, close.adjustmentUsd, close.billedUsd]).toEqual([[], '0', null])
    expect(close.asOf).toBe(before.asOf)

    await pause()
    // A span of a run of October comes in November, and a price is mended.
    await trace([call(31, { team: 'support', agent: 'triage', usd: '0.5' })])
    await reprice(first!, '0.2')

    const then = await get<CostReport>(costs(close.asOf))
    expect(then).toEqual({ ...before, provisional: then.provisional })
    const { items } = await get<{ items: ClosedCost[] }>('/api/closes/2026-10/rows?limit=500')
    expect(sum(items.map(({ costUsd }) => costUsd))).toBe(then.total.costUsd)
    const byKey = (team: unknown, agent: unknown, day: string) =>
      sum(items.filter((row) => row.team === team && row.agent === agent && row.day === day).map((row) => row.costUsd))
    for (const item of then.items)
      expect(byKey(item.key.team, item.key.agent, item.period!.slice(0, 10))).toBe(item.costUsd)

    const now = await get<MonthClose>('/api/closes/2026-10')
    expect(now).toMatchObject({ costUsd: '3.750000001', sha256: close.sha256, adjustmentUsd: '0.699999999' })
    expect(now.adjustments.map(({ key, ...figures }) => [key.day, key.team, key.agent, figures])).toEqual([
      ['2026-10-31', 'support', 'triage', { closedUsd: '2.5', nowUsd: '3', adjustmentUsd: '0.5' }],
      ['2026-10-01', 'sales', 'quoter', { closedUsd: '0.000000001', nowUsd: '0.2', adjustmentUsd: '0.199999999' }],
    ])
    const present = await get<CostReport>(costs())
    expect(sum([now.costUsd, now.adjustmentUsd])).toBe(present.total.costUsd)
  })

  it('can be downloaded as the very bytes that its sha256 is of, formulas as text', async () => {
    const { trace, closeIt, text, get } = project()
    const calls = Array.from({ length: 700 }, (_, i) =>
      call((i % 31) + 1, { customer: `=cust-${i}`, usd: `0.${i + 1}` }),
    )
    await trace(calls)
    const { close } = await closeIt()
    const csv = await text('/api/closes/2026-10?format=csv')
    expect(createHash('sha256').update(csv).digest('hex')).toBe(close.sha256)
    expect([csv.trimEnd().split('\r\n').length, close.rows]).toEqual([701, 700])
    expect(csv).toContain("'=cust-5")
    const pages: ClosedCost[] = []
    for (let next: string | null = ''; next !== null; ) {
      const page: { items: ClosedCost[]; next: string | null } = await get(
        `/api/closes/2026-10/rows?limit=300${next && `&cursor=${next}`}`,
      )
      pages.push(...page.items)
      next = page.next
    }
    expect([pages.length, sum(pages.map(({ costUsd }) => costUsd))]).toEqual([700, close.costUsd])
  })

  it('keeps its rows, and invents no adjustment, when the ledger behind it has expired', async () => {
    const { trace, closeIt, get, projectId } = project()
    await trace([call(3, { usd: '7' })])
    const { close } = await closeIt()
    await store.database.command(
      `ALTER TABLE run_ledger DELETE WHERE project_id = ${projectId} SETTINGS mutations_sync = 2`,
    )
    expect((await get<CostReport>(costs())).total.costUsd).toBe('0')
    const still = await get<MonthClose>('/api/closes/2026-10')
    expect([still.costUsd, still.rows, still.sha256, still.adjustmentUsd, still.adjustments]).toEqual([
      '7',
      1,
      close.sha256,
      '0',
      [],
    ])
    expect((await get<{ items: ClosedCost[] }>('/api/closes/2026-10/rows')).items).toMatchObject([
      { costUsd: '7', provider: 'openai' },
    ])
  })

  it('knows its bills', async () => {
    const { trace, closeIt, send, get } = project()
    await trace([call(3)])
    await send('date,provider,model,amount\n2026-10-03,openai,gpt-4.1,2\n')
    await send('date,provider,model,amount\n2026-10-03,anthropic,claude-haiku-4-5,0.5\n')
    expect((await closeIt()).close.billedUsd).toBe('2.5')
    expect((await get<{ items: MonthClose[] }>('/api/closes')).items).toMatchObject([
      { month: '2026-10', billedUsd: '2.5' },
    ])
  })
})

describe('adjustments', () => {
  it('belong to the period in which they came, and say which month they correct', async () => {
    const { trace, closeIt, projectId } = project()
    await trace([call(3)])
    const { close } = await closeIt()
    await pause()
    await trace([call(4, { team: 'sales', usd: '0.75' })])
    const asOfMs = Date.now() + 1
    const since = Date.parse(close.asOf)
    const rows = await adjustmentRows(store.database, { projectId, fromMs: since, toMs: asOfMs + 1, asOfMs })
    expect(rows).toMatchObject([
      {
        closedMonth: '2026-10',
        nanoUsd: 750_000_000n,
        calls: 1,
        inputTokens: 100,
        key: { day: '2026-10-04', team: 'sales', customer: null },
      },
    ])
    expect(await adjustmentRows(store.database, { projectId, fromMs: 0, toMs: since, asOfMs })).toEqual([])
    expect(await adjustmentRows(store.database, { projectId, fromMs: 0, toMs: asOfMs, asOfMs: since })).toEqual([])
  })

  it('of a key alone are two that cancel out, page by page', async () => {
    const { trace, closeIt, get } = project()
    const [run] = await trace([call(3, { team: 'sales' })])
    await closeIt()
    await pause()
    await store.runs([{ ...run!, team: 'support' }])
    const first = await get<{ items: Adjustment[]; next: string }>('/api/closes/2026-10/adjustments?limit=1')
    const second = await get<{ items: Adjustment[]; next: null }>(
      `/api/closes/2026-10/adjustments?limit=1&cursor=${first.next}`,
    )
    expect([...first.items, ...second.items].map(({ key, adjustmentUsd }) => [key.team, adjustmentUsd])).toEqual([
      ['sales', '-1.25'],
      ['support', '1.25'],
    ])
    expect(second.next).toBeNull()
    expect((await get<MonthClose>('/api/closes/2026-10')).adjustmentUsd).toBe('0')
  })
})

describe('a month', () => {
  it('that is not over is not closed, and one that settles only by force', async () => {
    const id = nextProject++
    const on = (time: string) => testApp(store, { principalOf: () => adminOf(id), nowMs: () => Date.parse(time) })
    const refused = async (time: string, more: object = {}) =>
      (await post<{ detail: string }>(on(time), '/api/closes', { month: '2027-01', ...more }, 409)).detail
    expect(await refused('2027-01-31T23:59:59Z', { force: true })).toContain('not over')
    expect(await refused('2027-02-01T23:59:59Z')).toContain('less than a day ago')
    await post(on('2027-02-01T23:59:59Z'), '/api/closes', { month: '2027-01', force: true })
    expect(await refused('2027-02-03T00:00:00Z')).toContain('is closed')
    const { trace } = billing(store, id)
    await trace([call(1)])
    const justNow = testApp(store, { principalOf: () => adminOf(id) })
    if (Date.now() > Date.parse('2026-11-02'))
      expect((await post<{ detail: string }>(justNow, '/api/closes', { month: '2026-10' }, 409)).detail).toContain(
        'less than a minute',
      )
  })

  it('is opened again with a note, closed anew, and the audit log has all of it', async () => {
    const { trace, closeIt, get } = project()
    await trace([call(3)])
    const { close } = await closeIt()
    await pause()
    await trace([call(4)])
    await closeIt('2026-10', { action: 'reopen' }, 400)
    expect((await closeIt('2026-10', { action: 'reopen', note: 'a late invoice' })).state).toBe('open')
    await get('/api/closes/2026-10', 404)
    await closeIt('2026-10', { action: 'reopen', note: 'again' }, 404)
    const again = (await closeIt()).close
    expect([close.costUsd, again.costUsd, again.adjustmentUsd]).toEqual(['1.25', '2.5', '0'])
    const { items } = await get<{ items: AuditItem[] }>('/api/audit?from=2020-01-01&limit=10')
    expect(items.map(({ action, detail }) => [action, detail.costUsd])).toEqual([
      ['month.close', '2.5'],
      ['month.reopen', '1.25'],
      ['month.close', '1.25'],
    ])
    expect(items[1]?.detail).toMatchObject({ note: 'a late invoice', sha256: close.sha256 })
  })

  it('of another project is not seen, and a key that may only read closes none', async () => {
    const { trace, closeIt } = project()
    await trace([call(3)])
    await closeIt()
    const other = project()
    expect((await other.get<{ items: unknown[] }>('/api/closes')).items).toEqual([])
    await other.get('/api/closes/2026-10/rows', 404)
    const reader = testApp(store, { principalOf: () => ({ ...adminOf(1), scope: 'read' }) })
    await post(reader, '/api/closes', { month: '2026-10' }, 403)
    await other.get('/api/closes/2026-13', 400)
  })
})
