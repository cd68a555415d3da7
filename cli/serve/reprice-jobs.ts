import type { Collector } from '../../collector/collector.ts'
import type { RepriceProgress } from '../../collector/reprice/reprice.ts'
import type { RepriceJob } from '../../schema/api/prices.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import type { StoredPriceBooks } from '../../schema/prices/stored-price-books.ts'
import { writeAudit } from '../../schema/settings/settings.ts'
import { usdOf } from '../../server/answers/money.ts'
import type { ServerDeps } from '../../server/server-deps.ts'

const NONE: RepriceJob = {
  state: 'none',
  from: '',
  to: '',
  dryRun: false,
  reason: '',
  runsRead: 0,
  runsChanged: 0,
  callsChanged: 0,
  beforeUsd: '0',
  afterUsd: '0',
  asOfBefore: null,
  bookVersion: '',
  seconds: 0,
  error: '',
}

/**
 * One job at a time for the whole process. What changes history is in the audit log before it begins and after it ends; a trial run changes nothing and
 * is not. It ends with the process; doing it again does what is left.
 */
export const repriceJobs = (deps: {
  readonly collector: Pick<Collector, 'reprice'>
  readonly database: Database
  readonly prices: StoredPriceBooks
  readonly log: (line: string) => void
}): NonNullable<ServerDeps['reprice']> => {
  let running = false
  const jobs = new Map<number, RepriceJob>()
  const job = (projectId: number): RepriceJob => jobs.get(projectId) ?? NONE
  const start: NonNullable<ServerDeps['reprice']>['start'] = (projectId, { fromMs, toMs, dryRun, reason, actor }) => {
    if (running) return undefined
    running = true
    const startedMs = Date.now()
    const { stored, book } = deps.prices.pricesOf(projectId)
    const begun: RepriceJob = {
      ...NONE,
      state: 'running',
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      dryRun,
      reason,
      asOfBefore: new Date(startedMs).toISOString(),
      bookVersion: stored ? `${book.version}, prices@${stored.version}` : book.version,
    }
    const say = (more: Partial<RepriceJob>): void =>
      void jobs.set(projectId, { ...job(projectId), ...more, seconds: (Date.now() - startedMs) / 1000 })
    const audit = async (action: string): Promise<void> => {
      const { state, error, ...detail } = job(projectId)
      if (!dryRun) await writeAudit(deps.database, { projectId, actor, action, subject: 'prices', detail })
    }
    jobs.set(projectId, begun)
    const work = async (): Promise<void> => {
      await audit('prices.reprice')
      const done = await deps.collector.reprice(
        {
          projectId,
          fromNanos: BigInt(Math.floor(fromMs)) * 1_000_000n,
          toNanos: BigInt(Math.ceil(toMs)) * 1_000_000n,
          dryRun,
          asOfBeforeMs: startedMs,
        },
        (progress) => say(figuresOf(progress)),
      )
      say(figuresOf(done))
      await audit('prices.reprice.done')
      say({ state: 'done' })
    }
    work()
      .catch((error: Error) => {
        say({ state: 'failed', error: error.message.slice(0, 500) })
        deps.log(`reprice: ${error.message}`)
      })
      .finally(() => {
        running = false
      })
    return job(projectId)
  }
  return { job, start }
}

const figuresOf = ({ beforeNanoUsd, afterNanoUsd, ...counts }: RepriceProgress): Partial<RepriceJob> => ({
  ...counts,
  beforeUsd: usdOf(beforeNanoUsd),
  afterUsd: usdOf(afterNanoUsd),
})
