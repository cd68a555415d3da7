import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CostReport } from '../../schema/api/costs.ts'
import type { Reconciliation } from '../../schema/api/reconciliation.ts'
import type { SessionItem } from '../../schema/api/shapes.ts'
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
    expect(await figure.innerText()).toContain(path === '/costs' ? 'Total this month' : 'Total last 24')
    expect(await figure.innerText()).toContain(formatUsd(total.costUsd))

    const { items } = await visited.get<CostReport>(`/api/costs?by=team,agent&from=${fromOf(path)}`)
    const dearest = items.toSorted((a, b) => Number(b.costUsd) - Number(a.costUsd))[0]!
    const key = dearest.key.agent ?? ''
    await page.getByRole('grid', { name: 'Costs' }).getByRole('button', { name: key, exact: true }).click()
    await page.waitForURL(/agent=/)
    await settled(page)
    expect(await figure.innerText()).toContain(formatUsd(dearest.costUsd))

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
    expect(await page.getByRole('grid', { name: 'Audit log' }).getByRole('row').count()).toBe(1 + 3)
  })

  test('uploads a bill, sees every dollar of it explained or set apart, closes the month, and opens it again', async () => {
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
    expect(await table.innerText()).toContain("=cmd|'/c calc'!a1")

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

  test.each(['pivot', 'outcomes', 'budgets', 'reconciliation', 'savings'])(
    '%s: no grave fault by day and by night, nothing to scroll sideways',
    async (tab) => {
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
    },
  )
})
