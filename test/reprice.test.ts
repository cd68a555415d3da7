import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SERVE_DEFAULTS } from '../cli/serve/config.ts'
import { type Recount, startRecount } from '../cli/serve/start.ts'
import type { AuditItem } from '../schema/api/audit.ts'
import type { CostReport } from '../schema/api/costs.ts'
import type { Prices, RepriceJob } from '../schema/api/prices.ts'

// Prices as a user changes them: telemetry in by OTLP, a price over the API, history priced anew, the report before and after.

const dataDir = mkdtempSync(join(tmpdir(), 'recount-reprice-'))
let recount: Recount

beforeAll(async () => {
  recount = await startRecount({
    ...SERVE_DEFAULTS,
    dataDir,
    port: 0,
    otlpHttpPort: 0,
    minFreeDiskBytes: 0,
    log: () => undefined,
  })
})
afterAll(async () => {
  await recount.close(5_000)
  rmSync(dataDir, { recursive: true, force: true })
})

const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
  const answer = await fetch(recount.urls.api + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  expect(answer.status, text).toBe(200)
  return JSON.parse(text) as T
}

/** One call of a model that no list knows: 1,000 tokens in, 100 out. */
const sendCall = async (n: number): Promise<void> => {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
  const count = (key: string, intValue: number) => ({ key, value: { intValue: String(intValue) } })
  const start = BigInt(Date.now() - 60_000) * 1_000_000n
  const span = {
    traceId: n.toString(16).padStart(32, '0'),
    spanId: n.toString(16).padStart(16, '0'),
    name: 'chat house-model',
    kind: 3,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 1_000_000n),
    attributes: [
      text('gen_ai.operation.name', 'chat'),
      text('gen_ai.provider.name', 'openai'),
      text('gen_ai.request.model', 'house-model'),
      count('gen_ai.usage.input_tokens', 1000),
      count('gen_ai.usage.output_tokens', 100),
    ],
  }
  const answer = await fetch(`${recount.urls.otlpHttp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
  })
  expect(answer.status).toBe(200)
  await recount.settled()
}

const total = async (asOf?: string) => {
  const { total: sum } = await ask<CostReport>('GET', `/api/costs?from=now-1d${asOf ? `&as_of=${asOf}` : ''}`)
  return [sum.costUsd, sum.unpricedCalls, sum.calls]
}

const repriced = async (more: object): Promise<RepriceJob> => {
  let job = await ask<RepriceJob>('POST', '/api/prices/reprice', {
    from: 'now-1d',
    reason: 'the house model has a price',
    ...more,
  })
  while (job.state === 'running') {
    await new Promise((resolve) => setTimeout(resolve, 20))
    job = await ask<RepriceJob>('GET', '/api/prices/reprice')
  }
  expect(job).toMatchObject({ state: 'done', error: '' })
  return job
}

describe('a price that is named late', () => {
  it('holds at once for what comes, and for history when it is priced anew; as_of says what was said before', async () => {
    await sendCall(1)
    expect(await total()).toEqual(['0', 1, 1])
    const override = {
      provider: 'openai',
      model: 'house-*',
      perMillionTokens: { inputUncached: '1', outputText: '10' },
    }
    await ask<Prices>('PUT', '/api/prices', { overrides: [override] })
    await sendCall(2)
    // 1,000 × 1 + 100 × 10 = 2,000 millionths for the second; the first has none yet
    expect(await total()).toEqual(['0.002', 1, 2])
    expect(await repriced({ dryRun: true })).toMatchObject({
      runsRead: 2,
      runsChanged: 1,
      beforeUsd: '0.002',
      afterUsd: '0.004',
    })
    expect(await total()).toEqual(['0.002', 1, 2])
    const job = await repriced({})
    expect(job).toMatchObject({ runsChanged: 1, callsChanged: 1, afterUsd: '0.004' })
    expect(await total()).toEqual(['0.004', 0, 2])
    expect(await total(job.asOfBefore!)).toEqual(['0.002', 1, 2])
    expect(await repriced({})).toMatchObject({ runsChanged: 0 })
    const { items } = await ask<{ items: AuditItem[] }>('GET', '/api/audit')
    expect(items.map(({ action }) => action)).toEqual([
      'prices.reprice.done',
      'prices.reprice',
      'prices.reprice.done',
      'prices.reprice',
      'prices.put',
    ])
    expect(items[2]!.detail).toMatchObject({ reason: 'the house model has a price', runsChanged: 1, afterUsd: '0.004' })
  })
})
