import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Failures } from '../../schema/api/failures.ts'
import type { LogItem } from '../../schema/api/shapes.ts'
import { launchBrowser } from '../support/browser.ts'
import { sendDemo, type VisitedRecount, visitRecount } from '../support/browser-recount.ts'
import { openVisit, settled, type Visit } from '../support/browser-visit.ts'

/** What belongs to tables: views by name, files, the SQL behind them; and what explains a failed run or a span. */
let browser: Browser
let visited: VisitedRecount
let visit: Visit
let page: Page

beforeAll(async () => {
  ;[browser, visited] = await Promise.all([launchBrowser(), visitRecount()])
  await sendDemo(visited.recount)
  visit = await openVisit(browser, { api: visited.api, acceptDownloads: true })
  page = visit.page
}, 120_000)
afterAll(async () => {
  expect(visit?.troubles).toEqual([])
  await visit?.close()
  await browser?.close()
  await visited?.stop()
})

test('a view is saved under a name, opened again, and forgotten', async () => {
  await page.goto('/sessions?agent=refund-agent&sort=-costUsd&from=now-24h')
  await settled(page)
  await page.getByRole('button', { name: 'Saved views' }).click()
  await page.getByRole('textbox', { name: 'Save this view as' }).fill('dear refunds')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Saved views: dear refunds' }).waitFor()
  await page.goto('/sessions?outcome=failure')
  await settled(page)
  await page.getByRole('button', { name: 'Saved views' }).click()
  await page
    .getByRole('dialog', { name: 'Saved views' })
    .getByRole('button', { name: 'dear refunds', exact: true })
    .click()
  await page.waitForURL(/agent=refund-agent/)
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
    agent: 'refund-agent',
    sort: '-costUsd',
    from: 'now-24h',
  })
  await page.getByRole('button', { name: /^Saved views/ }).click()
  await page.getByRole('button', { name: 'Forget dear refunds' }).click()
  expect(await page.getByRole('dialog', { name: 'Saved views' }).innerText()).not.toContain('dear refunds')
  await page.keyboard.press('Escape')
})

test('the sessions that are shown are a file, with their filters', async () => {
  await page.goto('/sessions?agent=refund-agent')
  await settled(page)
  const coming = page.waitForEvent('download')
  await page.getByRole('link', { name: 'CSV' }).click()
  const download = await coming
  expect(download.suggestedFilename()).toMatch(/^recount-sessions-\d{4}-\d\d-\d\d\.csv$/)
  const [head, ...rows] = readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\r\n')
  expect(head).toMatch(/^id,agent,agentVersion/)
  expect(rows.length).toBeGreaterThan(3)
  expect(rows.every((row) => row.includes('refund-agent'))).toBe(true)
})

test.each(['/sessions', '/tools', '/models'])('the SQL behind the table of %s is shown', async (path) => {
  await page.goto(path)
  await settled(page)
  await page.getByRole('button', { name: 'SQL' }).click()
  const dialog = page.getByRole('dialog', { name: 'The SQL behind this table' })
  await expect.poll(() => dialog.innerText(), { timeout: 15_000 }).toContain('SELECT')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
})

test('the failures of an agent are grouped by what failed first, and lead to a run', async () => {
  const { items } = await visited.get<Failures>('/api/failures?agent=refund-agent')
  await page.goto('/agents/refund-agent')
  await settled(page)
  const table = page.getByRole('grid', { name: 'Failures by first error' })
  expect(await table.getByRole('row').count()).toBe(items.length + 1)
  await table.getByRole('row').nth(1).click()
  await page.waitForURL(new RegExp(`/sessions/${items[0]!.last[0]!.sessionId}`))
})

test('an agent that works for others says in how many runs', async () => {
  const { items } = await visited.get<{ items: { key: { agent: string }; runs: number; partOfRuns: number }[] }>(
    '/api/agents',
  )
  const helper = items.find((item) => item.runs === 0 && item.partOfRuns > 0)
  if (!helper) throw new Error('the demo has no sub-agent any more; draw one')
  await page.goto('/')
  await settled(page)
  const row = page.getByRole('grid', { name: 'Agents' }).getByRole('row', { name: new RegExp(`^${helper.key.agent},`) })
  expect(await row.innerText()).toMatch(/in [\d,]+ runs? of others/)
})

test('the inspector of a span shows what was logged while it worked', async () => {
  const { items } = await visited.get<{ items: LogItem[] }>('/api/logs?limit=200')
  const log = items.find((item) => item.spanId !== '' && item.traceId !== '')!
  await page.goto(`/traces/${log.traceId}?span=${log.spanId}&pane=logs`)
  const list = page.getByRole('list', { name: 'Logs of this span' })
  await list.waitFor()
  expect(await list.innerText()).toContain(log.eventName || log.body)
})
