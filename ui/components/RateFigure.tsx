import type { Rate } from '../../schema/api/shapes.ts'
import { formatCount, formatInterval, formatPercent } from '../util/format.ts'
import styles from './RateFigure.module.css'
import { Missing } from './values.tsx'

interface Props {
  readonly rate: Rate | null
  /** Scale of the bar; the interval of interest, not always 0…1. */
  readonly domain?: readonly [number, number]
  readonly tone?: 'ok' | 'warn' | 'error' | 'agent'
  readonly bar?: boolean
}

/** A rate with its 95 % interval, as a bar and in figures. Never without its n: it is on hover and read aloud. */
export const RateFigure = ({ rate, domain = [0, 1], tone = 'agent', bar = true }: Props) => {
  if (rate?.value == null) return <Missing why="nothing has been judged yet" />
  const spoken = `${formatPercent(rate.value)}, ${formatCount(rate.good)} of ${formatCount(rate.valid)}`
  const title = [
    spoken,
    rate.interval && `95 % interval ${formatInterval(rate.interval)} %`,
    rate.coverage !== null && `${formatPercent(rate.coverage, 0)} judged`,
    rate.provisional && 'provisional',
  ]
  return (
    <span className={`${styles.rate} num`} title={title.filter(Boolean).join(' · ')}>
      {bar && rate.interval && <IntervalBar value={rate.value} interval={rate.interval} domain={domain} tone={tone} />}
      <span>
        <span className="b">{formatPercent(rate.value)}</span>
        {rate.provisional && <span className={styles.mark}>~</span>}
        <span className="sr">{`, ${formatCount(rate.good)} of ${formatCount(rate.valid)}`}</span>
        <span className={styles.detail}>{rate.interval ? formatInterval(rate.interval) : `n ${rate.valid}`}</span>
      </span>
    </span>
  )
}

const WIDTH = 104
const EDGE = 4

interface BarProps {
  readonly value: number
  readonly interval: readonly [number, number]
  readonly domain: readonly [number, number]
  readonly tone: NonNullable<Props['tone']>
}

/** The interval as a line on its scale, the rate as a dot on it. */
const IntervalBar = ({ value, interval, domain: [min, max], tone }: BarProps) => {
  const x = (v: number) => EDGE + Math.max(0, Math.min(1, (v - min) / (max - min))) * (WIDTH - 2 * EDGE)
  const color = `var(--${tone})`
  return (
    <svg width={WIDTH} height="12" viewBox={`0 0 ${WIDTH} 12`} aria-hidden="true" className={styles.bar}>
      <line x1="0" x2={WIDTH} y1="6" y2="6" stroke="var(--line)" />
      <line
        x1={x(interval[0])}
        x2={x(interval[1])}
        y1="6"
        y2="6"
        stroke={color}
        strokeWidth="2.5"
        strokeLinecap="round"
      />
      <circle cx={x(value)} cy="6" r="3.5" fill={color} />
    </svg>
  )
}

/** One scale for all bars of a column, so that they can be compared: from the lowest bound, rounded down to a tenth, to 1. */
export const rateDomain = (rates: readonly (Rate | null)[]): readonly [number, number] => {
  const lows = rates.flatMap((rate) => rate?.interval?.[0] ?? [])
  return lows.length === 0 ? [0, 1] : [Math.min(0.9, Math.floor(Math.min(...lows) * 10) / 10), 1]
}
