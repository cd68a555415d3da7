import type { TallySpan } from './tally-span.ts'

/** A word of the business that a run carries (a ticket, an order), by which late outcomes and charges may name it (semantics.md §3). */
export const OUTCOME_KEY = 'recount.outcome.key'

/** Every such word that these spans carry, sorted. */
export const outcomeKeysOf = (spans: readonly TallySpan[]): readonly string[] => {
  const keys = new Set<string>()
  for (const { labels } of spans) {
    const key = labels.size === 0 ? undefined : labels.get(OUTCOME_KEY)
    if (key) keys.add(key)
  }
  return keys.size === 0 ? NONE : [...keys].sort()
}

const NONE: readonly string[] = []
