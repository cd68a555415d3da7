import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type ClickHouseClient, createClient } from '@clickhouse/client'
import { createChdbConnection } from 'chdb/connection'
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
import { columnNamesOf, structureOf, TABLES } from './tables.ts'

/** Connections for questions. One runs one query at a time, so a slow one must not hold up the rest (architecture.md §3). */
const READ_CONNECTIONS = 4

/**
 * ClickHouse inside this process. `dataDir` belongs to one process at a time: the caller holds its lock (`cli/data-dir.ts`).
 * Inserts pass through a file, because chdb takes only text formats from memory.
 */
export const openEmbedded = async (dataDir: string): Promise<Database> => {
  const path = join(dataDir, 'clickhouse')
  const loadDir = join(dataDir, 'load')
  await mkdir(path, { recursive: true })
  await rm(loadDir, { recursive: true, force: true })
  await mkdir(loadDir, { recursive: true })

  const connect = async (): Promise<ClickHouseClient> => {
    const client = createClient({ connection: createChdbConnection({ path }) } as Parameters<typeof createClient>[0])
    await client.command({ query: `USE ${DATABASE_NAME}` })
    return client
  }
  const first = createClient({ connection: createChdbConnection({ path }) } as Parameters<typeof createClient>[0])
  await first.command({ query: `CREATE DATABASE IF NOT EXISTS ${DATABASE_NAME} ENGINE = Atomic` })
  await first.command({ query: `USE ${DATABASE_NAME}` })
  const readers = new Pool([first, ...(await Promise.all(Array.from({ length: READ_CONNECTIONS - 1 }, connect)))])
  const writer = new Pool([await connect()])
  let files = 0

  const read = <T>(doing: string, use: (client: ClickHouseClient) => Promise<T>): Promise<T> =>
    readers.use(use).catch((error: unknown) => {
      throw asDatabaseError(error, doing)
    })

  return {
    engine: 'embedded',
    query: <Row>(sql: string, params: QueryParams = {}, limits?: QueryLimits) =>
      read('query', async (client) => {
        const result = await client.query({
          query: `${sql}\nSETTINGS ${selectSettings(limits)}`,
          query_params: { ...params },
          format: 'JSONEachRow',
        })
        return result.json<Row>()
      }),
    queryBytes: (sql, format, params = {}, limits) =>
      read('query', async (client) => {
        const result = await client.exec({
          query: `${sql}\nSETTINGS ${selectSettings(limits)}\nFORMAT ${format}`,
          query_params: { ...params },
        })
        const chunks: Buffer[] = []
        for await (const chunk of result.stream) chunks.push(chunk as Buffer)
        return Buffer.concat(chunks)
      }),
    command: (sql) =>
      writer
        .use((client) => client.command({ query: sql }))
        .then(
          () => undefined,
          (error: unknown) => {
            throw asDatabaseError(error, 'command')
          },
        ),
    insert: async ({ table, chunks, token }: Insert) => {
      const file = join(loadDir, `${files++}.bin`)
      try {
        await writeChunks(file, chunks)
        const columns = TABLES[table]
        await writer.use((client) =>
          client.command({
            query: `INSERT INTO ${table} (${columnNamesOf(columns as never)}) SETTINGS ${insertSettings(token)}
              SELECT * FROM file('${file}', 'RowBinary', '${structureOf(columns as never).replaceAll("'", "\\'")}')`,
          }),
        )
      } catch (error) {
        throw asDatabaseError(error, `insert into ${table}`)
      } finally {
        await rm(file, { force: true })
      }
    },
    ping: () => read('ping', (client) => client.query({ query: 'SELECT 1' })).then(() => undefined),
    close: async () => {
      await Promise.all([readers.close(), writer.close()])
    },
  }
}

const writeChunks = async (file: string, chunks: readonly Uint8Array[]): Promise<void> => {
  const handle = await open(file, 'w')
  try {
    for (const chunk of chunks) await handle.write(chunk)
  } finally {
    await handle.close()
  }
}

/** Hands out clients one at a time, first come first served. */
class Pool {
  readonly #all: readonly ClickHouseClient[]
  readonly #idle: ClickHouseClient[]
  readonly #waiting: ((client: ClickHouseClient) => void)[] = []

  constructor(clients: readonly ClickHouseClient[]) {
    this.#all = clients
    this.#idle = [...clients]
  }

  async use<T>(work: (client: ClickHouseClient) => Promise<T>): Promise<T> {
    const client = this.#idle.pop() ?? (await new Promise<ClickHouseClient>((resolve) => this.#waiting.push(resolve)))
    try {
      return await work(client)
    } finally {
      const next = this.#waiting.shift()
      if (next) next(client)
      else this.#idle.push(client)
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((client) => client.close()))
  }
}
