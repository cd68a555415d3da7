import { createHash } from 'node:crypto'
import type { Bill, BillImport } from '../../schema/api/reconciliation.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { readSettings, type Setting, writeSetting } from '../../schema/settings/settings.ts'
import { usdOf } from '../answers/money.ts'
import { HttpProblem } from '../problem.ts'
import type { BillRow, LineClass, ParsedBill } from './bill.ts'
import { type BillFile, type BillRequest, parseBill } from './parse-bill.ts'

/**
 * Imported bills: one settings document per file, month and provider, named `2026-10/openai/<beginning of the file's sha256>`. It holds the summed rows;
 * the file itself is the provider's and stays there.
 */
export interface BillDocument {
  readonly format: string
  readonly provider: string
  readonly month: string
  readonly firstDay: string
  readonly lastDay: string
  readonly sha256: string
  readonly lines: number
  readonly skippedLines: number
  readonly rates: Readonly<Record<string, string>>
  /** day, account, model, tier, class, item, 10⁻⁹ USD. */
  readonly rows: readonly (readonly [string, string, string, string, LineClass, string, string])[]
}

/** What to do with days and accounts that another bill of the provider has already. */
export const OVERLAPS = ['refuse', 'replace', 'add'] as const

export interface ImportRequest extends BillRequest {
  readonly overlap: (typeof OVERLAPS)[number]
  readonly rateTexts: Readonly<Record<string, string>>
}

/** @throws DatabaseError */
export const readBills = (database: Database, projectId: number, month: string): Promise<Setting<BillDocument>[]> =>
  readSettings<BillDocument>(database, projectId, 'bill', undefined, `${month}/`)

export const rowsOf = ({ rows }: BillDocument): BillRow[] =>
  rows.map(([day, account, model, tier, lineClass, item, nano]) => ({
    day,
    account,
    model,
    tier,
    lineClass,
    item,
    nanoUsd: BigInt(nano),
  }))

export const billOf = ({ name, changedAt, actor, body }: Setting<BillDocument>): Bill => ({
  name,
  month: body.month,
  provider: body.provider,
  format: body.format,
  firstDay: body.firstDay,
  lastDay: body.lastDay,
  rows: body.rows.length,
  billedUsd: usdOf(rowsOf(body).reduce((sum, { nanoUsd }) => sum + nanoUsd, 0n)),
  sha256: body.sha256,
  importedAt: changedAt,
  actor,
  rates: body.rates,
  skippedLines: body.skippedLines,
})

/**
 * Reads a file and keeps it. The same file again changes nothing; days and accounts that another file of the provider has already are refused, unless the
 * request says that the new ones replace them or come on top. @throws BillError, HttpProblem 409, DatabaseError
 */
export const importBill = async (
  database: Database,
  { projectId, actor }: { readonly projectId: number; readonly actor: string },
  bytes: Uint8Array,
  request: ImportRequest,
): Promise<BillImport> => {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const file = await parseBill(bytes, request)
  const planned = []
  // All are looked at before the first is written: of a file that overlaps in one month nothing is kept.
  for (const bill of file.bills) {
    const before = (await readBills(database, projectId, bill.month)).filter(
      ({ body }) => body.provider === bill.provider,
    )
    const document = documentOf(bill, file, sha256, request)
    const name = `${bill.month}/${bill.provider}/${sha256.slice(0, 16)}`
    const same = before.find((setting) => setting.name === name && isSame(setting.body, document))
    const others = same ? [] : before.filter((setting) => setting.name !== name && overlaps(setting.body, document))
    if (others.length > 0 && request.overlap === 'refuse') throw overlapping(others[0]!, bill)
    planned.push({ name, document, same, others: request.overlap === 'replace' ? others : [] })
  }
  const bills: BillImport['bills'] = []
  for (const { name, document, same, others } of planned) {
    if (!same) await write(database, { projectId, actor }, name, document, others)
    const [stored] = (await readSettings<BillDocument>(database, projectId, 'bill', undefined, name)) as [
      Setting<BillDocument>,
    ]
    bills.push({ ...billOf(stored), state: same ? 'unchanged' : 'imported' })
  }
  return { bills, skipped: [...file.bad], skippedCount: file.badCount }
}

const documentOf = (bill: ParsedBill, file: BillFile, sha256: string, { rateTexts }: ImportRequest): BillDocument => ({
  format: file.format,
  provider: bill.provider,
  month: bill.month,
  firstDay: bill.firstDay,
  lastDay: bill.lastDay,
  sha256,
  lines: bill.lines,
  skippedLines: file.badCount,
  rates: rateTexts,
  rows: bill.rows.map((row) => [
    row.day,
    row.account,
    row.model,
    row.tier,
    row.lineClass,
    row.item,
    String(row.nanoUsd),
  ]),
})

/** The same bytes may be read otherwise: with another rate, or with lines left out. */
const isSame = (a: BillDocument, b: BillDocument): boolean => JSON.stringify(a) === JSON.stringify(b)

/** A row without an account may belong to any: it overlaps with all. */
const overlapsRow = (
  row: BillDocument['rows'][number],
  { firstDay, lastDay }: BillDocument,
  accounts: ReadonlySet<string>,
): boolean => firstDay <= row[0] && row[0] <= lastDay && (row[1] === '' || accounts.has('') || accounts.has(row[1]))

const accountsOf = ({ rows }: BillDocument): Set<string> => new Set(rows.map(([, account]) => account))

const overlaps = (old: BillDocument, document: BillDocument): boolean => {
  const accounts = accountsOf(document)
  return old.rows.some((row) => overlapsRow(row, document, accounts))
}

const overlapping = ({ name, body }: Setting<BillDocument>, bill: ParsedBill): HttpProblem =>
  new HttpProblem(
    409,
    `${bill.month} of ${bill.provider} is there already: ${name} has days ${body.firstDay} to ${body.lastDay} of the same accounts. Send overlap=replace if this file is the later word on its days, or overlap=add if both were billed (credits, another account).`,
  )

const write = async (
  database: Database,
  who: { readonly projectId: number; readonly actor: string },
  name: string,
  document: BillDocument,
  replaced: readonly Setting<BillDocument>[],
): Promise<void> => {
  const accounts = accountsOf(document)
  for (const old of replaced) {
    const rows = old.body.rows.filter((row) => !overlapsRow(row, document, accounts))
    await writeSetting(database, {
      ...who,
      kind: 'bill',
      name: old.name,
      body: rows.length === 0 ? undefined : { ...old.body, rows },
      action: 'bill.replace',
      detail: { by: name, rowsTaken: old.body.rows.length - rows.length },
    })
  }
  await writeSetting(database, {
    ...who,
    kind: 'bill',
    name,
    body: document,
    action: 'bill.import',
    detail: { sha256: document.sha256, rows: document.rows.length, replaces: replaced.map((old) => old.name) },
  })
}
