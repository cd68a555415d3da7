import type { Database } from '../../schema/clickhouse/database.ts'
import { RowBinaryReader } from '../../schema/clickhouse/row-binary-reader.ts'
import type { PriceBook } from '../../schema/prices/price-book.ts'
import { Breath } from '../tally/breath.ts'
import type { LedgerTurns } from '../tally/ledger-turns.ts'
import { readLedger } from '../tally/read-runs.ts'
import { CALL_COLUMNS_SQL, readCalls } from './ledger-calls.ts'
import { isInPeriod, type RepriceRequest } from './period.ts'
import { repricedCall } from './reprice-call.ts'
import { rewrite } from './rewrite-rows.ts'

export interface RepriceProgress {
  readonly runsRead: number
  readonly runsChanged: number
  readonly callsChanged: number
  /** All calls of the period, at the costs that stood and at those of the book. */
  readonly beforeNanoUsd: bigint
  readonly afterNanoUsd: bigint
}

/** Runs that are looked through with one question, and that are written in one turn: what a turn holds back is other tallies. */
const RUNS_PER_PART_MAX = 10_000
const RUNS_PER_TURN_MAX = 2_000

/**
 * History at the prices of a book (architecture.md §3): the calls that the ledger holds are priced anew from the usage that it keeps, for spans may have
 * expired; of a run in which anything differs the old version is taken back and the new one entered, through the ledger's turns like every tally. The
 * first look reads only what prices depend on. Doing it again changes nothing.
 */
export const reprice = async (
  deps: { readonly database: Database; readonly turns: LedgerTurns; readonly book: PriceBook },
  request: RepriceRequest,
  say: (progress: RepriceProgress) => void = () => undefined,
): Promise<RepriceProgress> => {
  const { database, turns, book } = deps
  const breath = new Breath()
  let progress: RepriceProgress = { runsRead: 0, runsChanged: 0, callsChanged: 0, beforeNanoUsd: 0n, afterNanoUsd: 0n }
  for (const part of await partsOf(database, request)) {
    const { changed, ...looked } = await look(database, request, part, book, breath)
    progress = {
      runsRead: progress.runsRead + looked.runs,
      runsChanged: progress.runsChanged + changed.length,
      callsChanged: progress.callsChanged + looked.callsChanged,
      beforeNanoUsd: progress.beforeNanoUsd + looked.beforeNanoUsd,
      afterNanoUsd: progress.afterNanoUsd + looked.afterNanoUsd,
    }
    const bounds = { from: BigInt(part.fromHour) * NANOS, to: BigInt(part.toHour) * NANOS - 1n }
    for (let i = 0; !request.dryRun && i < changed.length; i += RUNS_PER_TURN_MAX) {
      const runIds = changed.slice(i, i + RUNS_PER_TURN_MAX)
      await turns.turn(request.projectId % turns.shards, async (turn) => {
        // Read anew: a run may have been tallied since it was looked at.
        const { entries } = await readLedger(database, request.projectId, runIds, bounds)
        const sections = await rewrite([...entries.values()], request, book, breath)
        if (sections.length > 0) await turn.write(sections)
      })
    }
    say(progress)
  }
  return progress
}

const NANOS = 1_000_000_000n

/** Runs that ended in these hours (seconds since the epoch, half-open), or one of several slices of them. */
interface Part {
  readonly fromHour: number
  readonly toHour: number
  readonly slice: number
  readonly slices: number
}

const chosen = ({ projectId, fromNanos, toNanos }: RepriceRequest): string => `project_id = ${projectId}
    AND end_time >= fromUnixTimestamp64Nano(${fromNanos}, 'UTC')
    AND start_time < fromUnixTimestamp64Nano(${toNanos}, 'UTC')`

/** The period in parts of a bounded number of runs: hours together, and an hour with too many in slices. */
const partsOf = async (database: Database, request: RepriceRequest): Promise<readonly Part[]> => {
  const hours = await database.query<{ hour: string; runs: string }>(
    `SELECT toString(toUnixTimestamp(toStartOfHour(end_time))) AS hour, toString(sum(sign)) AS runs
FROM run_ledger
WHERE ${chosen(request)}
GROUP BY hour
HAVING sum(sign) > 0
ORDER BY toUInt64(hour)`,
  )
  const parts: Part[] = []
  let open: { fromHour: number; toHour: number; runs: number } | undefined
  const close = (): void => {
    if (!open) return
    const slices = Math.ceil(open.runs / RUNS_PER_PART_MAX)
    for (let slice = 0; slice < slices; slice++)
      parts.push({ fromHour: open.fromHour, toHour: open.toHour, slice, slices })
    open = undefined
  }
  for (const row of hours) {
    const hour = Number(row.hour)
    const runs = Number(row.runs)
    if (open && open.runs + runs > RUNS_PER_PART_MAX) close()
    open = { fromHour: open?.fromHour ?? hour, toHour: hour + 3600, runs: (open?.runs ?? 0) + runs }
  }
  close()
  return parts
}

interface Looked {
  readonly runs: number
  readonly changed: readonly string[]
  readonly callsChanged: number
  readonly beforeNanoUsd: bigint
  readonly afterNanoUsd: bigint
}

const look = async (
  database: Database,
  request: RepriceRequest,
  { fromHour, toHour, slice, slices }: Part,
  book: PriceBook,
  breath: Breath,
): Promise<Looked> => {
  const where = `${chosen(request)}
    AND end_time >= fromUnixTimestamp64Nano(${BigInt(fromHour) * NANOS}, 'UTC')
    AND end_time < fromUnixTimestamp64Nano(${BigInt(toHour) * NANOS}, 'UTC')
    AND cityHash64(run_id) % ${slices} = ${slice}`
  const reader = new RowBinaryReader(
    await database.queryBytes(
      `SELECT run_id, ${CALL_COLUMNS_SQL}
FROM run_ledger
WHERE ${where} AND sign = 1
    AND (run_id, version) NOT IN (SELECT run_id, version FROM run_ledger WHERE ${where} AND sign = -1)`,
      'RowBinary',
    ),
  )
  const looked = { runs: 0, changed: [] as string[], callsChanged: 0, beforeNanoUsd: 0n, afterNanoUsd: 0n }
  while (!reader.done) {
    if (breath.isDue) await breath.take()
    const runId = Buffer.from(reader.bytes(reader.offset, reader.offset + 16)).toString('hex')
    reader.offset += 16
    let changed = 0
    for (const call of readCalls(reader)) {
      if (!isInPeriod(call, request)) continue
      const cost = repricedCall(call, book)
      looked.beforeNanoUsd += call.costNanoUsd
      looked.afterNanoUsd += cost?.costNanoUsd ?? call.costNanoUsd
      if (cost) changed++
    }
    looked.runs++
    looked.callsChanged += changed
    if (changed > 0) looked.changed.push(runId)
  }
  return looked
}
