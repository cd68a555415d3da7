import { randomBytes } from 'node:crypto'
import type { RunTally } from '../../schema/model/run.ts'
import { emptyUsage } from '../../schema/model/usage.ts'
import { nanoUsdOf } from '../../server/answers/money.ts'
import { adminOf, get, testApp } from './api.ts'
import { aCall, aRun, type TestStore } from './rows.ts'

/** A call that was traced, as reconciliation and month close see it. */
export interface Traced {
  readonly at: string
  readonly provider: string
  readonly model: string
  /** undefined: no price is known for it. */
  readonly usd?: string | undefined
  readonly tier?: string
  readonly cacheRead?: number
  readonly team?: string
  readonly agent?: string
  readonly customer?: string
}

/** One project: what it traced, its bills, and the API as its admin sees it. */
export const billing = (store: TestStore, projectId: number, nowMs: () => number = Date.now) => {
  const app = testApp(store, { principalOf: () => adminOf(projectId), nowMs })
  const trace = async (calls: readonly Traced[]): Promise<RunTally[]> => {
    const runs = calls.map((given) => runOf(projectId, given))
    await store.runs(runs)
    return runs
  }
  const send = async <T>(body: string, query = '', status = 200): Promise<T> => {
    const type = /^\s*[{[]/.test(body) ? 'application/json' : 'text/csv'
    const answer = await app.request(`/api/reconciliations${query}`, {
      method: 'POST',
      headers: { host: 'localhost:4320', 'content-type': type },
      body,
    })
    if (answer.status !== status) throw new Error(`${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
  }
  return {
    projectId,
    app,
    trace,
    send,
    get: <T>(path: string, status = 200) => get<T>(app, path, status),
    text: async (path: string): Promise<string> =>
      (await app.request(path, { headers: { host: 'localhost:4320' } })).text(),
    /** The run again, its call at another price: the ledger takes the old one back. */
    reprice: async (run: RunTally, usd: string): Promise<void> => {
      const costNanoUsd = nanoUsdOf(usd)
      await store.runs([{ ...run, costNanoUsd, calls: run.calls.map((call) => ({ ...call, costNanoUsd })) }])
    },
  }
}

const runOf = (projectId: number, given: Traced): RunTally => {
  const runId = randomBytes(16).toString('hex')
  const startNanos = BigInt(Date.parse(given.at)) * 1_000_000n
  const costNanoUsd = nanoUsdOf(given.usd ?? '0')
  return aRun({
    projectId,
    runId,
    startNanos,
    endNanos: startNanos + 1_000_000_000n,
    team: given.team ?? 'support',
    customer: given.customer ?? '',
    costNanoUsd,
    calls: [
      aCall({
        spanId: runId.slice(0, 16),
        traceId: runId,
        kind: 'llm',
        startNanos,
        agent: given.agent ?? 'shop',
        provider: given.provider,
        model: given.model,
        serviceTier: given.tier ?? '',
        usage: { ...emptyUsage(), inputUncached: 100, cacheRead: given.cacheRead ?? 0 },
        costNanoUsd,
        costStatus: given.usd === undefined ? 'unpriced' : 'computed',
      }),
    ],
  })
}
