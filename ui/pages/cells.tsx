import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { UsageItem } from '../../schema/api/shapes.ts'
import { Sparkline } from '../components/Sparkline.tsx'
import { Missing } from '../components/values.tsx'
import { formatCount, formatPercent } from '../util/format.ts'
import { wilson } from '../util/rate.ts'
import styles from './pages.module.css'

/** Cells that several tables share. */

export const AgentLink = ({ name, quiet }: { readonly name: string; readonly quiet?: boolean }) =>
  name === '' ? (
    <Missing why="no agent" />
  ) : (
    <Link to="/agents/$name" params={{ name }} className={quiet ? styles.quiet : styles.name}>
      {name}
    </Link>
  )

export const ToolLink = ({ name }: { readonly name: string }) => (
  <Link to="/tools/$name" params={{ name }} className={`${styles.name} mono`}>
    {name}
  </Link>
)

/** Two lines: what it is, and what belongs to it. */
export const TwoLines = ({ first, second }: { readonly first: ReactNode; readonly second: ReactNode }) => (
  <div className={styles.two}>
    <div className="cut">{first}</div>
    <div className={`${styles.sub} cut`}>{second}</div>
  </div>
)

interface SparkCountProps {
  readonly item: UsageItem
  readonly count: number
  readonly label: string
  readonly max: number
  readonly width?: number
  /** Instead of the count. */
  readonly children?: ReactNode
}

export const SparkCount = ({ item, count, label, max, width = 110, children }: SparkCountProps) => (
  <div className={styles.spark}>
    <Sparkline values={item.series} label={label} max={softMax(item.series, max)} width={width} />
    {children ?? <span>{formatCount(count)}</span>}
  </div>
)

/** A row that is a thousandth of the largest still shows its shape, and still looks smaller: its scale lies between its own and the common one. */
const softMax = (series: readonly number[], max: number) => {
  const own = Math.max(1, ...series)
  return own * (max / own) ** 0.2
}

/** The busiest step of all rows. */
export const seriesMax = (items: readonly UsageItem[]): number => Math.max(1, ...items.flatMap((item) => item.series))

/** Guardrail hits as a rate with its n; a count alone says nothing. */
export const HitRate = ({ hits, of }: { readonly hits: number | null; readonly of: number | null }) => {
  if (hits === null || !of) return <Missing why="no guardrail was asked" />
  const interval = wilson(hits, of)
  return (
    <span
      className="num"
      title={interval ? `95 % interval ${formatPercent(interval[0])} to ${formatPercent(interval[1])}` : undefined}
    >
      {formatPercent(hits / of)}
      <span className="faint small"> of {formatCount(of)}</span>
    </span>
  )
}

/** A share that is bad news, quiet at zero. */
export const FailureRate = ({ rate }: { readonly rate: UsageItem['failureRate'] }) => {
  if (rate.value === null) return <Missing why="no calls" />
  return (
    <span
      className={rate.good === 0 ? 'num faint' : 'num'}
      title={
        rate.interval
          ? `95 % interval ${formatPercent(rate.interval[0])} to ${formatPercent(rate.interval[1])}`
          : undefined
      }
    >
      {formatPercent(rate.value)}
      <span className="faint small"> {formatCount(rate.good)}</span>
    </span>
  )
}
