import type { CostPerOutcome } from '../schema/api/costs.ts'
import type { RouteName } from '../schema/api/paths.ts'
import type { Database, QueryParams } from '../schema/clickhouse/database.ts'
import { paramsPrelude } from '../schema/clickhouse/query-params.ts'
import { type CsvColumn, csvLine, SESSION_COLUMNS, TRACE_COLUMNS, usageItemColumns } from './answers/csv.ts'
import { perOutcomeColumns } from './answers/per-outcome-csv.ts'
import { ADJUSTMENT_COLUMNS, CLOSED_COLUMNS } from './closes/closed-columns.ts'
import { badRequest } from './problem.ts'
import { RECONCILIATION_COLUMNS } from './reconcile/columns.ts'
import type { JsonRoute } from './server-deps.ts'

/** Answers in other forms than JSON: a list as CSV, whole and as it is read; any answer as the SQL that was asked for it. */

/** Lists that can be had as a table, and its columns. */
const CSV_COLUMNS: Readonly<Partial<Record<RouteName, readonly CsvColumn<never>[]>>> = {
  sessions: SESSION_COLUMNS,
  traces: TRACE_COLUMNS,
  agents: usageItemColumns('agent'),
  tools: usageItemColumns('tool'),
  models: usageItemColumns('provider', 'model'),
  reconciliations: RECONCILIATION_COLUMNS,
  closeRows: CLOSED_COLUMNS,
  closeAdjustments: ADJUSTMENT_COLUMNS,
}
/** What is no list itself is downloaded as the list that it is about. */
export const tableOf = (name: JsonRoute): JsonRoute => (name === 'close' ? 'closeRows' : name)
const CSV_PAGE = 500

interface ListPage {
  readonly items: readonly unknown[]
  readonly next: string | null
}

/** Every page of a list, one after another, as one file to download. The first is read before anything is sent, so that a wrong filter is a problem. */
export const csvAnswer = async (
  name: RouteName,
  nowMs: number,
  page: (paging: { readonly limit: number; readonly cursor: string | undefined }) => Promise<unknown>,
): Promise<Response> => {
  if (!(name in CSV_COLUMNS || name === 'costsPerOutcome'))
    throw badRequest(
      `format=csv is for ${Object.keys(CSV_COLUMNS).join(', ')}, costsPerOutcome. Leave it away for JSON.`,
    )
  const read = async (cursor?: string) => (await page({ limit: CSV_PAGE, cursor })) as ListPage
  const first = await read()
  const columns = (
    name === 'costsPerOutcome' ? perOutcomeColumns(first.items as CostPerOutcome[]) : CSV_COLUMNS[name]
  ) as readonly CsvColumn<unknown>[]
  const day = new Date(nowMs).toISOString().slice(0, 10)
  return new Response(streamOf(linesOf(columns, first, read)), {
    headers: {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="recount-${name}-${day}.csv"`,
      'cache-control': 'no-store',
    },
  })
}

async function* linesOf(
  columns: readonly CsvColumn<unknown>[],
  first: ListPage,
  read: (cursor: string) => Promise<ListPage>,
): AsyncGenerator<string> {
  yield csvLine(columns.map((column) => column.name))
  for (let page: ListPage | undefined = first; page; page = page.next === null ? undefined : await read(page.next))
    yield page.items.map((item) => csvLine(columns.map((column) => column.cell(item)))).join('')
}

/** Made as fast as the reader takes it; when the reader goes away, no further page is asked for. */
const streamOf = (texts: AsyncGenerator<string>): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder()
  return new ReadableStream({
    pull: async (controller) => {
      const { value, done } = await texts.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    cancel: () => void texts.return(undefined),
  })
}

/** A database that writes down what it is asked. */
export const recordingSql = (database: Database): { readonly database: Database; readonly text: () => string } => {
  const asked = new Set<string>()
  const note = (sql: string, params: QueryParams = {}): void => {
    // The same question asked twice is said once.
    asked.add(`${paramsPrelude(sql, used(sql, params))}${sql.trimEnd()};\n`)
  }
  return {
    database: {
      ...database,
      query: (sql, params, limits) => {
        note(sql, params)
        return database.query(sql, params, limits)
      },
      queryBytes: (sql, format, params, limits) => {
        note(sql, params)
        return database.queryBytes(sql, format, params, limits)
      },
      stream: (sql, format, params, limits) => {
        note(sql, params)
        return database.stream(sql, format, params, limits)
      },
    },
    text: () =>
      [...asked].map((sql, i) => `-- ${i + 1} of ${asked.size}\n${sql}`).join('\n') ||
      '-- Answered without a question.\n',
  }
}

/** Only what the statement speaks of: the rest would be noise to a reader. */
const used = (sql: string, params: QueryParams): QueryParams =>
  Object.fromEntries(Object.entries(params).filter(([name]) => new RegExp(`\\{\\s*${name}\\s*:`).test(sql)))
