import {
  constants,
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { checkDoors } from '../../schema/http/doors.ts'
import { encodeExportResponse } from '../../schema/otlp/encode-protobuf.ts'
import type { Signal } from '../../schema/otlp/wire.ts'
import type { Rejection } from '../pipeline-types.ts'
import { rejectedOf } from './answer.ts'
import { type BodyEncoding, bodyEncoding } from './body.ts'
import { ByteBudget } from './byte-budget.ts'
import { frameOf, readMessage, statusHeaders } from './grpc-frame.ts'
import { listen } from './listen.ts'
import { OTLP_HTTP_LIMITS, type OtlpHttpLimits, type OtlpHttpOptions } from './otlp-http.ts'
import { type Refusal, refusalOf } from './status.ts'
import type { TlsFiles } from './tls.ts'

export interface OtlpGrpcOptions extends Omit<OtlpHttpOptions, 'limits'> {
  readonly limits?: Partial<GrpcLimits>
}

type GrpcLimits = Pick<OtlpHttpLimits, 'requestBytesMax' | 'inFlightBytesMax' | 'requestTimeoutMs'>

export interface OtlpGrpcServer {
  /** Resolves once it listens; rejects with the system's error (`EADDRINUSE`, `EACCES`). Port 0 picks a free one. */
  listen(port: number, host: string): Promise<AddressInfo>
  /** Takes no new connections and calls, lets calls finish for `graceMs`, then cuts them off. */
  stop(graceMs?: number): Promise<void>
}

/** Full names of the three methods (opentelemetry-proto collector/…/v1/…_service.proto). */
const METHODS: ReadonlyMap<string, Signal> = new Map([
  ['/opentelemetry.proto.collector.trace.v1.TraceService/Export', 'traces'],
  ['/opentelemetry.proto.collector.logs.v1.LogsService/Export', 'logs'],
  ['/opentelemetry.proto.collector.metrics.v1.MetricsService/Export', 'metrics'],
])

/** What a stream and a connection may send ahead of being read; HTTP/2's own 64 KiB would stall a sender some network away. */
const STREAM_WINDOW_BYTES = 1024 * 1024
const CONNECTION_WINDOW_BYTES = 4 * 1024 * 1024
/** Of one connection; a sender has rarely more than a few under way (the JavaScript exporter 30). */
const CALLS_PER_CONNECTION_MAX = 256
/** Memory that one connection may take in nghttp2, in MB; the default of 10 is less than the windows allow. */
const SESSION_MEMORY_MB_MAX = 64
/** A connection without calls is closed after this; senders open another when they need one. */
const IDLE_MS = 10 * 60_000

/**
 * OTLP/gRPC: `Export` of the three services, one message in, one out, over `node:http2`. Bytes go to the same consumer as those of OTLP/HTTP, with
 * the same keys, doors, limits and budget. Written on HTTP/2 rather than on a gRPC library because those hand over a message once it is in
 * memory, up to 64 MiB for every call under way: here its bytes are held against the budget as they arrive
 * (docs/decisions/0005-libraries.md). The protocol: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md.
 */
export function createOtlpGrpcServer(options: OtlpGrpcOptions): OtlpGrpcServer {
  const limits = { ...OTLP_HTTP_LIMITS, ...options.limits }
  const budget = options.budget ?? new ByteBudget(limits.inFlightBytesMax)
  const receiver: Receiver = { ...options, limits, budget, log: options.log ?? console.error }
  const server = openServer(options.tls)
  const sessions = new Set<ServerHttp2Session>()
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session)
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES)
    session.setTimeout(IDLE_MS, () => session.close())
    session.on('close', () => sessions.delete(session))
    // A broken connection; its calls end as aborted.
    session.on('error', () => undefined)
  })
  server.on('sessionError', () => undefined)
  server.on(
    'stream',
    (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void serve(receiver, stream, headers),
  )
  return {
    listen: (port, host) => listen(server, port, host),
    stop: (graceMs = 5_000) => stop(server, { sessions, sockets }, graceMs),
  }
}

interface Receiver extends Omit<OtlpHttpOptions, 'limits'> {
  readonly limits: GrpcLimits
  readonly budget: ByteBudget
  readonly log: (message: string) => void
}

type Outcome =
  | { readonly kind: 'accepted'; readonly rejections: readonly Rejection[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly projectId?: number }
  /** The client went away, or was too slow and was cut off. */
  | { readonly kind: 'aborted' }

/** One call from headers to trailers. Never rejects. */
async function serve(receiver: Receiver, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
  const startedAt = performance.now()
  const { meters } = receiver
  const signal = METHODS.get(headers[':path'] ?? '') ?? 'unknown'
  // Without a listener a reset by the client would end the process.
  stream.on('error', () => undefined)
  meters.requests.inc({ signal })
  const outcome = await judge(receiver, stream, headers)
  if (outcome.kind === 'aborted') {
    meters.aborted.inc({ signal })
    stream.close(constants.NGHTTP2_CANCEL)
  } else if (outcome.kind === 'accepted') respond(stream, outcome.rejections)
  else {
    const { refusal, projectId = 0 } = outcome
    meters.refused.inc({ signal, reason: refusal.reason })
    receiver.account?.refused({ projectId, signal, protocol: 'grpc' }, refusal)
    refuse(stream, refusal)
  }
  meters.seconds.observe({ signal }, (performance.now() - startedAt) / 1000)
}

async function judge(receiver: Receiver, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<Outcome> {
  try {
    const admitted = admit(receiver, headers)
    if ('reason' in admitted) return { kind: 'refused', refusal: admitted }
    const outcome = await take(receiver, stream, admitted)
    return outcome.kind === 'refused' ? { ...outcome, projectId: admitted.projectId } : outcome
  } catch (error) {
    receiver.log(`receive: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return { kind: 'refused', refusal: { reason: 'internal', message: 'an unexpected error; send it again' } }
  }
}

interface Admitted {
  readonly projectId: number
  readonly signal: Signal
  readonly encoding: BodyEncoding
}

/** Everything that can be judged before the message is read, in the order of OTLP/HTTP. Metadata are headers: a key is shown as it is there. */
function admit(receiver: Receiver, headers: IncomingHttpHeaders): Admitted | Refusal {
  const shown = { ...headers, host: headers[':authority'] ?? headers.host }
  const door = checkDoors(shown, receiver.doors)
  if (!door.open) return { reason: 'forbidden', message: door.reason }
  const path = headers[':path'] ?? ''
  const signal = METHODS.get(path)
  if (!signal)
    return {
      reason: 'unknown_path',
      message: `no such method: ${JSON.stringify(path.slice(0, 100))}; OTLP/gRPC is Export of TraceService, LogsService and MetricsService`,
    }
  if (headers[':method'] !== 'POST') return { reason: 'method_not_allowed', message: 'a gRPC call is a POST' }
  const type = headers['content-type'] ?? ''
  if (!/^application\/grpc(\+proto)?(;|$)/i.test(type))
    return {
      reason: 'unsupported_content_type',
      message: `Content-Type ${JSON.stringify(type.slice(0, 100))} is not application/grpc; OTLP/HTTP has a port of its own`,
    }
  const principal = receiver.authenticate(shown)
  if (!principal)
    return {
      reason: 'unauthenticated',
      message: 'no valid API key: send it as metadata, authorization: Bearer rk_… or x-api-key',
    }
  const named = String(headers['grpc-encoding'] ?? '')
  const encoding = bodyEncoding(named)
  if (!encoding)
    return {
      reason: 'unsupported_grpc_encoding',
      message: `grpc-encoding ${JSON.stringify(named.slice(0, 100))} is not supported`,
    }
  return { projectId: principal.projectId, signal, encoding }
}

/** Reads the message and hands it on. Its bytes count as in flight until the next stage has answered. */
async function take(
  { budget, meters, limits, consumer }: Receiver,
  stream: ServerHttp2Stream,
  { projectId, signal, encoding }: Admitted,
): Promise<Outcome> {
  const hold = budget.hold()
  try {
    const message = await readMessage(stream, encoding, { ...limits, hold })
    meters.inFlightBytes.set({}, budget.usedBytes)
    if (message.kind !== 'complete') return message
    meters.wireBytes.inc({ signal }, message.wireBytes)
    meters.bytes.inc({ signal }, message.bytes.length)
    if (message.bytes.length === 0) return { kind: 'accepted', rejections: [] }
    const receivedAtMs = Date.now()
    const request = {
      projectId,
      signal,
      encoding: 'protobuf',
      protocol: 'grpc',
      body: message.bytes,
      isBodyGiven: true,
      receivedAtMs,
    } as const
    const result = await consumer(request)
    return result.kind === 'accepted' ? result : { kind: 'refused', refusal: refusalOf(result) }
  } finally {
    hold.release()
    meters.inFlightBytes.set({}, budget.usedBytes)
  }
}

const RESPONSE_HEADERS = {
  ':status': 200,
  'content-type': 'application/grpc',
  'grpc-accept-encoding': 'identity,deflate,gzip,zstd',
} as const

function respond(stream: ServerHttp2Stream, rejections: readonly Rejection[]): void {
  if (stream.destroyed || stream.closed) return
  const { rejected, message } = rejectedOf(rejections)
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  stream.respond(RESPONSE_HEADERS, { waitForTrailers: true })
  stream.end(frameOf(encodeExportResponse(rejected, message)))
}

/** "Trailers-Only": a status without a message. What the client still sends is not read; RFC 9113 §8.1 ends it with NO_ERROR. */
function refuse(stream: ServerHttp2Stream, refusal: Refusal): void {
  if (stream.destroyed || stream.closed) return
  stream.respond({ ...RESPONSE_HEADERS, ...statusHeaders(refusal) }, { endStream: true })
  if (!stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR)
}

type AnyServer = Http2Server | Http2SecureServer

function openServer(tls: TlsFiles | undefined): AnyServer {
  const options = {
    settings: { initialWindowSize: STREAM_WINDOW_BYTES, maxConcurrentStreams: CALLS_PER_CONNECTION_MAX },
    maxSessionMemory: SESSION_MEMORY_MB_MAX,
  }
  return tls ? createSecureServer({ ...options, ...tls }) : createServer(options)
}

interface Connections {
  readonly sessions: ReadonlySet<ServerHttp2Session>
  readonly sockets: ReadonlySet<Socket>
}

function stop(server: AnyServer, { sessions, sockets }: Connections, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cutOff = setTimeout(() => {
      for (const socket of sockets) socket.destroy()
    }, graceMs)
    server.close(() => {
      clearTimeout(cutOff)
      resolve()
    })
    // GOAWAY: no new calls, those under way may end.
    for (const session of sessions) session.close()
  })
}
