import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { runDemo } from '../../cli/demo/run-demo.ts'
import type { Replay, SessionItem } from '../../schema/api/shapes.ts'
import { launchBrowser } from './browser.ts'
import { visitRecount } from './browser-recount.ts'
import { openVisit, settled } from './browser-visit.ts'

/** A picture larger than this makes the README slow to open. */
const PICTURE_BYTES_MAX = 400_000

/** The README's pictures, of a week of the demo: a failed refund with its failed step chosen, and the fleet. */
export const takeScreenshots = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true })
  const [browser, visited] = await Promise.all([launchBrowser(), visitRecount()])
  try {
    await runDemo({ endpoint: visited.recount.urls.otlpHttp, live: false })
    await visited.recount.settled()
    const { session, seq } = await failedRefund(visited.get)
    const pictures = [
      { name: 'replay-dark.png', colorScheme: 'dark', path: `/sessions/${session}?step=${seq}` },
      { name: 'fleet-light.png', colorScheme: 'light', path: '/' },
    ] as const
    for (const { name, colorScheme, path } of pictures) {
      const { page, troubles, close } = await openVisit(browser, { api: visited.api, colorScheme })
      await page.goto(path)
      await settled(page)
      await page.evaluate(() => document.fonts.ready)
      const file = join(folder, name)
      await page.screenshot({ path: file })
      await close()
      const { size } = await stat(file)
      if (troubles.length > 0) throw new Error(`${name}: ${troubles.join('\n')}`)
      if (size > PICTURE_BYTES_MAX) throw new Error(`${name} has ${size} bytes, more than ${PICTURE_BYTES_MAX}`)
      console.log(`${file}: ${Math.round(size / 1000)} kB`)
    }
  } finally {
    await browser.close()
    await visited.stop()
  }
}

/** The newest run of refund-agent v14 that failed because of an invalid call after a guardrail and an approval: the most to see. */
const failedRefund = async (get: <T>(path: string) => Promise<T>) => {
  const { items } = await get<{ readonly items: readonly SessionItem[] }>(
    '/api/sessions?agent=refund-agent&version=v14&outcome=failure&limit=200',
  )
  for (const session of items) {
    const { steps } = await get<Replay>(`/api/sessions/${session.id}/replay`)
    const invalid = steps.find((step) => step.toolCall?.name === 'issue_refund' && step.toolCall.valid === false)
    if (invalid && steps.some((step) => step.approval) && session.runCount === 1)
      return { session: session.id, seq: invalid.seq }
  }
  throw new Error('no failed refund in the demo; it has changed, so should this script')
}
