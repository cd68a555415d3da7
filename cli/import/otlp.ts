import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { ProtobufReader } from '../../schema/otlp/protobuf-reader.ts'
import { authHeaders, type OtlpEndpoint, OtlpSendError, type Signal, signalUrl } from '../otlp/otlp-endpoint.ts'
import { RecordingError, unpacked } from './recording.ts'

/** A request body as some exporter once sent it. */
export interface OtlpBody {
  readonly signal: Signal
  readonly contentType: 'application/x-protobuf' | 'application/json'
  readonly bytes: Uint8Array
}

export type BodyAnswer =
  | { readonly taken: true; readonly rejected: number; readonly reason?: string | undefined }
  /** The other side does not take this signal (yet). */
  | { readonly taken: false; readonly status: number }

/** Reads `.pb`, `.pb.gz`, `.json` or `.json.gz`; the signal stands in the name (`003-logs.pb.gz`) or follows from the JSON. */
export async function readOtlpBody(file: string): Promise<OtlpBody> {
  return otlpBody(unpacked(await readFile(file)), file)
}

/** @throws RecordingError when neither name nor content says which signal it is. */
export function otlpBody(bytes: Uint8Array, file: string): OtlpBody {
  const json = /\.json(\.gz)?$/i.test(file)
  const signal = signalOfName(basename(file)) ?? (json ? signalOfJson(bytes) : undefined)
  if (!signal) {
    throw new RecordingError(
      `${file}: neither its name (…-traces…, …-logs…, …-metrics…) nor its content says which OTLP signal it holds.`,
    )
  }
  return { signal, contentType: json ? 'application/json' : 'application/x-protobuf', bytes }
}

/**
 * Posts a body as it is. Waits and repeats while the other side says "later" (429, 502, 503, 504, no connection).
 * @throws OtlpSendError when it was refused, or not taken within `giveUpAfterMs`.
 */
export async function postOtlpBody(
  body: OtlpBody,
  target: OtlpEndpoint,
  file: string,
  giveUpAfterMs = 120_000,
): Promise<BodyAnswer> {
  const deadline = Date.now() + giveUpAfterMs
  for (let attempt = 0; ; attempt++) {
    const response = await post(body, target)
    if (response?.ok) return partialSuccessOf(body, new Uint8Array(await response.arrayBuffer()))
    if (response && [404, 405, 415].includes(response.status) && body.signal !== 'traces')
      return { taken: false, status: response.status }
    if (response && ![429, 502, 503, 504].includes(response.status)) {
      throw new OtlpSendError(
        `${target.endpoint} refused ${file} with status ${response.status}: ${(await response.text()).slice(0, 300)}`,
      )
    }
    const wait = retryAfterMs(response) ?? Math.min(1000 * 2 ** attempt, 10_000)
    if (Date.now() + wait > deadline)
      throw new OtlpSendError(`${target.endpoint} has not taken ${file} for ${Math.round(giveUpAfterMs / 1000)} s.`)
    await sleep(wait)
  }
}

async function post(body: OtlpBody, target: OtlpEndpoint): Promise<Response | undefined> {
  try {
    return await fetch(signalUrl(target, body.signal), {
      method: 'POST',
      headers: { 'Content-Type': body.contentType, ...authHeaders(target) },
      body: new Uint8Array(body.bytes),
    })
  } catch {
    return undefined
  }
}

function retryAfterMs(response: Response | undefined): number | undefined {
  const seconds = Number(response?.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined
}

function signalOfName(name: string): Signal | undefined {
  return (/(?:^|[-_.])(traces|logs|metrics)(?:[-_.]|$)/.exec(name)?.[1] ?? undefined) as Signal | undefined
}

function signalOfJson(bytes: Uint8Array): Signal | undefined {
  const document: unknown = JSON.parse(new TextDecoder().decode(bytes))
  if (typeof document !== 'object' || document === null) return undefined
  if ('resourceSpans' in document) return 'traces'
  if ('resourceLogs' in document) return 'logs'
  return 'resourceMetrics' in document ? 'metrics' : undefined
}

const count = z.union([z.number(), z.string()]).transform(Number)
const exportResponse = z.object({
  partialSuccess: z
    .object({
      rejectedSpans: count.nullish(),
      rejectedLogRecords: count.nullish(),
      rejectedDataPoints: count.nullish(),
      errorMessage: z.string().nullish(),
    })
    .nullish(),
})

function partialSuccessOf(body: OtlpBody, answer: Uint8Array): BodyAnswer {
  const { partialSuccess: partial } = exportResponse.parse(decodeAnswer(body, answer))
  const rejected = partial?.rejectedSpans ?? partial?.rejectedLogRecords ?? partial?.rejectedDataPoints ?? 0
  return { taken: true, rejected, ...(partial?.errorMessage ? { reason: partial.errorMessage } : {}) }
}

function decodeAnswer({ contentType }: OtlpBody, answer: Uint8Array): unknown {
  if (answer.length === 0) return {}
  if (contentType === 'application/json') return JSON.parse(new TextDecoder().decode(answer))
  return decodeProtobufAnswer(answer)
}

/** `Export…ServiceResponse`: the answers of all signals have one shape, `{1: {1: rejected count, 2: message}}`. */
function decodeProtobufAnswer(answer: Uint8Array): z.input<typeof exportResponse> {
  const reader = new ProtobufReader(answer)
  let rejectedSpans = 0
  let errorMessage = ''
  while (reader.pos < reader.size) {
    if (reader.tag(reader.size) !== 0x0a) throw new OtlpSendError('the answer is not an OTLP export response')
    const end = reader.delimited(reader.size)
    while (reader.pos < end) {
      const tag = reader.tag(end)
      if (tag === 0x08) rejectedSpans = Number(reader.int64(end))
      else if (tag === 0x12) errorMessage = reader.string(end)
      else reader.skip(tag, end, 0)
    }
  }
  return { partialSuccess: { rejectedSpans, errorMessage } }
}
