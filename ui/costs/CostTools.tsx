import { Link, useNavigate } from '@tanstack/react-router'
import { ArrowLeftRight, X } from 'lucide-react'
import type { CostReport } from '../../schema/api/costs.ts'
import { DIMENSION_NAMES, DIMENSIONS, type DimensionName } from '../../schema/model/dimension.ts'
import { ChoiceSelect } from '../components/ChoiceSelect.tsx'
import filterBar from '../components/FilterBar.module.css'
import { COST_FILTER_NAMES, type CostFilterName, costFiltersOf } from '../search/costs.ts'
import { AsOf } from './AsOf.tsx'
import styles from './costs.module.css'
import { ExportMenu } from './ExportMenu.tsx'
import { PeriodSelect } from './PeriodSelect.tsx'
import { sessionsSearch } from './PivotTab.tsx'
import { dimensionLabel } from './pivot.ts'
import type { CostView } from './use-cost-scope.ts'

const NONE = 'none'

interface Props {
  readonly view: CostView
  readonly by: readonly DimensionName[]
  readonly report: CostReport | undefined
}

/** By what the table is split, which time, what it is compared with, and the way out as a file. */
export const CostTools = ({ view, by, report }: Props) => {
  const { search, change, range } = view
  const [first, second] = by
  const choices = DIMENSION_NAMES.map((id) => ({ id, label: DIMENSIONS[id].label }))
  const setBy = (next: readonly DimensionName[]) => change({ by: next, fold: undefined })
  const compare = search.compare === 'previous'
  const sessions = sessionsSearch(search, range)
  return (
    <>
      <div className={styles.bar}>
        <PeriodSelect range={range} />
        <span className="muted">by</span>
        <ChoiceSelect
          label="First dimension"
          value={first!}
          choices={choices}
          onChange={(name) => setBy([name, ...(second && second !== name ? [second] : [])])}
        />
        <span className="muted">then</span>
        <ChoiceSelect
          label="Second dimension"
          value={second ?? NONE}
          choices={[{ id: NONE, label: 'nothing' } as const, ...choices.filter(({ id }) => id !== first)]}
          onChange={(name) => setBy(name === NONE ? [first!] : [first!, name as DimensionName])}
        />
        {second && (
          <button
            type="button"
            className="btn plain"
            aria-label="Swap the dimensions"
            title="Swap the dimensions"
            onClick={() => setBy([second, first!])}
          >
            <ArrowLeftRight aria-hidden="true" />
          </button>
        )}
        <button
          type="button"
          className="btn"
          aria-pressed={compare}
          onClick={() => change({ compare: compare ? undefined : 'previous' })}
        >
          Compare with before
        </button>
        <span className="grow" />
        {sessions && (
          <Link to="/sessions" search={sessions} className="btn">
            Runs by cost
          </Link>
        )}
        <AsOf view={view} asOf={report?.asOf} />
        <ExportMenu view={view} by={by} report={report} />
      </div>
      <CostFilters view={view} />
    </>
  )
}

interface FiltersProps {
  readonly view: CostView
  /** Filters that this view's question does not know: they stay for the other views, and are shown as not in force. */
  readonly ignored?: readonly CostFilterName[]
}

/** What the figures are restricted to; a click takes one off. */
export const CostFilters = ({ view, ignored = [] }: FiltersProps) => {
  const navigate = useNavigate()
  const { search } = view
  const filters = costFiltersOf(search)
  const chosen = COST_FILTER_NAMES.flatMap((name) => (filters[name] ?? []).map((value: string) => ({ name, value })))
  if (chosen.length === 0) return null
  const without = (name: CostFilterName, value: string) => {
    const rest = (filters[name] ?? []).filter((one) => one !== value)
    void navigate({ to: '.', search: (old) => ({ ...old, [name]: rest.length > 0 ? rest : undefined }) })
  }
  return (
    <search className={styles.bar} aria-label="Filters" style={{ paddingTop: 0 }}>
      {chosen.map(({ name, value }) => (
        <button
          key={`${name} ${value}`}
          type="button"
          className={`chip ${ignored.includes(name) ? styles.ignored : filterBar.chosen}`}
          title={`${dimensionLabel(name)}: ${value}${ignored.includes(name) ? ', not in force on this view' : ''}`}
          onClick={() => without(name, value)}
        >
          <span className={filterBar.field}>{dimensionLabel(name).toLowerCase()}</span>
          <span className="cut">{value}</span>
          {ignored.includes(name) && <span>not in force here</span>}
          <X aria-label="remove" />
        </button>
      ))}
    </search>
  )
}
