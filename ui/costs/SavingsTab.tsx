import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Savings } from '../../schema/api/costs.ts'
import { DIMENSIONS, type DimensionName } from '../../schema/model/dimension.ts'
import { savingsQuery } from '../api/cost-queries.ts'
import { ChoiceSelect } from '../components/ChoiceSelect.tsx'
import { DataTable } from '../components/DataTable.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import { Figure, FigureRow } from '../components/Figure.tsx'
import type { Column } from '../components/table-columns.ts'
import { Missing } from '../components/values.tsx'
import { formatCompact, formatPercent, formatUsd } from '../util/format.ts'
import { sumUsd } from '../util/money.ts'
import { AsOf } from './AsOf.tsx'
import { CostFilters } from './CostTools.tsx'
import styles from './costs.module.css'
import { PeriodSelect } from './PeriodSelect.tsx'
import { dimensionLabel, keyText } from './pivot.ts'
import type { CostView } from './use-cost-scope.ts'
import { WhatIfSection } from './WhatIf.tsx'

type Item = Savings['items'][number]
const SAVING_DIMENSIONS = [
  'agent',
  'model',
  'team',
  'version',
  'workflow',
  'customer',
] as const satisfies readonly DimensionName[]

/** What caching saves, what retries and loops cost, and what another model would. */
export const SavingsTab = ({ view }: { readonly view: CostView }) => {
  const { search, scope, change, range } = view
  const by: DimensionName = SAVING_DIMENSIONS.find((name) => name === search.by?.[0]) ?? 'agent'
  const savings = useQuery(savingsQuery({ ...scope, by }))
  const { data } = savings
  const columns = useMemo(() => columnsOf(by), [by])
  if (savings.isError && !data) {
    return (
      <>
        <ErrorState error={savings.error} subject="Savings" onRetry={() => void savings.refetch()} />
        <WhatIfSection view={view} />
      </>
    )
  }
  return (
    <>
      <SavingsFigures data={data} />
      <div className={styles.bar}>
        <PeriodSelect range={range} />
        <span className="muted">by</span>
        <ChoiceSelect
          label="By"
          value={by}
          choices={SAVING_DIMENSIONS.map((id) => ({ id, label: DIMENSIONS[id].label }))}
          onChange={(name) => change({ by: [name] })}
        />
        <span className="grow" />
        <AsOf view={view} asOf={undefined} />
      </div>
      <CostFilters view={view} />
      {data?.items.length === 0 ? (
        <p className={styles.note}>Nothing was spent in this time.</p>
      ) : (
        <DataTable
          label="Savings and waste"
          columns={columns}
          rows={data?.items}
          rowKey={(item) => JSON.stringify(item.key)}
          rowLabel={(item) => keyText(item.key[by])}
          rowHeight={36}
          sort={{ id: 'waste', desc: true }}
          stale={savings.isPlaceholderData}
          skeletonRows={5}
        />
      )}
      <WhatIfSection view={view} />
    </>
  )
}

const columnsOf = (by: DimensionName): readonly Column<Item>[] => [
  {
    id: 'key',
    header: dimensionLabel(by),
    width: 140,
    grow: 2,
    cell: (item) => (
      <span className={item.key[by] == null ? styles.notset : 'b'} title={keyText(item.key[by])}>
        {keyText(item.key[by])}
      </span>
    ),
  },
  {
    id: 'hits',
    header: 'Input from the cache',
    width: 150,
    align: 'right',
    from: 480,
    sortBy: (item) => item.cacheHitShare,
    cell: (item) =>
      item.cacheHitShare === null ? <Missing why="its models do not cache" /> : formatPercent(item.cacheHitShare),
  },
  {
    id: 'saved',
    header: 'Saved by caching',
    width: 130,
    align: 'right',
    sortBy: (item) => Number(item.savedUsd),
    cell: (item) => formatUsd(item.savedUsd),
  },
  {
    id: 'waste',
    header: 'Wasted',
    width: 110,
    align: 'right',
    sortBy: (item) => Number(item.wasteUsd),
    cell: (item) => formatUsd(item.wasteUsd),
  },
]

const SavingsFigures = ({ data }: { readonly data: Savings | undefined }) => (
  <FigureRow label="Savings">
    <Figure
      label="Saved by caching"
      value={data ? formatUsd(data.cache.savedUsd) : null}
      source="Against the price without a cache, less what writing the cache cost more."
    >
      {data &&
        (data.cache.hitShare === null
          ? 'no model that caches'
          : `${formatPercent(data.cache.hitShare)} of the input, ${formatCompact(data.cache.readTokens)} tokens`)}
    </Figure>
    <Figure
      label="Caching could save"
      value={data ? (data.cache.couldSaveUsd === null ? '–' : formatUsd(data.cache.couldSaveUsd)) : null}
      source="If every agent cached as the best of its model does."
    >
      {data && 'more'}
    </Figure>
    <Figure
      label="Failed calls"
      value={data ? formatUsd(data.waste.failedCallsUsd) : null}
      source="What calls that failed cost."
    >
      {data && `${formatUsd(data.waste.retriedCallsUsd)} of it asked again`}
    </Figure>
    <Figure
      label="Loops"
      value={data ? formatUsd(data.waste.loopsUsd) : null}
      source="The same tool failing for the third time in a row and more, with the model calls between."
    >
      {data && 'the same failure, three times and more'}
    </Figure>
    <Figure
      label="Runs that came to nothing"
      value={data ? formatUsd(sumUsd([data.waste.failedRunsUsd, data.waste.blockedRunsUsd])) : null}
      source="Whole cost of failed and of guardrail-blocked runs. It contains part of the figures beside it."
    >
      {data && `${formatUsd(data.waste.blockedRunsUsd)} blocked by guardrails`}
    </Figure>
  </FigureRow>
)
