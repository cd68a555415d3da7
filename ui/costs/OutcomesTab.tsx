import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { CostPerOutcome } from '../../schema/api/costs.ts'
import { PATHS } from '../../schema/api/paths.ts'
import { DIMENSIONS, type DimensionName } from '../../schema/model/dimension.ts'
import { queryOf } from '../api/client.ts'
import { costQueryOf, perOutcomeQuery } from '../api/cost-queries.ts'
import { ChoiceSelect } from '../components/ChoiceSelect.tsx'
import { DataTable } from '../components/DataTable.tsx'
import { EmptyState } from '../components/EmptyState.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import { Figure, FigureRow } from '../components/Figure.tsx'
import { Money } from '../components/values.tsx'
import type { CostFilterName } from '../search/costs.ts'
import { parseSort, stringifySort } from '../search/pages.ts'
import { formatCount, formatPercent, formatUsd, plural, relativeDelta } from '../util/format.ts'
import { AsOf } from './AsOf.tsx'
import { CostFilters } from './CostTools.tsx'
import styles from './costs.module.css'
import { NoSuccess } from './MoneyInterval.tsx'
import { outcomeColumns, WASTE } from './outcome-columns.tsx'
import { PeriodSelect } from './PeriodSelect.tsx'
import { sessionsSearch } from './PivotTab.tsx'
import { fittingInterval, periodsOf } from './periods.ts'
import { keyText } from './pivot.ts'
import type { CostView } from './use-cost-scope.ts'

/** Outcomes belong to a run, so only what a whole run has can split them. */
const OUTCOME_DIMENSIONS = [
  'agent',
  'version',
  'workflow',
  'customer',
  'team',
  'costCenter',
  'env',
  'user',
] as const satisfies readonly DimensionName[]
/** A run as a whole has none of these. */
const OF_CALLS: readonly CostFilterName[] = ['provider', 'component', 'callVersion']
const NO_ITEMS: readonly CostPerOutcome[] = []

/** What one successful outcome costs, failed attempts included. */
export const OutcomesTab = ({ view }: { readonly view: CostView }) => {
  const { search, scope, previous, change, range } = view
  const navigate = useNavigate()
  const by: DimensionName = OUTCOME_DIMENSIONS.find((name) => name === search.by?.[0]) ?? 'agent'
  const now = useQuery(perOutcomeQuery({ by: [by], scope }))
  const before = useQuery(perOutcomeQuery({ by: [by], scope: previous }))
  const trendOf = useTrend(view, by)
  const report = now.data?.report
  const items = report?.items ?? NO_ITEMS
  const columns = useMemo(() => outcomeColumns(by, items, trendOf), [by, items, trendOf])
  if (now.isError && !report)
    return <ErrorState error={now.error} subject="Cost per outcome" onRetry={() => void now.refetch()} />
  const sort = search.sort ?? '-cost'
  return (
    <>
      <OutcomeFigures total={report?.total} before={before.data?.report.total} />
      <div className={styles.bar}>
        <PeriodSelect range={range} />
        <span className="muted">by</span>
        <ChoiceSelect
          label="By"
          value={by}
          choices={OUTCOME_DIMENSIONS.map((id) => ({ id, label: DIMENSIONS[id].label }))}
          onChange={(name) => change({ by: [name] })}
        />
        <span className="grow" />
        <AsOf view={view} asOf={report?.asOf} />
        <a
          className="btn plain"
          href={PATHS.costsPerOutcome + queryOf({ ...costQueryOf({ by: [by], scope }), format: 'csv' })}
          download
        >
          CSV
        </a>
      </div>
      <CostFilters view={view} ignored={OF_CALLS} />
      {report?.items.length === 0 ? (
        <EmptyState title="No run ended in this time" howToSend>
          An outcome belongs to a whole run, and to the moment it ended: which of them succeeded, what all of them cost,
          and what one success costs stands here once a run has ended.
        </EmptyState>
      ) : (
        <DataTable
          label="Cost per outcome"
          columns={columns}
          rows={report?.items}
          rowKey={(item) => JSON.stringify(item.key)}
          rowLabel={(item) => `${keyText(item.key[by])}, ${plural(item.runs, 'run')}`}
          onOpen={(item) => {
            const sessions = sessionsSearch({ ...search, [by]: [keyText(item.key[by])] }, range)
            if (sessions) void navigate({ to: '/sessions', search: sessions })
          }}
          sort={parseSort(sort)}
          onSort={(next) => change({ sort: stringifySort(next) })}
          stale={now.isPlaceholderData}
        />
      )}
      <p className={styles.note}>
        Cost of every run that ended in this time, failed and repeated ones included, by the number that succeeded; 95 %
        bootstrap interval. Waste is what failed, looping and guardrail-blocked runs cost; a run counts once.
      </p>
    </>
  )
}

/** Cost per success over time of each key; null in periods without a success. */
const useTrend = ({ scope, fromMs, toMs }: CostView, by: DimensionName) => {
  const interval = fittingInterval(fromMs, toMs)
  const { data } = useQuery(perOutcomeQuery({ by: [by], interval, scope }))
  return useMemo(() => {
    const periods = periodsOf(interval, fromMs, toMs)
    const at = new Map(periods.map((start, i) => [Date.parse(start), i]))
    const lines = new Map<string, (number | null)[]>()
    for (const { key, period, costPerSuccess } of data?.report.items ?? []) {
      const id = JSON.stringify(key[by] ?? null)
      const line = lines.get(id) ?? periods.map(() => null)
      const index = period === null ? undefined : at.get(Date.parse(period))
      if (index !== undefined) line[index] = costPerSuccess === null ? null : Number(costPerSuccess)
      lines.set(id, line)
    }
    return (item: CostPerOutcome) => lines.get(JSON.stringify(item.key[by] ?? null)) ?? []
  }, [data, by, interval, fromMs, toMs])
}

interface FiguresProps {
  readonly total: CostPerOutcome | undefined
  readonly before: CostPerOutcome | undefined
}

const OutcomeFigures = ({ total, before }: FiguresProps) => (
  <FigureRow label="Outcomes">
    <Figure
      label="Cost per success"
      value={total ? total.costPerSuccess === null ? <NoSuccess /> : formatUsd(total.costPerSuccess) : null}
      delta={
        total?.costPerSuccess && before?.costPerSuccess
          ? relativeDelta(
              Number(total.costPerSuccess),
              Number(before.costPerSuccess),
              Math.min(total.successes, before.successes),
            )
          : null
      }
      better="down"
      provisional={total?.provisional ?? false}
      source="Cost of all runs that ended in this time, by the number that succeeded, with the 95 % bootstrap interval."
    >
      {total?.interval && `${formatUsd(total.interval[0])}–${formatUsd(total.interval[1]).replace('$', '')}`}
    </Figure>
    <Figure
      label="Succeeded"
      value={total ? (total.settled > 0 ? formatPercent(total.successes / total.settled) : '–') : null}
      source="Successes of settled runs."
    >
      {total && `${formatCount(total.successes)} of ${plural(total.settled, 'settled run')}`}
    </Figure>
    <Figure
      label="Settled"
      value={total ? (total.coverage === null ? '–' : formatPercent(total.coverage, 0)) : null}
      source="Settled runs of those that have ended: how much of the figure is known."
    >
      {total && `of ${plural(total.runs, 'run')}`}
    </Figure>
    <Figure
      label="Waste"
      value={total ? (total.wasteShare === null ? '–' : formatPercent(total.wasteShare)) : null}
      source="Share of the cost that failed, looping and guardrail-blocked runs took."
    >
      {total && (
        <span className={styles.dots}>
          {WASTE.filter(({ id }) => Number(total.waste[id]) > 0).map(({ id, label, color }) => (
            <span key={id}>
              <i className={styles.dot} style={{ background: color }} aria-hidden="true" />
              {label} {formatUsd(total.waste[id])}
            </span>
          ))}
        </span>
      )}
    </Figure>
    <Figure
      label="Cost"
      value={total ? <Money usd={total.costUsd} status={total.costStatus} /> : null}
      delta={total && before ? relativeDelta(Number(total.costUsd), Number(before.costUsd)) : null}
      source="Of the runs that ended in this time, whenever their calls were."
    >
      {total && total.unpricedCalls > 0 && (
        <span className="amber">{plural(total.unpricedCalls, 'unpriced call')}</span>
      )}
    </Figure>
  </FigureRow>
)
