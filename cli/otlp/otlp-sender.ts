import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Attributes } from '@opentelemetry/api'
import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { authHeaders, checkOtlpEndpoint, type OtlpEndpoint, OtlpSendError, signalUrl } from './otlp-endpoint.ts'
import { collectPartialSuccesses, type Rejections } from './partial-success.ts'
import { type TelemetryLog, type TelemetrySpan, toReadableLog, toReadableSpan } from './telemetry.ts'

/** What left and arrived. Rejected items are counted in `spans` and `logs` as well: they were sent and answered. */
export interface SendReport {
  readonly spans: number
  readonly logs: number
  readonly requests: number
  /** Batches sent again after the exporter itself had given up retrying. */
  readonly resent: number
  readonly rejected: Rejections
}

/**
 * Sends spans and log events in batches, several at a time, through OpenTelemetry's own exporters.
 *
 *     spans() / logs() ──► batch of ≤ 512 items, ≤ 4 MiB ──► ≤ 4 in flight ──► answered, or sent again, or OtlpSendError
 *
 * `spans` and `logs` resolve when their items are gathered or in flight; `flush` when all are answered.
 */
export interface OtlpSender {
  spans(spans: readonly TelemetrySpan[]): Promise<void>
  logs(logs: readonly TelemetryLog[]): Promise<void>
  /** @throws OtlpSendError if anything could not be delivered. */
  flush(): Promise<SendReport>
  /** What has been answered so far. */
  report(): SendReport
  close(): Promise<void>
}

export interface OtlpSenderOptions extends OtlpEndpoint {
  readonly inFlightMax?: number
  /** How long a batch is sent again while the other side says "later" or is gone. */
  readonly giveUpAfterMs?: number
  readonly signal?: AbortSignal | undefined
}

const batchItemsMax = 512
// Far under the 64 MiB that a collector takes at once, and large enough to be quick.
const batchBytesMax = 4 * 1024 * 1024
const exportTimeoutMs = 30_000
const stopGraceMs = 1_000

/** @throws OtlpSendError when nothing listens there, before anything is sent. */
export async function openOtlpSender(options: OtlpSenderOptions): Promise<OtlpSender> {
  await checkOtlpEndpoint(options)
  const common = {
    headers: authHeaders(options),
    timeoutMillis: exportTimeoutMs,
    concurrencyLimit: 64,
    keepAlive: true,
  }
  const traceExporter = new OTLPTraceExporter({ ...common, url: signalUrl(options, 'traces') })
  const logExporter = new OTLPLogExporter({ ...common, url: signalUrl(options, 'logs') })
  const partialSuccesses = collectPartialSuccesses()
  const window = new InFlightWindow(options.inFlightMax ?? 4)
  const giveUpAfterMs = options.giveUpAfterMs ?? 120_000
  const sent = { spans: 0, logs: 0, requests: 0, resent: 0 }

  async function deliver(
    signal: 'spans' | 'logs',
    count: number,
    send: (done: (result: ExportResult) => void) => void,
  ) {
    sent.resent += await exportUntilAnswered(send, giveUpAfterMs, options)
    sent.requests += 1
    sent[signal] += count
  }

  const sendSpans = (batch: readonly TelemetrySpan[]): Promise<void> =>
    window.run(() => deliver('spans', batch.length, (done) => traceExporter.export(batch.map(toReadableSpan), done)))
  const sendLogs = (batch: readonly TelemetryLog[]): Promise<void> =>
    window.run(() => deliver('logs', batch.length, (done) => logExporter.export(batch.map(toReadableLog), done)))
  const report = (): SendReport => ({ ...sent, rejected: partialSuccesses.rejections() })
  const spanBatcher = new Batcher<TelemetrySpan>()
  const logBatcher = new Batcher<TelemetryLog>()

  return {
    async spans(spans) {
      for (const batch of spanBatcher.add(spans)) await sendSpans(batch)
    },
    async logs(logs) {
      for (const batch of logBatcher.add(logs)) await sendLogs(batch)
    },
    async flush() {
      for (const batch of spanBatcher.rest()) await sendSpans(batch)
      for (const batch of logBatcher.rest()) await sendLogs(batch)
      await window.idle()
      return report()
    },
    report,
    async close() {
      const closed = Promise.all([traceExporter.shutdown(), logExporter.shutdown()])
      // Shutting down waits for requests under way, which may be waiting to retry.
      if (!options.signal?.aborted) await closed
      partialSuccesses.stop()
    },
  }
}

/** Gathers items into batches, cut by count and by an estimate of bytes; a single item over the limit travels alone. */
export class Batcher<T extends { readonly attributes: Attributes }> {
  #items: T[] = []
  #bytes = 0;

  /** Yields the batches that became full. */
  *add(items: Iterable<T>): Generator<readonly T[]> {
    for (const item of items) {
      const size = estimatedBytes(item.attributes)
      if (this.#items.length >= batchItemsMax || this.#bytes + size > batchBytesMax) yield* this.rest()
      this.#items.push(item)
      this.#bytes += size
    }
  }

  /** Yields what is left, if anything is. */
  *rest(): Generator<readonly T[]> {
    const items = this.#items
    this.#items = []
    this.#bytes = 0
    if (items.length > 0) yield items
  }
}

function estimatedBytes(attributes: Attributes): number {
  let bytes = 200
  for (const value of Object.values(attributes)) bytes += 40 + (typeof value === 'string' ? value.length : 8)
  return bytes
}

/** Returns how often the batch had to be sent again. The exporter's own retries (5, honouring Retry-After) come first. */
async function exportUntilAnswered(
  send: (done: (result: ExportResult) => void) => void,
  giveUpAfterMs: number,
  { endpoint, signal }: OtlpSenderOptions,
): Promise<number> {
  const deadline = Date.now() + giveUpAfterMs
  for (let resent = 0; ; resent++) {
    const result = await orStopped(new Promise<ExportResult>((resolve) => send(resolve)), signal)
    if (result.code === ExportResultCode.SUCCESS) return resent
    const status = statusOf(result.error)
    if (status !== undefined) throw refused(endpoint, status, result.error)
    if (signal?.aborted)
      throw new OtlpSendError(`Stopped while ${endpoint} was not taking data.`, { cause: result.error })
    if (Date.now() >= deadline) {
      throw new OtlpSendError(
        `${endpoint} has not taken a batch for ${Math.round(giveUpAfterMs / 1000)} s (${result.error?.message ?? 'no answer'}). Look at its /readyz, then run the command again: what has arrived is not counted twice.`,
        { cause: result.error },
      )
    }
    await sleep(Math.min(1000 * 2 ** resent, 10_000))
  }
}

/** Someone who stops the command does not wait for the exporter's retries; an answer that is under way still counts. */
async function orStopped(result: Promise<ExportResult>, signal: AbortSignal | undefined): Promise<ExportResult> {
  if (!signal) return result
  const settled = new AbortController()
  const stopped = async (): Promise<ExportResult> => {
    if (!signal.aborted) await once(signal, 'abort', { signal: settled.signal })
    await sleep(stopGraceMs, undefined, { signal: settled.signal })
    return { code: ExportResultCode.FAILED, error: new Error('stopped before the answer') }
  }
  try {
    return await Promise.race([result, stopped().catch(() => new Promise<never>(() => {}))])
  } finally {
    settled.abort()
  }
}

/** The exporter gives an HTTP status to answers that no repetition can change. */
function statusOf(error: Error | undefined): number | undefined {
  return error && 'code' in error && typeof error.code === 'number' ? error.code : undefined
}

function refused(endpoint: string, status: number, error: Error | undefined): OtlpSendError {
  const detail = error && 'data' in error && typeof error.data === 'string' ? error.data.slice(0, 300) : ''
  return new OtlpSendError(
    `${endpoint} refused a batch with status ${status} ${error?.message ?? ''} ${detail}`.trim(),
    {
      cause: error,
    },
  )
}

/** Lets at most `max` deliveries run at once and remembers the first failure for whoever asks next. */
class InFlightWindow {
  readonly #running = new Set<Promise<void>>()
  readonly #max: number
  #failure: unknown

  constructor(max: number) {
    this.#max = max
  }

  async run(task: () => Promise<void>): Promise<void> {
    while (this.#running.size >= this.#max) await Promise.race(this.#running)
    this.#throwFailure()
    const running = task()
      .catch((error: unknown) => {
        this.#failure ??= error
      })
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.race(this.#running)
    this.#throwFailure()
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}
