import type { Budget, BudgetState } from '../../../schema/api/budgets.ts'
import type { CostFilters } from '../../../schema/api/cost-queries.ts'
import type { Database } from '../../../schema/clickhouse/database.ts'
import type { DimensionName } from '../../../schema/model/dimension.ts'
import { DAY_MS, dayStart } from '../../../schema/model/period.ts'
import { readSetting, writeSetting } from '../../../schema/settings/settings.ts'
import { HISTORY_DAYS_MAX } from '../../statistics/forecast.ts'
import { budgetState } from './budget-state.ts'
import { hourlyCosts } from './hourly.ts'
import { hourlyRuns } from './runs-hourly.ts'

interface BudgetDocument {
  readonly budgets: readonly Budget[]
}

/** Scopes that are asked for at once. */
const ASKED_AT_ONCE = 4

export const readBudgets = async (database: Database, projectId: number): Promise<readonly Budget[]> =>
  (await readSetting<BudgetDocument>(database, projectId, 'budgets'))?.body.budgets ?? []

/** Replaces all budgets. The same again is no change: it leaves no entry in the audit log. @throws DatabaseError */
export const writeBudgets = async (
  database: Database,
  {
    projectId,
    actor,
    budgets,
  }: { readonly projectId: number; readonly actor: string; readonly budgets: readonly Budget[] },
): Promise<void> => {
  const before = new Map((await readBudgets(database, projectId)).map((budget) => [budget.name, budget]))
  const now = new Map(budgets.map((budget) => [budget.name, budget]))
  const added = [...now.keys()].filter((name) => !before.has(name))
  const removed = [...before.keys()].filter((name) => !now.has(name))
  const changed = [...now.keys()].filter((name) => before.has(name) && !same(before.get(name)!, now.get(name)!))
  if (added.length + removed.length + changed.length === 0) return
  const was = [...removed, ...changed].map((name) => before.get(name))
  await writeSetting(database, {
    projectId,
    kind: 'budgets',
    body: { budgets } satisfies BudgetDocument,
    actor,
    action: 'budgets.put',
    detail: { added, removed, changed, was },
  })
}

/** Every budget in the period under way, in the order they were declared. Budgets of one scope are answered by one question. */
export const budgetStates = async (database: Database, projectId: number, nowMs: number): Promise<BudgetState[]> => {
  const budgets = await readBudgets(database, projectId)
  const scopes = new Map<string, Budget[]>()
  for (const budget of budgets) {
    const key = scopeKey(budget)
    scopes.set(key, [...(scopes.get(key) ?? []), budget])
  }
  const states = new Map<string, BudgetState>()
  const waiting = [...scopes.values()]
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      for (const state of await statesOfScope(database, projectId, next, nowMs)) states.set(state.budget.name, state)
  }
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, work))
  return budgets.map(({ name }) => states.get(name)!)
}

/** A forecast looks back so many whole days; every period lies within them. */
export const lookBack = (nowMs: number): number => dayStart(nowMs) - HISTORY_DAYS_MAX * DAY_MS

const statesOfScope = async (
  database: Database,
  projectId: number,
  budgets: readonly Budget[],
  nowMs: number,
): Promise<BudgetState[]> => {
  const { scope } = budgets[0]!
  const [costs, runs] = await Promise.all([
    hourlyCosts(database, projectId, { filters: scopeFilters(scope), from: lookBack }, nowMs),
    budgets.some(({ metric }) => metric === 'runs')
      ? hourlyRuns(database, projectId, scope, { fromMs: lookBack(nowMs), toMs: nowMs })
      : undefined,
  ])
  return budgets.map((budget) => {
    const series = budget.metric === 'runs' ? runs! : costs[budget.metric]
    return budgetState(budget, { series, unpriced: costs.unpriced }, nowMs)
  })
}

/** A scope as the filters of GET /api/costs. A filter `version` is of runs; the dimension is of the agent that made the call. */
export const scopeFilters = (scope: Budget['scope']): CostFilters =>
  Object.fromEntries(
    (Object.entries(scope) as [DimensionName, string][]).map(([name, value]) => [
      name === 'version' ? 'callVersion' : name,
      [value],
    ]),
  )

const scopeKey = ({ scope }: Budget): string =>
  JSON.stringify(Object.entries(scope).toSorted(([a], [b]) => (a < b ? -1 : 1)))
const same = (a: Budget, b: Budget): boolean =>
  scopeKey(a) === scopeKey(b) && JSON.stringify({ ...a, scope: 0 }) === JSON.stringify({ ...b, scope: 0 })
