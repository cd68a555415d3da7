import type { Database } from '../../schema/clickhouse/database.ts'
import { serviceTierOf } from '../../schema/prices/service-tiers.ts'
import { nanoUsdOf } from '../answers/money.ts'
import { sqlFile } from '../queries/sql-file.ts'
import type { BoundedRange } from '../queries/time-range.ts'
import type { ChangeRow, TracedRow } from './compare.ts'

/** What the ledger has to set beside a bill. */
const TRACED = sqlFile('reconcile/traced')
const CHANGES = sqlFile('reconcile/changes')
const AS_OF = sqlFile('costs/as-of')
/** Later than every tally: the clock of whoever wrote it may be ahead of ours. */
export const LATEST_MS = Date.UTC(2262, 0, 1)

interface StoredTraced {
  readonly day: string
  readonly provider: string
  readonly model: string
  readonly tier: string
  readonly cost_usd: string
  readonly call_count: number
  readonly unpriced: number
  readonly sum_cache_read: number
  readonly sum_cache_write_5m: number
  readonly sum_cache_write_1h: number
}

/** The newest moment of the project's ledger up to one; that one where the ledger is empty. @throws DatabaseError */
export const newestTally = async (database: Database, projectId: number, untilMs: number): Promise<number> => {
  const [row] = await database.query<{ as_of_ms: number }>(AS_OF, { project: projectId, asOf: String(untilMs) })
  return row?.as_of_ms ?? 0
}

/** @throws DatabaseError */
export const tracedRows = async (
  database: Database,
  projectId: number,
  { fromMs, toMs }: BoundedRange,
  untilMs: number,
): Promise<TracedRow[]> => {
  const rows = await database.query<StoredTraced>(TRACED, {
    project: projectId,
    from: String(fromMs),
    to: String(toMs),
    until: String(untilMs),
  })
  return rows.map((row) => ({
    day: row.day,
    provider: row.provider,
    model: row.model,
    tier: tierOf(row.tier),
    nanoUsd: nanoUsdOf(row.cost_usd),
    calls: row.call_count,
    unpriced: row.unpriced,
    cacheTokens: {
      cacheRead: row.sum_cache_read,
      cacheWrite5m: row.sum_cache_write_5m,
      cacheWrite1h: row.sum_cache_write_1h,
    },
  }))
}

/** '' is the standard tier, as in bills. */
const tierOf = (word: string): string => {
  const tier = serviceTierOf(word) ?? word
  return tier === 'standard' ? '' : tier
}

/** What changed after a moment. @throws DatabaseError */
export const changesSince = async (
  database: Database,
  projectId: number,
  { fromMs, toMs }: BoundedRange,
  sinceMs: number,
): Promise<ChangeRow[]> => {
  const rows = await database.query<{
    day: string
    provider: string
    model: string
    change: 'late' | 'repriced'
    cost_usd: string
    calls: number
  }>(CHANGES, { project: projectId, from: String(fromMs), to: String(toMs), since: String(sinceMs) })
  return rows.map(({ day, provider, model, change, cost_usd, calls }) => ({
    day,
    provider,
    model,
    kind: change,
    nanoUsd: nanoUsdOf(cost_usd),
    calls,
  }))
}
