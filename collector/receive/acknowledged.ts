import { createHash } from 'node:crypto'
import type { AcceptResult, Consumer, OtlpRequest } from '../pipeline-types.ts'
import type { IngestAccount } from './ingest-account.ts'
import type { ReceiveMeters } from './meters.ts'

export interface AcknowledgedOptions {
  readonly meters: ReceiveMeters
  readonly account?: IngestAccount
  /** How long an acknowledgement is remembered; exporters give up after a minute, the collector after five. */
  readonly keepMs?: number
  /** Most acknowledgements remembered, oldest forgotten first; one takes some 300 bytes. */
  readonly entriesMax?: number
  readonly now?: () => number
}

const KEEP_MS = 10 * 60_000
const ENTRIES_MAX = 50_000

type Accepted = Extract<AcceptResult, { kind: 'accepted' }>

/**
 * Exporters that lose an answer send the same bytes again, without any request id. Such a request is acknowledged again, with the
 * answer it got, and not stored a second time. Entered only after the acknowledgement, so what was not kept is never taken for kept;
 * the same bytes that arrive meanwhile share the one answer. Two senders with equal bytes are one: the bytes hold ids and times.
 * Counts items too, since only here it is known which are new.
 */
export function acknowledgeOnce(next: Consumer, options: AcknowledgedOptions): Consumer {
  const { meters, account, keepMs = KEEP_MS, entriesMax = ENTRIES_MAX, now = () => performance.now() } = options
  const settled = new Map<string, { readonly atMs: number; readonly answer: Accepted }>()
  const inFlight = new Map<string, Promise<AcceptResult>>()

  const remember = (key: string, answer: Accepted): void => {
    settled.delete(key)
    settled.set(key, { atMs: now(), answer })
    // A Map keeps the order of entry, which is the order of time here.
    for (const [oldest, { atMs }] of settled) {
      if (settled.size <= entriesMax && now() - atMs <= keepMs) break
      settled.delete(oldest)
    }
  }

  const duplicate = (request: OtlpRequest): void => {
    meters.duplicates.inc({ signal: request.signal })
    account?.duplicate(request)
  }

  const pass = async (request: OtlpRequest, key: string): Promise<AcceptResult> => {
    const bytes = request.body.length
    const result = await next(request)
    if (result.kind !== 'accepted') return result
    remember(key, result)
    count(meters, request, result)
    account?.accepted(request, result, bytes)
    return result
  }

  return (request) => {
    const key = keyOf(request)
    const known = settled.get(key)
    if (known && now() - known.atMs <= keepMs) {
      duplicate(request)
      return Promise.resolve(known.answer)
    }
    const running = inFlight.get(key)
    if (running) {
      duplicate(request)
      return running
    }
    const answer = pass(request, key).finally(() => inFlight.delete(key))
    inFlight.set(key, answer)
    return answer
  }
}

function keyOf({ projectId, signal, encoding, body }: OtlpRequest): string {
  return `${projectId} ${signal} ${encoding} ${createHash('sha256').update(body).digest('base64')}`
}

function count(meters: ReceiveMeters, { signal }: OtlpRequest, { accepted, rejections }: Accepted): void {
  let received = accepted
  for (const { reason, count: rejected } of rejections) {
    meters.rejected.inc({ signal, reason }, rejected)
    received += rejected
  }
  meters.received.inc({ signal }, received)
  meters.acknowledged.inc({ signal }, accepted)
}
