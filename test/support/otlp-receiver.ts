import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { expect, onTestFinished } from 'vitest'
import type { AcceptResult, Consumer, OtlpRequest } from '../../collector/pipeline-types.ts'
import { acknowledgeOnce } from '../../collector/receive/acknowledged.ts'
import { receiveMeters } from '../../collector/receive/meters.ts'
import { createOtlpHttpServer, type OtlpHttpLimits } from '../../collector/receive/otlp-http.ts'
import type { DoorConfig } from '../../schema/http/doors.ts'
import { MetricsRegistry } from '../../schema/metrics/registry.ts'
import { decodeJson } from '../../schema/otlp/decode-json.ts'
import { decodeProtobuf } from '../../schema/otlp/decode-protobuf.ts'
import { encodeJson } from '../../schema/otlp/encode-json.ts'
import { encodeTraces } from '../../schema/otlp/encode-protobuf.ts'
import type { Decoded, ResourceSpans } from '../../schema/otlp/wire.ts'

/** An OTLP/HTTP receiver by itself, and a client that can misbehave. */

export const MIB = 1024 * 1024
export const PROTOBUF = 'application/x-protobuf'
export const JSON_TYPE = 'application/json'

interface Setup {
  readonly answer?: (request: OtlpRequest) => Promise<AcceptResult> | AcceptResult
  readonly limits?: Partial<OtlpHttpLimits>
  readonly doors?: Partial<DoorConfig>
  readonly key?: string
}

/** A server on a free port before a consumer that decodes, as the real one does, and answers as it is told. */
export async function startReceiver({ answer, limits, doors, key }: Setup = {}) {
  const meters = receiveMeters(new MetricsRegistry())
  const seen: OtlpRequest[] = []
  const logged: string[] = []
  const consumer: Consumer = async (request) => {
    seen.push(request)
    if (answer) return answer(request)
    return { kind: 'accepted', accepted: countItems(decode(request)), rejections: [] }
  }
  const server = createOtlpHttpServer({
    consumer: acknowledgeOnce(consumer, { meters }),
    authenticate: (headers) => (key === undefined || headers['x-api-key'] === key ? { projectId: 7 } : undefined),
    doors: { hosts: [], corsOrigins: [], keysRequired: false, ...doors },
    meters,
    log: (message) => logged.push(message),
    ...(limits ? { limits } : {}),
  })
  onTestFinished(() => server.stop(0))
  const { port } = await server.listen(0, '127.0.0.1')
  return { server, port, seen, logged, meters }
}

const decode = ({ signal, encoding, body }: OtlpRequest): Decoded =>
  encoding === 'protobuf' ? decodeProtobuf(signal, body) : decodeJson(signal, body)

const countItems = (decoded: Decoded): number => {
  if (decoded.signal === 'traces')
    return decoded.resourceSpans.flatMap((r) => r.scopeSpans.flatMap((s) => s.spans)).length
  if (decoded.signal === 'logs')
    return decoded.resourceLogs.flatMap((r) => r.scopeLogs.flatMap((s) => s.logRecords)).length
  return decoded.resourceMetrics
    .flatMap((r) => r.scopeMetrics.flatMap((s) => s.metrics.map((m) => m.points.length)))
    .reduce((sum, points) => sum + points, 0)
}

interface Sent {
  readonly path?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string | Readable
}

export interface Got {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** node:http rather than fetch: Host, Origin and Content-Length can be set, and a body can be a stream. */
export function send(
  port: number,
  { path = '/v1/traces', method = 'POST', headers = {}, body = '' }: Sent,
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ port, host: '127.0.0.1', path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      )
      response.on('error', reject)
    })
    outgoing.on('error', reject)
    if (body instanceof Readable) body.pipe(outgoing)
    else outgoing.end(body)
  })
}

/** `google.rpc.Status` in either encoding. */
export function statusOf({ headers, body }: Got): { code: number; message: string } {
  if (headers['content-type'] === JSON_TYPE) return JSON.parse(body.toString()) as { code: number; message: string }
  expect(headers['content-type']).toBe(PROTOBUF)
  expect([body[0], body[2]]).toEqual([0x08, 0x12])
  const start = body[3]! < 0x80 ? 4 : 5
  return { code: body[1]!, message: body.toString('utf8', start) }
}

export const TRACES: readonly ResourceSpans[] = [
  {
    resource: { attributes: [{ key: 'service.name', value: 'test' }] },
    scopeSpans: [
      {
        scope: { name: 'test', version: '1', attributes: [] },
        spans: [
          {
            traceId: '0af7651916cd43dd8448eb211c80319c',
            spanId: 'b7ad6b7169203331',
            parentSpanId: '',
            traceState: '',
            flags: 0,
            name: 'chat',
            kind: 3,
            startTimeUnixNano: 1_760_000_000_000_000_000n,
            endTimeUnixNano: 1_760_000_000_500_000_000n,
            attributes: [{ key: 'prompt', value: 'p'.repeat(5000) }],
            droppedAttributesCount: 0,
            droppedEventsCount: 0,
            droppedLinksCount: 0,
            events: [],
            links: [],
            status: { code: 0, message: '' },
          },
        ],
      },
    ],
  },
]
export const BODY = encodeTraces(TRACES)
export const JSON_BODY = encodeJson({ resourceSpans: TRACES })
export const pb = (more: Record<string, string> = {}): Record<string, string> => ({ 'content-type': PROTOBUF, ...more })
export const json = (more: Record<string, string> = {}): Record<string, string> => ({
  'content-type': JSON_TYPE,
  ...more,
})

export function head(headers: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries({ host: 'localhost', 'content-type': PROTOBUF, ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  return Buffer.from(`POST /v1/traces HTTP/1.1\r\n${lines.join('')}\r\n`)
}

/** Bytes in, bytes out, until the answer matches or the server closes. */
export function raw(port: number, parts: readonly Uint8Array[], done?: string | RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => {
      for (const part of parts) socket.write(part)
    })
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (done !== undefined && text.search(done) >= 0) socket.destroy()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(text))
  })
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2))
}
