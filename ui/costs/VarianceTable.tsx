import { useMemo, useState } from 'react'
import type { Reconciliation, ReconciliationItem } from '../../schema/api/reconciliation.ts'
import { DataTable } from '../components/DataTable.tsx'
import type { Column } from '../components/table-columns.ts'
import { Missing } from '../components/values.tsx'
import page from '../pages/pages.module.css'
import type { SortState } from '../search/pages.ts'
import { formatPercent, formatUsd } from '../util/format.ts'
import { nanoOf } from '../util/money.ts'
import styles from './costs.module.css'

type Cause = ReconciliationItem['causes'][number]['cause']

export const CAUSE_WORDS: Readonly<Record<Cause, { readonly label: string; readonly hue: string }>> = {
  untraced_traffic: { label: 'not traced', hue: 'warn' },
  price_book_drift: { label: 'price differs', hue: 'llm' },
  cache_or_batch_discount: { label: 'cache or batch discount', hue: 'ok' },
  priority_tier: { label: 'priority tier', hue: 'retrieval' },
  unpriced_model: { label: 'no price known', hue: 'warn' },
  rounding: { label: 'rounding', hue: 'agent' },
  late_data: { label: 'late data', hue: 'agent' },
  unattributed: { label: 'unattributed', hue: 'error' },
}

interface Props {
  /** Undefined while they load. */
  readonly items: readonly ReconciliationItem[] | undefined
  readonly total: Reconciliation['total'] | undefined
  readonly stale: boolean
}

/** Day by day: the sum of the rows, the unattributed one included, is the bill. */
export const VarianceTable = ({ items, total, stale }: Props) => {
  const [sort, setSort] = useState<SortState>({ id: 'day', desc: true })
  const columns = useMemo(() => COLUMNS, [])
  return (
    <section aria-label="Variance">
      <div className={page.heading}>
        <h2>Traced against billed</h2>
        {total && (
          <span className="muted num">
            {formatUsd(total.tracedUsd)} traced, {formatUsd(total.billedUsd)} billed
          </span>
        )}
      </div>
      <DataTable
        label="Traced against billed"
        columns={columns}
        rows={items}
        rowKey={keyOf}
        rowLabel={(item) => `${item.day}, ${item.provider}, ${item.model || 'no model'}`}
        sort={sort}
        onSort={setSort}
        stale={stale}
      />
    </section>
  )
}

const keyOf = (item: ReconciliationItem) => JSON.stringify([item.day, item.provider, item.account, item.model])
const isUnattributed = ({ causes }: ReconciliationItem) => causes.some(({ cause }) => cause === 'unattributed')
const signed = (usd: string) => `${nanoOf(usd) > 0n ? '+' : ''}${formatUsd(usd)}`

const COLUMNS: readonly Column<ReconciliationItem>[] = [
  { id: 'day', header: 'Day, UTC', width: 128, sortBy: (item) => item.day, cell: (item) => item.day },
  {
    id: 'provider',
    header: 'Provider',
    width: 130,
    grow: 1,
    sortBy: (item) => `${item.provider} ${item.account}`,
    cell: (item) => (
      <div className={page.two}>
        <span className="cut" title={item.provider}>
          {item.provider}
        </span>
        {item.account && (
          <span className={`${page.sub} cut`} title={item.account}>
            {item.account}
          </span>
        )}
      </div>
    ),
  },
  {
    id: 'model',
    header: 'Model',
    width: 150,
    grow: 1,
    from: 620,
    sortBy: (item) => item.model,
    cell: (item) =>
      item.model ? (
        <span className="mono" title={item.model}>
          {item.model}
        </span>
      ) : (
        <span className={styles.notset}>{isUnattributed(item) ? 'unattributed' : 'the bill does not say'}</span>
      ),
  },
  {
    id: 'traced',
    header: 'Traced',
    width: 100,
    align: 'right',
    from: 480,
    sortBy: (item) => Number(item.tracedUsd),
    cell: (item) => formatUsd(item.tracedUsd),
  },
  {
    id: 'billed',
    header: 'Billed',
    width: 100,
    align: 'right',
    sortBy: (item) => Number(item.billedUsd),
    cell: (item) => formatUsd(item.billedUsd),
  },
  {
    id: 'variance',
    header: 'Variance',
    width: 132,
    align: 'right',
    from: 360,
    sortBy: (item) => Math.abs(Number(item.varianceUsd)),
    cell: (item) => (
      <span>
        {signed(item.varianceUsd)}
        {item.varianceShare !== null && (
          <span className="faint small"> {formatPercent(Math.abs(item.varianceShare))}</span>
        )}
      </span>
    ),
  },
  {
    id: 'causes',
    header: 'Why',
    width: 220,
    grow: 2,
    from: 760,
    cell: (item) =>
      item.causes.length === 0 ? (
        <Missing why="no difference" />
      ) : (
        <span className={page.chips}>
          {item.causes.map(({ cause, usd, basis, detail }) => (
            <span
              key={cause}
              className={`chip k k-${CAUSE_WORDS[cause].hue}`}
              title={basis === 'inferred' ? `${detail} (inferred from the figures)` : detail}
            >
              {CAUSE_WORDS[cause].label} {signed(usd)}
            </span>
          ))}
        </span>
      ),
  },
]
