import type { BudgetState } from '../../schema/api/budgets.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { exposeFamily } from '../../schema/metrics/registry.ts'
import { budgetStates } from '../queries/costs/budgets.ts'

/** A scrape comes every few seconds, and a budget moves by the hour. */
const FRESH_MS = 5 * 60_000
/** So long a scrape waits for the ledger; what comes later is in the next one. */
const WAIT_MS = 3_000

/** Prometheus text of a project's budgets; '' where it has none, or none is known yet. Never fails: a scrape is of more than budgets. */
export type BudgetMetrics = (projectId: number, nowMs: number) => Promise<string>

export const createBudgetMetrics = (database: Database): BudgetMetrics => {
  const known = new Map<number, { readonly askedMs: number; text: string; readonly asking: Promise<unknown> }>()
  return async (projectId, nowMs) => {
    const before = known.get(projectId)
    if (before && nowMs - before.askedMs < FRESH_MS) return before.text
    const entry = {
      askedMs: nowMs,
      text: before?.text ?? '',
      asking: budgetStates(database, projectId, nowMs).then(
        (states) => {
          entry.text = exposition(states)
        },
        () => undefined,
      ),
    }
    known.set(projectId, entry)
    await Promise.race([entry.asking, after(WAIT_MS)])
    return entry.text
  }
}

const exposition = (states: readonly BudgetState[]): string =>
  states.length === 0
    ? ''
    : family(
        'agent_budget_spent_ratio',
        'Spent in the period under way, over the limit',
        states,
        ({ share }) => share,
      ) +
      family(
        'agent_budget_forecast_ratio',
        'Forecast of the period under way, over the limit; absent under a week of history',
        states,
        ({ forecast, budget }) => (forecast === null ? undefined : Number(forecast) / Number(budget.limit)),
      )

const family = (
  name: string,
  help: string,
  states: readonly BudgetState[],
  valueOfBudget: (state: BudgetState) => number | undefined,
): string =>
  exposeFamily({
    name,
    help,
    type: 'gauge',
    samples: () =>
      states.flatMap((state) => {
        const value = valueOfBudget(state)
        const { name: budget, period } = state.budget
        return value === undefined ? [] : [{ labels: { budget, period }, value }]
      }),
  })

const after = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
