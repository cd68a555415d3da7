import { blockEncoder } from '../../schema/clickhouse/native-writer.ts'
import { RowBinaryReader } from '../../schema/clickhouse/row-binary-reader.ts'
import { LEDGER } from '../../schema/clickhouse/tables.ts'
import { CALL_COST_STATUSES, COST_STATUSES } from '../../schema/model/run.ts'
import type { PriceBook } from '../../schema/prices/price-book.ts'
import type { Section } from '../normalise/encode-batch.ts'
import type { Breath } from '../tally/breath.ts'
import { LEDGER_DECODERS, type LedgerEntry } from '../tally/read-runs.ts'
import { statusOf } from '../tally/tally-run.ts'
import { callsOfRow } from './ledger-calls.ts'
import { isInPeriod, type RepriceRequest } from './period.ts'
import { repricedCall } from './reprice-call.ts'

/** For each run in which anything differs its standing row taken back, and the same row with other costs. */
export const rewrite = async (
  entries: readonly LedgerEntry[],
  request: RepriceRequest,
  book: PriceBook,
  breath: Breath,
): Promise<readonly Section[]> => {
  const talliedAtMs = BigInt(Math.max(Date.now(), request.asOfBeforeMs + 1))
  const rows: (readonly unknown[])[] = []
  for (const { row, version } of entries) {
    if (breath.isDue) await breath.take()
    const reader = new RowBinaryReader(row)
    const standing = LEDGER_DECODERS.map((decode) => decode(reader))
    const costs = newCosts(standing, request, book)
    if (!costs) continue
    const now = BigInt(Date.now()) * 1000n
    const next = [...standing]
    for (const [name, value] of Object.entries({ ...costs, version: now > version ? now : version + 1n }))
      next[columnOf(name)] = value
    next[columnOf('sign')] = 1
    standing[columnOf('sign')] = -1
    for (const values of [standing, next]) {
      values[columnOf('tallied_at')] = talliedAtMs
      rows.push(values)
    }
  }
  if (rows.length === 0) return []
  const block = encodeRows(rows)
  // A row that is missing here would be lost without a word.
  if (block.rows < rows.length) throw new Error('a row that was priced anew does not fit the columns of the ledger')
  return [{ table: 'run_ledger', format: 'Native', ...block }]
}

const COLUMNS = new Map(LEDGER.columns.map(({ name }, i) => [name, i]))
const columnOf = (name: string): number => {
  const index = COLUMNS.get(name)
  if (index === undefined) throw new Error(`the ledger has no column ${name}`)
  return index
}

const encodeRows = blockEncoder<readonly unknown[]>({
  name: LEDGER.name,
  columns: LEDGER.columns.map(({ name, type }, i) => ({ name, type, value: (row) => row[i] })),
})

/** Columns of the row that change; undefined where none does. */
const newCosts = (
  row: readonly unknown[],
  request: RepriceRequest,
  book: PriceBook,
): Readonly<Record<string, unknown>> | undefined => {
  let changed = false
  const calls = callsOfRow(row).map((call) => {
    const cost = isInPeriod(call, request) ? repricedCall(call, book) : undefined
    if (cost) changed = true
    return cost ? { ...call, ...cost } : call
  })
  if (!changed) return undefined
  return {
    cost: calls.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n),
    cost_status: COST_STATUSES.indexOf(statusOf(calls)),
    unpriced_calls: calls.filter(({ costStatus }) => costStatus === 'unpriced').length,
    'calls.cost': calls.map(({ costNanoUsd }) => costNanoUsd),
    'calls.cost_reported': calls.map(({ costReportedNanoUsd }) => costReportedNanoUsd),
    'calls.cost_computed': calls.map(({ costComputedNanoUsd }) => costComputedNanoUsd),
    'calls.cost_status': calls.map(({ costStatus }) => CALL_COST_STATUSES.indexOf(costStatus)),
    'calls.price_ref': calls.map(({ priceRef }) => priceRef),
  }
}
