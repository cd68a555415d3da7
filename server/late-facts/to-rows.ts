import { createHash } from 'node:crypto'
import type { Charge as PostedCharge } from '../../schema/api/costs.ts'
import type { PostedOutcome, PostedScore } from '../../schema/api/late-facts.ts'
import type { Charge } from '../../schema/model/charge.ts'
import type { Score } from '../../schema/model/span.ts'

/** Who posts, and when. */
export interface Sender {
  readonly projectId: number
  readonly actor: string
  readonly nowMs: number
}

/** Why an item that is well formed cannot be kept. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

/** The name under which a run's outcome stands among its scores (semantics.md §3). */
const OUTCOME_SCORE = 'task.outcome'

export const scoreOfOutcome = (posted: PostedOutcome, sender: Sender): Score =>
  scoreOf({ ...posted, name: OUTCOME_SCORE }, sender)

/** @throws Refused */
export const scoreOf = (
  posted: Omit<PostedScore, 'value' | 'spanId'> & Partial<PostedScore>,
  sender: Sender,
): Score => {
  const { projectId, actor, nowMs } = sender
  const { target, name, label, source, version, explanation, value = Number.NaN, spanId = '' } = posted
  if (spanId !== '' && target.traceId === undefined) throw new Refused('spanId: needs a target that names its trace')
  const evaluator = posted.evaluator ?? actor
  const where = { traceId: target.traceId ?? '', sessionId: target.sessionId ?? '', targetKey: target.key ?? '' }
  // Without a time of its own the same judgement sent again is the same.
  const said = posted.id ?? [where, spanId, name, source, evaluator, version, posted.decidedAt ?? '', label, value]
  return {
    projectId,
    scoreId: idOf('score', projectId, said),
    timeNanos: nanosOf('decidedAt', posted.decidedAt, nowMs) ?? BigInt(nowMs) * 1_000_000n,
    name,
    source,
    evaluator,
    evaluatorVersion: version,
    value,
    label,
    explanation,
    ...where,
    spanId,
    responseId: '',
    attrs: new Map(),
  }
}

/** @throws Refused */
export const chargeOf = (posted: PostedCharge, { projectId, nowMs }: Sender): Charge => {
  const { target, component, amountUsd, minutes = 0, note } = posted
  return {
    projectId,
    chargeId: idOf('charge', projectId, posted.id ?? posted),
    id: posted.id ?? '',
    traceId: target.traceId ?? '',
    sessionId: target.sessionId ?? '',
    targetKey: target.key ?? '',
    component,
    amountNanoUsd: amountUsd === undefined ? undefined : nanoUsdOf(amountUsd),
    nanoMinutes: BigInt(Math.round(minutes * 1e9)),
    timeNanos: nanosOf('at', posted.at, nowMs) ?? 0n,
    note,
  }
}

const idOf = (what: string, projectId: number, said: unknown): string =>
  createHash('sha256')
    .update(`${what}\0${projectId}\0${JSON.stringify(said)}`)
    .digest('hex')
    .slice(0, 32)

/** `-12.5` → −12,500,000,000. */
const nanoUsdOf = (text: string): bigint => {
  const [, sign, whole, places = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  const nanos = BigInt(`${whole ?? '0'}${places.padEnd(9, '0')}`)
  return sign === '-' ? -nanos : nanos
}

/** The ledger holds this much; what is older would be dropped as soon as it came. */
const KEPT_MS = 399 * 86_400_000
/** Clocks of others may be ahead by this. */
const AHEAD_MS = 600_000
const ISO = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.(\d{1,9}))?)?(?:Z|[+-]\d{2}:?\d{2}))?$/

/** @throws Refused for what is no time, and for one that cannot be kept */
const nanosOf = (field: string, text: string | undefined, nowMs: number): bigint | undefined => {
  if (text === undefined) return undefined
  const match = ISO.exec(text)
  // Fractions are read apart: a Date knows milliseconds.
  const ms = match ? Date.parse(text.replace(/\.\d+/, '')) : Number.NaN
  if (!match || Number.isNaN(ms))
    throw new Refused(`${field}: not a time in ISO 8601 with its zone, as 2026-03-01T12:00:00Z`)
  if (ms > nowMs + AHEAD_MS) throw new Refused(`${field}: is in the future`)
  if (ms < nowMs - KEPT_MS) throw new Refused(`${field}: is more than 399 days ago, longer than runs are kept`)
  return BigInt(ms) * 1_000_000n + BigInt((match[1] ?? '').padEnd(9, '0'))
}
