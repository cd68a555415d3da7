import { createHash } from 'node:crypto'
import type { CostFileQuery } from '../../schema/api/cost-queries.ts'
import type { Manifest } from '../../schema/api/costs.ts'
import type { ExportFormat, FileFormat } from '../../schema/api/endpoint.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { nanoUsdOf, usdOf } from '../answers/money.ts'
import { isoOfMs } from '../answers/time.ts'
import { nanos } from '../queries/filter.ts'
import { sqlFile } from '../queries/sql-file.ts'
import { costTable } from './cost-table.ts'
import { focusTable } from './focus-table.ts'
import { FILES, type Table, tableFiguresSql, tableSql } from './table.ts'

/** Reports as files: streamed as they are read, and told about before (headers) and beside (manifest). */
export interface FileAsk {
  readonly database: Database
  readonly projectId: number
  readonly query: CostFileQuery
  readonly nowMs: number
}

/** The file itself. Nothing is sent before the engine has written all of it, so a failure is a problem and never half a file. */
export const exportAnswer = async (ask: FileAsk, { method, signal: gone }: Request): Promise<Response> => {
  const { table, format, name } = await openTable(ask)
  const leave = new AbortController()
  const signal = AbortSignal.any([gone, leave.signal])
  const figures = await figuresOf(ask.database, table, signal)
  const headers = {
    'content-type': FILES[format].type,
    'content-disposition': `attachment; filename="${name}"`,
    'cache-control': 'no-store',
    'recount-as-of': isoOfMs(table.asOfMs),
    'recount-from': isoOfMs(table.fromMs),
    'recount-to': isoOfMs(table.toMs),
    'recount-rows': String(figures.rows),
    'recount-sum-usd': figures.sumUsd,
    'recount-unpriced-calls': String(figures.unpricedCalls),
  }
  if (method === 'HEAD') return new Response(null, { headers })
  const pieces = bytesOf(ask.database, table, format, signal)[Symbol.asyncIterator]()
  const first = await pieces.next()
  return new Response(streamOf(first, pieces, leave), { headers })
}

/** What that file holds, its hash by writing it once more: the same question as of the same moment gives the same bytes. */
export const manifestOf = async (ask: FileAsk, version: string): Promise<Manifest> => {
  const { table, format } = await openTable(ask)
  const [figures, priceBook] = await Promise.all([figuresOf(ask.database, table), priceBookOf(ask, table)])
  const hash = createHash('sha256')
  let bytes = 0
  for await (const piece of bytesOf(ask.database, table, format)) {
    hash.update(piece)
    bytes += piece.byteLength
  }
  const { as_of, from, to, ...query } = ask.query
  return {
    report: table.report,
    format,
    query,
    from: isoOfMs(table.fromMs),
    to: isoOfMs(table.toMs),
    asOf: isoOfMs(table.asOfMs),
    ...figures,
    sha256: hash.digest('hex'),
    bytes,
    columns: table.columns.map(({ name }) => name),
    createdAt: isoOfMs(ask.nowMs),
    recountVersion: version,
    priceBook,
  }
}

/** The file that an `Accept` header asks for, where it names one by its own type. */
export const acceptedFile = (accept: string): ExportFormat | undefined => {
  const types = accept.split(',').map((part) => part.split(';')[0]!.trim().toLowerCase())
  return (Object.keys(FILES) as FileFormat[]).find((format) => types.includes(FILES[format].type.split(';')[0]!))
}

const PRICE_BOOKS = sqlFile('exports/price-books')

const openTable = async ({
  database,
  projectId,
  query: { format, as, ...wish },
  nowMs,
}: FileAsk): Promise<{ readonly table: Table; readonly format: FileFormat; readonly name: string }> => {
  const table = await (format === 'focus' ? focusTable : costTable)(database, projectId, wish, nowMs)
  const file = format === 'focus' ? (as ?? 'csv') : format
  const day = isoOfMs(table.fromMs).slice(0, 10)
  return { table, format: file, name: `recount-${table.report}-${day}.${FILES[file].ending}` }
}

const bytesOf = (
  database: Database,
  table: Table,
  format: FileFormat,
  signal?: AbortSignal,
): AsyncIterable<Uint8Array> => database.stream(tableSql(table, format), FILES[format].engine, table.params, { signal })

const figuresOf = async (
  database: Database,
  table: Table,
  signal?: AbortSignal,
): Promise<Pick<Manifest, 'rows' | 'sumUsd' | 'unpricedCalls'>> => {
  const answer = database.stream(tableFiguresSql(table), 'JSONEachRow', table.params, { signal })
  const row = await oneRow<{ row_count: number; sum_usd: string; unpriced_calls: number }>(answer)
  return { rows: row.row_count, sumUsd: usdOf(nanoUsdOf(row.sum_usd)), unpricedCalls: row.unpriced_calls }
}

const priceBookOf = async ({ database, projectId }: FileAsk, table: Table): Promise<string> => {
  const params = { project: projectId, asOf: String(table.asOfMs), from: nanos(table.fromMs), to: nanos(table.toMs) }
  const { books } = await oneRow<{ books: string[] }>(database.stream(PRICE_BOOKS, 'JSONEachRow', params))
  return books.toSorted().join(', ')
}

/** A question over as much as a report has takes as long as a report: it is asked like one. */
const oneRow = async <Row>(answer: AsyncIterable<Uint8Array>): Promise<Row> => {
  const pieces: Uint8Array[] = []
  for await (const piece of answer) pieces.push(piece)
  return JSON.parse(Buffer.concat(pieces).toString('utf8')) as Row
}

/** As fast as the reader takes it; when the reader goes away, so does the question. */
const streamOf = (
  first: IteratorResult<Uint8Array>,
  pieces: AsyncIterator<Uint8Array>,
  leave: AbortController,
): ReadableStream<Uint8Array> => {
  let next: IteratorResult<Uint8Array> | undefined = first
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { value, done } = next ?? (await pieces.next())
        next = undefined
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: async () => {
        leave.abort()
        await pieces.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}
