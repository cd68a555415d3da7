import { Link } from '@tanstack/react-router'
import { ChevronDown, ChevronRight } from 'lucide-react'
import { DIMENSIONS, type DimensionName } from '../../schema/model/dimension.ts'
import type { Column } from '../components/table-columns.ts'
import { isUnpriced, Missing, Money, Tokens } from '../components/values.tsx'
import { formatCount, formatPercent, formatUsd, plural } from '../util/format.ts'
import { shareOf } from '../util/money.ts'
import { COMPONENT_LABELS, componentColor } from './colors.ts'
import styles from './costs.module.css'
import { changeOf, componentParts, keyText, type PivotRow } from './pivot.ts'

export interface PivotActions {
  readonly by: readonly DimensionName[]
  readonly totalUsd: string
  readonly compare: boolean
  readonly onFold: (row: PivotRow) => void
  readonly drillTo: (row: PivotRow) => void
  /** Null where the list of sessions cannot be filtered so. */
  readonly sessionsOf: (row: PivotRow) => object | null
}

const spend = (row: PivotRow) => (row.item.costStatus === 'none' ? null : Number(row.item.costUsd))

/** What each column sorts by; the rows are put in order group by group (pivot.ts), not by the table. */
export const PIVOT_SORTS: Readonly<Record<string, (row: Pick<PivotRow, 'item' | 'before'>) => number | string | null>> =
  {
    cost: (row) => spend(row as PivotRow),
    change: ({ item, before }) => (before ? Number(item.costUsd) - Number(before.costUsd) : null),
    runs: ({ item }) => item.runs,
    calls: ({ item }) => item.calls,
    tokens: ({ item }) => item.usage.inputTotal + item.usage.outputTotal,
    perRun: ({ item }) => (item.runs > 0 ? Number(item.costUsd) / item.runs : null),
    unpriced: ({ item }) => item.unpricedCalls,
  }

export const pivotColumns = (actions: PivotActions): readonly Column<PivotRow>[] => [
  {
    id: 'key',
    header: actions.by.map((name) => DIMENSIONS[name].label).join(', '),
    width: 150,
    grow: 3,
    sortBy: (row) => keyText(row.key),
    cell: (row) => <Key row={row} actions={actions} />,
  },
  {
    id: 'cost',
    header: 'Cost',
    width: 104,
    grow: 2,
    align: 'right',
    sortBy: spend,
    cell: (row) => (
      <span className={styles.share}>
        {!actions.compare && <Share of={row.item.costUsd} whole={actions.totalUsd} />}
        <span className={row.depth === 0 && actions.by[1] ? 'b' : undefined}>
          <Money usd={row.item.costUsd} status={row.item.costStatus} />
        </span>
      </span>
    ),
  },
  ...(actions.compare ? [changeColumn] : []),
  {
    id: 'parts',
    header: 'Made of',
    width: 120,
    from: 900,
    cell: (row) => <PartsBar row={row} />,
  },
  {
    id: 'perRun',
    header: 'Per run',
    width: 96,
    align: 'right',
    from: 820,
    sortBy: (row) => PIVOT_SORTS.perRun!(row),
    cell: ({ item }) =>
      item.runs > 0 && !isUnpriced(item) ? (
        <Money usd={String(Number(item.costUsd) / item.runs)} status={item.costStatus} />
      ) : (
        <Missing why="not known: calls without a price" />
      ),
  },
  {
    id: 'runs',
    header: 'Runs',
    width: 84,
    align: 'right',
    from: 360,
    sortBy: ({ item }) => item.runs,
    cell: (row) => <Runs row={row} actions={actions} />,
  },
  {
    id: 'calls',
    header: 'Calls',
    width: 84,
    align: 'right',
    from: 620,
    sortBy: ({ item }) => item.calls,
    cell: ({ item }) => formatCount(item.calls),
  },
  {
    id: 'tokens',
    header: 'Tokens in, out',
    width: 190,
    align: 'right',
    from: 1040,
    sortBy: ({ item }) => item.usage.inputTotal + item.usage.outputTotal,
    cell: ({ item }) => <Tokens usage={item.usage} />,
  },
  {
    id: 'unpriced',
    header: 'Unpriced',
    width: 96,
    align: 'right',
    from: 720,
    sortBy: ({ item }) => item.unpricedCalls,
    cell: ({ item }) =>
      item.unpricedCalls === 0 ? (
        <Missing why="every call has a price" />
      ) : (
        <span className="amber">{plural(item.unpricedCalls, 'call')}</span>
      ),
  },
]

const Key = ({ row, actions }: { readonly row: PivotRow; readonly actions: PivotActions }) => {
  const text = keyText(row.key)
  return (
    <span className={styles.key} data-depth={row.depth}>
      {row.depth === 0 && actions.by[1] && (
        <button
          type="button"
          className={styles.fold}
          aria-expanded={!row.folded}
          aria-label={`${row.folded ? 'Unfold' : 'Fold'} ${text}`}
          onClick={() => actions.onFold(row)}
        >
          {row.folded ? <ChevronRight aria-hidden="true" /> : <ChevronDown aria-hidden="true" />}
        </button>
      )}
      <button
        type="button"
        className={`${styles.drill} ${row.depth === 0 && actions.by[1] ? 'b' : ''}`}
        title={text}
        onClick={() => actions.drillTo(row)}
      >
        <span className={row.key === null ? styles.notset : undefined}>{text}</span>
      </button>
      {row.folded && row.parts > 0 && <span className="faint small">{formatCount(row.parts)}</span>}
    </span>
  )
}

const Share = ({ of, whole }: { readonly of: string; readonly whole: string }) => {
  const share = shareOf(of, whole)
  if (share === null) return null
  return (
    <span className={`${styles.interval} ${styles.wide}`}>
      <span className="faint small" title="of the total">
        {formatPercent(share)}
      </span>
      <span className={styles.track} aria-hidden="true">
        <i style={{ width: `${Math.max(0, Math.min(1, share)) * 100}%` }} />
      </span>
    </span>
  )
}

const changeColumn: Column<PivotRow> = {
  id: 'change',
  header: 'Against before',
  width: 132,
  align: 'right',
  from: 480,
  sortBy: (row) => PIVOT_SORTS.change!(row),
  cell: ({ item, before }) => {
    const change = changeOf(item, before)
    if (change === null || before === null)
      return (
        <span className="muted" title="nothing in the period before">
          new
        </span>
      )
    const ratio = shareOf(change, before.costUsd)
    const sign = change.startsWith('-') ? '' : '+'
    return (
      <span title={`before: $${before.costUsd}`}>
        {sign}
        {formatUsd(change)}
        {ratio !== null && (
          <span className="faint small">
            {' '}
            {ratio < 0 ? '\u2212' : '+'}
            {formatPercent(Math.abs(ratio), 0)}
          </span>
        )}
      </span>
    )
  },
}

const PartsBar = ({ row }: { readonly row: PivotRow }) => {
  const parts = componentParts(row.item.components)
  if (parts.length === 0) return <Missing why="nothing that has a price" />
  const words = parts
    .map(({ name, share }) => `${COMPONENT_LABELS[name as keyof typeof COMPONENT_LABELS]} ${formatPercent(share, 0)}`)
    .join(', ')
  return (
    <span className={styles.parts} role="img" aria-label={words} title={words}>
      {parts.map(({ name, share }) => (
        <i key={name} style={{ width: `${share * 100}%`, background: componentColor(name) }} />
      ))}
    </span>
  )
}

const Runs = ({ row, actions }: { readonly row: PivotRow; readonly actions: PivotActions }) => {
  const target = actions.sessionsOf(row)
  if (!target) return <>{formatCount(row.item.runs)}</>
  return (
    <Link
      to="/sessions"
      search={target}
      className="link"
      aria-label={`${plural(row.item.runs, 'run')} of ${keyText(row.key)}, the dearest first`}
    >
      {formatCount(row.item.runs)}
    </Link>
  )
}
