import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Response } from '../../schema/api/contract.ts'
import { launchBrowser } from '../support/browser.ts'
import { sendDemo, type VisitedRecount, visitRecount } from '../support/browser-recount.ts'
import { openVisit } from '../support/browser-visit.ts'

let browser: Browser
let visited: VisitedRecount

beforeAll(async () => {
  ;[browser, visited] = await Promise.all([launchBrowser(), visitRecount()])
  await sendDemo(visited.recount, { hours: 1 })
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await visited?.stop()
})

test('words that were said are found by ⌘K and lead to the step of the replay', async () => {
  const { items } = await visited.get<Response<'sessions'>>('/api/sessions?limit=50')
  const said = items.map(({ firstInput }) => firstInput).find((text) => text.split(' ').length > 5)!
  const phrase = `"${said.split(' ').slice(1, 4).join(' ').replaceAll('"', '')}"`
  const found = await visited.get<Response<'searchText'>>(`/api/search/text?q=${encodeURIComponent(phrase)}&limit=8`)
  expect(found.items.length).toBeGreaterThan(0)

  const { page, troubles, close } = await openVisit(browser, { api: visited.api })
  try {
    await page.goto('/')
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog', { name: 'Search or jump' }).waitFor()
    await page.keyboard.type(phrase)
    const row = page
      .getByRole('option')
      .filter({ has: page.locator('mark') })
      .first()
    await row.waitFor()
    expect((await row.locator('mark').innerText()).toLowerCase()).toBe(phrase.slice(1, -1).toLowerCase())
    await row.click()
    await page.waitForURL(/\/sessions\/.+span=[0-9a-f]{16}/)
    // The step is open in the inspector.
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(new URL(page.url()).searchParams.get('span')).toBe(found.items[0]!.spanId)
    expect(troubles).toEqual([])
  } finally {
    await close()
  }
})
