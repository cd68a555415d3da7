import type { InsertTableName } from './insert-tables.ts'

/**
 * One door to ClickHouse, two engines behind it: embedded (chdb, in this process) and a server over HTTP. Both pass the same
 * conformance suite (`conformance.ts`); whoever holds a Database does not know which it is.
 */
export interface Database {
  readonly engine: 'embedded' | 'clickhouse'

  /**
   * Rows of a SELECT as objects. `params` fill ClickHouse's typed placeholders (`{name:String}`); values never enter the text.
   * 64-bit integers come as JSON numbers: cast to String in the query where they can pass 2^53.
   * @throws DatabaseError
   */
  query<Row>(sql: string, params?: QueryParams, limits?: QueryLimits): Promise<Row[]>

  /** The answer in one of ClickHouse's formats, whole: `RowBinary`, `ArrowStream`, … */
  queryBytes(sql: string, format: string, params?: QueryParams, limits?: QueryLimits): Promise<Uint8Array>

  /**
   * The answer in one of ClickHouse's formats, of any size: as fast as it is read, and in no memory but a piece's. The engine has written all of it
   * down before the first piece comes, so what fails, takes too long or too much room throws at the first piece; a beginning never passes for the whole.
   * Whoever stops reading (`break`, `signal`) ends the question too. `sql` is one SELECT with columns of distinct names.
   * @throws DatabaseError while it is read
   */
  stream(sql: string, format: string, params?: QueryParams, limits?: StreamLimits): AsyncIterable<Uint8Array>

  /** DDL and other statements without an answer. */
  command(sql: string): Promise<void>

  /**
   * Exactly once, on disk when it returns: all rows of one segment for one table, in the order of its columns. `token` names their content;
   * the same token again changes nothing, but repairs views that an interrupted insert left behind (architecture.md §2, "load").
   */
  insert(insert: Insert): Promise<void>

  /** Resolves when the engine answers. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** Native for what comes in bulk, RowBinary where rows are compared and copied as bytes (the ledger). */
export type RowFormat = 'RowBinary' | 'Native'

export interface Insert {
  readonly table: InsertTableName
  readonly format: RowFormat
  /** Rows in that format: RowBinary in pieces that follow each other, Native in whole blocks that may differ in their columns. */
  readonly chunks: readonly Uint8Array[]
  readonly token: string
}

export type QueryParams = Readonly<Record<string, unknown>>

export interface QueryLimits {
  readonly timeoutSeconds?: number
  readonly settings?: Readonly<Record<string, string | number>>
}

export interface StreamLimits extends QueryLimits {
  /** Ends the question: whoever reads is told by a DatabaseError. */
  readonly signal?: AbortSignal | undefined
}

export const QUERY_TIMEOUT_SECONDS = 30
/** A report of a year is no page that somebody waits for. */
export const STREAM_TIMEOUT_SECONDS = 900
export const QUERY_MEMORY_BYTES_MAX = 4 * 1024 ** 3
export const DATABASE_NAME = 'recount'

/**
 * A failure of the engine, told apart once: `unavailable` passes by itself (retry), `disk_full` needs room (retry, and say so),
 * `query` is a statement that will never succeed.
 */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError'
  readonly kind: 'unavailable' | 'disk_full' | 'query' | 'limit'
  readonly code: string

  constructor(kind: DatabaseError['kind'], code: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.kind = kind
    this.code = code
  }
}

/** ClickHouse error codes (src/Common/ErrorCodes.cpp) that are not the statement's fault. */
const KIND_BY_CODE: Readonly<Record<string, DatabaseError['kind']>> = {
  243: 'disk_full', // NOT_ENOUGH_SPACE
  159: 'limit', // TIMEOUT_EXCEEDED
  241: 'limit', // MEMORY_LIMIT_EXCEEDED
  158: 'limit', // TOO_MANY_ROWS
  307: 'limit', // TOO_MANY_BYTES
  396: 'limit', // TOO_MANY_ROWS_OR_BYTES
  202: 'unavailable', // TOO_MANY_SIMULTANEOUS_QUERIES
  209: 'unavailable', // SOCKET_TIMEOUT
  210: 'unavailable', // NETWORK_ERROR
  236: 'unavailable', // ABORTED
  242: 'unavailable', // TABLE_IS_READ_ONLY
  252: 'unavailable', // TOO_MANY_PARTS
  319: 'unavailable', // UNKNOWN_STATUS_OF_INSERT
  999: 'unavailable', // KEEPER_EXCEPTION
}

/** Wraps whatever an engine's client threw, saying what we were doing. */
export const asDatabaseError = (error: unknown, doing: string): DatabaseError => {
  if (error instanceof DatabaseError) return error
  const { code, message } = error as { code?: unknown; message?: unknown }
  const text = `${doing}: ${typeof message === 'string' ? message : String(error)}`
  const number = typeof code === 'string' || typeof code === 'number' ? String(code) : ''
  if (/no space left on device/i.test(text)) return new DatabaseError('disk_full', number, text, error)
  if (/^\d+$/.test(number)) return new DatabaseError(KIND_BY_CODE[number] ?? 'query', number, text, error)
  // Not an exception of ClickHouse: the connection failed (ECONNREFUSED, socket hang up, time-out) before it could answer.
  return new DatabaseError('unavailable', number, text, error)
}

/** Settings of every SELECT. They go into the query, because settings given to an embedded connection stay on it (architecture.md §3). */
export const selectSettings = (limits: QueryLimits = {}): string =>
  Object.entries({
    max_execution_time: limits.timeoutSeconds ?? QUERY_TIMEOUT_SECONDS,
    max_memory_usage: QUERY_MEMORY_BYTES_MAX,
    output_format_json_quote_64bit_integers: 0,
    output_format_json_quote_denormals: 1,
    use_skip_indexes_if_final: 1,
    // Sound on `runs` and `traces`: a row and the row that cancels or replaces it agree in every filtered column, or the filter is on the key.
    use_skip_indexes_if_final_exact_mode: 0,
    ...limits.settings,
  })
    .map(([name, value]) => `${name} = ${typeof value === 'number' ? value : `'${value}'`}`)
    .join(', ')

/**
 * Settings of every streamed answer: sorting and grouping go to disk before they take much memory, and what is written is the same bytes for the same
 * rows: in one stream, in the order of the question.
 */
export const streamSettings = ({ timeoutSeconds = STREAM_TIMEOUT_SECONDS, settings }: QueryLimits = {}): string =>
  selectSettings({
    timeoutSeconds,
    settings: {
      max_bytes_before_external_sort: STREAM_SPILL_BYTES,
      max_bytes_before_external_group_by: STREAM_SPILL_BYTES,
      max_insert_threads: 1,
      output_format_parallel_formatting: 0,
      output_format_parquet_parallel_encoding: 0,
      output_format_parquet_row_group_size: 100_000,
      format_csv_null_representation: '',
      output_format_csv_crlf_end_of_line: 1,
      output_format_arrow_compression_method: 'none',
      output_format_json_quote_decimals: 1,
      output_format_json_escape_forward_slashes: 0,
      ...settings,
    },
  })
const STREAM_SPILL_BYTES = 512 * 1024 ** 2

/** Ends the query that carries the comment, if it still runs on this server. */
export const killByComment = (mark: string): string => `KILL QUERY WHERE Settings['log_comment'] = '${mark}' ASYNC`

/** Settings of every insert: synchronous, deduplicated by our token in the table and in each view, one block, views side by side. */
export const insertSettings = (token: string): string =>
  [
    'async_insert = 0',
    'insert_deduplicate = 1',
    `insert_deduplication_token = '${token}'`,
    'deduplicate_blocks_in_dependent_materialized_views = 1',
    'parallel_view_processing = 1',
    'max_insert_threads = 1',
    'max_block_size = 1048576',
    'max_insert_block_size = 1048576',
    'min_insert_block_size_rows = 1048576',
    'min_insert_block_size_bytes = 1073741824',
    'max_partitions_per_insert_block = 1000',
    'input_format_parallel_parsing = 0',
  ].join(', ')
