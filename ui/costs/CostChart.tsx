import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Table2 } from 'lucide-react'
import { useMemo } from 'react'
import type { CostInterval } from '../../schema/api/costs.ts'
import type { DimensionName } from '../../schema/model/dimension.ts'
import { costsQuery } from '../api/cost-queries.ts'
import { ChoiceSelect } from '../components/ChoiceSelect.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import { StepChart } from '../components/StepChart.tsx'
import { formatUsd } from '../util/format.ts'
import { formatClock, formatDay } from '../util/time-format.ts'
import { rangeOfMs } from '../util/time-range.ts'
import { componentColor, seriesColor } from './colors.ts'
import styles from './costs.module.css'
import { fittingInterval, periodsOf, stepMsOf } from './periods.ts'
import { dimensionLabel, seriesOf } from './pivot.ts'
import type { CostView } from './use-cost-scope.ts'

const periodText = (interval: CostInterval, ms: number): string =>
  interval === 'hour'
    ? `${formatDay(ms, 'UTC')}, ${formatClock(ms, 'UTC', false)}`
    : interval === 'month'
      ? new Date(ms).toISOString().slice(0, 7)
      : interval === 'week'
        ? `week from ${formatDay(ms, 'UTC')}`
        : formatDay(ms, 'UTC')

const INTERVALS: readonly CostInterval[] = ['hour', 'day', 'week', 'month']

/** Cost over time, stacked by the first dimension. */
export const CostChart = ({ view, by }: { readonly view: CostView; readonly by: DimensionName }) => {
  const { search, change, scope, fromMs, toMs } = view
  const navigate = useNavigate()
  const interval = search.interval ?? fittingInterval(fromMs, toMs)
  const costs = useQuery(costsQuery({ by: [by], interval, scope }))
  const items = costs.data?.report.items
  const periods = useMemo(() => periodsOf(interval, fromMs, toMs), [interval, fromMs, toMs])
  const series = useMemo(() => seriesOf(items ?? [], by, periods), [items, by, periods])
  const asTable = search.view === 'table'
  if (costs.isError && !items)
    return <ErrorState error={costs.error} subject="Cost over time" onRetry={() => void costs.refetch()} />
  return (
    <section className={styles.chart} aria-label="Cost over time">
      <div className={styles.bar}>
        <h2 className="b">Cost by {dimensionLabel(by).toLowerCase()} over time</h2>
        <span className="muted small">UTC</span>
        <span className="grow" />
        <ChoiceSelect
          label="Interval"
          value={interval}
          choices={INTERVALS.map((id) => ({ id, label: `by ${id}` }))}
          onChange={(next) => change({ interval: next })}
        />
        <button
          type="button"
          className="btn"
          aria-pressed={asTable}
          onClick={() => change({ view: asTable ? undefined : 'table' })}
        >
          <Table2 aria-hidden="true" />
          As a table
        </button>
      </div>
      {items ? (
        <StepChart
          label="Cost over time, US dollars"
          times={periods}
          stepMs={stepMsOf(interval)}
          series={series.map((one, i) => ({
            ...one,
            color: by === 'component' ? componentColor(one.label) : seriesColor(one.label, i),
          }))}
          format={formatUsd}
          asTable={asTable}
          height={160}
          zone="UTC"
          stepName={(ms) => periodText(interval, ms)}
          onBrush={({ fromMs: from, toMs: to }) =>
            void navigate({ to: '.', search: (old) => ({ ...old, ...rangeOfMs(from, to), interval: undefined }) })
          }
        />
      ) : (
        <div className={styles.waiting} role="status" aria-label="Loading">
          <span className="skeleton" style={{ width: '100%', height: '100%' }} />
        </div>
      )}
    </section>
  )
}
