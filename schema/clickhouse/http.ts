import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import {
  asDatabaseError,
  DATABASE_NAME,
  type Database,
  type Insert,
  insertSettings,
  killByComment,
  type QueryLimits,
  type QueryParams,
  STREAM_TIMEOUT_SECONDS,
  selectSettings,
  streamSettings,
} from './database.ts'
import { columnNamesOf, INSERT_TABLES } from './insert-tables.ts'

/** Room for one insert to be confirmed by a busy server. */
const REQUEST_TIMEOUT_MS = 120_000
const CONNECTIONS_MAX = 10
/** A streamed answer begins when the server has all of it, and may be read slowly. */
const STREAM_REQUEST_TIMEOUT_MS = (STREAM_TIMEOUT_SECONDS + 60) * 1000

/**
 * A ClickHouse server or cluster over HTTP. `url` may carry user, password and database (`http://user:password@host:8123/database`).
 * Inserts are streamed.
 */
export const openHttp = async (url: string): Promise<Database> => {
  const at = new URL(url)
  const database = at.pathname.replaceAll('/', '') || DATABASE_NAME
  if (!/^\w+$/.test(database))
    throw new Error(`--clickhouse ${at.host}: "${database}" is no database name; use letters, digits and _`)
  const connection = {
    url: `${at.protocol}//${at.host}`,
    username: decodeURIComponent(at.username) || 'default',
    password: decodeURIComponent(at.password),
    request_timeout: REQUEST_TIMEOUT_MS,
    max_open_connections: CONNECTIONS_MAX,
    // An answer is sent when it is whole: a query that fails half-way then has an error status, and no half of its rows looks like all of them.
    clickhouse_settings: { wait_end_of_query: 1 as const },
    // Failures are thrown; whoever catches them says what they mean.
    log: { level: ClickHouseLogLevel.OFF },
  }
  const admin = createClient(connection)
  try {
    await admin.command({ query: `CREATE DATABASE IF NOT EXISTS ${database}` })
  } catch (error) {
    throw asDatabaseError(error, `ClickHouse at ${at.host}`)
  } finally {
    await admin.close()
  }
  const client = createClient({ ...connection, database })
  const streamClient = createClient({ ...connection, database, request_timeout: STREAM_REQUEST_TIMEOUT_MS })

  const running = new Set<Promise<unknown>>()
  const closing = new AbortController()
  let closed = false
  const run = async <T>(doing: string, work: () => Promise<T>): Promise<T> => {
    if (closed) throw asDatabaseError(new Error('the database is closed'), doing)
    const begun = work()
    running.add(begun)
    try {
      return await begun
    } catch (error) {
      throw asDatabaseError(error, doing)
    } finally {
      running.delete(begun)
    }
  }

  return {
    engine: 'clickhouse',
    query: <Row>(sql: string, params: QueryParams = {}, limits?: QueryLimits) =>
      run('query', async () => {
        const result = await client.query({
          query: `${sql}\nSETTINGS ${selectSettings(limits)}`,
          query_params: { ...params },
          format: 'JSONEachRow',
        })
        return result.json<Row>()
      }),
    queryBytes: (sql, format, params = {}, limits) =>
      run('query', async () => {
        const result = await client.exec({
          query: `${sql}\nSETTINGS ${selectSettings(limits)}\nFORMAT ${format}`,
          query_params: { ...params },
        })
        return buffer(result.stream)
      }),
    stream: async function* (sql, format, params = {}, { signal, ...limits } = {}) {
      if (closed) throw asDatabaseError(new Error('the database is closed'), 'stream')
      const mark = randomUUID()
      const abort = AbortSignal.any([closing.signal, ...(signal ? [signal] : [])])
      let rest: Readable | undefined
      try {
        const result = await streamClient.exec({
          query: `${sql}\nSETTINGS ${streamSettings(limits)}, log_comment = '${mark}'\nFORMAT ${format}`,
          query_params: { ...params },
          abort_signal: abort,
        })
        rest = result.stream
        for await (const piece of result.stream) yield piece as Uint8Array
        rest = undefined
      } catch (error) {
        // A server goes on with a question whose asker has gone.
        if (abort.aborted) await client.command({ query: killByComment(mark) }).catch(() => undefined)
        throw asDatabaseError(error, 'stream')
      } finally {
        rest?.destroy()
      }
    },
    command: (sql) =>
      run('command', async () => {
        await client.command({ query: sql })
      }),
    insert: ({ table, format, chunks, token }: Insert) =>
      run(`insert into ${table}`, async () => {
        // `exec`, because the client's `insert` knows neither format and its `command` sends no rows.
        const result = await client.exec({
          query: `INSERT INTO ${table} (${columnNamesOf(INSERT_TABLES[table])}) SETTINGS ${insertSettings(token)} FORMAT ${format}`,
          values: Readable.from(chunks, { objectMode: false }),
        })
        await buffer(result.stream)
      }),
    ping: () =>
      run('ping', async () => {
        const result = await client.ping()
        if (!result.success) throw result.error
      }),
    close: async () => {
      closed = true
      closing.abort()
      // Closing the client cuts its connections.
      await Promise.allSettled(running)
      await Promise.all([client.close(), streamClient.close()])
    },
  }
}
