import type { Step } from '../../schema/api/shapes.ts'
import { formatCount, formatDuration, formatTokens, formatUsd } from '../util/format.ts'
import type { Recording } from './recording.ts'

/** A role as a reader says it. */
export const roleName = (role: string): string =>
  ({ user: 'User', system: 'System prompt', assistant: 'Assistant', developer: 'Developer', tool: 'Tool' })[role] ??
  role

/** What a step is called in one or two words; the same in rows, inspector, title and voice. */
export const stepTitle = (step: Step): string => {
  const { message, toolCall, handoff, guardrail, approval, score, error } = step
  if (message) return roleName(message.role)
  if (toolCall) return toolCall.name
  if (handoff) return handoff.to || step.name
  if (guardrail) return guardrail.name || step.name
  if (approval) return approvalTitle(approval)
  if (score) return score.name
  if (step.kind === 'model_call') return shortModel(step.model || step.name)
  return error ? error.type || step.name : step.name
}

const approvalTitle = ({ decision, by }: NonNullable<Step['approval']>): string => {
  const word = { approved: 'Approved', denied: 'Denied', expired: 'Approval expired', pending: 'Waiting for approval' }[
    decision
  ]
  return by && decision !== 'expired' ? `${word}${decision === 'pending' ? ' of' : ' by'} ${by}` : word
}

/** A model's name without the day of its snapshot: `gpt-4.1-2025-04-14` → `gpt-4.1`. The inspector has the whole. */
export const shortModel = (model: string): string => model.replace(/-(\d{4}-\d{2}-\d{2}|\d{8})$/, '')

/** The kind of a step in words. */
export const stepNoun = (step: Step): string =>
  step.handoff?.subAgent
    ? 'sub-agent'
    : step.kind === 'model_call'
      ? 'model'
      : step.kind.replace('_call', '').replace('_', ' ')

export const stepMs = (step: Step): number => (step.message ? 0 : Number(step.durationNanos) / 1e6)

/** The figures at the end of a line: `3,204 → 118 tok · 2,048 cached · 2.1 s · $0.0041`. */
export const stepFigures = (step: Step): string => {
  if (step.approval) return step.approval.waitedMs > 0 ? `waited ${formatDuration(step.approval.waitedMs)}` : ''
  if (step.message || step.kind === 'evaluation') return ''
  const { usage } = step
  const parts: string[] = []
  if (usage) {
    parts.push(`${formatCount(usage.inputTotal)} → ${formatCount(usage.outputTotal)} tok`)
    if (usage.cacheRead > 0) parts.push(`${formatCount(usage.cacheRead)} cached`)
  }
  if (Number(step.durationNanos) > 0) parts.push(formatDuration(stepMs(step)))
  const cost = costWords(step)
  if (cost) parts.push(cost)
  return parts.join(' · ')
}

/** Never $0 for a price that is missing (semantics.md §2). */
export const costWords = (step: Pick<Step, 'costUsd' | 'costStatus'>): string => {
  if (step.costStatus === 'unpriced') return 'no price'
  return step.costUsd === undefined || (step.costStatus === 'free' && Number(step.costUsd) === 0)
    ? ''
    : formatUsd(step.costUsd)
}

/** What a sub-agent spent altogether: its own steps and those of agents below it. */
export const agentFigures = (rec: Recording, owner: Int32Array, handoff: number): string => {
  const inside = new Set([handoff])
  let tokens = 0
  let usd = 0
  let endMs = rec.endMs[handoff]!
  for (let i = handoff + 1; i < rec.steps.length; i++) {
    if (!inside.has(owner[i]!)) continue
    inside.add(i)
    const { usage, costUsd } = rec.steps[i]!
    tokens += usage ? usage.inputTotal + usage.outputTotal : 0
    usd += Number(costUsd ?? 0)
    endMs = Math.max(endMs, rec.endMs[i]!)
  }
  return [
    tokens > 0 && `${formatTokens(tokens)} tok`,
    formatDuration(endMs - rec.startMs[handoff]!),
    usd > 0 && formatUsd(usd),
  ]
    .filter(Boolean)
    .join(' · ')
}

const BRIEF_CHARS_MAX = 120

/** A JSON text in a few characters: its first plain values, or the text itself. */
export const briefJson = (text: string): string => {
  const value = parseJson(text)
  if (value === undefined) return brief(text)
  if (value === null || typeof value !== 'object') return brief(String(value))
  const entries = Array.isArray(value) ? value.map((v) => ['', v] as const) : Object.entries(value)
  const plain = entries.filter(([, v]) => v === null || typeof v !== 'object').map(([, v]) => String(v))
  if (plain.length > 0) return brief(plain.join(', '))
  return entries.length === 0 ? '' : brief(text)
}

export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const brief = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > BRIEF_CHARS_MAX ? `${line.slice(0, BRIEF_CHARS_MAX - 1)}…` : line
}
