import type { ClosedCost, MonthClose } from '../../schema/api/reconciliation.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { CLOSE_DIMENSIONS } from '../../schema/model/dimension.ts'
import { readSetting, readSettings, type Setting, writeSetting } from '../../schema/settings/settings.ts'
import { nanoUsdOf, usdOf } from '../answers/money.ts'
import { isoOfMs } from '../answers/time.ts'
import { monthRange } from '../bills/days.ts'
import { readBills, rowsOf } from '../bills/store.ts'
import { HttpProblem, notFound } from '../problem.ts'
import { cursorOf, numericKey, parseCursor } from '../queries/cursor.ts'
import { sqlFile } from '../queries/sql-file.ts'
import { LATEST_MS, newestTally } from '../reconcile/ledger.ts'
import { adjustmentSum, adjustmentsOf } from './adjustments.ts'
import { freeze } from './freeze.ts'

/** A closed month: the moment of the ledger that it stands for, and which frozen rows are its own (settings kind month_close, named by the month). */
export interface CloseDocument {
  readonly month: string
  readonly asOfMs: number
  readonly version: string
  readonly rows: number
  readonly costUsd: string
  readonly sha256: string
  readonly note: string
}

/** Runs of its last day may still be told of, and outcomes decided. */
const SETTLE_AFTER_END_MS = 24 * 3_600_000
/** A month of which something was tallied just now is being written. */
const QUIET_MS = 60_000
const ADJUSTMENTS_SHOWN = 50
const ROWS = sqlFile('closes/rows')
const NEWEST = sqlFile('closes/newest')

export interface Who {
  readonly projectId: number
  readonly actor: string
}

/** @throws HttpProblem 409 with the reason, DatabaseError */
export const closeMonth = async (
  database: Database,
  { projectId, actor }: Who,
  { month, note, force }: { readonly month: string; readonly note: string; readonly force: boolean },
  nowMs: number,
): Promise<MonthClose> => {
  const { toMs } = monthRange(month)
  if (nowMs < toMs)
    throw new HttpProblem(409, `${month} is not over: it ends ${isoOfMs(toMs)}. A month is closed when it is complete.`)
  if (await readSetting(database, projectId, 'month_close', month))
    throw new HttpProblem(409, `${month} is closed. Open it again (action=reopen, with a note) to close it anew.`)
  const unsettled = await settling(database, projectId, month, nowMs)
  if (unsettled !== undefined && !force) throw new HttpProblem(409, `${unsettled} Wait, or send force=true.`)
  const asOfMs = (await newestTally(database, projectId, LATEST_MS)) || nowMs
  const frozen = await freeze(database, projectId, month, asOfMs, nowMs)
  const body: CloseDocument = { month, asOfMs, note, ...frozen }
  await writeSetting(database, {
    projectId,
    kind: 'month_close',
    name: month,
    body,
    actor,
    action: 'month.close',
    detail: { ...body, asOf: isoOfMs(asOfMs), forced: unsettled !== undefined },
  })
  return oneClose(database, projectId, month)
}

/** Why a month should not be closed yet. */
const settling = async (
  database: Database,
  projectId: number,
  month: string,
  nowMs: number,
): Promise<string | undefined> => {
  const { fromMs, toMs } = monthRange(month)
  if (nowMs < toMs + SETTLE_AFTER_END_MS)
    return `${month} ended less than a day ago: spans and outcomes of its last runs may still come.`
  const [row] = await database.query<{ newest_ms: number }>(NEWEST, {
    project: projectId,
    from: String(fromMs),
    to: String(toMs),
  })
  return row !== undefined && nowMs - row.newest_ms < QUIET_MS
    ? `Something of ${month} was tallied less than a minute ago: the ledger is still being written.`
    : undefined
}

/** What was frozen stays where it is; reports are of the ledger again. @throws HttpProblem 400, 404, DatabaseError */
export const reopenMonth = async (
  database: Database,
  { projectId, actor }: Who,
  { month, note }: { readonly month: string; readonly note: string },
): Promise<void> => {
  if (note.trim() === '') throw new HttpProblem(400, 'A month that is opened again needs a note that says why.')
  const { body } = await stored(database, projectId, month)
  await writeSetting(database, {
    projectId,
    kind: 'month_close',
    name: month,
    body: undefined,
    actor,
    action: 'month.reopen',
    detail: { note, costUsd: body.costUsd, sha256: body.sha256, asOf: isoOfMs(body.asOfMs) },
  })
}

/** The newest month first. @throws DatabaseError */
export const allCloses = async (database: Database, projectId: number): Promise<MonthClose[]> => {
  const settings = await readSettings<CloseDocument>(database, projectId, 'month_close')
  const closes: MonthClose[] = []
  for (const setting of settings.toReversed()) closes.push(await answerOf(database, projectId, setting, 0))
  return closes
}

/** @throws HttpProblem 404, DatabaseError */
export const oneClose = async (database: Database, projectId: number, month: string): Promise<MonthClose> =>
  answerOf(database, projectId, await stored(database, projectId, month), ADJUSTMENTS_SHOWN)

const answerOf = async (
  database: Database,
  projectId: number,
  { body, changedAt, actor }: Setting<CloseDocument>,
  adjustments: number,
): Promise<MonthClose> => {
  const bills = await readBills(database, projectId, body.month)
  const billed = bills.flatMap(({ body }) => rowsOf(body)).reduce((sum, { nanoUsd }) => sum + nanoUsd, 0n)
  const later =
    adjustments === 0 ? [] : await adjustmentsOf(database, projectId, body, { limit: adjustments, offset: 0 })
  return {
    month: body.month,
    asOf: isoOfMs(body.asOfMs),
    closedAt: changedAt,
    closedBy: actor,
    note: body.note,
    costUsd: body.costUsd,
    billedUsd: bills.length === 0 ? null : usdOf(billed),
    rows: body.rows,
    sha256: body.sha256,
    adjustments: later.map(({ key, closedUsd, nowUsd, adjustmentUsd }) => ({ key, closedUsd, nowUsd, adjustmentUsd })),
    adjustmentUsd: usdOf(await adjustmentSum(database, projectId, body)),
  }
}

const stored = async (database: Database, projectId: number, month: string): Promise<Setting<CloseDocument>> => {
  const setting = await readSetting<CloseDocument>(database, projectId, 'month_close', month)
  if (!setting) throw notFound(`${month.slice(0, 20)} is not closed; /api/closes lists the months that are.`)
  return setting
}

interface Page {
  readonly limit: number
  readonly cursor?: string | undefined
}

/** Frozen rows in their order, which is that of the CSV whose sha256 the close names. @throws HttpProblem 404, DatabaseError */
export const closedRows = async (
  database: Database,
  projectId: number,
  month: string,
  { limit, cursor }: Page,
): Promise<{ items: ClosedCost[]; next: string | null }> => {
  const place = parseCursor(cursor, 'closed', 2)?.keys
  // A page of one version is not followed by a page of another.
  const version = place ? numericKey(place[0]) : (await stored(database, projectId, month)).body.version
  const rows = await database.query<Readonly<Record<string, string | number>>>(ROWS, {
    project: projectId,
    month,
    version,
    after: place ? numericKey(place[1]) : '-1',
    limit: limit + 1,
  })
  const items = rows.slice(0, limit).map(
    (row) =>
      ({
        day: row.day,
        ...Object.fromEntries(CLOSE_DIMENSIONS.map((name) => [name, row[COLUMN_OF[name] ?? name] || null])),
        calls: row.calls,
        inputTokens: row.input_tokens,
        outputTokens: row.output_tokens,
        costUsd: usdOf(nanoUsdOf(String(row.cost_usd))),
      }) as ClosedCost,
  )
  const last = rows[limit - 1]
  return { items, next: rows.length > limit && last ? cursorOf('closed', version, String(last.line)) : null }
}

const COLUMN_OF: Readonly<Partial<Record<(typeof CLOSE_DIMENSIONS)[number], string>>> = {
  costCenter: 'cost_center',
  version: 'agent_version',
}

/** @throws HttpProblem 404, DatabaseError */
export const closeAdjustments = async (
  database: Database,
  projectId: number,
  month: string,
  { limit, cursor }: Page,
): Promise<{ items: MonthClose['adjustments']; next: string | null }> => {
  const { body } = await stored(database, projectId, month)
  const place = parseCursor(cursor, 'adjustments', 2)?.keys
  const offset = Number(numericKey(place?.[0]) || 0)
  const untilMs = Number(numericKey(place?.[1]) || (await newestTally(database, projectId, LATEST_MS)))
  const tallied = { fromMs: 0, toMs: untilMs + 1 }
  const rows = await adjustmentsOf(database, projectId, body, { limit: limit + 1, offset }, tallied)
  return {
    items: rows
      .slice(0, limit)
      .map(({ key, closedUsd, nowUsd, adjustmentUsd }) => ({ key, closedUsd, nowUsd, adjustmentUsd })),
    next: rows.length > limit ? cursorOf('adjustments', String(offset + limit), String(untilMs)) : null,
  }
}
