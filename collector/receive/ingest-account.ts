import type { IngestProtocol, IngestResult, IngestRow, IngestSignal } from '../../schema/model/ingest.ts'
import type { Encoding } from '../../schema/otlp/wire.ts'
import type { AcceptResult, OtlpRequest } from '../pipeline-types.ts'
import { sampleText } from './sample-text.ts'
import type { Refusal } from './status.ts'

/** What is counted apart. All of it comes from closed sets, but for the project. */
export interface AccountKey {
  readonly projectId: number
  readonly signal: IngestSignal
  readonly protocol: IngestProtocol
  readonly result: IngestResult
  readonly reason: string
}

interface Amounts {
  requests: number
  items: number
  bytes: number
}

/** Minutes wait here while the database is away; from so many keys on, hours do. */
const MINUTE_KEYS_MAX = 5_000
/** Examples of one reason, and of all, between two writes. */
const SAMPLES_OF_KEY_MAX = 3
const SAMPLES_MAX = 60
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/**
 * The collector's own account of what came in, in memory, by minute. The receivers count into it, `ingest-recorder.ts` takes it away every few
 * seconds and writes it down. What was counted since the last write is lost with the process: telemetry about telemetry, not telemetry.
 */
export class IngestAccount {
  readonly #now: () => number
  readonly #counts = new Map<string, AccountKey & Amounts & { readonly timeMs: number }>()
  readonly #samples = new Map<string, AccountKey & { readonly timeMs: number; readonly texts: Set<string> }>()
  #sampleCount = 0

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  count(key: AccountKey, by: Partial<Amounts>): void {
    const grainMs = this.#counts.size < MINUTE_KEYS_MAX ? MINUTE_MS : HOUR_MS
    const timeMs = Math.floor(this.#now() / grainMs) * grainMs
    const name = `${timeMs} ${nameOf(key)}`
    const known = this.#counts.get(name)
    if (!known) {
      this.#counts.set(name, { ...key, timeMs, requests: by.requests ?? 0, items: by.items ?? 0, bytes: by.bytes ?? 0 })
      return
    }
    known.requests += by.requests ?? 0
    known.items += by.items ?? 0
    known.bytes += by.bytes ?? 0
  }

  /** Keeps an example of what a reason is about, as far as there is room; see `sampleText` for what is left of it. */
  sample(key: AccountKey, text: string): void {
    if (this.#sampleCount >= SAMPLES_MAX) return
    const name = nameOf(key)
    const kept = this.#samples.get(name) ?? { ...key, timeMs: this.#now(), texts: new Set() }
    if (kept.texts.size >= SAMPLES_OF_KEY_MAX) return
    const before = kept.texts.size
    kept.texts.add(sampleText(text))
    this.#sampleCount += kept.texts.size - before
    this.#samples.set(name, kept)
  }

  /** A request that was answered with success, the first time. */
  accepted(
    request: OtlpRequest,
    result: Extract<AcceptResult, { kind: 'accepted' }>,
    bytes = request.body.length,
  ): void {
    const key = keyOf(request, 'acknowledged', '')
    this.count(key, { requests: 1, items: result.accepted, bytes })
    for (const { reason, count, sample } of result.rejections) {
      const rejected: AccountKey = { ...key, result: 'rejected', reason }
      this.count(rejected, { requests: 1, items: count })
      this.sample(rejected, sample)
    }
    for (const [reason, items] of Object.entries(result.notes ?? {}))
      if (items > 0) this.count({ ...key, result: 'noted', reason }, { requests: 1, items })
  }

  duplicate(request: OtlpRequest): void {
    this.count(keyOf(request, 'duplicate', ''), { requests: 1, bytes: request.body.length })
  }

  /** A request that was answered with an error; `projectId` 0 where it came without a known key. */
  refused(
    from: { readonly projectId: number; readonly signal: IngestSignal; readonly protocol: IngestProtocol },
    refusal: Refusal,
  ): void {
    const key: AccountKey = { ...from, result: 'refused', reason: refusal.reason }
    this.count(key, { requests: 1 })
    this.sample(key, refusal.message)
  }

  /** Everything since the last call, as rows of one write. */
  take(flushId: string): IngestRow[] {
    const rows: IngestRow[] = [...this.#counts.values()].map((row) => ({ ...row, flushId, sample: '' }))
    for (const { texts, ...key } of this.#samples.values())
      for (const sample of texts) rows.push({ ...key, flushId, requests: 0, items: 0, bytes: 0, sample })
    this.#counts.clear()
    this.#samples.clear()
    this.#sampleCount = 0
    return rows
  }
}

/** How OTLP came over HTTP. */
export const httpProtocol = (encoding: Encoding | undefined): IngestProtocol =>
  encoding === undefined ? 'unknown' : `http/${encoding}`

const keyOf = (request: OtlpRequest, result: IngestResult, reason: string): AccountKey => ({
  projectId: request.projectId,
  signal: request.signal,
  protocol: request.protocol ?? httpProtocol(request.encoding),
  result,
  reason,
})

const nameOf = ({ projectId, signal, protocol, result, reason }: AccountKey): string =>
  `${projectId} ${signal} ${protocol} ${result} ${reason}`
