import type { CostFilters } from '../../../schema/api/cost-queries.ts'
import type { Unpriced } from '../../../schema/api/prices.ts'
import type { Database } from '../../../schema/clickhouse/database.ts'
import { USAGE_BUCKETS } from '../../../schema/model/usage.ts'
import type { ProjectPriceBook } from '../../../schema/prices/project-price-book.ts'
import { isoOfNanos } from '../../answers/time.ts'
import { bucketsOfRow, type UsageRow, usageOf } from '../../answers/usage.ts'
import { cursorOf, numericKey, parseCursor } from '../cursor.ts'
import { fill, sqlFile } from '../sql-file.ts'
import { callsOfQuestion, costQuestion } from './cost-question.ts'

const UNPRICED = sqlFile('costs/unpriced')
const ORDER = 'unpriced'

interface Row extends UsageRow {
  readonly provider: string
  readonly model: string
  readonly request_model: string
  readonly service_tier: string
  readonly calls: string
  readonly runs: string
  readonly first_nanos: string
  readonly last_nanos: string
}

export const unpricedPage = async (
  database: Database,
  book: ProjectPriceBook,
  projectId: number,
  query: CostFilters & {
    readonly limit: number
    readonly cursor?: string | undefined
    readonly as_of?: string | undefined
  },
  nowMs: number,
): Promise<{ items: Unpriced[]; next: string | null }> => {
  const { limit, cursor, as_of, ...filters } = query
  const clause = callsOfQuestion(
    await costQuestion(database, projectId, { filters, asOf: as_of, shared: 'exclude' }, nowMs),
  )
  const offset = Number(numericKey(parseCursor(cursor, ORDER, 1)?.keys[0] ?? '0'))
  const rows = await database.query<Row>(fill(UNPRICED, { calls: clause.sql }), {
    ...clause.params,
    limit: limit + 1,
    offset,
  })
  return {
    items: rows.slice(0, limit).map((row) => itemOf(row, book)),
    next: rows.length > limit ? cursorOf(ORDER, String(offset + limit)) : null,
  }
}

const itemOf = (row: Row, book: ProjectPriceBook): Unpriced => {
  const usage = bucketsOfRow(row)
  const { provider, service_tier: serviceTier } = row
  // The name that telemetry gave: the one that answered, else the one that was asked for.
  const model = row.model || row.request_model
  const hasUsage = USAGE_BUCKETS.some((bucket) => usage[bucket] > 0)
  const explained = book.explain({ provider, model, serviceTier, usage, startNanos: BigInt(row.last_nanos) })
  const reason = hasUsage ? (explained.reason ?? 'a price is known by now: re-price') : 'no usage'
  return {
    provider,
    model,
    serviceTier,
    calls: Number(row.calls),
    runs: Number(row.runs),
    usage: usageOf(usage, 0),
    firstSeen: isoOfNanos(row.first_nanos),
    lastSeen: isoOfNanos(row.last_nanos),
    reason,
    similar: reason === 'unknown model' || reason === 'unknown provider' ? [...book.similar(provider, model)] : [],
  }
}
