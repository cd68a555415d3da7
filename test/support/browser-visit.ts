import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'

/** A page that writes down what must never happen while a person looks at it. */
export interface Visit {
  readonly page: Page
  readonly context: BrowserContext
  /** Console errors, uncaught errors, violations of the content security policy, dialogs, requests to other origins; in order. */
  readonly troubles: string[]
  readonly close: () => Promise<void>
}

export interface VisitOptions extends BrowserContextOptions {
  readonly api: string
  /** Failing requests are what this visit is about: the browser's own words about them in the console are no trouble. */
  readonly serverMayFail?: boolean
}

export const DESK = { width: 1440, height: 900 } as const
export const PHONE = { width: 390, height: 844 } as const

export const openVisit = async (
  browser: Browser,
  { api, serverMayFail = false, ...options }: VisitOptions,
): Promise<Visit> => {
  const context = await browser.newContext({
    baseURL: api,
    viewport: DESK,
    colorScheme: 'light',
    timezoneId: 'UTC',
    locale: 'en-US',
    reducedMotion: 'reduce',
    ...options,
  })
  context.setDefaultTimeout(STEP_MS_MAX)
  const troubles: string[] = []
  // The console alone does not tell a violation from a script's own words; the event does, and names what was blocked.
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`CSP: ${event.effectiveDirective} blocked ${event.blockedURI || 'inline'} ${event.sample}`),
    )
  })
  const watch = (page: Page) => {
    page.on('console', (message) => {
      if (message.type() !== 'error') return
      if (serverMayFail && /Failed to load resource|net::ERR/.test(message.text())) return
      troubles.push(`console: ${message.text()} (${page.url()})`)
    })
    page.on('pageerror', (error) => troubles.push(`uncaught: ${error.stack ?? error.message} (${page.url()})`))
    page.on('dialog', (dialog) => {
      troubles.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('request', (request) => {
      if (!request.url().startsWith(`${api}/`) && !/^(data|blob):/.test(request.url()))
        troubles.push(`request to another origin: ${request.url()}`)
    })
  }
  context.on('page', watch)
  const page = await context.newPage()
  return { page, context, troubles, close: () => context.close() }
}

/** On a machine that others use too, a step may take a while; on a quiet one none takes a second. */
const STEP_MS_MAX = 15_000

/** What the page asked for is there and drawn: no skeleton, no busy table, and nothing that still moves in. */
export const settled = async (page: Page): Promise<void> => {
  await page.waitForFunction(() => document.querySelector('#content')?.textContent)
  await page.waitForFunction(
    (quietMs) => {
      const waiting = document.querySelector('.skeleton, [aria-busy=true], [aria-label^="Loading"]') !== null
      const { length } = document.querySelector('#content')!.innerHTML
      const seen = (window as Seen).seenContent ?? { length: -1, since: 0 }
      ;(window as Seen).seenContent = seen
      const now = performance.now()
      if (waiting || seen.length !== length) Object.assign(seen, { length, since: now })
      return now - seen.since >= quietMs
    },
    QUIET_MS,
    { polling: 40 },
  )
}

const QUIET_MS = 160

type Seen = typeof window & { seenContent?: { length: number; since: number } }

/** Pixels by which the page is wider than the window; 0 where nobody has to scroll sideways. */
export const sidewaysPx = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const areas = [document.documentElement, document.body, ...document.querySelectorAll('#content')]
    return Math.max(...areas.map((area) => area.scrollWidth - area.clientWidth))
  })
