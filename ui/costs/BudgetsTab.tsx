import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { Budget, BudgetState } from '../../schema/api/budgets.ts'
import { put } from '../api/client.ts'
import { budgetsQuery } from '../api/cost-queries.ts'
import { ConfirmDialog } from '../components/ConfirmDialog.tsx'
import { EmptyState } from '../components/EmptyState.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import page from '../pages/pages.module.css'
import { formatPercent, plural } from '../util/format.ts'
import { Anomalies } from './Anomalies.tsx'
import { BudgetBar } from './BudgetBar.tsx'
import { BudgetDialog } from './BudgetDialog.tsx'
import { formatAmount, scopeText, stateWords, withBudget } from './budget-words.ts'
import styles from './costs.module.css'
import { ForecastSection } from './Forecast.tsx'
import type { CostView } from './use-cost-scope.ts'

/** Do we stay within what was planned, where will it end, and what was unusual? */
export const BudgetsTab = ({ view }: { readonly view: CostView }) => (
  <>
    <Budgets />
    <ForecastSection view={view} />
    <Anomalies view={view} />
  </>
)

const Budgets = () => {
  const budgets = useQuery(budgetsQuery())
  const items = budgets.data?.items
  const [edited, setEdited] = useState<Budget | 'new'>()
  const [doomed, setDoomed] = useState<Budget>()
  const save = useSaveBudgets(() => {
    setEdited(undefined)
    setDoomed(undefined)
  })
  const all = items?.map(({ budget }) => budget) ?? []
  const open = (budget: Budget | 'new' | undefined) => {
    save.reset()
    setEdited(budget)
  }
  return (
    <section aria-label="Budgets">
      <div className={page.heading}>
        <h2>Budgets</h2>
        <span className="muted num">{items ? plural(items.length, 'budget') : ''}</span>
        <span className="grow" />
        <button type="button" className="btn" onClick={() => open('new')} disabled={!items}>
          <Plus aria-hidden="true" />
          New budget
        </button>
      </div>
      {budgets.isError && !items ? (
        <ErrorState error={budgets.error} subject="Budgets" onRetry={() => void budgets.refetch()} />
      ) : items?.length === 0 ? (
        <EmptyState title="No budget yet">
          A budget has a scope (a team, an agent, a customer, or the whole project), a limit in dollars, tokens or runs,
          and a period. It tells at 50, 80 and 100 %, and as soon as the forecast crosses the limit.
        </EmptyState>
      ) : (
        <ul className={styles.budgets} aria-busy={!items}>
          {items
            ? items.map((state) => (
                <BudgetRow
                  key={state.budget.name}
                  state={state}
                  onEdit={() => open(state.budget)}
                  onDelete={() => {
                    save.reset()
                    setDoomed(state.budget)
                  }}
                />
              ))
            : [0, 1, 2].map((i) => (
                <li key={i} className={styles.budget}>
                  <span className="skeleton" style={{ width: '60%', height: 28 }} />
                  <span className="skeleton" style={{ width: '100%', height: 10 }} />
                  <span className="skeleton" style={{ width: '80%', height: 28 }} />
                </li>
              ))}
        </ul>
      )}
      {edited && (
        <BudgetDialog
          budget={edited === 'new' ? undefined : edited}
          taken={all.map(({ name }) => name)}
          pending={save.isPending}
          error={save.error}
          onClose={() => open(undefined)}
          onSave={(budget) => save.mutate(withBudget(all, budget, edited === 'new' ? undefined : edited.name))}
        />
      )}
      {doomed && (
        <ConfirmDialog
          title={`Delete the budget ${doomed.name}?`}
          action="Delete"
          pending={save.isPending}
          error={save.error}
          onCancel={() => setDoomed(undefined)}
          onConfirm={() => save.mutate(all.filter(({ name }) => name !== doomed.name))}
        >
          Its alerts end. What was spent stays as it is, and the audit log keeps the budget.
        </ConfirmDialog>
      )}
    </section>
  )
}

const useSaveBudgets = (onSaved: () => void) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (budgets: readonly Budget[]) => put('putBudgets', { body: { budgets: [...budgets] } }),
    onSuccess: (answer) => {
      client.setQueryData(budgetsQuery().queryKey, answer)
      onSaved()
    },
  })
}

interface RowProps {
  readonly state: BudgetState
  readonly onEdit: () => void
  readonly onDelete: () => void
}

const BudgetRow = ({ state, onEdit, onDelete }: RowProps) => {
  const { budget } = state
  const { text, hue, detail } = stateWords(state)
  return (
    <li className={styles.budget}>
      <div className={page.two}>
        <span className="b cut" title={budget.name}>
          {budget.name}
        </span>
        <span className={`${page.sub} cut`} title={scopeText(budget.scope)}>
          {scopeText(budget.scope)} · by the {budget.period}
        </span>
      </div>
      <div>
        <BudgetBar state={state} />
        <div className="muted small num">
          {formatAmount(budget.metric, state.spent)} of {formatAmount(budget.metric, budget.limit)} (
          {formatPercent(state.share, 0)})
          {state.forecast !== null && (
            <>
              {' · '}forecast {formatAmount(budget.metric, state.forecast)}
              {state.p10 !== null && state.p90 !== null && (
                <span className="faint">
                  {' '}
                  P10–P90 {formatAmount(budget.metric, state.p10)}–{formatAmount(budget.metric, state.p90)}
                </span>
              )}
            </>
          )}
        </div>
      </div>
      <div className={page.two}>
        <span>
          <span className={`chip k k-${hue}`}>{text}</span>
        </span>
        <span className={page.sub}>
          {detail}
          {state.unpricedCalls > 0 && (
            <span className="amber"> · {plural(state.unpricedCalls, 'call')} without a price not in it</span>
          )}
        </span>
      </div>
      <div className={styles.icons}>
        <button type="button" className="btn plain" aria-label={`Edit ${budget.name}`} onClick={onEdit}>
          <Pencil aria-hidden="true" />
        </button>
        <button type="button" className="btn plain" aria-label={`Delete ${budget.name}`} onClick={onDelete}>
          <Trash2 aria-hidden="true" />
        </button>
      </div>
    </li>
  )
}
