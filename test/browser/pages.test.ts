import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { type DemoPage, demoPages, PAGE_NAMES } from '../support/browser-pages.ts'
import { sendDemo, type VisitedRecount, visitRecount } from '../support/browser-recount.ts'
import { DESK, openVisit, PHONE, settled, sidewaysPx, type Visit } from '../support/browser-visit.ts'

/** Every page, with the demo's data: it shows them, it says nothing in the console, and it fits desk and phone, by day and by night. */
let browser: Browser
let visited: VisitedRecount
let pages: ReadonlyMap<string, DemoPage>

beforeAll(async () => {
  ;[browser, visited] = await Promise.all([launchBrowser(), visitRecount()])
  await sendDemo(visited.recount)
  pages = await demoPages(visited)
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await visited?.stop()
})

describe.each([{ viewport: DESK }, { viewport: PHONE }] as const)(
  'by day and by night at $viewport.width px',
  (look) => {
    let visit: Visit
    beforeAll(async () => {
      visit = await openVisit(browser, { api: visited.api, ...look })
    })
    afterAll(() => visit?.close())

    test.each(PAGE_NAMES)('%s', async (name) => {
      const { path, shows } = pages.get(name)!
      const { page, troubles } = visit
      troubles.length = 0
      await page.goto(path)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await settled(page)
        const text = await page.locator('#content').innerText()
        for (const words of shows) expect(text).toContain(words)
        expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
        expect(await sidewaysPx(page)).toBe(0)
        expect(await themeOf(page)).toBe(colorScheme)
      }
      await page.emulateMedia({ colorScheme: 'light' })
      expect(troubles).toEqual([])
    })
  },
)

/** What the eye sees, not what a setting says. */
const themeOf = (page: Page): Promise<'light' | 'dark'> =>
  page.evaluate(() => {
    const context = document.createElement('canvas').getContext('2d')!
    context.fillStyle = getComputedStyle(document.body).backgroundColor
    context.fillRect(0, 0, 1, 1)
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data
    return red + green + blue > 3 * 128 ? 'light' : 'dark'
  })

describe('an address holds the whole view', () => {
  let visit: Visit
  let page: Page
  beforeAll(async () => {
    visit = await openVisit(browser, { api: visited.api })
    page = visit.page
  })
  afterAll(async () => {
    await visit?.close()
    expect(visit.troubles).toEqual([])
  })

  /** What a person would call the same view: the range, the environment, the pressed and the chosen, the order, the rows. */
  const viewOf = async (of: Page): Promise<string> => {
    await settled(of)
    return of.evaluate(() => {
      const all = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)]
      const name = (element: HTMLElement) => element.ariaLabel ?? element.innerText
      return JSON.stringify({
        scope: all('header button[aria-label^="Time range"], header button[aria-label^="Environment"]').map(name),
        pressed: all('#content [aria-pressed=true]').map(name),
        fields: all('#content input[type=search]').map((input) => (input as HTMLInputElement).value),
        sort: all('#content [aria-sort]:not([aria-sort=none])').map((th) => `${th.innerText} ${th.ariaSort}`),
        selected: all('#content [role=treegrid] [aria-selected=true]').map((row) => row.innerText),
        rows: all('#content [role=grid] tr[data-index]').map((row) => row.ariaLabel),
      })
    })
  }
  const restored = async (): Promise<void> => {
    const view = await viewOf(page)
    const other = await visit.context.newPage()
    await other.goto(page.url())
    await expect.poll(() => viewOf(other)).toBe(view)
    await other.close()
  }
  const last24h = async () => {
    await page.getByRole('button', { name: /^Time range/ }).click()
    await page.getByRole('dialog', { name: 'Time range' }).getByRole('button', { name: 'last 24 h' }).click()
    await page.waitForURL(/from=now-24h/)
  }
  const sortBy = async (column: string) => {
    const head = page.getByRole('columnheader', { name: column })
    await head.getByRole('button').click()
    await page.waitForURL(/sort=/)
    await expect.poll(() => head.getAttribute('aria-sort')).not.toBe('none')
  }

  test.each([
    { path: '/', column: 'Spend' },
    { path: '/tools', column: 'p95' },
    { path: '/models', column: 'Calls' },
  ])('$path: range and order', async ({ path, column }) => {
    await page.goto(path)
    await settled(page)
    await last24h()
    await sortBy(column)
    await restored()
  })

  test('/sessions: filters, words, order, range and environment', async () => {
    await page.goto('/sessions')
    await settled(page)
    const filters = page.getByRole('complementary', { name: 'Filters' })
    await filters.getByRole('button', { name: /^refund-agent/ }).click()
    await page.getByRole('button', { name: 'with errors' }).click()
    await page.getByRole('searchbox', { name: 'Search in inputs and outputs' }).fill('order')
    await page.waitForURL(/q=order/)
    await last24h()
    await sortBy('Cost')
    await page.getByRole('button', { name: /^Environment/ }).click()
    await page.getByRole('menuitemradio', { name: /production/ }).click()
    await page.waitForURL(/env=production/)
    const { searchParams } = new URL(page.url())
    expect(Object.fromEntries(searchParams)).toEqual({
      agent: 'refund-agent',
      errors: 'true',
      q: 'order',
      from: 'now-24h',
      sort: '-costUsd',
      env: 'production',
    })
    await restored()
  })

  test('/traces: filters and words', async () => {
    await page.goto('/traces?agent=refund-agent&q=order&from=now-24h')
    await settled(page)
    expect(await page.getByRole('grid', { name: 'Traces' }).getByRole('row').count()).toBeGreaterThan(1)
    await restored()
  })

  test('a waterfall: the span, what was searched, the part that is seen', async () => {
    await page.goto(pages.get('trace')!.path)
    await settled(page)
    await page.getByRole('searchbox', { name: 'Search in trace' }).fill('refund')
    await page.getByRole('button', { name: 'Next hit' }).click()
    await page.waitForURL(/span=/)
    await page.getByRole('region', { name: 'Inspector' }).getByRole('tab', { name: 'Raw' }).click()
    await page.waitForURL(/pane=raw/)
    await restored()
  })

  test('back goes to the list as it was', async () => {
    await page.goto('/sessions?agent=refund-agent&sort=-costUsd')
    const before = await viewOf(page)
    await page.getByRole('grid', { name: 'Sessions' }).getByRole('row').nth(2).click()
    await page.waitForURL(/\/sessions\/[^?]+/)
    await page.getByRole('button', { name: 'Play' }).waitFor()
    await page.goBack()
    await expect.poll(() => viewOf(page)).toBe(before)
  })

  test('what a facet counts can be read', async () => {
    await page.goto('/sessions')
    await settled(page)
    const facet = page.getByRole('complementary', { name: 'Filters' }).getByRole('button', { name: /^refund-agent/ })
    const { items } = await visited.get<{ items: { key: { agent: string }; runs: number }[] }>('/api/agents')
    const runs = items.find((item) => item.key.agent === 'refund-agent')!.runs
    const count = facet.getByText(String(runs), { exact: true })
    const side = (await page.getByRole('complementary', { name: 'Filters' }).boundingBox())!
    const box = (await count.boundingBox())!
    expect(box.x + box.width).toBeLessThanOrEqual(side.x + side.width)
  })
})
