import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuditItem } from '../schema/api/audit.ts'
import type { CostReport } from '../schema/api/costs.ts'
import type { RepriceJob } from '../schema/api/prices.ts'
import { startRecountProcess } from '../test/support/recount-process.ts'
import { round } from './ingest.ts'
import { multiply, SEED_SPANS, seed } from './scale.ts'

const POLL_MS = 500
/** Every model at prices of its own, so that every run with a model call changes. */
const PRICES = {
  overrides: [
    { provider: '*', model: '*', serviceTier: '*', perMillionTokens: { inputUncached: '1.11', outputText: '7.77' } },
  ],
}

/**
 * A month of `spans` spans priced anew through the API, with all its runs changing: the time, what the audit log says, and the cost report before and after,
 * and after as of before. Rows are made as `bench scale` makes them.
 */
export const benchReprice = async (spans: number) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'recount-reprice-'))
  try {
    const seeded = await seed(dataDir, Math.min(SEED_SPANS, spans))
    const { spans: stored } = await multiply(dataDir, Math.max(0, Math.round(spans / seeded) - 1))
    const recount = await startRecountProcess({ dataDir, readyTimeoutMs: 120_000 })
    const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
      const answer = await fetch(recount.api + path, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
      return (await answer.json()) as T
    }
    const report = async (asOf = '') => {
      const from = new Date(Date.now() - 31 * 86_400_000).toISOString()
      const { total } = await ask<CostReport>('GET', `/api/costs?from=${from}&to=now${asOf && `&as_of=${asOf}`}`)
      return { costUsd: total.costUsd, unpricedCalls: total.unpricedCalls, runs: total.runs, calls: total.calls }
    }
    const run = async (dryRun: boolean): Promise<RepriceJob> => {
      let job = await ask<RepriceJob>('POST', '/api/prices/reprice', { from: 'now-31d', dryRun, reason: 'bench' })
      while (job.state === 'running') {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS))
        job = await ask<RepriceJob>('GET', '/api/prices/reprice')
      }
      if (job.state !== 'done') throw new Error(job.error)
      return job
    }
    try {
      const before = await report()
      await ask('PUT', '/api/prices', PRICES)
      const tried = await run(true)
      const cpu = recount.cpuSeconds()
      const job = await run(false)
      const cpuSeconds = recount.cpuSeconds() - cpu
      const [after, asOfBefore] = [await report(), await report(job.asOfBefore ?? '')]
      const again = await run(false)
      const audit = await ask<{ items: AuditItem[] }>('GET', '/api/audit?action=prices.reprice.done')
      return {
        spans: stored,
        runs: job.runsRead,
        runsChanged: job.runsChanged,
        callsChanged: job.callsChanged,
        lookSeconds: round(tried.seconds),
        seconds: round(job.seconds),
        cpuSeconds: round(cpuSeconds),
        secondTime: { runsChanged: again.runsChanged, seconds: round(again.seconds) },
        before,
        after,
        asOfBefore,
        asOfBeforeAgrees: JSON.stringify(before) === JSON.stringify(asOfBefore),
        auditEntries: audit.items.length,
        residentMiB: Math.round(recount.residentBytes() / 1024 ** 2),
      }
    } finally {
      await recount.stop()
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}
