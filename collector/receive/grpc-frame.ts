import type { ServerHttp2Stream } from 'node:http2'
import { encodeRpcStatus } from '../../schema/otlp/encode-protobuf.ts'
import { cutMessage } from './answer.ts'
import { type BodyEncoding, type BodyResult, readBody, tooLarge } from './body.ts'
import type { Hold } from './byte-budget.ts'
import { REFUSALS, type Refusal, retryAfterSeconds } from './status.ts'

/** gRPC's "Length-Prefixed-Message": one byte, compressed or not, four of length, and the message. */
const PREFIX_BYTES = 5

export const frameOf = (message: Uint8Array): Buffer => {
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + message.length)
  frame.writeUInt8(0, 0)
  frame.writeUInt32BE(message.length, 1)
  frame.set(message, PREFIX_BYTES)
  return frame
}

export interface MessageLimits {
  readonly requestBytesMax: number
  readonly requestTimeoutMs: number
  readonly hold: Hold
}

/** The one message of a unary call, decompressed. A length beyond the limit is refused before a byte of it is read. */
export async function readMessage(
  stream: ServerHttp2Stream,
  encoding: BodyEncoding,
  { requestBytesMax, requestTimeoutMs, hold }: MessageLimits,
): Promise<BodyResult> {
  const cutOff = setTimeout(() => stream.close(), requestTimeoutMs)
  try {
    const prefix = await readPrefix(stream)
    if (!prefix) return { kind: 'aborted' }
    if (prefix === 'none') return await cutShort(stream, 'a call without a message')
    const { flag, length } = prefix
    if (flag > 1) return undecodable(`the message is marked ${flag}, where 0 is plain and 1 compressed`)
    if (length > requestBytesMax)
      return { kind: 'refused', refusal: { reason: 'too_large', message: tooLarge(requestBytesMax, '') } }
    // A message without a byte, and all that there was to read is read: no 'end' will follow.
    if (stream.readableEnded && length === 0) return { kind: 'complete', bytes: new Uint8Array(), wireBytes: 0 }
    if (stream.readableEnded) return { kind: 'aborted' }
    const isComplete = (): boolean => stream.readableEnded && !stream.closed
    const limits = { expectedBytes: length, bytesMax: requestBytesMax, hold, isComplete }
    const body = await readBody(stream, flag === 1 ? encoding : 'identity', limits)
    if (body.kind !== 'complete' || body.wireBytes === length) return body
    return await cutShort(stream, `a message of ${length} bytes was announced, ${body.wireBytes} came`)
  } finally {
    clearTimeout(cutOff)
  }
}

const undecodable = (message: string): BodyResult => ({ kind: 'refused', refusal: { reason: 'undecodable', message } })

/** A stream that its client reset ends first and says so a moment later; one that was ended properly is the sender's mistake. */
async function cutShort(stream: ServerHttp2Stream, message: string): Promise<BodyResult> {
  await new Promise((resolve) => setImmediate(resolve))
  return stream.closed || stream.aborted ? { kind: 'aborted' } : undecodable(message)
}

interface Prefix {
  readonly flag: number
  readonly length: number
}

/** Undefined where the client went away; 'none' where it ended without a message. */
function readPrefix(stream: ServerHttp2Stream): Promise<Prefix | 'none' | undefined> {
  return new Promise((resolve) => {
    const settle = (result: Prefix | 'none' | undefined): void => {
      stream.off('readable', onReadable).off('end', onEnd).off('close', onClose)
      resolve(result)
    }
    const onReadable = (): void => {
      const bytes = stream.read(PREFIX_BYTES) as Buffer | null
      // At the end of a stream `read` gives what is left, however little.
      if (bytes?.length === PREFIX_BYTES) settle({ flag: bytes.readUInt8(0), length: bytes.readUInt32BE(1) })
    }
    const onEnd = (): void => settle(stream.closed ? undefined : 'none')
    const onClose = (): void => settle(undefined)
    stream.on('readable', onReadable).on('end', onEnd).on('close', onClose)
  })
}

/** What says how a call ended, for its trailers. */
export const statusHeaders = (refusal: Refusal): Record<string, string> => {
  const { rpc } = REFUSALS[refusal.reason]
  const message = cutMessage(refusal.message)
  const details = encodeRpcStatus(rpc, message, retryAfterSeconds(refusal))
  return {
    'grpc-status': String(rpc),
    'grpc-message': percentEncoded(message),
    'grpc-status-details-bin': Buffer.from(details).toString('base64'),
  }
}

/** Status messages travel as printable ASCII; everything else, and the percent sign, as the hex of its UTF-8. */
const percentEncoded = (message: string): string =>
  [...Buffer.from(message, 'utf8')]
    .map((byte) =>
      byte >= 0x20 && byte <= 0x7e && byte !== 0x25
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('')
