import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { ServerException } from './exceptions.ts'
import { quoted } from './statement.ts'

/** A request of ClickHouse's HTTP interface (https://clickhouse.com/docs/interfaces/http), read but for its body. */
export interface ServerRequest {
  /** `?query=`; the body is then its rows, or the rest of its text. '' without. */
  readonly urlQuery: string
  readonly queryId: string
  readonly database: string
  readonly defaultFormat: string
  readonly compressAnswer: boolean
  /** Statements that set what the URL carries: settings, and `param_*` in the escaped form that the client sent. */
  readonly prelude: readonly string[]
}

/** URL parameters that are the interface's own and no settings of the engine. */
const OWN_PARAMETERS = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'user',
  'password',
  'quota_key',
  'role',
  'buffer_size',
  'wait_end_of_query',
  'stacktrace',
  'send_progress_in_http_headers',
  'enable_http_compression',
])

export const readRequest = (request: IncomingMessage, newQueryId: () => string): ServerRequest => {
  const { searchParams } = new URL(request.url ?? '/', 'http://server')
  for (const unsupported of ['session_id', 'compress', 'decompress'])
    if (searchParams.has(unsupported))
      throw new ServerException(
        48,
        `URL parameter ${unsupported} is not built into this test server.`,
        'NOT_IMPLEMENTED',
      )
  const prelude: string[] = []
  for (const [name, value] of searchParams) {
    if (OWN_PARAMETERS.has(name)) continue
    if (!/^\w+$/.test(name)) throw new ServerException(115, `Setting ${name} is unknown.`, 'UNKNOWN_SETTING')
    prelude.push(`SET ${name} = ${quoted(value)}`)
  }
  // A GET may not change anything: the server sets readonly = 2, which still allows settings.
  if (request.method === 'GET') prelude.push('SET readonly = 2')
  const header = (name: string): string => String(request.headers[name] ?? '')
  return {
    urlQuery: searchParams.get('query') ?? '',
    queryId: searchParams.get('query_id') ?? newQueryId(),
    database: searchParams.get('database') || header('x-clickhouse-database') || 'default',
    defaultFormat: searchParams.get('default_format') || header('x-clickhouse-format') || 'TabSeparated',
    compressAnswer: searchParams.get('enable_http_compression') === '1',
    prelude,
  }
}

/** User and password by any of the three ways: basic auth, X-ClickHouse-User/-Key, URL. */
export const credentialsOf = (request: IncomingMessage): { user: string; password: string } => {
  const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (basic) {
    const [user = '', ...rest] = Buffer.from(basic, 'base64').toString('utf8').split(':')
    return { user, password: rest.join(':') }
  }
  const { searchParams } = new URL(request.url ?? '/', 'http://server')
  return {
    user: String(request.headers['x-clickhouse-user'] ?? searchParams.get('user') ?? 'default'),
    password: String(request.headers['x-clickhouse-key'] ?? searchParams.get('password') ?? ''),
  }
}

/** The request's body with its Content-Encoding undone, as a list of streams to pipe through. */
export const bodyPipeline = (request: IncomingMessage): [Readable, ...NodeJS.ReadWriteStream[]] => {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  switch (encoding) {
    case 'identity':
      return [request]
    case 'gzip':
      return [request, createGunzip()]
    case 'deflate':
      return [request, createInflate()]
    case 'br':
      return [request, createBrotliDecompress()]
    default:
      throw new ServerException(48, `Unknown compression method: ${encoding}`, 'NOT_IMPLEMENTED')
  }
}
