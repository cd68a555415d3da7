import type { SessionItem, Step } from '../../schema/api/shapes.ts'
import type { LimitName } from './limits.ts'
import { failureOf, invalidity } from './marks.ts'

/** One thing that explains a failed run; each links to its step. */
export interface Finding {
  readonly kind: 'invalid' | 'loop' | 'blocked' | 'denied' | 'limit' | 'error' | 'escalated' | 'score'
  readonly seq: number
  /** Name of the tool, guardrail, limit or agent it is about. */
  readonly subject: string
  /** Reads on after the subject: "was called without amount_usd". */
  readonly text: string
  /** What followed, where that is part of the explanation. */
  readonly after?: string
}

/** A call repeated this often with the same arguments is a loop. */
const LOOP_CALLS_MIN = 3

/**
 * The shortest explanation that the steps support, strongest first; empty where the run did not fail. What the agent did wrong comes
 * before what went wrong around it: an invalid call explains the error after it, an error seldom explains an invalid call.
 */
export const explain = (
  session: Pick<SessionItem, 'outcome' | 'status'>,
  steps: readonly Step[],
  crossed: ReadonlyMap<number, readonly LimitName[]> = new Map(),
): Finding[] => {
  if (!needsExplaining(session)) return []
  const found = [
    firstInvalid(steps),
    firstLoop(steps),
    firstBlock(steps),
    firstDenied(steps),
    firstCrossing(crossed),
    firstError(steps),
    firstEscalation(steps),
    firstFailedScore(steps),
  ]
  const seen = new Set<number>()
  return found.filter((f): f is Finding => f !== undefined && !seen.has(f.seq) && Boolean(seen.add(f.seq)))
}

export const needsExplaining = (session: Pick<SessionItem, 'outcome' | 'status'>): boolean =>
  session.status === 'error' ||
  session.outcome === 'failure' ||
  session.outcome === 'infra_error' ||
  session.outcome === 'escalated'

const firstInvalid = (steps: readonly Step[]): Finding | undefined => {
  const at = steps.findIndex((s) => s.toolCall?.valid === false)
  const call = steps[at]?.toolCall
  if (!call) return undefined
  const missing = invalidity(call.validationErrors).match(/^(\S+) is required$/)?.[1]
  const text = missing
    ? `was called without ${missing} (required by the schema the model was given)`
    : `was called with invalid arguments: ${invalidity(call.validationErrors)}`
  const later = steps.slice(at + 1)
  const retried = later.some((s) => s.toolCall?.name === call.name)
  const escalated = later.some(isEscalation)
  const after = retried || escalated ? undefined : 'the run ended without a retry or an escalation'
  return { kind: 'invalid', seq: steps[at]!.seq, subject: call.name, text, ...(after ? { after } : {}) }
}

const firstLoop = (steps: readonly Step[]): Finding | undefined => {
  const calls = new Map<string, Step[]>()
  for (const step of steps) {
    if (!step.toolCall) continue
    const key = `${step.agent}\0${step.toolCall.name}\0${step.toolCall.arguments}`
    calls.set(key, [...(calls.get(key) ?? []), step])
  }
  const loops = [...calls.values()].filter((c) => c.length >= LOOP_CALLS_MIN)
  const loop = loops.sort((a, b) => a[LOOP_CALLS_MIN - 1]!.seq - b[LOOP_CALLS_MIN - 1]!.seq)[0]
  if (!loop) return undefined
  const text = `was called ${loop.length} times with the same arguments`
  return { kind: 'loop', seq: loop[0]!.seq, subject: loop[0]!.toolCall!.name, text }
}

const firstBlock = (steps: readonly Step[]): Finding | undefined => {
  const step = steps.find((s) => s.guardrail?.verdict === 'block')
  const rail = step?.guardrail
  if (!rail) return undefined
  return {
    kind: 'blocked',
    seq: step.seq,
    subject: rail.name,
    text: `blocked${rail.detail ? `: ${brief(rail.detail)}` : ''}`,
  }
}

const firstDenied = (steps: readonly Step[]): Finding | undefined => {
  const step = steps.find((s) => s.approval?.decision === 'denied' || s.approval?.decision === 'expired')
  const approval = step?.approval
  if (!approval) return undefined
  const text =
    approval.decision === 'denied'
      ? `was denied by ${approval.by || 'a reviewer'}`
      : 'waited for an approval that expired'
  return { kind: 'denied', seq: step.seq, subject: approval.tool || step.name, text }
}

const LIMIT_WORDS: Record<LimitName, string> = {
  usd: 'cost',
  tokens: 'tokens',
  toolCalls: 'tool calls',
  seconds: 'time',
}

const firstCrossing = (crossed: ReadonlyMap<number, readonly LimitName[]>): Finding | undefined => {
  const [first] = [...crossed].sort(([a], [b]) => a - b)
  return first && { kind: 'limit', seq: first[0], subject: `${LIMIT_WORDS[first[1][0]!]} limit`, text: 'was crossed' }
}

const firstError = (steps: readonly Step[]): Finding | undefined => {
  const step = steps.find((s) => failureOf(s) !== undefined && s.toolCall?.valid !== false)
  if (!step) return undefined
  const subject = step.toolCall?.name ?? step.model ?? step.name
  return { kind: 'error', seq: step.seq, subject, text: `failed: ${brief(failureOf(step)!)}` }
}

const firstEscalation = (steps: readonly Step[]): Finding | undefined => {
  const step = steps.find(isEscalation)
  if (!step) return undefined
  const subject = step.handoff?.to ?? step.guardrail?.name ?? step.toolCall?.name ?? step.name
  return {
    kind: 'escalated',
    seq: step.seq,
    subject,
    text: step.guardrail ? 'escalated' : 'was handed the conversation',
  }
}

const firstFailedScore = (steps: readonly Step[]): Finding | undefined => {
  const step = steps.find(
    (s) => s.score && s.score.name !== 'task.outcome' && /^(fail|false|violation|unsupported)/i.test(s.score.label),
  )
  return (
    step?.score && {
      kind: 'score',
      seq: step.seq,
      subject: step.score.name,
      text: `failed: ${brief(step.score.explanation || step.score.label)}`,
    }
  )
}

/** A person takes over: a handoff that is no sub-agent, a guardrail that says so, a tool by that name. */
const isEscalation = (step: Step): boolean =>
  (step.handoff !== undefined && !step.handoff.subAgent) ||
  step.guardrail?.verdict === 'escalate' ||
  /escalat|transfer_to_human|human_handoff/i.test(step.toolCall?.name ?? '')

const BRIEF_CHARS_MAX = 160
const brief = (text: string): string => {
  const line = text.trim().split('\n')[0]!
  return line.length > BRIEF_CHARS_MAX ? `${line.slice(0, BRIEF_CHARS_MAX - 1)}…` : line
}
