import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Session } from 'chdb'
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
import { columnNamesOf, INSERT_TABLES, structureOf } from './insert-tables.ts'
import { paramsPrelude } from './query-params.ts'

/**
 * Connections for questions. One runs one query at a time, so a slow one must not hold up the rest (architecture.md §3). Each running query also
 * holds a thread of libuv's pool, which serves the files of the whole process: the program starts with UV_THREADPOOL_SIZE well above this.
 */
const READ_CONNECTIONS = 4
/** One round is loaded while the one before is tallied. */
const WRITE_CONNECTIONS = 2

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
  const { readers, writer } = await connectAll(path).catch((error: unknown) => {
    throw engineError(error, 'open')
  })
  let files = 0

  /** The answer's bytes in `format`; the parameters and the query are one call, so that no other query comes between. */
  const read = async (sql: string, format: string, params: QueryParams, limits?: QueryLimits): Promise<Uint8Array> => {
    try {
      const text = `${paramsPrelude(sql, params)}${sql}\nSETTINGS ${selectSettings(limits)}`
      return (await readers.use((session) => session.queryAsync(text, { format }))).bytes()
    } catch (error) {
      throw engineError(error, 'query')
    }
  }

  return {
    engine: 'embedded',
    query: async <Row>(sql: string, params: QueryParams = {}, limits?: QueryLimits) =>
      jsonRows<Row>(await read(sql, 'JSONEachRow', params, limits)),
    queryBytes: (sql, format, params = {}, limits) => read(sql, format, params, limits),
    command: async (sql) => {
      try {
        await writer.use((session) => session.queryAsync(sql))
      } catch (error) {
        throw engineError(error, 'command')
      }
    },
    insert: async ({ table, format, chunks, token }: Insert) => {
      const file = join(loadDir, `${files++}.bin`)
      const columns = INSERT_TABLES[table]
      try {
        await writeFile(file, chunks)
        await writer.use((session) =>
          session.queryAsync(
            `INSERT INTO ${table} (${columnNamesOf(columns)}) SETTINGS ${insertSettings(token)}
             SELECT * FROM file(${quoted(file)}, '${format}', ${quoted(structureOf(columns))})`,
          ),
        )
      } catch (error) {
        throw engineError(error, `insert into ${table}`)
      } finally {
        await rm(file, { force: true })
      }
    },
    ping: async () => {
      await read('SELECT 1', 'Null', {})
    },
    close: async () => {
      await Promise.all([readers.close(), writer.close()])
    },
  }
}

const connectAll = async (path: string): Promise<{ readers: Pool; writer: Pool }> => {
  const connect = async (): Promise<Session> => {
    const session = new Session(path)
    await session.queryAsync(`USE ${DATABASE_NAME}`)
    return session
  }
  const first = new Session(path)
  await first.queryAsync(`CREATE DATABASE IF NOT EXISTS ${DATABASE_NAME} ENGINE = Atomic`)
  const open = async (size: number): Promise<Pool> =>
    new Pool(await Promise.all(Array.from({ length: size }, connect)), connect)
  const pools = { readers: await open(READ_CONNECTIONS), writer: await open(WRITE_CONNECTIONS) }
  first.close()
  return pools
}

const jsonRows = <Row>(bytes: Uint8Array): Row[] => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  return text === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Row)
}

/** The engine's own code, where the binding found one in the message. */
const engineError = (error: unknown, doing: string): Error => {
  const { clickhouseCode } = error as { clickhouseCode?: unknown }
  if (typeof clickhouseCode !== 'number') return asDatabaseError(error, doing)
  const { message } = error as Error
  return asDatabaseError(Object.assign(new Error(message, { cause: error }), { code: clickhouseCode }), doing)
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** Hands out connections one at a time, first come first served. */
class Pool {
  readonly #connect: () => Promise<Session>
  readonly #idle: Session[]
  readonly #size: number
  readonly #waiting: ((session: Session) => void)[] = []
  #closed = false

  constructor(sessions: readonly Session[], connect: () => Promise<Session>) {
    this.#connect = connect
    this.#idle = [...sessions]
    this.#size = sessions.length
  }

  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.#take()
    try {
      const result = await work(session)
      this.#give(session)
      return result
    } catch (error) {
      // Rows that a failed query had already written would begin the answer of the next one on its connection (chdb 3.4.0). A new one costs 0.5 ms.
      this.#give(await this.#replace(session))
      throw error
    }
  }

  /** After everything that was asked before it. */
  async close(): Promise<void> {
    if (this.#closed) return
    const all = Array.from({ length: this.#size }, () => this.#take())
    this.#closed = true
    for (const session of await Promise.all(all)) session.close()
  }

  async #take(): Promise<Session> {
    if (this.#closed) throw new Error('the database is closed')
    return this.#idle.pop() ?? new Promise<Session>((resolve) => this.#waiting.push(resolve))
  }

  #give(session: Session): void {
    const next = this.#waiting.shift()
    if (next) next(session)
    else this.#idle.push(session)
  }

  async #replace(session: Session): Promise<Session> {
    // Without a new one the engine is gone, and whoever asks next is told so.
    const fresh = await this.#connect().catch(() => null)
    if (!fresh) return session
    session.close()
    return fresh
  }
}
