import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Authenticate } from '../../schema/http/authenticate.ts'
import { checkDoors, corsHeaders, type DoorConfig, preflightHeaders } from '../../schema/http/doors.ts'
import { DecodeError } from '../../schema/otlp/wire.ts'
import type { Consumer } from '../pipeline-types.ts'
import { type Admitted, admit, encodingOf, signalOf } from './admit.ts'
import { type Answer, refusalAnswer, successAnswer } from './answer.ts'
import { readBody } from './body.ts'
import { ByteBudget } from './byte-budget.ts'
import { httpProtocol, type IngestAccount } from './ingest-account.ts'
import { listen } from './listen.ts'
import type { ReceiveMeters } from './meters.ts'
import { type Refusal, refusalOf } from './status.ts'
import type { TlsFiles } from './tls.ts'

export interface OtlpHttpOptions {
  /** What takes a request once it is read; wrap it in `acknowledgeOnce`. */
  readonly consumer: Consumer
  readonly authenticate: Authenticate
  readonly doors: DoorConfig
  readonly meters: ReceiveMeters
  /** Where refusals are told by reason; what is acknowledged is told by `acknowledgeOnce`. */
  readonly account?: IngestAccount
  readonly limits?: Partial<OtlpHttpLimits>
  /** Speak TLS only. */
  readonly tls?: TlsFiles | undefined
  /** Shared with other receivers; by default the server has one of its own. */
  readonly budget?: ByteBudget
  /** Faults of ours; the client only hears that it may send again. */
  readonly log?: (message: string) => void
}

export interface OtlpHttpLimits {
  /** Of one request, as sent and after decompression; the specification recommends 64 MiB. */
  readonly requestBytesMax: number
  /** Of all requests that are being read or written at once. */
  readonly inFlightBytesMax: number
  /** Until all of a request must have arrived; a slower client gets 408 and is cut off. */
  readonly requestTimeoutMs: number
  /** Until its headers must have arrived. */
  readonly headersTimeoutMs: number
  /** How long an idle connection is kept: longer than a minute, so that a load balancer closes first and no request meets a closing one. */
  readonly keepAliveMs: number
}

export const OTLP_HTTP_LIMITS: OtlpHttpLimits = {
  requestBytesMax: 64 * 1024 * 1024,
  inFlightBytesMax: 256 * 1024 * 1024,
  requestTimeoutMs: 60_000,
  headersTimeoutMs: 20_000,
  keepAliveMs: 65_000,
}

export interface OtlpHttpServer {
  /** Resolves once it listens; rejects with the system's error (`EADDRINUSE`, `EACCES`). Port 0 picks a free one. */
  listen(port: number, host: string): Promise<AddressInfo>
  /** Takes no new connections, lets requests finish for `graceMs`, then cuts them off. */
  stop(graceMs?: number): Promise<void>
}

/** OTLP/HTTP (opentelemetry-proto docs/specification.md, "OTLP/HTTP"): POST /v1/traces, /v1/logs and /v1/metrics, protobuf or JSON. */
export function createOtlpHttpServer(options: OtlpHttpOptions): OtlpHttpServer {
  const limits = { ...OTLP_HTTP_LIMITS, ...options.limits }
  const serverOptions = {
    keepAliveTimeout: limits.keepAliveMs,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: Math.min(5_000, limits.headersTimeoutMs, limits.requestTimeoutMs),
  }
  const server = options.tls ? createTlsServer({ ...serverOptions, ...options.tls }) : createServer(serverOptions)
  const budget = options.budget ?? new ByteBudget(limits.inFlightBytesMax)
  const receiver: Receiver = { ...options, limits, budget, log: options.log ?? console.error, server }
  server.on('request', (request, response) => void serve(receiver, request, response, false))
  // A client that waits for "100 Continue" hears of a refusal before it sends its body.
  server.on('checkContinue', (request, response) => void serve(receiver, request, response, true))
  return { listen: (port, host) => listen(server, port, host), stop: (graceMs = 5_000) => stop(server, graceMs) }
}

interface Receiver extends OtlpHttpOptions {
  readonly limits: OtlpHttpLimits
  readonly budget: ByteBudget
  readonly log: (message: string) => void
  readonly server: Server
}

type Outcome =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly projectId?: number }
  /** The client went away: there is nobody to answer. */
  | { readonly kind: 'aborted' }

/** One request from headers to answer. Never rejects. */
async function serve(
  receiver: Receiver,
  request: IncomingMessage,
  response: ServerResponse,
  expectsContinue: boolean,
): Promise<void> {
  const startedAt = performance.now()
  const { meters } = receiver
  const signal = signalOf(request) ?? 'unknown'
  meters.requests.inc({ signal })
  const outcome = await judge(receiver, request, response, expectsContinue)
  if (outcome.kind === 'aborted') meters.aborted.inc({ signal })
  else if (outcome.kind === 'answered') write(receiver, request, response, outcome.answer)
  else {
    const encoding = encodingOf(request)
    meters.refused.inc({ signal, reason: outcome.refusal.reason })
    receiver.account?.refused(
      { projectId: outcome.projectId ?? 0, signal, protocol: httpProtocol(encoding) },
      outcome.refusal,
    )
    write(receiver, request, response, refusalAnswer(outcome.refusal, encoding ?? 'json'))
  }
  meters.seconds.observe({ signal }, (performance.now() - startedAt) / 1000)
}

async function judge(
  receiver: Receiver,
  request: IncomingMessage,
  response: ServerResponse,
  expectsContinue: boolean,
): Promise<Outcome> {
  try {
    const cors = preflight(receiver, request)
    if (cors) return { kind: 'answered', answer: { status: 204, headers: cors, body: '' } }
    const { authenticate, doors, limits } = receiver
    const admitted = admit(request, { authenticate, doors, requestBytesMax: limits.requestBytesMax })
    if ('reason' in admitted) return { kind: 'refused', refusal: admitted }
    if (expectsContinue) response.writeContinue()
    const outcome = await take(receiver, request, admitted)
    return outcome.kind === 'refused' ? { ...outcome, projectId: admitted.projectId } : outcome
  } catch (error) {
    if (error instanceof DecodeError)
      return { kind: 'refused', refusal: { reason: 'undecodable', message: error.message } }
    receiver.log(`receive: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return { kind: 'refused', refusal: { reason: 'internal', message: 'an unexpected error; send it again' } }
  }
}

/** A browser asks before it sends; answered only where `--cors-origin` names its origin. */
function preflight(receiver: Receiver, request: IncomingMessage): Readonly<Record<string, string>> | undefined {
  const { doors } = receiver
  if (request.method !== 'OPTIONS' || !signalOf(request) || !checkDoors(request.headers, doors).open) return undefined
  return preflightHeaders(request.headers, doors, 'POST')
}

/** Reads the body and hands it on. Its bytes count as in flight until the next stage has answered. */
async function take(receiver: Receiver, request: IncomingMessage, admitted: Admitted): Promise<Outcome> {
  const { meters, budget, limits } = receiver
  const { projectId, signal, encoding } = admitted
  const hold = budget.hold()
  try {
    const body = await readBody(request, admitted.bodyEncoding, {
      expectedBytes: Number(request.headers['content-length'] ?? 0),
      bytesMax: limits.requestBytesMax,
      hold,
      isComplete: () => request.complete,
    })
    meters.inFlightBytes.set({}, budget.usedBytes)
    if (body.kind !== 'complete') return body
    meters.wireBytes.inc({ signal }, body.wireBytes)
    meters.bytes.inc({ signal }, body.bytes.length)
    // An empty protobuf message is a request without anything in it, and a success.
    if (body.bytes.length === 0 && encoding === 'protobuf')
      return { kind: 'answered', answer: successAnswer(signal, encoding, []) }
    const result = await receiver.consumer({
      projectId,
      signal,
      encoding,
      body: body.bytes,
      isBodyGiven: true,
      receivedAtMs: Date.now(),
    })
    if (result.kind === 'accepted')
      return { kind: 'answered', answer: successAnswer(signal, encoding, result.rejections) }
    return { kind: 'refused', refusal: refusalOf(result) }
  } finally {
    hold.release()
    meters.inFlightBytes.set({}, budget.usedBytes)
  }
}

function write(receiver: Receiver, request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return
  const headers: Record<string, string | number> = {
    ...answer.headers,
    ...corsHeaders(request.headers, receiver.doors),
  }
  if (answer.status !== 204) headers['content-length'] = Buffer.byteLength(answer.body)
  // A client told to wait for "100 Continue" may or may not send its body now; and a server that stops wants its connections back.
  const bodyUncertain = request.headers.expect !== undefined && !request.complete
  if (bodyUncertain || !receiver.server.listening) headers.connection = 'close'
  response.writeHead(answer.status, headers)
  response.end(answer.body)
  if (!request.complete) drain(request, receiver.limits.requestBytesMax)
}

const DRAIN_MS = 10_000

/**
 * Reads on and throws away what a refused client still sends. Closing at once would reset the connection, and a client that writes
 * its whole body before it reads would never see why it was refused. Bounded in bytes and time.
 */
function drain(request: IncomingMessage, maxBytes: number): void {
  let left = maxBytes
  const cutOff = setTimeout(() => request.destroy(), DRAIN_MS)
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) request.destroy()
  })
  request.on('close', () => clearTimeout(cutOff))
  request.on('error', () => {})
  request.resume()
}

function stop(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), graceMs)
    server.close(() => {
      clearTimeout(cutOff)
      resolve()
    })
  })
}
