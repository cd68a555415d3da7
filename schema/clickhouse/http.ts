import { Readable } from 'node:stream'
import { createClient } from '@clickhouse/client'
import {
  asDatabaseError,
  DATABASE_NAME,
  type Database,
  type Insert,
  insertSettings,
  type QueryLimits,
  type QueryParams,
  selectSettings,
} from './database.ts'
import { columnNamesOf, TABLES } from './tables.ts'

/** Room for one insert to be confirmed by a busy server. */
const REQUEST_TIMEOUT_MS = 120_000
const CONNECTIONS_MAX = 10

/**
 * A ClickHouse server or cluster over HTTP. `url` may carry user, password and database (`http://user:password@host:8123/database`).
 * Inserts are streamed as RowBinary.
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

  const wrap = <T>(doing: string, work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw asDatabaseError(error, doing)
    })

  return {
    engine: 'clickhouse',
    query: <Row>(sql: string, params: QueryParams = {}, limits?: QueryLimits) =>
      wrap(
        'query',
        client
          .query({
            query: `${sql}\nSETTINGS ${selectSettings(limits)}`,
            query_params: { ...params },
            format: 'JSONEachRow',
          })
          .then((result) => result.json<Row>()),
      ),
    queryBytes: (sql, format, params = {}, limits) =>
      wrap(
        'query',
        client
          .exec({
            query: `${sql}\nSETTINGS ${selectSettings(limits)}\nFORMAT ${format}`,
            query_params: { ...params },
          })
          .then(async (result) => {
            const chunks: Buffer[] = []
            for await (const chunk of result.stream) chunks.push(chunk as Buffer)
            return Buffer.concat(chunks)
          }),
      ),
    command: (sql) => wrap('command', client.command({ query: sql })).then(() => undefined),
    insert: ({ table, chunks, token }: Insert) =>
      wrap(
        `insert into ${table}`,
        client.command({
          query: `INSERT INTO ${table} (${columnNamesOf(TABLES[table] as never)}) SETTINGS ${insertSettings(token)} FORMAT RowBinary`,
          values: Readable.from(chunks.map((chunk) => Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
        } as never),
      ).then(() => undefined),
    ping: async () => {
      const result = await client.ping()
      if (!result.success) throw asDatabaseError(result.error, 'ping')
    },
    close: () => client.close(),
  }
}
