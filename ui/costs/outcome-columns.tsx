import type { CostPerOutcome } from '../../schema/api/costs.ts'
import type { DimensionName } from '../../schema/model/dimension.ts'
import type { Column } from '../components/table-columns.ts'
import { isUnpriced, Missing, Money } from '../components/values.tsx'
import { formatCount, formatPercent, formatUsd, plural } from '../util/format.ts'
import { wilson } from '../util/rate.ts'
import styles from './costs.module.css'
import { MoneyInterval, moneyDomain, TrendLine } from './MoneyInterval.tsx'
import { dimensionLabel, keyText } from './pivot.ts'

/** Kinds of waste, each run once. */
export const WASTE: readonly {
  readonly id: keyof CostPerOutcome['waste']
  readonly label: string
  readonly color: string
}[] = [
  { id: 'failed', label: 'failed', color: 'var(--error)' },
  { id: 'looping', label: 'looping', color: 'var(--llm)' },
  { id: 'blocked', label: 'blocked by a guardrail', color: 'var(--guardrail)' },
]

export const outcomeColumns = (
  by: DimensionName,
  items: readonly CostPerOutcome[],
  trendOf: (item: CostPerOutcome) => readonly (number | null)[],
): readonly Column<CostPerOutcome>[] => {
  const domain = moneyDomain(
    items.flatMap((item) => (item.interval && !isUnpriced(item) ? Number(item.interval[1]) : [])),
  )
  return [
    {
      id: 'key',
      header: dimensionLabel(by),
      width: 130,
      grow: 2,
      sortBy: (item) => keyText(item.key[by]),
      cell: (item) => (
        <span className={item.key[by] === null ? styles.notset : 'b'} title={keyText(item.key[by])}>
          {keyText(item.key[by])}
        </span>
      ),
    },
    {
      id: 'perSuccess',
      header: 'Cost per success',
      width: 226,
      grow: 1,
      sortBy: (item) => (item.costPerSuccess === null || isUnpriced(item) ? null : Number(item.costPerSuccess)),
      cell: (item) => <MoneyInterval item={item} domain={domain} />,
    },
    {
      id: 'trend',
      header: 'Trend',
      width: 130,
      from: 960,
      cell: (item) => (
        <TrendLine
          values={isUnpriced(item) ? [] : trendOf(item)}
          label={`Cost per success of ${keyText(item.key[by])}`}
        />
      ),
    },
    {
      id: 'successes',
      header: 'Succeeded',
      width: 124,
      align: 'right',
      from: 560,
      sortBy: (item) => (item.settled > 0 ? item.successes / item.settled : null),
      cell: (item) => <Succeeded item={item} />,
    },
    {
      id: 'coverage',
      header: 'Settled',
      width: 90,
      align: 'right',
      from: 700,
      sortBy: (item) => item.coverage,
      cell: (item) => (item.coverage === null ? <Missing why="no run has ended" /> : formatPercent(item.coverage, 0)),
    },
    {
      id: 'waste',
      header: 'Waste',
      width: 204,
      from: 640,
      sortBy: (item) => item.wasteShare,
      cell: (item) => <Waste item={item} />,
    },
    {
      id: 'cost',
      header: 'Cost',
      width: 104,
      align: 'right',
      from: 460,
      sortBy: (item) => (item.costStatus === 'none' ? null : Number(item.costUsd)),
      cell: (item) => <Money usd={item.costUsd} status={item.costStatus} />,
    },
    {
      id: 'runs',
      header: 'Runs',
      width: 84,
      align: 'right',
      from: 820,
      sortBy: (item) => item.runs,
      cell: (item) => formatCount(item.runs),
    },
    {
      id: 'unpriced',
      header: 'Unpriced',
      width: 104,
      align: 'right',
      from: 1100,
      sortBy: (item) => item.unpricedCalls,
      cell: (item) =>
        item.unpricedCalls === 0 ? (
          <Missing why="every call has a price" />
        ) : (
          <span className="amber">{plural(item.unpricedCalls, 'call')}</span>
        ),
    },
  ]
}

const Succeeded = ({ item: { successes, settled } }: { readonly item: CostPerOutcome }) => {
  if (settled === 0) return <Missing why="no run has settled" />
  const interval = wilson(successes, settled)
  return (
    <span title={interval ? `95 % interval ${formatPercent(interval[0])} to ${formatPercent(interval[1])}` : undefined}>
      {formatPercent(successes / settled)}
      <span className="faint small"> of {formatCount(settled)}</span>
    </span>
  )
}

const Waste = ({ item }: { readonly item: CostPerOutcome }) => {
  if (item.wasteShare === null || isUnpriced(item)) return <Missing why="nothing that has a price was spent" />
  const parts = WASTE.map((kind) => ({ ...kind, usd: Number(item.waste[kind.id]) })).filter(({ usd }) => usd > 0)
  const words =
    parts.map(({ label, usd }) => `${label} ${formatUsd(usd)}`).join(', ') || 'none of it on runs that came to nothing'
  return (
    <span className={styles.interval} title={words}>
      <span className={styles.track} role="img" aria-label={`Waste: ${words}`}>
        <WasteBar item={item} parts={parts} />
      </span>
      <span>
        {formatPercent(item.wasteShare)} <span className="faint small">{formatUsd(item.wasteUsd)}</span>
      </span>
    </span>
  )
}

const WasteBar = ({
  item,
  parts,
}: {
  readonly item: CostPerOutcome
  readonly parts: readonly { readonly id: string; readonly color: string; readonly usd: number }[]
}) => {
  const total = Number(item.costUsd) || 1
  let from = 0
  return parts.map(({ id, color, usd }) => {
    const left = from
    from += (usd / total) * 100
    return (
      <i key={id} style={{ left: `${left}%`, width: `${(usd / total) * 100}%`, background: color, borderRadius: 0 }} />
    )
  })
}
