import type { Adjustment } from '../../schema/api/reconciliation.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { CLOSE_DIMENSIONS, DIMENSIONS } from '../../schema/model/dimension.ts'
import { readSettings } from '../../schema/settings/settings.ts'
import { nanoUsdOf, usdOf } from '../answers/money.ts'
import { monthRange } from '../bills/days.ts'
import { fill, sqlFile } from '../queries/sql-file.ts'
import type { BoundedRange } from '../queries/time-range.ts'
import { LATEST_MS } from '../reconcile/ledger.ts'
import type { CloseDocument } from './closes.ts'

/**
 * What came to a closed month after its close: lines of the ledger that were tallied later (late spans, new prices, erased users). They are asked of the
 * ledger by the time of their tally, not as a difference of two sums, so that history which has expired does not look like money that was given back.
 */
const SQL = sqlFile('closes/adjustments')
const SUM = sqlFile('closes/adjustment-sum')

/** Column of closed_costs → word of the API. */
const COLUMNS = CLOSE_DIMENSIONS.map((name) => ({
  name,
  column: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/^version$/, 'agent_version'),
}))
const KEYS = ['day', ...COLUMNS.map(({ column }) => column)]
const FILLED = fill(SQL, {
  names: KEYS.join(', '),
  ledger: COLUMNS.map(({ name, column }) => `${DIMENSIONS[name].sql} AS ${column}`).join(',\n        '),
  frozen: COLUMNS.map(({ column }) => `c.${column} AS ${column}`).join(',\n        '),
})

type StoredAdjustment = Readonly<Record<string, string>> & {
  readonly closed_usd: string
  readonly adjustment_usd: string
}

export interface AdjustmentPage {
  readonly limit: number
  readonly offset: number
}

/** The largest first. @throws DatabaseError */
export const adjustmentsOf = async (
  database: Database,
  projectId: number,
  close: CloseDocument,
  page: AdjustmentPage,
  tallied: BoundedRange = { fromMs: 0, toMs: LATEST_MS },
): Promise<(Adjustment & LaterUsage)[]> => {
  const rows = await database.query<StoredAdjustment>(FILLED, {
    ...ofMonth(projectId, close),
    month: close.month,
    version: close.version,
    talliedFrom: String(tallied.fromMs),
    talliedTo: String(tallied.toMs),
    ...page,
  })
  return rows.map((row) => {
    const [closed, later] = [nanoUsdOf(row.closed_usd), nanoUsdOf(row.adjustment_usd)]
    return {
      key: Object.fromEntries([
        ['day', row.day!],
        ...COLUMNS.map(({ name, column }) => [name, row[column] || null] as const),
      ]),
      closedUsd: usdOf(closed),
      nowUsd: usdOf(closed + later),
      adjustmentUsd: usdOf(later),
      calls: Number(row.calls),
      inputTokens: Number(row.input_tokens),
      outputTokens: Number(row.output_tokens),
    }
  })
}

export interface LaterUsage {
  readonly calls: number
  readonly inputTokens: number
  readonly outputTokens: number
}

/** @throws DatabaseError */
export const adjustmentSum = async (database: Database, projectId: number, close: CloseDocument): Promise<bigint> => {
  const [row] = await database.query<{ adjustment_usd: string }>(SUM, ofMonth(projectId, close))
  return nanoUsdOf(row?.adjustment_usd ?? '0')
}

const ofMonth = (projectId: number, { month, asOfMs }: CloseDocument) => {
  const { fromMs, toMs } = monthRange(month)
  return { project: projectId, from: String(fromMs), to: String(toMs), since: String(asOfMs) }
}

/** An adjustment as a row of the report of the period in which it came. */
export interface AdjustmentRow extends LaterUsage {
  /** The month that it corrects. */
  readonly closedMonth: string
  /** `day` of the calls that it is about, and the dimensions of a closed month; null: telemetry did not say. */
  readonly key: Readonly<Record<string, string | null>>
  readonly nanoUsd: bigint
}

export const ADJUSTMENT_ROWS_MAX = 100_000

/**
 * For reports and FOCUS (ChargeCategory Adjustment, ChargeClass Correction): what was tallied within a period, up to a moment of the ledger, of months that were closed
 * before. It belongs to the period in which it came; the closed month itself is asked with `as_of` of its close. Whoever asks for more than
 * ADJUSTMENT_ROWS_MAX of a month gets an error, not a part. @throws DatabaseError
 */
export const adjustmentRows = async (
  database: Database,
  { projectId, fromMs, toMs, asOfMs }: BoundedRange & { readonly projectId: number; readonly asOfMs: number },
): Promise<AdjustmentRow[]> => {
  const closes = await readSettings<CloseDocument>(database, projectId, 'month_close')
  const found: AdjustmentRow[] = []
  // as_of is inclusive, and tallies have milliseconds.
  const tallied = { fromMs, toMs: Math.min(toMs, asOfMs + 1) }
  for (const { body } of closes) {
    if (body.asOfMs >= tallied.toMs) continue
    const rows = await adjustmentsOf(database, projectId, body, { limit: ADJUSTMENT_ROWS_MAX + 1, offset: 0 }, tallied)
    if (rows.length > ADJUSTMENT_ROWS_MAX)
      throw new Error(`${body.month} has more than ${ADJUSTMENT_ROWS_MAX} adjustments in one period`)
    for (const { key, adjustmentUsd, calls, inputTokens, outputTokens } of rows)
      found.push({ closedMonth: body.month, key, nanoUsd: nanoUsdOf(adjustmentUsd), calls, inputTokens, outputTokens })
  }
  return found
}
