import { OutcomeSettings } from '../../schema/api/outcome-settings.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { readSetting } from '../../schema/settings/settings.ts'

type Rules = OutcomeSettings['rules']

/** The outcome rules of each project, as its settings say. */
export interface RuleBooks {
  /** @throws DatabaseError */
  readonly of: (projectId: number) => Promise<Rules>
}

/** A rule that was changed holds for what is tallied after this. */
const FRESH_MS = 10_000

export const ruleBooks = (database: Database, now: () => number = () => performance.now()): RuleBooks => {
  const books = new Map<number, { readonly readMs: number; readonly rules: Rules }>()
  return {
    of: async (projectId) => {
      const known = books.get(projectId)
      if (known && now() - known.readMs < FRESH_MS) return known.rules
      const setting = await readSetting<unknown>(database, projectId, 'outcomes')
      // Written by a newer program: what it means is not known here, and a tally must not stop for it.
      const parsed = OutcomeSettings.safeParse(setting?.body ?? {})
      const rules = parsed.success ? parsed.data.rules : (known?.rules ?? [])
      books.set(projectId, { readMs: now(), rules })
      return rules
    },
  }
}
