import type { CostPerOutcome } from '../../schema/api/costs.ts'
import { AtLeast, isUnpriced, Missing, Unpriced } from '../components/values.tsx'
import { formatUsd } from '../util/format.ts'
import styles from './costs.module.css'

interface Props {
  readonly item: Pick<CostPerOutcome, 'costPerSuccess' | 'interval' | 'provisional' | 'costUsd' | 'costStatus'>
  /** One scale for all bars of a column. */
  readonly domain: readonly [number, number]
}

/** Cost per success, estimated from a sample, with its 95 % interval as a bar and in figures. Null is neither $0 nor infinite. */
export const MoneyInterval = ({ item, domain }: Props) => {
  const { costPerSuccess: usd, interval, provisional } = item
  if (usd === null) return <NoSuccess />
  if (isUnpriced(item)) return <Unpriced />
  const words = interval ? `${formatUsd(interval[0])} to ${formatUsd(interval[1])}` : 'too few runs for an interval'
  return (
    <span
      className={`${styles.interval} num`}
      title={`$${usd} per success · 95 % interval ${words}${provisional ? ' · provisional' : ''}`}
    >
      {interval && (
        <IntervalBar value={Number(usd)} low={Number(interval[0])} high={Number(interval[1])} domain={domain} />
      )}
      <span>
        <span className="b">
          {item.costStatus === 'partial' && <AtLeast />}
          {formatUsd(usd)}
        </span>
        {provisional && <span className="faint">~</span>}
        <span className="muted small" style={{ display: 'block' }}>
          {interval ? `${formatUsd(interval[0])}–${formatUsd(interval[1]).replace('$', '')}` : 'no interval yet'}
        </span>
      </span>
    </span>
  )
}

export const NoSuccess = () => (
  <span className="muted" title="Cost per success is not defined while nothing has succeeded">
    no success yet
  </span>
)

const WIDTH = 104
const EDGE = 4

interface BarProps {
  readonly value: number
  readonly low: number
  readonly high: number
  readonly domain: readonly [number, number]
}

const IntervalBar = ({ value, low, high, domain: [min, max] }: BarProps) => {
  const x = (v: number) => EDGE + Math.max(0, Math.min(1, (v - min) / (max - min || 1))) * (WIDTH - 2 * EDGE)
  return (
    <svg width={WIDTH} height="12" viewBox={`0 0 ${WIDTH} 12`} aria-hidden="true">
      <line x1="0" x2={WIDTH} y1="6" y2="6" stroke="var(--line)" />
      <line x1={x(low)} x2={x(high)} y1="6" y2="6" stroke="var(--agent)" strokeWidth="2.5" strokeLinecap="round" />
      <circle cx={x(value)} cy="6" r="3.5" fill="var(--agent)" />
    </svg>
  )
}

/** From nothing to a little above the highest bound that is no outlier. */
export const moneyDomain = (highs: readonly number[]): readonly [number, number] => {
  const sorted = highs.filter((value) => Number.isFinite(value)).toSorted((a, b) => a - b)
  const top = sorted.at(-1) ?? 1
  const median = sorted[Math.floor(sorted.length / 2)] ?? 1
  return [0, Math.min(top, median * 6) || 1]
}

interface TrendProps {
  readonly values: readonly (number | null)[]
  readonly label: string
}

/** A line over time, with gaps where nothing is known. */
export const TrendLine = ({ values, label }: TrendProps) => {
  const known = values.filter((value): value is number => value !== null)
  if (known.length < 2) return <Missing why="too few periods for a trend" />
  const [width, height] = [110, 22]
  const top = Math.max(...known) || 1
  const x = (i: number) => 2 + (i / Math.max(1, values.length - 1)) * (width - 4)
  const y = (value: number) => height - 2 - (value / top) * (height - 4)
  const path = values
    .map((value, i) =>
      value === null ? '' : `${values[i - 1] == null ? 'M' : 'L'}${x(i).toFixed(1)} ${y(value).toFixed(1)}`,
    )
    .join('')
  const last = values.findLastIndex((value) => value !== null)
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      style={{ display: 'block' }}
      aria-label={`${label}: from ${formatUsd(known[0]!)} to ${formatUsd(known.at(-1)!)}, at most ${formatUsd(top)}`}
    >
      <path d={path} fill="none" stroke="var(--bar)" strokeWidth="1.5" strokeLinejoin="round" strokeLinecap="round" />
      <circle cx={x(last)} cy={y(values[last]!)} r="2" fill="var(--accent)" />
    </svg>
  )
}
