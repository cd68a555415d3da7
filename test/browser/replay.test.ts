import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Replay, SessionItem, Step } from '../../schema/api/shapes.ts'
import { launchBrowser } from '../support/browser.ts'
import { sendDemo, type VisitedRecount, visitRecount } from '../support/browser-recount.ts'
import { openVisit, settled, type Visit } from '../support/browser-visit.ts'

/** The walk of somebody who looks for what went wrong: list, filter, replay, the failed step, a link for the colleague. */
let browser: Browser
let visited: VisitedRecount
let failed: FailedSession
let visit: Visit
let page: Page

interface FailedSession {
  readonly session: SessionItem
  readonly steps: readonly Step[]
  /** The first tool call whose arguments its schema does not allow. */
  readonly step: Step
}

beforeAll(async () => {
  ;[browser, visited] = await Promise.all([launchBrowser(), visitRecount()])
  await sendDemo(visited.recount)
  failed = await failedSession()
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await visited?.stop()
})
beforeEach(async () => {
  visit = await openVisit(browser, { api: visited.api, permissions: ['clipboard-read', 'clipboard-write'] })
  page = visit.page
})
afterEach(async () => {
  await visit.close()
  expect(visit.troubles).toEqual([])
})

const failedSessions = () =>
  visited.get<{ readonly items: readonly SessionItem[] }>('/api/sessions?agent=refund-agent&outcome=failure')

const failedSession = async (): Promise<FailedSession> => {
  for (const session of (await failedSessions()).items) {
    const { steps } = await visited.get<Replay>(`/api/sessions/${session.id}/replay`)
    const step = steps.find((one) => one.toolCall?.valid === false)
    if (step) return { session, steps, step }
  }
  throw new Error('the demo told of no failed refund with invalid arguments; choose another seed')
}

const slider = () => page.getByRole('slider', { name: 'Position' })
const positionMs = async () => Number(await slider().getAttribute('aria-valuenow'))
const currentStep = async (of = page) => Number(await of.locator('[aria-current=step]').getAttribute('data-step'))
const runningTotals = () => page.getByText(/^state at /).innerText()
const inspector = (of = page) => of.getByRole('region', { name: 'Inspector' })

const openFailed = async () => {
  await page.goto(`/sessions/${failed.session.id}`)
  await page.getByRole('button', { name: 'Play' }).waitFor()
}

test('from the list over a filter into the replay of a failed run', async () => {
  await page.goto('/sessions')
  const sessions = page.getByRole('grid', { name: 'Sessions' })
  await sessions.getByRole('row').nth(1).waitFor()

  const filters = page.getByRole('complementary', { name: 'Filters' })
  await filters
    .getByRole('region', { name: 'Agent' })
    .getByRole('button', { name: /^refund-agent/ })
    .click()
  await filters
    .getByRole('region', { name: 'Outcome' })
    .getByRole('button', { name: /^failure/ })
    .click()
  await page.waitForURL((url) => url.search === '?agent=refund-agent&outcome=failure')
  const expected = (await failedSessions()).items.map((session) => session.id)
  await expect
    .poll(() =>
      sessions
        .getByRole('row')
        .allInnerTexts()
        .then((rows) => rows.length - 1),
    )
    .toBe(expected.length)
  for (const id of expected) expect(await sessions.innerText()).toContain(id)

  await sessions.getByRole('row').filter({ hasText: failed.session.id }).click()
  await page.waitForURL(`**/sessions/${failed.session.id}*`)
  await expect.poll(() => page.getByRole('heading', { level: 1 }).innerText()).toContain('refund-agent')
  expect(await page.getByRole('note', { name: 'Why' }).innerText()).toContain(failed.step.toolCall?.name)
})

test('a replay plays, pauses and is scrubbed with the keyboard, and its totals follow', async () => {
  await openFailed()
  expect(await positionMs()).toBe(0)
  const before = await runningTotals()
  await page.getByRole('combobox', { name: 'Speed' }).selectOption({ label: '16×' })
  await page.getByRole('button', { name: 'Play' }).click()
  await expect.poll(positionMs).toBeGreaterThan(0)
  await expect.poll(runningTotals).toMatch(/\$0\.\d+ · [\d,.k]+ tok/)
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByRole('button', { name: 'Play' }).waitFor()
  const rested = await positionMs()
  expect(await runningTotals()).not.toBe(before)
  await page.waitForTimeout(250)
  expect(await positionMs()).toBe(rested)

  await slider().focus()
  await page.keyboard.press('End')
  expect(await positionMs()).toBe(Number(await slider().getAttribute('aria-valuemax')))
  expect(await runningTotals()).toContain(`${failed.session.toolCalls} tool`)
  await page.keyboard.press('Home')
  expect(await positionMs()).toBe(0)
  await page.keyboard.press('ArrowRight')
  const one = await positionMs()
  expect(one).toBeGreaterThan(0)
  await page.keyboard.press('PageUp')
  expect(await positionMs()).toBeGreaterThan(one)
  await page.keyboard.press('PageDown')
  expect(await positionMs()).toBe(one)
  expect(await slider().getAttribute('aria-valuetext')).toMatch(/ of .*, step \d+ of \d+, /)
})

test('next error leads to the failed step, its span opens, and a copied link restores all of it', async () => {
  await openFailed()
  await page.getByRole('button', { name: 'Next error' }).click()
  await expect.poll(() => currentStep()).toBe(failed.step.seq)
  const heading = inspector().getByRole('heading', { level: 2 })
  await expect.poll(() => heading.innerText()).toContain(failed.step.toolCall?.name)
  expect(await heading.innerText()).toContain('invalid arguments')

  await inspector().getByRole('tab', { name: 'Span' }).click()
  await inspector().getByText(failed.step.traceId, { exact: true }).waitFor()
  expect(await inspector().getByRole('tabpanel').innerText()).toContain(failed.step.spanId)

  await inspector().getByRole('button', { name: 'Copy link' }).click()
  await page.getByText('Link copied', { exact: true }).waitFor()
  const link = await page.evaluate(() => navigator.clipboard.readText())
  const position = await positionMs()

  const other = await visit.context.newPage()
  await other.goto(link)
  await expect.poll(() => currentStep(other)).toBe(failed.step.seq)
  expect(await other.getByRole('slider', { name: 'Position' }).getAttribute('aria-valuenow')).toBe(String(position))
  expect(await inspector(other).getByRole('tab', { name: 'Span' }).getAttribute('aria-selected')).toBe('true')
  await inspector(other).getByText(failed.step.traceId, { exact: true }).waitFor()
  expect(await inspector(other).getByRole('tabpanel').innerText()).toContain(failed.step.spanId)
})

test('the waterfall inside a replay is part of the link', async () => {
  await openFailed()
  const recording = page.getByRole('region', { name: 'Recording' })
  await recording.getByRole('tab', { name: /^Trace/ }).click()
  const spans = recording.getByRole('treegrid', { name: 'Spans' })
  await spans.getByRole('row').filter({ hasText: failed.step.name }).first().click()
  await expect.poll(() => new URL(page.url()).searchParams.get('tab')).toBe('trace')
  await page.waitForTimeout(300)
  await page.keyboard.press('y')
  await page.getByText('Link copied', { exact: true }).waitFor()
  const link = await page.evaluate(() => navigator.clipboard.readText())
  const selected = await spans.locator('[role=row][aria-selected=true]').innerText()
  const other = await visit.context.newPage()
  await other.goto(link)
  await expect.poll(() => other.locator('[role=row][aria-selected=true]').innerText()).toBe(selected)
})

test('the keyboard alone finds a session, walks and plays it', async () => {
  await page.goto('/sessions?agent=refund-agent&outcome=failure')
  await settled(page)
  await page.keyboard.press('j')
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-rowindex'))
  await expect.poll(focused).toBe('2')
  await page.keyboard.press('j')
  await expect.poll(focused).toBe('3')
  await page.keyboard.press('k')
  await expect.poll(focused).toBe('2')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/sessions\/[^?]+/)
  await page.getByRole('button', { name: 'Play' }).waitFor()

  await page.keyboard.press('Control+k')
  await page.getByRole('dialog', { name: 'Search or jump' }).waitFor()
  await page.keyboard.type(failed.session.id)
  await page.getByRole('option').filter({ hasText: failed.session.id }).first().waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/sessions/${failed.session.id}*`)
  await page.getByRole('button', { name: 'Play' }).waitFor()

  const first = failed.steps[0]!.seq
  await expect.poll(() => currentStep()).toBe(first)
  await page.keyboard.press('j')
  await expect.poll(() => currentStep()).toBeGreaterThan(first)
  await page.keyboard.press('k')
  await expect.poll(() => currentStep()).toBe(first)
  await page.keyboard.press('e')
  await expect.poll(() => currentStep()).toBe(failed.step.seq)
  await page.keyboard.press('Shift+N')
  // The line that is current follows when React has time for it.
  await expect.poll(() => currentStep()).toBeLessThan(failed.step.seq)
  const mark = await currentStep()
  await page.keyboard.press('n')
  await expect.poll(() => currentStep()).toBeGreaterThan(mark)

  await page.keyboard.press('Space')
  await page.getByRole('button', { name: 'Pause' }).waitFor()
  await page.keyboard.press('Space')
  await page.getByRole('button', { name: 'Play' }).waitFor()

  await page.keyboard.press('?')
  const help = page.getByRole('dialog', { name: 'Keys of this page' })
  expect(await help.innerText()).toMatch(/space\s+Play or pause[\s\S]*Next step[\s\S]*Next mark/)
  await page.keyboard.press('Escape')
  await help.waitFor({ state: 'detached' })
})
