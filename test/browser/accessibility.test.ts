import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { faults } from '../support/browser-axe.ts'
import { type DemoPage, demoPages, PAGE_NAMES } from '../support/browser-pages.ts'
import { sendDemo, type VisitedRecount, visitRecount } from '../support/browser-recount.ts'
import { openVisit, settled, type Visit } from '../support/browser-visit.ts'

/** What a machine can find of accessibility faults (about half of them: WCAG 2.2 A and AA by axe), on every page by day and by night. */
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

/** Controls that a screen reader would announce without a name. */
const nameless = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, a[href], input, select, textarea, summary, [tabindex="0"]')]
      .filter((element) => element.checkVisibility() && element.closest('[aria-hidden=true]') === null)
      .filter((element) => {
        const labels = (element as HTMLInputElement).labels ?? []
        const by = element.getAttribute('aria-labelledby')?.split(' ') ?? []
        const names = [
          element.ariaLabel,
          element.title,
          ...[...labels].map((label) => label.textContent),
          ...by.map((id) => document.getElementById(id)?.textContent),
          element.textContent,
        ]
        return names.every((name) => !name?.trim())
      })
      .map((element) => element.outerHTML.slice(0, 160)),
  )

describe('no grave fault, by day and by night', () => {
  let visit: Visit
  beforeAll(async () => {
    visit = await openVisit(browser, { api: visited.api })
  })
  afterAll(() => visit?.close())

  /** All rules by day; by night only colours can differ. */
  const sound = async (page: Page): Promise<void> => {
    await settled(page)
    expect(await faults(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    await settled(page)
    expect(await faults(page, ['color-contrast'])).toEqual([])
    await page.emulateMedia({ colorScheme: 'light' })
  }

  test.each(PAGE_NAMES)('%s', async (name) => {
    const { page } = visit
    await page.goto(pages.get(name)!.path)
    await sound(page)
    expect(await nameless(page)).toEqual([])
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
  })

  test('a failed step in the inspector, and the dialogs over it', async () => {
    const { page } = visit
    await page.goto(pages.get('session')!.path)
    await page.getByRole('button', { name: 'Next error' }).click()
    await sound(page)
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
    await sound(page)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog', { name: 'Search or jump' }).waitFor()
    await sound(page)
  })

  test('a failed span in the inspector', async () => {
    const { page } = visit
    await page.goto(pages.get('trace')!.path)
    await settled(page)
    await page.keyboard.press('e')
    await page.getByRole('region', { name: 'Inspector' }).waitFor()
    await sound(page)
  })
})

describe('the keyboard', () => {
  let visit: Visit
  beforeAll(async () => {
    visit = await openVisit(browser, { api: visited.api })
  })
  afterAll(() => visit?.close())

  /** The focused element, where neither it nor what holds it looks different from itself without the focus. */
  const unseenFocus = (page: Page): Promise<string | undefined> =>
    page.evaluate(async () => {
      const element = document.activeElement
      if (!(element instanceof HTMLElement) || element === document.body) return undefined
      const places: Element[] = [...element.querySelectorAll('td')]
      for (let one: Element | null = element; one && places.length < 12; one = one.parentElement) places.push(one)
      const look = () =>
        places.flatMap((place) =>
          ['', '::before', '::after'].map((pseudo) => {
            const { outlineStyle, outlineWidth, boxShadow, backgroundColor, borderColor } = getComputedStyle(
              place,
              pseudo,
            )
            return [
              outlineStyle,
              outlineStyle === 'none' ? '' : outlineWidth,
              boxShadow,
              backgroundColor,
              borderColor,
            ].join()
          }),
        )
      // Some widgets mark their focus by an attribute that React sets a moment later.
      const drawn = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
      const focused = look().join()
      element.blur()
      await drawn()
      const without = look().join()
      element.focus({ preventScroll: true })
      await drawn()
      return focused === without ? element.outerHTML.slice(0, 160) : undefined
    })

  test.each(['fleet', 'sessions', 'session', 'trace', 'tools'])('shows where it is on %s', async (name) => {
    const { page } = visit
    await page.goto(pages.get(name)!.path)
    await settled(page)
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content')
    const unseen: string[] = []
    const seen = new Set<string>()
    for (let i = 0; i < TABS; i++) {
      const where = await unseenFocus(page)
      if (where) unseen.push(where)
      seen.add(await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 300) ?? ''))
      await page.keyboard.press('Tab')
    }
    expect(unseen).toEqual([])
    expect(seen.size).toBeGreaterThan(TABS / 2)
  })

  test('a slider says its value in words, and a live region the step', async () => {
    const { page } = visit
    await page.goto(pages.get('session')!.path)
    const slider = page.getByRole('slider', { name: 'Position' })
    await slider.focus()
    const before = await slider.getAttribute('aria-valuetext')
    await page.keyboard.press('End')
    await expect.poll(() => slider.getAttribute('aria-valuetext')).not.toBe(before)
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/second|minute|hour/)
    const steps = await page
      .getByRole('list', { name: 'Steps' })
      .getByRole('listitem')
      .last()
      .getAttribute('aria-setsize')
    expect(Number(steps)).toBeGreaterThan(3)
    await expect
      .poll(() => page.getByRole('status', { name: 'Current step' }).textContent())
      .toMatch(/^Step \d+ of \d+: /)
  })

  test('a page that opens is named by its title and says so', async () => {
    const { page } = visit
    await page.goto('/')
    await settled(page)
    expect(await page.title()).toBe('Fleet · Recount')
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Tools' }).press('Enter')
    await page.waitForURL('**/tools')
    await expect.poll(() => page.title()).toBe('Tools · Recount')
    await expect.poll(() => page.locator('[aria-live=polite]').allTextContents()).toContain('Tools')
  })
})

const TABS = 28
