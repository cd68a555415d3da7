import type { Readable } from 'node:stream'
import { createGunzip, createInflate, type Gunzip, type Inflate } from 'node:zlib'
import type { Hold } from './byte-budget.ts'
import type { Refusal } from './status.ts'
import { unzstd, zstdBound } from './zstd.ts'

/** Spellings of RFC 9110 §8.4.1; deflate is the zlib format (RFC 1950), as there. */
export const BODY_ENCODINGS = ['identity', 'gzip', 'deflate', 'zstd'] as const
export type BodyEncoding = (typeof BODY_ENCODINGS)[number]

export type BodyResult =
  | { readonly kind: 'complete'; readonly bytes: Uint8Array; readonly wireBytes: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The client went away, or was too slow and was cut off: there is nobody to answer. */
  | { readonly kind: 'aborted' }

/** `undefined` for an encoding, or a chain of them, that we do not read. */
export function bodyEncoding(header: string | undefined): BodyEncoding | undefined {
  const name = (header ?? '').trim().toLowerCase()
  if (name === '' || name === 'identity') return 'identity'
  if (name === 'x-gzip') return 'gzip'
  return BODY_ENCODINGS.find((encoding) => encoding === name)
}

/** A request whose body is read: one of HTTP, or a stream of HTTP/2. */
export type BodySource = Pick<Readable, 'on' | 'off' | 'pause' | 'resume'>

export interface BodyLimits {
  /** As the sender announced it; 0 where it did not. */
  readonly expectedBytes: number
  /** As sent, and decompressed. */
  readonly bytesMax: number
  readonly hold: Hold
  /** Whether all of it arrived, asked when the source closes. */
  readonly isComplete: () => boolean
}

/**
 * Reads and decompresses a body as it arrives, and stops at the byte that goes over `bytesMax` (as sent, or decompressed) or for which
 * `hold` has no room: a bomb costs what the limit allows and no more. What is left of a refused body is the caller's to drain.
 */
export function readBody(
  request: BodySource,
  encoding: BodyEncoding,
  { expectedBytes, bytesMax: maxBytes, hold, isComplete }: BodyLimits,
): Promise<BodyResult> {
  return new Promise((resolve) => {
    const collected = new GrowingBuffer(expectedBytes, maxBytes, hold)
    let wireBytes = 0
    let ended = false
    const inflate = decompressor(encoding)

    const settle = (result: BodyResult): void => {
      request.off('data', onWire).off('end', onEnd).off('close', onClose)
      inflate?.removeAllListeners().on('error', () => {})
      inflate?.destroy()
      resolve(result)
    }
    const refuse = (reason: Refusal['reason'], message: string): void =>
      settle({ kind: 'refused', refusal: { reason, message } })

    const onBytes = (chunk: Buffer): void => {
      const added = collected.add(chunk)
      if (added === 'too_large') refuse('too_large', tooLarge(maxBytes, inflate ? ' decompressed' : ''))
      else if (added === 'busy') refuse('busy', BUSY)
    }
    const onWire = (chunk: Buffer): void => {
      wireBytes += chunk.length
      if (!inflate) onBytes(chunk)
      else if (wireBytes > maxBytes) refuse('too_large', tooLarge(maxBytes, ' compressed'))
      else if (!inflate.write(chunk)) request.pause()
    }
    const complete = (): void => {
      const bytes = collected.bytes()
      if (encoding !== 'zstd') settle({ kind: 'complete', bytes, wireBytes })
      else readZstd(bytes, maxBytes, hold).then(settle, (error: Error) => refuse('bad_compression', error.message))
    }
    const onEnd = (): void => {
      ended = true
      if (inflate) inflate.end()
      else complete()
    }
    /** Also emitted after a complete request, once it was answered; then nobody listens any more. */
    const onClose = (): void => {
      if (!ended && !isComplete()) settle({ kind: 'aborted' })
    }

    if (inflate && !hold.take(INFLATE_CHUNK_BYTES)) return refuse('busy', BUSY)
    request.on('data', onWire).on('end', onEnd).on('close', onClose)
    inflate
      ?.on('data', onBytes)
      .on('drain', () => request.resume())
      .on('end', complete)
      .on('error', (error) => refuse('bad_compression', `the body is not ${encoding}: ${error.message}`))
  })
}

/** Of a body that is there: zstd tells beforehand what it can become, and that is held before it is made. */
async function readZstd(wire: Uint8Array, bytesMax: number, hold: Hold): Promise<BodyResult> {
  const refused = (reason: Refusal['reason'], message: string): BodyResult => ({
    kind: 'refused',
    refusal: { reason, message },
  })
  const bound = zstdBound(wire, bytesMax)
  if (typeof bound === 'number' && !hold.take(bound)) return refused('busy', BUSY)
  const result = typeof bound === 'number' ? await unzstd(wire, bytesMax) : bound
  if (result.kind === 'complete') return { ...result, wireBytes: wire.length }
  if (result.kind === 'too_large') return refused('too_large', tooLarge(bytesMax, ' decompressed'))
  return refused('bad_compression', `the body is not zstd: ${result.message}`)
}

const FIRST_BYTES = 16 * 1024
const FIRST_BYTES_MAX = 1024 * 1024

/** One buffer rather than a list of chunks: a body sent in chunks of one byte would cost a hundred times its size as objects. */
class GrowingBuffer {
  private buffer: Buffer = Buffer.alloc(0)
  private used = 0
  private readonly expected: number
  private readonly max: number
  private readonly hold: Hold

  constructor(expectedBytes: number, maxBytes: number, hold: Hold) {
    this.expected = Math.min(Number.isFinite(expectedBytes) ? expectedBytes : 0, FIRST_BYTES_MAX)
    this.max = maxBytes
    this.hold = hold
  }

  add(chunk: Buffer): 'added' | 'too_large' | 'busy' {
    const wanted = this.used + chunk.length
    if (wanted > this.max) return 'too_large'
    if (wanted > this.buffer.length) {
      const doubled = Math.max(this.buffer.length * 2, this.expected, FIRST_BYTES)
      const capacity = Math.max(wanted, Math.min(doubled, this.max))
      if (!this.hold.take(capacity - this.buffer.length)) return 'busy'
      const larger = Buffer.allocUnsafeSlow(capacity)
      this.buffer.copy(larger, 0, 0, this.used)
      this.buffer = larger
    }
    chunk.copy(this.buffer, this.used)
    this.used = wanted
    return 'added'
  }

  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.used)
  }
}

const BUSY = 'too many requests are being read; send it again'

export const tooLarge = (maxBytes: number, what: string): string =>
  `the request is larger than ${maxBytes} bytes${what}; send smaller batches`

/** Output is allocated in chunks of this; larger ones saved little on bodies of some hundred KiB, the usual batch. Held while it inflates. */
const INFLATE_CHUNK_BYTES = 128 * 1024

function decompressor(encoding: BodyEncoding): Gunzip | Inflate | undefined {
  if (encoding === 'gzip') return createGunzip({ chunkSize: INFLATE_CHUNK_BYTES })
  if (encoding === 'deflate') return createInflate({ chunkSize: INFLATE_CHUNK_BYTES })
  return undefined
}
