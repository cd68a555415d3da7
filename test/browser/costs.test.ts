import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CostReport } from '../../schema/api/costs.ts'
import type { CostExplanation, Unpriced } from '../../schema/api/prices.ts'
import type { Reconciliation } from '../../schema/api/reconciliation.ts'
import type { SessionItem, Trace } from '../../schema/api/shapes.ts'
import { COST_TABS } from '../../ui/search/costs.ts'
import { formatUsd } from '../../ui/util/format.ts'
import { sumUsd } from '../../ui/util/money.ts'
import { launchBrowser } from '../support/browser.ts'
import { faults } from '../support/browser-axe.ts'
import { sendDemo, type VisitedRecount, visitRecount } from '../support/browser-recount.ts'
import { DESK, openVisit, PHONE, settled, sidewaysPx, type Visit } from '../support/browser-visit.ts'

/** Money as finance meets it: from a total to the run behind it, out as a file, and everything that is set by hand. */
let browser: Browser
let visited: VisitedRecount

beforeAll(async () => {
  ;[browser, visited] = await Promise.all([launchBrowser(), visitRecount()])
  await sendDemo(visited.recount)
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await visited?.stop()
})

/** The demo's hours lie in this month, but for the first hours of one. */
const thisMonth = (): string => {
  const [now, before] = [new Date(), new Date(Date.now() - 6 * 3_600_000)]
  return now.getUTCMonth() === before.getUTCMonth() ? '/costs' : '/costs?from=now-24h'
}
const fromOf = (path: string): string =>
  path.includes('now-24h') ? 'now-24h' : `${new Date().toISOString().slice(0, 7)}-01T00:00:00.000Z`

describe('finance', () => {
  let visit: Visit
  let page: Page
  beforeAll(async () => {
    visit = await openVisit(browser, { api: visited.api, acceptDownloads: true })
    page = visit.page
  })
  afterAll(async () => {
    await visit?.close()
    expect(visit.troubles).toEqual([])
  })

  test('comes from the total of the month to the one run that cost the most in four clicks', async () => {
    const path = thisMonth()
    await page.goto(path === '/costs' ? '/' : '/?from=now-24h')
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Costs' }).click()
    await settled(page)
    const { total } = await visited.get<CostReport>(`/api/costs?by=team&from=${fromOf(path)}`)
    const figure = page.locator('dl[aria-label=Totals] > div').first()
    await expect.poll(() => figure.innerText()).toContain(formatUsd(total.costUsd))
    expect(await figure.innerText()).toContain(path === '/costs' ? 'Total this month' : 'Total last 24')

    const { items } = await visited.get<CostReport>(`/api/costs?by=team,agent&from=${fromOf(path)}`)
    const dearest = items.toSorted((a, b) => Number(b.costUsd) - Number(a.costUsd))[0]!
    const key = dearest.key.agent ?? ''
    await page.getByRole('grid', { name: 'Costs' }).getByRole('button', { name: key, exact: true }).click()
    await page.waitForURL(/agent=/)
    await expect.poll(() => figure.innerText()).toContain(formatUsd(dearest.costUsd))

    await page.getByRole('link', { name: 'Runs by cost' }).click()
    await page.waitForURL(/\/sessions\?/)
    await settled(page)
    await page.getByRole('grid', { name: 'Sessions' }).getByRole('row').nth(1).click()
    await page.waitForURL(/\/sessions\/[^?]+/)

    const runs = await visited.get<{ items: readonly SessionItem[] }>(
      `/api/sessions?agent=${encodeURIComponent(key)}&from=${fromOf(path)}&sort=-costUsd`,
    )
    expect(decodeURIComponent(new URL(page.url()).pathname)).toBe(`/sessions/${runs.items[0]!.id}`)
  })

  test('takes the report along as a CSV that adds up to what the page says', async () => {
    await page.goto('/costs?from=now-24h&by=agent&by=model')
    await settled(page)
    await page.getByRole('button', { name: 'Export' }).click()
    const download = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: /^CSV/ }).click()
    const lines = readFileSync(await (await download).path(), 'utf8')
      .trim()
      .split(/\r?\n/)
    const { total, items } = await visited.get<CostReport>('/api/costs?from=now-24h&by=agent,model&limit=500')
    // The demo's names hold no comma.
    const cells = lines.map((line) => line.split(',').map((cell) => cell.replaceAll('"', '')))
    const column = cells[0]!.indexOf('costUsd')
    expect(cells).toHaveLength(items.length + 1)
    expect(sumUsd(cells.slice(1).map((row) => row[column]!))).toBe(sumUsd([total.costUsd]))
  })

  test('sees the rows, the chart and the comparison that the address says', async () => {
    await page.goto('/costs?from=now-24h&by=agent&by=model&view=table&compare=previous&sort=-calls')
    await settled(page)
    await page.getByRole('region', { name: 'Cost over time, US dollars' }).getByRole('table').waitFor()
    const head = page.getByRole('columnheader', { name: 'Calls' })
    expect(await head.getAttribute('aria-sort')).toBe('descending')
    await page.getByRole('columnheader', { name: 'Against before' }).waitFor()
    const grid = page.getByRole('grid', { name: 'Costs' })
    const rows = async () => Number(await grid.getAttribute('aria-rowcount'))
    const before = await rows()
    await grid
      .getByRole('button', { name: /^Fold / })
      .first()
      .click()
    await page.waitForURL(/fold=/)
    await expect.poll(rows).toBeLessThan(before)
    await page.reload()
    await settled(page)
    expect(await grid.getByRole('button', { name: /^Unfold / }).count()).toBe(1)
  })

  test('makes a budget, changes it, and deletes it after being asked', async () => {
    await page.goto('/costs?tab=budgets')
    await settled(page)
    await page.getByRole('heading', { name: 'No budget yet' }).waitFor()
    await page.getByRole('button', { name: 'New budget' }).click()
    const dialog = page.getByRole('dialog', { name: 'New budget' })
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Support <b>team</b>')
    await dialog.getByRole('textbox', { name: 'Limit', exact: true }).fill('0.01')
    await dialog.getByRole('button', { name: 'Restrict' }).click()
    await dialog.getByRole('textbox', { name: 'Value of team' }).fill('support')
    await dialog.getByRole('button', { name: 'Create' }).click()
    await dialog.waitFor({ state: 'detached' })
    const list = page.getByRole('region', { name: 'Budgets' })
    await list.getByText('Support <b>team</b>').waitFor()
    await list.getByText('team support · by the month').waitFor()
    await list.getByText('Exceeded').waitFor()

    await page.getByRole('button', { name: 'Edit Support <b>team</b>' }).click()
    const edit = page.getByRole('dialog', { name: 'Budget Support <b>team</b>' })
    await edit.getByRole('textbox', { name: 'Limit', exact: true }).fill('1000000')
    await edit.getByRole('button', { name: 'Save' }).click()
    await list.getByText('Within budget').waitFor()

    await page.getByRole('button', { name: 'Delete Support <b>team</b>' }).click()
    const sure = page.getByRole('alertdialog')
    await sure.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('heading', { name: 'No budget yet' }).waitFor()

    await page.goto('/audit')
    await settled(page)
    expect(await page.getByRole('button', { name: 'budgets.put' }).count()).toBe(3)
  })

  test('sees how the cost of a call came about, from the replay and from the trace', async () => {
    const { items } = await visited.get<{ items: readonly SessionItem[] }>('/api/sessions?from=now-24h&sort=-costUsd')
    const traceId = items[0]!.traceIds[0]!
    const trace = await visited.get<Trace>(`/api/traces/${traceId}`)
    const span = trace.spans.find((one) => one.costStatus === 'computed')!
    const cost = await visited.get<CostExplanation>(`/api/traces/${traceId}/spans/${span.spanId}/cost`)
    await page.goto(`/traces/${traceId}?span=${span.spanId}`)
    const inspector = page.getByRole('region', { name: 'Inspector' })
    await inspector.getByRole('tab', { name: 'Cost' }).click()
    const explained = inspector.getByRole('region', { name: 'Cost explained' })
    await explained.waitFor()
    const text = await explained.innerText()
    expect(text).toContain(formatUsd(cost.costUsd!))
    expect(text).toContain(cost.why)
    expect(text).toContain(cost.price!.book)
    const rows = explained.getByRole('table').locator('tbody tr')
    expect(await rows.count()).toBe(cost.lines.length)
    for (const { label } of cost.lines) expect(text).toContain(label)
    expect(sumUsd(cost.lines.map((line) => line.cost ?? '0'))).toBe(sumUsd([cost.computedUsd!]))
    expect(await faults(page)).toEqual([])

    await page.goto(`/sessions/${items[0]!.id}`)
    await page.getByRole('button', { name: 'Play' }).waitFor()
    const steps = page.getByRole('list', { name: 'Steps' }).locator('[data-step]')
    const tab = inspector.getByRole('tab', { name: 'Cost' })
    for (let i = 0; i < (await steps.count()) && (await tab.count()) === 0; i++) {
      await steps.nth(i).click()
      await expect.poll(() => steps.nth(i).getAttribute('aria-current')).toBe('step')
    }
    await tab.click()
    await explained.waitFor()
  })

  test('gives an unknown model its price, tries it on what was, and prices that anew', async () => {
    await page.goto('/costs?from=now-24h&tab=prices')
    await settled(page)
    const unpriced = await visited.get<{ items: readonly Unpriced[] }>('/api/costs/unpriced?from=now-24h')
    const missing = unpriced.items.find(({ reason }) => reason !== 'no usage')!
    await page
      .getByRole('button', { name: `Add a price for ${missing.model}` })
      .first()
      .click()
    const dialog = page.getByRole('dialog', { name: 'New price' })
    expect(await dialog.getByRole('textbox', { name: 'Model', exact: true }).inputValue()).toBe(missing.model)
    await dialog.getByRole('textbox', { name: 'input', exact: true }).fill('2')
    await dialog.getByRole('textbox', { name: 'output', exact: true }).fill('8.5')
    await dialog.getByRole('textbox', { name: 'Source' }).fill('a test')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    const own = page.getByRole('region', { name: 'Own prices' })
    expect(await own.innerText()).toContain(missing.model)

    const reprice = page.getByRole('region', { name: 'Re-price' })
    const start = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10)
    await reprice.getByLabel('From (UTC day)').fill(start)
    await reprice.getByRole('textbox', { name: 'Reason, for the audit log' }).fill('its price is known now')
    const now = reprice.getByRole('button', { name: 'Re-price' })
    expect(await now.isDisabled()).toBe(true)
    await reprice.getByRole('button', { name: 'Try without changing' }).click()
    await reprice.getByText('tried').waitFor()
    await now.click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Re-price' }).click()
    await reprice.getByRole('link', { name: 'audit log' }).waitFor()
    await page.reload()
    await settled(page)
    const left = await visited.get<{ items: readonly Unpriced[] }>('/api/costs/unpriced?from=now-24h')
    expect(left.items.map(({ model }) => model)).not.toContain(missing.model)
  })

  test('uploads a bill and sees every dollar of it explained or set apart', async () => {
    const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
    const month = day.slice(0, 7)
    await page.goto(`/costs?tab=reconciliation&month=${month}`)
    await settled(page)
    await page.getByRole('heading', { name: `No bill of ${month} yet` }).waitFor()
    await page.getByRole('button', { name: 'Upload a bill' }).click()
    const upload = page.getByRole('dialog', { name: 'Upload a bill' })
    const csv = `day,provider,model,amount_usd\n${day},openai,gpt-4.1-mini,12.50\n${day},openai,=cmd|'/c calc'!A1,1.25\n`
    await upload
      .locator('input[type=file]')
      .setInputFiles({ name: 'openai.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
    await upload.getByRole('button', { name: 'Upload' }).click()
    await upload.waitFor({ state: 'detached' })
    await settled(page)
    const figures = page.locator('dl[aria-label=Reconciliation]')
    expect(await figures.innerText()).toContain('$13.75')
    const { total } = await visited.get<Reconciliation>(`/api/reconciliations?month=${month}`)
    expect(await figures.innerText()).toContain(formatUsd(total.tracedUsd))
    const table = page.getByRole('grid', { name: 'Traced against billed' })
    for (const words of ['gpt-4.1-mini', '$12.50', 'the bill does not say', '$1.25'])
      expect(await table.innerText()).toContain(words)
  })

  test('closes a month that is over, and opens it again with a reason', async () => {
    const now = new Date()
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 7)
    await page.goto(`/costs?tab=reconciliation&month=${month}`)
    await settled(page)
    await page.getByRole('button', { name: 'Close the month' }).click()
    const sure = page.getByRole('alertdialog')
    await sure.getByRole('checkbox').check()
    await sure.getByRole('textbox', { name: 'Note' }).fill('test')
    await sure.getByRole('button', { name: 'Close the month' }).click()
    await page.getByRole('heading', { name: /^Closed at/ }).waitFor()
    await page.getByRole('button', { name: 'Open again' }).click()
    await sure.getByRole('textbox', { name: 'Note' }).fill('a bill was missing')
    await sure.getByRole('button', { name: 'Open it again' }).click()
    await page.getByRole('button', { name: 'Close the month' }).waitFor()
  })
})

describe.each([{ viewport: DESK }, { viewport: PHONE }] as const)('every view at $viewport.width px', (look) => {
  let visit: Visit
  beforeAll(async () => {
    visit = await openVisit(browser, { api: visited.api, ...look })
  })
  afterAll(() => visit?.close())

  test.each(COST_TABS)('%s: no grave fault by day and by night, nothing to scroll sideways', async (tab) => {
    const { page, troubles } = visit
    troubles.length = 0
    await page.goto(`/costs?from=now-24h&tab=${tab}`)
    await settled(page)
    expect(await faults(page)).toEqual([])
    expect(await sidewaysPx(page)).toBe(0)
    await page.emulateMedia({ colorScheme: 'dark' })
    await settled(page)
    expect(await faults(page, ['color-contrast'])).toEqual([])
    await page.emulateMedia({ colorScheme: 'light' })
    expect(troubles).toEqual([])
  })
})
