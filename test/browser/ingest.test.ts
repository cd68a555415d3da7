import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { IngestReport } from '../../schema/api/ingest.ts'
import { launchBrowser } from '../support/browser.ts'
import { type VisitedRecount, visitRecount } from '../support/browser-recount.ts'
import { openVisit, PHONE, settled, sidewaysPx, type Visit } from '../support/browser-visit.ts'

/** An exporter that does everything wrong: what the pages say about it, and what to do. */
let browser: Browser
let visited: VisitedRecount

const TRACE = 'c3'.repeat(16)
const SPAN = 'a1b2c3d4e5f60718'
const span = (traceId: string, more: object = {}) => {
  const start = BigInt(Date.now() - 60_000) * 1_000_000n
  return {
    traceId,
    spanId: SPAN,
    name: 'chat gpt-5',
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 1_000_000n),
    attributes: [
      { key: 'gen_ai.operation.name', value: { stringValue: 'chat' } },
      { key: 'gen_ai.request.model', value: { stringValue: 'gpt-5' } },
      { key: 'shop.item.3.price', value: { doubleValue: 3.5 } },
    ],
    ...more,
  }
}
const request = (...spans: readonly object[]) =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'in-house-bot' } }] },
        scopeSpans: [{ scope: { name: 'in-house', version: '3.1' }, spans }],
      },
    ],
  })

beforeAll(async () => {
  ;[browser, visited] = await Promise.all([launchBrowser(), visitRecount()])
  const send = async (path: string, body: string, type = 'application/json') => {
    await (
      await fetch(visited.recount.urls.otlpHttp + path, { method: 'POST', headers: { 'content-type': type }, body })
    ).text()
  }
  const wrong = request(span('<img src=x onerror=alert(1)>'), span(TRACE, { droppedEventsCount: 12 }))
  await send('/v1/traces', wrong)
  await send('/v1/traces', wrong)
  await send('/v1/traces', request(span('d4'.repeat(16), { startTimeUnixNano: '0' })))
  await send('/v1/traces', '{"password": hunter2}')
  await send('/v1/spans', '{}')
  await visited.recount.settled()
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await visited?.stop()
})

describe('an exporter that does everything wrong', () => {
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

  test('its refusals are counted by reason, each says what to do, and the examples are text', async () => {
    await page.goto('/ingest')
    await settled(page)
    const reasons = page.getByRole('list', { name: 'Reasons' })
    await reasons.getByRole('button', { name: /Trace id is not 16 bytes.*1 item/ }).click()
    await page.waitForURL(/reason=rejected\.bad_trace_id/)
    const open = page.getByRole('region', { name: 'Trace id is not 16 bytes' })
    expect(await open.innerText()).toContain('What to do.')
    expect(await open.getByRole('list', { name: 'Examples' }).innerText()).toContain('<img src=x onerror=alert(1)>')
    for (const name of [/No start time/, /Not OTLP/, /No such path/])
      expect(await reasons.getByRole('button', { name }).count()).toBe(1)
    expect(await page.locator('dl[aria-label=Ingest]').innerText()).toContain('1 sent twice, kept once')
  })

  test('what a refused body held is not repeated', async () => {
    await page.goto('/ingest?reason=refused.undecodable')
    await settled(page)
    const text = await page.getByRole('region', { name: 'Not OTLP' }).innerText()
    expect(text).toContain('not valid JSON')
    expect(text).not.toContain('hunter')
  })

  test('the chart is a table for whoever wants one, and the address keeps it', async () => {
    await page.goto('/ingest?from=now-1h')
    await settled(page)
    await page.getByRole('button', { name: 'As a table' }).click()
    await page.waitForURL(/view=table/)
    const table = page.getByRole('region', { name: 'Received over time' })
    expect((await table.innerText()).replace(/\s+/g, ' ')).toMatch(/From spans rejected items refused requests/)
    await page.getByRole('button', { name: /^Chart/ }).click()
    await page.getByRole('menuitemradio', { name: 'Lag over time' }).click()
    await page.waitForURL(/chart=lag/)
    const other = await visit.context.newPage()
    await other.goto(page.url())
    await settled(other)
    expect(await other.getByRole('region', { name: 'Lag over time' }).count()).toBe(1)
    await other.close()
    const report = await visited.get<IngestReport>('/api/ingest?from=now-1h')
    expect(report.totals.reduce((sum, one) => sum + one.rejected, 0)).toBe(2)
  })

  test('its senders: the dialect, and what its SDK dropped by itself', async () => {
    await page.goto('/ingest')
    await page.getByRole('tab', { name: 'Senders' }).click()
    await page.waitForURL(/tab=sources/)
    const services = page.getByRole('grid', { name: 'Services' })
    expect(await services.getByRole('row', { name: /in-house-bot/ }).innerText()).toContain('12 events')
    const scopes = page.getByRole('grid', { name: 'Instrumentations' })
    expect(await scopes.getByRole('row', { name: /in-house 3\.1/ }).innerText()).toContain('otel-genai')
  })

  test('an attribute that no rule reads leads to how its span was read', async () => {
    await page.goto('/ingest?tab=unread')
    await settled(page)
    const row = page
      .getByRole('grid', { name: 'Attributes that no rule reads' })
      .getByRole('row', { name: /shop\.item\.\*\.price/ })
    await row.getByRole('link', { name: 'How was it read?' }).click()
    await page.waitForURL(new RegExp(`/mapping.*span=${SPAN}`))
    const attributes = page.getByRole('list', { name: 'Attributes, one by one' })
    await attributes.waitFor()
    await page.getByRole('button', { name: /^unknown 1/ }).click()
    await page.waitForURL(/show=unknown/)
    await expect.poll(() => attributes.getByRole('listitem').count()).toBe(1)
    expect(await attributes.innerText()).toContain('shop.item.3.price')
  })

  test('the inspector of a span leads there too, and back', async () => {
    await page.goto(`/traces/${TRACE}?span=${SPAN}`)
    await page.getByRole('link', { name: 'How was this read?' }).click()
    await page.waitForURL(/\/mapping/)
    await page.getByRole('link', { name: SPAN }).click()
    await page.waitForURL(new RegExp(`/traces/${TRACE}`))
  })

  test('pasted attributes are explained, rule by rule; what is no record is told so', async () => {
    await page.goto('/mapping')
    await page.getByRole('textbox').fill('gen_ai.operation.name=chat\ngen_ai.usage.input_tokens=12\nshop.region=eu')
    await page.getByRole('button', { name: 'Explain' }).click()
    const rules = page.getByRole('list', { name: 'Rules of gen_ai.operation.name' })
    await rules.waitFor()
    expect(await rules.innerText()).toContain('kind by otel-genai')
    expect(page.url()).not.toContain('region')
    await page.getByRole('textbox').fill('{"attributes": ')
    await page.getByRole('button', { name: 'Explain' }).click()
    await expect.poll(() => page.getByRole('alert').first().innerText()).toContain('looks like JSON')
  })
})

test('on a phone a reason is read without scrolling sideways', async () => {
  const { page, close, troubles } = await openVisit(browser, { api: visited.api, viewport: PHONE })
  await page.goto('/ingest?reason=rejected.bad_trace_id')
  await settled(page)
  await page.getByRole('region', { name: 'Trace id is not 16 bytes' }).waitFor()
  expect(await sidewaysPx(page)).toBe(0)
  expect(troubles).toEqual([])
  await close()
})
