import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { buildUi } from '../support/browser-recount.ts'
import { openVisit, settled, sidewaysPx, type Visit } from '../support/browser-visit.ts'
import { freePort, type RecountProcess, startRecountProcess } from '../support/recount-process.ts'

/** A program of its own that has received nothing yet, that dies while somebody looks at it, and that comes back. */
const dataDir = mkdtempSync(join(tmpdir(), 'recount-outage-'))
let browser: Browser
let ports: { readonly api: number; readonly otlpHttp: number }
let recount: RecountProcess
let visit: Visit
let page: Page

beforeAll(async () => {
  buildUi()
  ports = { api: await freePort(), otlpHttp: await freePort() }
  ;[browser, recount] = await Promise.all([launchBrowser(), startRecountProcess({ dataDir, ports })])
  visit = await openVisit(browser, { api: recount.api, serverMayFail: true })
  page = visit.page
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await recount?.kill()
  rmSync(dataDir, { recursive: true, force: true })
  expect(visit.troubles).toEqual([])
})

test.each([
  { path: '/', title: 'No agent ran in this time' },
  { path: '/sessions', title: 'No session in this time' },
  { path: '/traces', title: 'No trace in this time' },
  { path: '/tools', title: 'No tool was called in this time' },
  { path: '/models', title: 'No model was called in this time' },
])('an empty install says on $path what would be here and how to get it', async ({ path, title }) => {
  await page.goto(path)
  await page.getByRole('heading', { name: title }).waitFor()
  const text = await page.locator('#content').innerText()
  expect(text).toMatch(/^export OTEL_EXPORTER_OTLP_ENDPOINT=http:\/\/127\.0\.0\.1:\d+$/m)
  expect(text).toContain('npm run demo')
  expect(await page.getByRole('button', { name: 'Copy command' }).count()).toBeGreaterThan(1)
  expect(await sidewaysPx(page)).toBe(0)
})

test('what was never received is said to be unknown, not broken', async () => {
  await page.goto('/sessions/nobody')
  await page.getByRole('heading', { name: 'No session has this id' }).waitFor()
  await page.goto(`/traces/${'ab'.repeat(16)}`)
  await page.getByRole('heading', { name: 'No trace has this id' }).waitFor()
})

test('a server that died is said, with a way to ask again, and the page keeps its frame', async () => {
  const frame = () =>
    page
      .locator('header, nav[aria-label=Pages]')
      .evaluateAll((all) => all.map((element) => JSON.stringify(element.getBoundingClientRect())))
  await page.goto('/tools')
  await settled(page)
  const before = await frame()
  await recount.kill()
  await page.getByRole('button', { name: /^Time range/ }).click()
  await page.getByRole('dialog', { name: 'Time range' }).getByRole('button', { name: 'last 24 h' }).click()
  const alert = page.getByRole('alert').filter({ hasText: 'does not answer' })
  await alert.waitFor()
  expect(await alert.innerText()).toMatch(/The list of tools[\s\S]*Is it still running\?/)
  expect(await frame()).toEqual(before)
  await page.getByText('no answer', { exact: true }).waitFor()

  recount = await startRecountProcess({ dataDir, ports })
  await alert.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('heading', { name: 'No tool was called in this time' }).waitFor()
  await page.getByText('ingest ok', { exact: true }).waitFor()
})
