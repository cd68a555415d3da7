import { PriceSettings } from '../../schema/api/prices.ts'
import type { Reconciliation, ReconciliationItem } from '../../schema/api/reconciliation.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { emptyUsage } from '../../schema/model/usage.ts'
import { priceBookOf } from '../../schema/prices/project-price-book.ts'
import { readSetting, type Setting } from '../../schema/settings/settings.ts'
import { usdOf } from '../answers/money.ts'
import { isoOfMs } from '../answers/time.ts'
import { monthRange, msOfDay, nextDay } from '../bills/days.ts'
import { type BillDocument, billOf, readBills, rowsOf } from '../bills/store.ts'
import { cursorOf, numericKey, parseCursor } from '../queries/cursor.ts'
import { parseTime } from '../queries/time-range.ts'
import { type Cause, type CauseName, explain, type ListPrices } from './causes.ts'
import { type BillOfMonth, billedBy, type ChangeRow, type Compared, compare } from './compare.ts'
import { changesSince, LATEST_MS, newestTally, tracedRows } from './ledger.ts'

export interface ReconciliationRequest {
  readonly projectId: number
  readonly month: string
  /** ISO 8601 or relative: what the ledger knew then. */
  readonly asOf: string | undefined
  readonly limit: number
  readonly cursor: string | undefined
}

/** A month of bills beside what was traced of it, day by day and model by model. @throws HttpProblem 400, DatabaseError */
export const reconciliation = async (
  database: Database,
  { projectId, month, asOf, limit, cursor }: ReconciliationRequest,
  nowMs: number,
): Promise<Reconciliation> => {
  const place = parseCursor(cursor, SORT, 3)?.keys
  const untilMs = place
    ? Number(numericKey(place[0]))
    : asOf === undefined
      ? LATEST_MS
      : Math.floor(parseTime('as_of', asOf, nowMs))
  const asOfMs = (await newestTally(database, projectId, untilMs)) || Math.min(untilMs, nowMs)
  const isPast = place ? place[1] === 'past' : asOf !== undefined
  const range = monthRange(month)
  const [settings, prices, traced, changes] = await Promise.all([
    readBills(database, projectId, month),
    listPrices(database, projectId),
    tracedRows(database, projectId, range, asOfMs),
    isPast ? changesSince(database, projectId, range, asOfMs) : [],
  ])
  const bills = settings.map(asBill)
  const after = await tracedAfterImport(database, projectId, bills, asOfMs)
  const { items, withoutBill } = compare(bills, traced, [...changes, ...after])
  const causes = explain(items, prices)
  const start = place ? Number(numericKey(place[2])) : 0
  const more = items.length > start + limit
  return {
    month,
    items: items.slice(start, start + limit).map((item, i) => itemOf(item, causes[start + i]!)),
    total: totalOf(items, causes),
    bills: settings.map(billOf),
    withoutBill: withoutBill.map(({ provider, nanoUsd, calls }) => ({ provider, tracedUsd: usdOf(nanoUsd), calls })),
    asOf: isoOfMs(asOfMs),
    next: more ? cursorOf(SORT, String(asOfMs), isPast ? 'past' : 'now', String(start + limit)) : null,
  }
}

const SORT = 'reconciliation'

const asBill = ({ body, changedAt }: Setting<BillDocument>): BillOfMonth => ({
  provider: body.provider,
  format: body.format,
  firstDay: body.firstDay,
  lastDay: body.lastDay,
  importedAtMs: Date.parse(changedAt),
  rows: rowsOf(body),
})

/** Calls that began when their bill was here already cannot be on it. */
const tracedAfterImport = async (
  database: Database,
  projectId: number,
  bills: readonly BillOfMonth[],
  untilMs: number,
): Promise<ChangeRow[]> => {
  const found: ChangeRow[] = []
  const providers = new Set(bills.map(({ provider }) => provider))
  const asked = new Set<string>()
  for (const { provider } of bills) {
    if (asked.has(provider)) continue
    asked.add(provider)
    const ofProvider = bills.filter((bill) => bill.provider === provider)
    const fromMs = Math.max(...ofProvider.map(({ importedAtMs }) => importedAtMs))
    const toMs = Math.max(...ofProvider.map(({ lastDay }) => msOfDay(nextDay(lastDay))))
    if (fromMs >= toMs) continue
    for (const row of await tracedRows(database, projectId, { fromMs, toMs }, untilMs))
      if (billedBy(row.provider, providers) === provider) found.push({ ...row, kind: 'after' })
  }
  return found
}

const MILLION = 1_000_000

/** The project's own price book. @throws DatabaseError */
const listPrices = async (database: Database, projectId: number): Promise<ListPrices> => {
  const setting = await readSetting<unknown>(database, projectId, 'prices')
  const book = priceBookOf(PriceSettings.parse(setting?.body ?? {}))
  return (provider, model, day, bucket, serviceTier) => {
    const usage = { ...emptyUsage(), [bucket]: MILLION }
    const startNanos = BigInt(msOfDay(day)) * 1_000_000n
    return book.price({ provider, model, usage, serviceTier, startNanos })?.nanoUsd
  }
}

const ACCOUNTS_SAID = 5
const accountLabel = (accounts: readonly string[]): string =>
  accounts.length <= ACCOUNTS_SAID
    ? accounts.join(' + ')
    : `${accounts.slice(0, ACCOUNTS_SAID).join(' + ')} + ${accounts.length - ACCOUNTS_SAID} more`

const itemOf = ({ day, provider, model, billed, traced }: Compared, causes: readonly Cause[]): ReconciliationItem => {
  const variance = billed.nanoUsd - traced.nanoUsd
  return {
    day,
    provider,
    account: accountLabel([...billed.accounts.keys()]),
    accounts: [...billed.accounts].map(([account, nanoUsd]) => ({ account, billedUsd: usdOf(nanoUsd) })),
    model,
    tracedUsd: usdOf(traced.nanoUsd),
    billedUsd: usdOf(billed.nanoUsd),
    varianceUsd: usdOf(variance),
    varianceShare: billed.nanoUsd === 0n ? null : Number(variance) / Number(billed.nanoUsd),
    tracedCalls: traced.calls,
    causes: causes.map(({ cause, nanoUsd, basis, detail }) => ({ cause, usd: usdOf(nanoUsd), basis, detail })),
  }
}

const totalOf = (items: readonly Compared[], causes: readonly (readonly Cause[])[]): Reconciliation['total'] => {
  const sum = (of: (item: Compared) => bigint): bigint => items.reduce((total, item) => total + of(item), 0n)
  const [billed, traced] = [sum((item) => item.billed.nanoUsd), sum((item) => item.traced.nanoUsd)]
  const size = (nano: bigint): bigint => (nano < 0n ? -nano : nano)
  const byCause = new Map<CauseName, bigint>()
  let open = 0n
  for (const { cause, nanoUsd } of causes.flat()) {
    byCause.set(cause, (byCause.get(cause) ?? 0n) + nanoUsd)
    if (cause === 'unattributed') open += size(nanoUsd)
  }
  const variances = sum((item) => size(item.billed.nanoUsd - item.traced.nanoUsd))
  return {
    tracedUsd: usdOf(traced),
    billedUsd: usdOf(billed),
    varianceUsd: usdOf(billed - traced),
    unattributedUsd: usdOf(byCause.get('unattributed') ?? 0n),
    // Causes of opposite signs can leave more unexplained than the variance was.
    explainedShare: variances === 0n ? null : Math.max(0, 1 - Number(open) / Number(variances)),
    causes: Object.fromEntries([...byCause].map(([cause, nano]) => [cause, usdOf(nano)])),
  }
}
