import type { Budget, BudgetState } from '../../schema/api/budgets.ts'
import { formatCompact, formatPercent, formatUsd } from '../util/format.ts'
import { formatDay } from '../util/time-format.ts'
import { dimensionLabel } from './pivot.ts'

/** How a budget is said: amounts in its own metric, its scope, its state. */
export const formatAmount = (metric: Budget['metric'], amount: string | number): string =>
  metric === 'usd' ? formatUsd(amount) : `${formatCompact(Number(amount))} ${metric}`

export const scopeText = (scope: Budget['scope']): string => {
  const parts = Object.entries(scope).map(([name, value]) => `${dimensionLabel(name).toLowerCase()} ${value}`)
  return parts.length === 0 ? 'the whole project' : parts.join(', ')
}

export interface StateWords {
  readonly text: string
  readonly hue: 'ok' | 'warn' | 'error'
  readonly detail: string
}

export const stateWords = (state: BudgetState): StateWords => {
  const { budget, share } = state
  const passed = state.crossed.filter(({ threshold }) => threshold < 1).at(-1)
  switch (state.state) {
    case 'breached':
      return {
        text: 'Exceeded',
        hue: 'error',
        detail: crossedText(state.crossed.find(({ threshold }) => threshold >= 1)?.at),
      }
    case 'warning':
      return {
        text: `Past ${formatPercent(passed?.threshold ?? share, 0)}`,
        hue: 'warn',
        detail: crossedText(passed?.at),
      }
    case 'forecast_breach':
      return {
        text: 'Will be exceeded',
        hue: 'warn',
        detail: state.breachAt ? `about ${formatDay(Date.parse(state.breachAt), 'UTC')}` : 'by the forecast',
      }
    default:
      return {
        text: 'Within budget',
        hue: 'ok',
        detail:
          state.forecast === null
            ? 'too little history for a forecast'
            : `${leftText(state)} left of ${formatAmount(budget.metric, budget.limit)}`,
      }
  }
}

const crossedText = (at: string | undefined): string => (at ? `since ${formatDay(Date.parse(at), 'UTC')}` : '')

const leftText = ({ budget, spent }: BudgetState): string =>
  formatAmount(budget.metric, Math.max(0, Number(budget.limit) - Number(spent)))

/** Names are unique: what is edited replaces what has its old name. */
export const withBudget = (
  budgets: readonly Budget[],
  budget: Budget,
  oldName: string | undefined,
): readonly Budget[] => {
  const at = budgets.findIndex(({ name }) => name === oldName)
  const others = budgets.filter(({ name }) => name !== oldName && name !== budget.name)
  return at < 0 ? [...others, budget] : [...others.slice(0, at), budget, ...others.slice(at)]
}
