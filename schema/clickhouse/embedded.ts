import { randomUUID } from 'node:crypto'
import { mkdir, open, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Session } from 'chdb'
import {
  asDatabaseError,
  DATABASE_NAME,
  type Database,
  DatabaseError,
  type Insert,
  insertSettings,
  killByComment,
  type QueryLimits,
  type QueryParams,
  type StreamLimits,
  selectSettings,
  streamSettings,
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
/** Reports being written at the same time; what comes more waits. */
const STREAM_CONNECTIONS = 2
/** What one piece of a streamed answer holds. */
const STREAM_PIECE_BYTES = 1024 ** 2

/**
 * ClickHouse inside this process. `dataDir` belongs to one process at a time: the caller holds its lock (`cli/data-dir.ts`).
 * Inserts pass through a file, because chdb takes only text formats from memory.
 */
export const openEmbedded = async (dataDir: string): Promise<Database> => {
  const path = join(dataDir, 'clickhouse')
  const loadDir = join(dataDir, 'load')
  await mkdir(path, { recursive: true })
  const streamDir = join(dataDir, 'stream')
  for (const dir of [loadDir, streamDir]) {
    // What a killed process left behind.
    await rm(dir, { recursive: true, force: true })
    await mkdir(dir, { recursive: true })
  }
  const { readers, writer, streamers } = await connectAll(path).catch((error: unknown) => {
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

  const closing = new AbortController()

  /** Writes a streamed answer to `file`. A running query of the engine can only be ended from another connection, by the comment that it carries. */
  const writeAnswer = (file: string, sql: string, format: string, params: QueryParams, limits: StreamLimits) =>
    streamers.use(async (session) => {
      const signal = AbortSignal.any([closing.signal, ...(limits.signal ? [limits.signal] : [])])
      const mark = randomUUID()
      const end = (): void => void kill(path, mark)
      try {
        if (signal.aborted) throw stopped()
        signal.addEventListener('abort', end, { once: true })
        await session.queryAsync(
          `${paramsPrelude(sql, params)}INSERT INTO FUNCTION file(${quoted(file)}, '${identifier(format)}')
SETTINGS ${streamSettings(limits)}, log_comment = '${mark}'
${sql}`,
        )
        if (signal.aborted) throw stopped()
      } catch (error) {
        throw signal.aborted ? stopped() : engineError(error, 'stream')
      } finally {
        signal.removeEventListener('abort', end)
      }
    })

  return {
    engine: 'embedded',
    query: async <Row>(sql: string, params: QueryParams = {}, limits?: QueryLimits) =>
      jsonRows<Row>(await read(sql, 'JSONEachRow', params, limits)),
    queryBytes: (sql, format, params = {}, limits) => read(sql, format, params, limits),
    stream: async function* (sql, format, params = {}, limits = {}) {
      const file = join(streamDir, `${files++}.answer`)
      try {
        await writeAnswer(file, sql, format, params, limits)
        yield* piecesOf(file, limits.signal)
      } finally {
        await rm(file, { force: true })
      }
    },
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
      // A report may take minutes: whoever wants it asks again.
      closing.abort()
      await Promise.all([readers.close(), writer.close(), streamers.close()])
    },
  }
}

/** The file's bytes. It has no name any more when the first are handed out: whatever happens to this process, no disk stays full. */
async function* piecesOf(file: string, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    // The engine makes no file for an answer without a byte.
    if (error.code === 'ENOENT') return undefined
    throw asDatabaseError(error, 'stream')
  })
  if (!handle) return
  try {
    await rm(file)
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(STREAM_PIECE_BYTES))
      if (signal?.aborted) throw stopped()
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
  }
}

const stopped = (): DatabaseError => new DatabaseError('query', '394', 'stream: nobody reads the answer any more')

/** Ends the query that carries the comment, if it still runs; where that fails, its time limit does. */
const kill = async (path: string, mark: string): Promise<void> => {
  const session = new Session(path)
  await session.queryAsync(killByComment(mark)).catch(() => undefined)
  session.close()
}

const connectAll = async (path: string): Promise<{ readers: Pool; writer: Pool; streamers: Pool }> => {
  const connect = async (): Promise<Session> => {
    const session = new Session(path)
    await session.queryAsync(`USE ${DATABASE_NAME}`)
    return session
  }
  const first = new Session(path)
  await first.queryAsync(`CREATE DATABASE IF NOT EXISTS ${DATABASE_NAME} ENGINE = Atomic`)
  const pool = async (size: number): Promise<Pool> =>
    new Pool(await Promise.all(Array.from({ length: size }, connect)), connect)
  const pools = {
    readers: await pool(READ_CONNECTIONS),
    writer: await pool(WRITE_CONNECTIONS),
    streamers: await pool(STREAM_CONNECTIONS),
  }
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

const identifier = (format: string): string => {
  if (!/^\w+$/.test(format)) throw new DatabaseError('query', '73', `${JSON.stringify(format)} is no format`)
  return format
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
