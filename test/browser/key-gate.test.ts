import { expect, onTestFinished, test } from 'vitest'
import { createKey } from '../../cli/serve/keys.ts'
import { launchBrowser } from '../support/browser.ts'
import { startRecountProcess } from '../support/recount-process.ts'
import { tempDir } from '../support/temp-dir.ts'

test('where keys are needed the page asks for one, refuses a wrong one, and opens with a right one that scripts cannot read', async () => {
  const dataDir = tempDir('gate')
  const { key } = await createKey(dataDir, 'ui', 'read')
  const recount = await startRecountProcess({ dataDir })
  onTestFinished(() => recount.kill())
  const browser = await launchBrowser()
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  await page.goto(recount.api)
  await page.getByLabel('API key').fill('rk_wrong')
  await page.getByRole('button', { name: 'Open' }).click()
  await page.getByRole('alert').filter({ hasText: 'not known' }).waitFor()
  await page.getByLabel('API key').fill(key)
  await page.getByRole('button', { name: 'Open' }).click()
  await page.getByText('OTEL_EXPORTER_OTLP_ENDPOINT').first().waitFor()
  expect(await page.evaluate(() => document.cookie)).toBe('')
  await page.reload()
  await page.getByText('OTEL_EXPORTER_OTLP_ENDPOINT').first().waitFor()
  expect(await page.getByLabel('API key').count()).toBe(0)
}, 60_000)
