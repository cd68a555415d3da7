import { encodeExportResponse, encodeRpcStatus } from '../../schema/otlp/encode-protobuf.ts'
import type { Encoding, Signal } from '../../schema/otlp/wire.ts'
import type { Rejection } from '../pipeline-types.ts'
import { REFUSALS, type Refusal, retryAfterSeconds } from './status.ts'

/** An HTTP answer, ready to be written. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | string
}

export const CONTENT_TYPES: Readonly<Record<Encoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
}

/** 200: an empty `Export…ServiceResponse`, or one whose `partial_success` says what was refused for good and why. */
export function successAnswer(signal: Signal, encoding: Encoding, rejections: readonly Rejection[]): Answer {
  const { rejected, message } = rejectedOf(rejections)
  const headers = { 'content-type': CONTENT_TYPES[encoding] }
  if (encoding === 'protobuf') return { status: 200, headers, body: encodeExportResponse(rejected, message) }
  if (rejected === 0) return { status: 200, headers, body: '{}' }
  // proto3's JSON mapping writes 64-bit integers as strings.
  const partialSuccess = { [REJECTED_FIELDS[signal]]: String(rejected), errorMessage: message }
  return { status: 200, headers, body: JSON.stringify({ partialSuccess }) }
}

/** What `partial_success` says of items that were refused for good. */
export function rejectedOf(rejections: readonly Rejection[]): {
  readonly rejected: number
  readonly message: string
} {
  const rejected = rejections.reduce((sum, { count }) => sum + count, 0)
  return { rejected, message: rejectionMessage(rejections, rejected) }
}

/** A `google.rpc.Status` in the request's encoding. */
export function refusalAnswer(refusal: Refusal, encoding: Encoding): Answer {
  const { http, rpc } = REFUSALS[refusal.reason]
  const message = cutMessage(refusal.message)
  const retryAfter = retryAfterSeconds(refusal)
  const headers: Record<string, string> = { 'content-type': CONTENT_TYPES[encoding] }
  if (retryAfter !== undefined) headers['retry-after'] = String(retryAfter)
  if (refusal.reason === 'unauthenticated') headers['www-authenticate'] = 'Bearer'
  if (refusal.reason === 'method_not_allowed') headers.allow = 'POST'
  const body = encoding === 'protobuf' ? encodeRpcStatus(rpc, message) : JSON.stringify({ code: rpc, message })
  return { status: http, headers, body }
}

const REJECTED_FIELDS: Readonly<Record<Signal, string>> = {
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
}

/** Answers should stay far below the 4 MiB that clients read; names and samples come from the sender and can be long. */
const MESSAGE_CHARACTERS_MAX = 2000

function rejectionMessage(rejections: readonly Rejection[], rejected: number): string {
  if (rejected === 0) return ''
  const reasons = rejections.map(({ reason, count, sample }) => `${reason} ×${count} (${sample})`)
  return cutMessage(`${rejected} rejected: ${reasons.join('; ')}`)
}

export const cutMessage = (message: string): string =>
  message.length > MESSAGE_CHARACTERS_MAX ? `${message.slice(0, MESSAGE_CHARACTERS_MAX)}…` : message
