import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { type Engine, type EngineAnswer, openEngine } from './engine.ts'
import { exceptionAnswer, ServerException } from './exceptions.ts'
import { bodyPipeline, credentialsOf, readRequest, type ServerRequest } from './request.ts'
import { formatClauseOf, insertFromFile, insertHeadOf, refuseSecondStatement } from './statement.ts'

export interface ClickHouseServerOptions {
  /** Where the engine keeps its tables. One directory per process, one process per directory. */
  readonly dataDir: string
  /** 0 or absent: any free one, kept over `stop` and `start`. */
  readonly port?: number
  /** Without it everyone is let in, as the server's default user without a password. */
  readonly password?: string
}

export interface ClickHouseServer {
  readonly url: string
  /** Cuts every connection and stops listening; what the engine has begun it ends. Resolves when nothing runs any more. */
  stop(): Promise<void>
  /** Listens again, on the same port and data. */
  start(): Promise<void>
}

/** `param_*` travel in the URL; the server allows 1 MiB (http_max_uri_size). */
const URI_BYTES_MAX = 1024 * 1024

/**
 * ClickHouse's HTTP interface over the embedded engine, for tests: what `@clickhouse/client` needs, with the server's statuses and headers.
 * Answers are sent whole, so an exception always has its own status (as with `wait_end_of_query=1`).
 */
export const startClickHouseServer = async (options: ClickHouseServerOptions): Promise<ClickHouseServer> => {
  const insertDir = join(options.dataDir, 'http-inserts')
  const running = new Set<Promise<void>>()
  let port = options.port ?? 0
  let engine: Engine | null = null
  let server: Server | null = null

  const start = async (): Promise<void> => {
    if (server) return
    await mkdir(insertDir, { recursive: true })
    const opened = openEngine(join(options.dataDir, 'store'))
    const started = createServer({ maxHeaderSize: URI_BYTES_MAX, requestTimeout: 0 }, (request, response) => {
      const work = answer({ engine: opened, insertDir, password: options.password }, request, response)
      running.add(work)
      work.finally(() => running.delete(work))
    })
    started.listen(port, '127.0.0.1')
    await once(started, 'listening')
    port = (started.address() as AddressInfo).port
    engine = opened
    server = started
  }

  const stop = async (): Promise<void> => {
    const [stopped, closed] = [server, engine]
    if (!stopped) return
    server = null
    engine = null
    stopped.close()
    stopped.closeAllConnections()
    await Promise.allSettled(running)
    closed?.close()
  }

  await start()
  return { url: `http://127.0.0.1:${port}`, stop, start }
}

interface Context {
  readonly engine: Engine
  readonly insertDir: string
  readonly password: string | undefined
}

const answer = async (context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const queryId = { now: '' }
  try {
    const { pathname } = new URL(request.url ?? '/', 'http://server')
    if (pathname === '/ping') {
      response.writeHead(200, { 'Content-Type': 'text/html; charset=UTF-8' }).end('Ok.\n')
      return
    }
    if (pathname !== '/') {
      response.writeHead(404).end(`There is no handle ${request.url}\n`)
      return
    }
    checkCredentials(context, request)
    const read = readRequest(request, randomUUID)
    queryId.now = read.queryId
    send(response, request, read, await execute(context, request, read))
  } catch (error) {
    sendException(response, request, queryId.now, error)
  }
}

const checkCredentials = ({ password: expected }: Context, request: IncomingMessage): void => {
  const { user, password } = credentialsOf(request)
  if (expected !== undefined && password !== expected)
    throw new ServerException(
      516,
      `${user}: Authentication failed: password is incorrect, or there is no user with such name.`,
      'AUTHENTICATION_FAILED',
    )
}

interface Executed {
  readonly answer: EngineAnswer
  readonly format: string
  readonly written: boolean
}

/** Rows of an insert go to a file as they come; everything else is a text of bounded size. */
const execute = async (context: Context, request: IncomingMessage, read: ServerRequest): Promise<Executed> => {
  const urlHead = insertHeadOf(read.urlQuery)
  if (urlHead) {
    const file = join(context.insertDir, `${randomUUID()}.rows`)
    try {
      await pipeline([...bodyPipeline(request), createWriteStream(file)])
      return await insertFile(context, read, insertFromFile(urlHead, file), urlHead.format)
    } finally {
      await rm(file, { force: true })
    }
  }
  const body = await readBody(request)
  const text = read.urlQuery === '' ? body : Buffer.concat([Buffer.from(`${read.urlQuery}\n`), body])
  const head = insertHeadOf(text.toString('latin1'))
  if (head && head.end < text.length) {
    const file = join(context.insertDir, `${randomUUID()}.rows`)
    try {
      await writeFile(file, text.subarray(head.end))
      return await insertFile(context, read, insertFromFile(head, file), head.format)
    } finally {
      await rm(file, { force: true })
    }
  }
  const sql = text.toString('utf8')
  if (sql.trim() === '')
    throw new ServerException(62, 'Syntax error: failed at position 0 (end of query)', 'SYNTAX_ERROR')
  refuseSecondStatement(sql)
  const format = formatClauseOf(sql) ?? read.defaultFormat
  return { answer: await context.engine.run(read.database, read.prelude, sql, format), format, written: false }
}

const insertFile = async (context: Context, read: ServerRequest, sql: string, format: string): Promise<Executed> => ({
  answer: await context.engine.run(read.database, read.prelude, sql, 'TabSeparated'),
  format,
  written: true,
})

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  await pipeline([
    ...bodyPipeline(request),
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        chunks.push(chunk)
        done()
      },
    }),
  ])
  return Buffer.concat(chunks)
}

const COMPRESSORS: Readonly<Record<string, (bytes: Uint8Array) => Buffer>> = {
  gzip: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
}

const send = (response: ServerResponse, request: IncomingMessage, read: ServerRequest, executed: Executed): void => {
  const accepted = String(request.headers['accept-encoding'] ?? '').split(/[,;\s]+/)
  const encoding = read.compressAnswer ? accepted.find((name) => name in COMPRESSORS) : undefined
  const { bytes } = executed.answer
  const body = encoding ? COMPRESSORS[encoding]!(bytes) : bytes
  response.writeHead(200, {
    'Content-Type': /^JSON/.test(executed.format) ? 'application/json; charset=UTF-8' : 'application/octet-stream',
    'Content-Length': body.length,
    ...(encoding ? { 'Content-Encoding': encoding } : {}),
    'X-ClickHouse-Server-Display-Name': 'recount-test-server',
    'X-ClickHouse-Query-Id': read.queryId,
    'X-ClickHouse-Format': executed.format,
    'X-ClickHouse-Timezone': 'UTC',
    'X-ClickHouse-Summary': JSON.stringify(summaryOf(executed)),
  })
  response.end(body)
}

/** Counters are strings, as the server writes them. */
const summaryOf = ({ answer: { rowsRead, bytesRead, elapsedSeconds }, written }: Executed): Record<string, string> => ({
  read_rows: String(rowsRead),
  read_bytes: String(bytesRead),
  written_rows: String(written ? rowsRead : 0),
  written_bytes: String(written ? bytesRead : 0),
  total_rows_to_read: '0',
  result_rows: String(rowsRead),
  result_bytes: String(bytesRead),
  elapsed_ns: String(Math.round(elapsedSeconds * 1e9)),
})

const sendException = (response: ServerResponse, request: IncomingMessage, queryId: string, error: unknown): void => {
  // Read to its end, or a client that still writes would see a broken connection instead of the exception.
  request.resume()
  if (response.headersSent || response.destroyed) return
  const { status, code, body } = exceptionAnswer(error)
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=UTF-8',
    'X-ClickHouse-Exception-Code': code,
    ...(queryId === '' ? {} : { 'X-ClickHouse-Query-Id': queryId }),
  })
  response.end(body)
}
