import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { decodeJson } from '../../schema/otlp/decode-json.ts'
import { decodeProtobuf } from '../../schema/otlp/decode-protobuf.ts'
import type { AnyValue, KeyValue, WireLogRecord, WireSpan } from '../../schema/otlp/wire.ts'

// For tests: an OTLP/HTTP address that keeps what it is sent and answers what a test tells it to.

export interface SinkRequest {
  readonly path: string
  readonly authorization: string | undefined
  readonly userAgent: string | undefined
  readonly bytes: number
}

export interface OtlpSink {
  readonly endpoint: string
  readonly requests: readonly SinkRequest[]
  readonly spans: readonly SinkItem<WireSpan>[]
  readonly logs: readonly SinkItem<WireLogRecord>[]
  close(): Promise<void>
}

export type SinkItem<T> = Omit<T, 'attributes'> & {
  readonly attributes: Readonly<Record<string, unknown>>
  readonly resource: Readonly<Record<string, unknown>>
  readonly scope: string
}

export interface SinkAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

/** `answer` may refuse the n-th request (from 0, the empty one that a command sends first included); undefined takes it. */
export async function startOtlpSink(
  answer: (n: number, path: string) => SinkAnswer | undefined = () => undefined,
): Promise<OtlpSink> {
  const requests: SinkRequest[] = []
  const spans: SinkItem<WireSpan>[] = []
  const logs: SinkItem<WireLogRecord>[] = []

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request)
    const path = request.url ?? ''
    const told = answer(requests.length, path)
    requests.push({
      path,
      authorization: request.headers.authorization,
      userAgent: request.headers['user-agent'],
      bytes: body.length,
    })
    if (!told || told.status === 200) keep(path, request.headers['content-type'] ?? '', body)
    response.writeHead(told?.status ?? 200, { 'Content-Type': request.headers['content-type'], ...told?.headers })
    response.end(told?.body)
  }

  function keep(path: string, contentType: string, body: Uint8Array): void {
    const signal = path === '/v1/logs' ? 'logs' : 'traces'
    const decoded = contentType.includes('json') ? decodeJson(signal, body) : decodeProtobuf(signal, body)
    if (decoded.signal === 'traces') {
      for (const { resource, scopeSpans } of decoded.resourceSpans)
        for (const { scope, spans: items } of scopeSpans)
          spans.push(...items.map((item) => readable(item, resource.attributes, scope.name)))
    } else if (decoded.signal === 'logs') {
      for (const { resource, scopeLogs } of decoded.resourceLogs)
        for (const { scope, logRecords } of scopeLogs)
          logs.push(...logRecords.map((item) => readable(item, resource.attributes, scope.name)))
    }
  }

  const server = createServer((request, response) => {
    // A request that the sender or the end of the test cut off; bytes that cannot be decoded fail at the sender.
    handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    spans,
    logs,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
}

function readable<T extends { readonly attributes: readonly KeyValue[] }>(
  item: T,
  resource: readonly KeyValue[],
  scope: string,
): SinkItem<T> {
  return { ...item, attributes: toRecord(item.attributes), resource: toRecord(resource), scope }
}

function toRecord(attributes: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]))
}

function plain(value: AnyValue): unknown {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value
  return 'array' in value ? value.array.map(plain) : toRecord(value.kvlist)
}
