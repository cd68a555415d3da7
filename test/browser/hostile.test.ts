import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { SessionItem, UsageItem } from '../../schema/api/shapes.ts'
import { encodeLogs, encodeTraces } from '../../schema/otlp/encode-protobuf.ts'
import { launchBrowser } from '../support/browser.ts'
import { type VisitedRecount, visitRecount } from '../support/browser-recount.ts'
import { openVisit, settled, type Visit } from '../support/browser-visit.ts'
import { HOSTILE, hostileLogs, hostileSpans, SESSION, TRACE } from '../support/hostile-run.ts'

/**
 * Stored cross-site scripting: whoever talks to an agent writes what its operator reads here. Every text that the UI shows of a run holds
 * markup; nothing of it may run, open a dialog, or ask another server for anything.
 */
let browser: Browser
let visited: VisitedRecount
let visit: Visit
let page: Page

beforeAll(async () => {
  ;[browser, visited] = await Promise.all([launchBrowser(), visitRecount()])
  const { otlpHttp } = visited.recount.urls
  for (const [path, body] of [
    ['traces', encodeTraces(hostileSpans(Date.now()))],
    ['logs', encodeLogs(hostileLogs(Date.now()))],
  ] as const) {
    const answer = await fetch(`${otlpHttp}/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body,
    })
    expect(answer.status).toBe(200)
  }
  await visited.recount.settled()
  visit = await openVisit(browser, { api: visited.api })
  page = visit.page
}, 120_000)
beforeEach(() => {
  visit.troubles.length = 0
})
afterAll(async () => {
  await browser?.close()
  await visited?.stop()
})

/** Shown as text, and nothing came of it. */
const harmless = async (shows = HOSTILE) => {
  await settled(page)
  expect(await page.locator('body').innerText()).toContain(shows)
  await intact()
}
const intact = async () => {
  expect(await page.evaluate(() => 'harmed' in window)).toBe(false)
  expect(await page.locator('img, iframe, object, embed, #content script').count()).toBe(0)
  const links = await page.locator('a').evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).protocol))
  expect(links.filter((protocol) => !['http:', 'https:', 'mailto:'].includes(protocol))).toEqual([])
  expect(visit.troubles).toEqual([])
}

test('the recording holds what was sent', async () => {
  const { items } = await visited.get<{ items: readonly SessionItem[] }>('/api/sessions')
  expect(items).toHaveLength(1)
  expect(items[0]).toMatchObject({ id: SESSION, user: HOSTILE, team: HOSTILE, customer: HOSTILE, environment: HOSTILE })
})

test.each([
  '/',
  '/sessions',
  '/traces',
  '/tools',
  '/models',
  '/costs?from=now-24h',
  '/costs?from=now-24h&by=customer&by=model&view=table',
  '/costs?from=now-24h&tab=outcomes',
])('%s', async (path) => {
  await page.goto(path)
  await harmless()
})

test('the pages of the agent, of the tool and of nothing', async () => {
  const agents = await visited.get<{ items: readonly UsageItem[] }>('/api/agents')
  expect(agents.items.map((item) => item.key.agent)).toContain(HOSTILE)
  for (const name of [HOSTILE, '..', 'javascript:alert(1)']) {
    await page.goto(`/agents/${encodeURIComponent(name)}`)
    await settled(page)
    await intact()
    await page.goto(`/tools/${encodeURIComponent(name)}`)
    await settled(page)
    await intact()
  }
  await page.goto(`/${encodeURIComponent(HOSTILE)}`)
  await harmless('There is no such page')
})

test('every filter, set to markup by a link', async () => {
  const query = ['agent', 'model', 'tool', 'user', 'team', 'q', 'env', 'sort', 'from', 'workflow', 'by', 'fold', 'asOf']
    .map((name) => `${name}=${encodeURIComponent(HOSTILE)}`)
    .join('&')
  for (const path of ['/', '/sessions', '/traces', '/tools', '/models', '/costs']) {
    await page.goto(`${path}?${query}`)
    await settled(page)
    await intact()
  }
})

test('the replay: every step, every pane', async () => {
  await page.goto(`/sessions/${encodeURIComponent(SESSION)}`)
  await page.getByRole('button', { name: 'Play' }).waitFor()
  await harmless()
  const inspector = page.getByRole('region', { name: 'Inspector' })
  const steps = page.getByRole('list', { name: 'Steps' }).locator('[data-step]')
  const count = await steps.count()
  expect(count).toBeGreaterThan(5)
  let panes = 0
  for (let i = 0; i < count; i++) {
    await steps.nth(i).click()
    await expect.poll(() => steps.nth(i).getAttribute('aria-current')).toBe('step')
    await settled(page)
    for (const tab of await inspector.getByRole('tab').all()) {
      await tab.click()
      panes++
    }
    await intact()
  }
  expect(panes).toBeGreaterThan(2 * count)
  // The renderer of Markdown was at work, or its refusals would prove nothing.
  expect(await page.getByText('image not loaded').count()).toBeGreaterThan(0)
  for (const tab of ['Logs', /^Trace/]) {
    await page.getByRole('region', { name: 'Recording' }).getByRole('tab', { name: tab }).click()
    await settled(page)
    await intact()
  }
})

test('the waterfall: every span with its attributes, messages and events', async () => {
  await page.goto(`/traces/${TRACE}`)
  await harmless()
  const rows = page.getByRole('treegrid', { name: 'Spans' }).locator('[role=row][aria-level]')
  const count = await rows.count()
  expect(count).toBe(hostileSpans(0)[0]!.scopeSpans[0]!.spans.length)
  for (let i = 0; i < count; i++) {
    await rows.nth(i).click()
    for (const name of ['Messages', 'Raw', 'Detail']) {
      await page.getByRole('region', { name: 'Inspector' }).getByRole('tab', { name }).click()
      await settled(page)
    }
    for (const fold of await page.getByRole('region', { name: 'Inspector' }).locator('summary').all())
      await fold.click()
    await intact()
  }
})

test('the palette finds by hostile names and shows them', async () => {
  await page.goto('/')
  await settled(page)
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog', { name: 'Search or jump' }).waitFor()
  await page.keyboard.type(HOSTILE.slice(0, 9))
  await page.getByRole('option').filter({ hasText: HOSTILE }).first().waitFor()
  await intact()
})
