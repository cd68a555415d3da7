import type { Run, Step, Totals } from '../../schema/api/shapes.ts'

/** What a run may spend, from its `recount.limit.*` labels (interface.md, "Attributes of our own"); absent = no limit. */
export interface Limits {
  readonly usd?: number
  readonly tokens?: number
  readonly toolCalls?: number
  readonly seconds?: number
}

export const limitsOf = (labels: Run['labels'] | undefined): Limits => {
  const read = (name: string) => {
    const value = Number(labels?.[`recount.limit.${name}`])
    return Number.isFinite(value) && value > 0 ? value : undefined
  }
  return {
    ...pick('usd', read('usd')),
    ...pick('tokens', read('tokens')),
    ...pick('toolCalls', read('tool_calls')),
    ...pick('seconds', read('seconds')),
  }
}

export type LimitName = keyof Limits

/** Limits that these totals are over. `seconds` is judged by the caller's clock, not by totals. */
export const exceeded = (totals: Totals, limits: Limits): LimitName[] => {
  const over: LimitName[] = []
  if (limits.usd !== undefined && Number(totals.costUsd) > limits.usd) over.push('usd')
  if (limits.tokens !== undefined && tokensOf(totals) > limits.tokens) over.push('tokens')
  if (limits.toolCalls !== undefined && totals.toolCalls > limits.toolCalls) over.push('toolCalls')
  return over
}

export const tokensOf = (t: Pick<Totals, 'usage'>): number => t.usage.inputTotal + t.usage.outputTotal

/** Steps at which a limit was first crossed, with the limits that were. `steps` must belong to one run: limits are a run's. */
export const crossings = (steps: readonly Step[], limits: Limits): Map<number, LimitName[]> => {
  const crossed = new Map<number, LimitName[]>()
  const seen = new Set<LimitName>()
  for (const step of steps) {
    const fresh = exceeded(step.totals, limits).filter((name) => !seen.has(name))
    if (fresh.length === 0) continue
    for (const name of fresh) seen.add(name)
    crossed.set(step.seq, fresh)
  }
  return crossed
}

const pick = (name: LimitName, value: number | undefined) => (value === undefined ? {} : { [name]: value })
