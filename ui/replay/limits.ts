import type { Run } from '../../schema/api/shapes.ts'
import { formatUsd } from '../util/format.ts'
import type { Recording } from './recording.ts'

/** What a run may spend, from its `recount.limit.*` labels (interface.md, "Attributes of our own"); absent = no limit. */
export interface Limits {
  readonly usd?: number
  readonly tokens?: number
  readonly toolCalls?: number
  readonly seconds?: number
}
export type LimitName = keyof Limits

/** A limit was typed by somebody: shown in whole cents where it is whole cents, `$0.60`. */
export const formatLimitUsd = (usd: number): string =>
  Math.abs(usd * 100 - Math.round(usd * 100)) < 1e-9 ? `$${usd.toFixed(2)}` : formatUsd(usd)

/** What one run had spent at a moment. Dollars as a double: this is for a meter, the exact figures are the API's. */
export interface Spent {
  readonly usd: number
  readonly tokens: number
  readonly toolCalls: number
  readonly seconds: number
}

export const limitsOf = (labels: Run['labels'] | undefined): Limits => {
  const limits: { -readonly [name in LimitName]?: number } = {}
  for (const [name, label] of Object.entries(LABELS) as [LimitName, string][]) {
    const value = Number(labels?.[label])
    if (value > 0 && Number.isFinite(value)) limits[name] = value
  }
  return limits
}

const LABELS = {
  usd: 'recount.limit.usd',
  tokens: 'recount.limit.tokens',
  toolCalls: 'recount.limit.tool_calls',
  seconds: 'recount.limit.seconds',
} as const satisfies Record<LimitName, string>

/**
 * What the step's own run had spent when the step ended. A session's totals run over all its runs, a limit holds for one, so this adds
 * up the run's steps that ended by then.
 */
export const spentBy = (rec: Recording, index: number): Spent => {
  const { traceId } = rec.steps[index]!
  let spent: Spent = NOTHING
  let workedMs = runStartMs(rec, traceId)
  for (const i of rec.byEnd) {
    if (rec.endMs[i]! > rec.endMs[index]!) break
    if (rec.steps[i]!.traceId !== traceId) continue
    spent = add(spent, rec, i)
    if (rec.steps[i]!.kind !== 'evaluation') workedMs = rec.endMs[i]!
  }
  // A score may come a day later: it spends nothing of the run's time.
  const untilMs = rec.steps[index]!.kind === 'evaluation' ? workedMs : rec.endMs[index]!
  return { ...spent, seconds: (untilMs - runStartMs(rec, traceId)) / 1000 }
}

/** Steps (by seq) at whose end their run first passed one of its limits. */
export const crossings = (rec: Recording, limitsFor: (traceId: string) => Limits): Map<number, LimitName[]> => {
  const crossed = new Map<number, LimitName[]>()
  const runs = new Map<string, { spent: Spent; readonly startMs: number; readonly over: Set<LimitName> }>()
  for (const i of rec.byEnd) {
    const step = rec.steps[i]!
    if (step.kind === 'evaluation') continue
    const run = runs.get(step.traceId) ?? { spent: NOTHING, startMs: runStartMs(rec, step.traceId), over: new Set() }
    runs.set(step.traceId, run)
    run.spent = { ...add(run.spent, rec, i), seconds: (rec.endMs[i]! - run.startMs) / 1000 }
    const limits = limitsFor(step.traceId)
    const fresh = LIMIT_NAMES.filter(
      (name) => run.spent[name] > (limits[name] ?? Number.POSITIVE_INFINITY) && !run.over.has(name),
    )
    if (fresh.length === 0) continue
    for (const name of fresh) run.over.add(name)
    crossed.set(step.seq, fresh)
  }
  return crossed
}

const LIMIT_NAMES = Object.keys(LABELS) as LimitName[]
const NOTHING: Spent = { usd: 0, tokens: 0, toolCalls: 0, seconds: 0 }

const add = (spent: Spent, rec: Recording, i: number): Spent => {
  const { usage, costUsd, kind } = rec.steps[i]!
  return {
    usd: spent.usd + Number(costUsd ?? 0),
    tokens: spent.tokens + (usage ? usage.inputTotal + usage.outputTotal : 0),
    toolCalls: spent.toolCalls + (kind === 'tool_call' ? 1 : 0),
    seconds: 0,
  }
}

const runStartMs = (rec: Recording, traceId: string): number =>
  rec.startMs[rec.steps.findIndex((s) => s.traceId === traceId)] ?? 0
