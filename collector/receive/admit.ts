import type { IncomingMessage } from 'node:http'
import type { Authenticate } from '../../schema/http/authenticate.ts'
import { checkDoors, type DoorConfig } from '../../schema/http/doors.ts'
import type { Encoding, Signal } from '../../schema/otlp/wire.ts'
import { CONTENT_TYPES } from './answer.ts'
import { BODY_ENCODINGS, type BodyEncoding, bodyEncoding, tooLarge } from './body.ts'
import type { Refusal } from './status.ts'

/** What the headers of a request say, once they passed. */
export interface Admitted {
  readonly projectId: number
  readonly signal: Signal
  readonly encoding: Encoding
  readonly bodyEncoding: BodyEncoding
}

export interface AdmitOptions {
  readonly authenticate: Authenticate
  readonly doors: DoorConfig
  readonly requestBytesMax: number
}

/** Everything that can be judged before the body is read: doors first, since they guard the rest; then cheapest first. */
export function admit(request: IncomingMessage, options: AdmitOptions): Admitted | Refusal {
  const { headers, method } = request
  const door = checkDoors(headers, options.doors)
  if (!door.open) return { reason: 'forbidden', message: door.reason }
  const path = pathOf(request)
  const signal = SIGNALS.get(path)
  if (!signal)
    return { reason: 'unknown_path', message: `no such path: ${JSON.stringify(path.slice(0, 100))}; ${TAKEN}` }
  if (method !== 'POST') return { reason: 'method_not_allowed', message: `${path} takes POST, not ${method}` }
  const principal = options.authenticate(headers)
  if (!principal)
    return {
      reason: 'unauthenticated',
      message: 'no valid API key: send it as Authorization: Bearer rk_… or x-api-key',
    }
  const encoding = encodingOf(request)
  if (!encoding)
    return {
      reason: 'unsupported_content_type',
      message: notAmong('Content-Type', headers, Object.values(CONTENT_TYPES)),
    }
  const body = bodyEncoding(headers['content-encoding'])
  if (!body)
    return { reason: 'unsupported_content_encoding', message: notAmong('Content-Encoding', headers, BODY_ENCODINGS) }
  if (Number(headers['content-length'] ?? 0) > options.requestBytesMax)
    return { reason: 'too_large', message: tooLarge(options.requestBytesMax, '') }
  return { projectId: principal.projectId, signal, encoding, bodyEncoding: body }
}

/** Undefined for a path that is none of OTLP's. */
export const signalOf = (request: IncomingMessage): Signal | undefined => SIGNALS.get(pathOf(request))

/** The encoding of the request, parameters such as `charset` aside; undefined for other media types. */
export function encodingOf(request: IncomingMessage): Encoding | undefined {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase()
  if (type === CONTENT_TYPES.protobuf) return 'protobuf'
  return type === CONTENT_TYPES.json ? 'json' : undefined
}

const SIGNALS: ReadonlyMap<string, Signal> = new Map([
  ['/v1/traces', 'traces'],
  ['/v1/logs', 'logs'],
  ['/v1/metrics', 'metrics'],
])
const TAKEN = 'OTLP/HTTP is taken at POST /v1/traces, /v1/logs and /v1/metrics'

const pathOf = (request: IncomingMessage): string => (request.url ?? '').split('?', 1)[0]!

function notAmong(name: string, headers: IncomingMessage['headers'], supported: readonly string[]): string {
  const sent = String(headers[name.toLowerCase()] ?? '').slice(0, 100)
  return `${name} ${sent === '' ? 'is missing' : `${JSON.stringify(sent)} is not supported`}; supported: ${supported.join(', ')}`
}
