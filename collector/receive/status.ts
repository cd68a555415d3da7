import type { AcceptResult } from '../pipeline-types.ts'

/**
 * Every answer that is not a success, once: its HTTP status, its `google.rpc.Code`, and whether a client may send the same again.
 * Exporters retry HTTP 429, 502, 503, 504 and nothing else, so what will pass later must be one of those and never a 500
 * (opentelemetry-proto docs/specification.md, "Failures"; the pairs follow the collector's receiver/otlpreceiver/internal/errors).
 * Reasons are metric labels: the set is closed.
 */
export const REFUSALS = {
  undecodable: { http: 400, rpc: 3, retryable: false },
  bad_compression: { http: 400, rpc: 3, retryable: false },
  unauthenticated: { http: 401, rpc: 16, retryable: false },
  forbidden: { http: 403, rpc: 7, retryable: false },
  unknown_path: { http: 404, rpc: 12, retryable: false },
  method_not_allowed: { http: 405, rpc: 12, retryable: false },
  too_large: { http: 413, rpc: 8, retryable: false },
  unsupported_content_type: { http: 415, rpc: 3, retryable: false },
  unsupported_content_encoding: { http: 415, rpc: 3, retryable: false },
  /** gRPC has its own code for a compression that a server does not know. */
  unsupported_grpc_encoding: { http: 415, rpc: 12, retryable: false },
  /** The next stage cannot keep it now: spool full, disk full, shutting down. */
  unavailable: { http: 503, rpc: 14, retryable: true },
  /** Too many request bytes are in memory at once. */
  busy: { http: 503, rpc: 14, retryable: true },
  /** A fault of ours that we did not foresee; retried rather than lost. */
  internal: { http: 503, rpc: 14, retryable: true },
} as const satisfies Record<string, { readonly http: number; readonly rpc: number; readonly retryable: boolean }>

export type RefusalReason = keyof typeof REFUSALS

export interface Refusal {
  readonly reason: RefusalReason
  /** What was wrong and what to do, for the sender's eyes. */
  readonly message: string
  readonly retryAfterSeconds?: number
}

/** What the next stage did not take, as an answer. */
export const refusalOf = (result: Exclude<AcceptResult, { kind: 'accepted' }>): Refusal =>
  result.kind === 'invalid'
    ? { reason: 'undecodable', message: result.message }
    : { reason: 'unavailable', message: result.reason, retryAfterSeconds: result.retryAfterSeconds }

/**
 * Value of `Retry-After` for a retryable refusal. JavaScript and Python exporters drop the batch if it is more than what is left of
 * their 10 s, hence 1–5 s.
 */
export function retryAfterSeconds(refusal: Refusal): number | undefined {
  if (!REFUSALS[refusal.reason].retryable) return undefined
  const wanted = Math.ceil(refusal.retryAfterSeconds ?? 1)
  return Number.isFinite(wanted) ? Math.min(5, Math.max(1, wanted)) : 5
}
