import type { FileFormat } from '../../schema/api/endpoint.ts'
import type { QueryParams } from '../../schema/clickhouse/database.ts'
import { fill, sqlFile } from '../queries/sql-file.ts'

/** `text` is somebody else's and made safe for spreadsheets; a `moment` is milliseconds since the epoch, `second` says without fraction. */
export type ColumnKind = 'text' | 'word' | 'number' | 'moment' | 'second'

export interface TableColumn {
  readonly name: string
  readonly kind: ColumnKind
  /** Over the columns of the table's rows. */
  readonly sql: string
}

/** A report as a table: a question whose rows are written out whole, by the engine, in an order that leaves no choice. */
export interface Table {
  readonly report: 'cost' | 'focus'
  readonly columns: readonly TableColumn[]
  /** A SELECT, and the order of its rows over its own columns. */
  readonly rows: string
  readonly order: string
  /** What the sum of the file is made of, and the calls that no sum contains. */
  readonly money: string
  readonly unpriced: string
  /** Rows that are counted as unpriced only and are not in the file. */
  readonly only: string
  readonly params: QueryParams
  readonly fromMs: number
  readonly toMs: number
  readonly asOfMs: number
}

/** ClickHouse's word for the format, the media type, and the ending of the file's name. */
export const FILES: Readonly<
  Record<FileFormat, { readonly engine: string; readonly type: string; readonly ending: string }>
> = {
  csv: { engine: 'CSVWithNames', type: 'text/csv; charset=utf-8; header=present', ending: 'csv' },
  jsonl: { engine: 'JSONEachRow', type: 'application/x-ndjson', ending: 'jsonl' },
  parquet: { engine: 'Parquet', type: 'application/vnd.apache.parquet', ending: 'parquet' },
  arrow: { engine: 'ArrowStream', type: 'application/vnd.apache.arrow.stream', ending: 'arrow' },
}

/** The table's rows as a file of this format. */
export const tableSql = ({ columns, rows, only, order }: Table, format: FileFormat): string =>
  fill(TABLE, {
    columns: columns.map((column) => `${cellSql(column, format)} AS ${column.name}`).join(',\n    '),
    rows,
    only,
    order,
  })

/** How many rows the file has and what they add up to. */
export const tableFiguresSql = ({ rows, only, money, unpriced }: Table): string =>
  fill(FIGURES, { rows, only, money, unpriced })

const TABLE = sqlFile('exports/table')
const FIGURES = sqlFile('exports/figures')

const cellSql = ({ kind, sql }: TableColumn, format: FileFormat): string => {
  const isText = format === 'csv' || format === 'jsonl'
  if (kind === 'moment' || kind === 'second') {
    const time = `fromUnixTimestamp64Milli(${sql}, 'UTC')`
    if (!isText) return time
    const iso = `concat(replaceOne(toString(${time}), ' ', 'T'), 'Z')`
    return kind === 'moment' ? iso : `replaceRegexpOne(${iso}, '\\\\.\\\\d+', '')`
  }
  if (kind !== 'text') return sql
  // Bytes that are no UTF-8 are no text to any reader of Arrow, Parquet or JSON.
  const text = `toValidUTF8(toString(${sql}))`
  return format === 'csv' ? safeSql(text) : text
}

/**
 * A cell that begins like a formula is shown as text by spreadsheets if it begins with an apostrophe (OWASP, "CSV Injection"): the rule of
 * answers/csv.ts, where numbers stay numbers, for the engine. Its expressions know only ASCII white space: the rest is in the list.
 */
export const safeSql = (text: string): string =>
  `if(match(${text}, '${FORMULA}') AND NOT match(${text}, '${DECIMAL}'), concat('\\'', ${text}), ${text})`
const FORMULA = String.raw`^[\\s\\v\\p{Z}\\x{0085}\\x{FEFF}]*[-=+@\\x{FF1D}\\x{FF0B}\\x{FF0D}\\x{FF20}]|^[\\t\\r]`
const DECIMAL = String.raw`^-?\\d+(?:\\.\\d+)?$`
