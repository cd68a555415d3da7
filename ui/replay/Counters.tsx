import { useMemo } from 'react'
import { formatCount, formatDuration, formatTokens, formatUsd, plural } from '../util/format.ts'
import { clock } from './clock.ts'
import type { ReplayModel } from './model.ts'
import { type Recording, totalsAt } from './recording.ts'
import styles from './timeline.module.css'
import { placeIn, type TimelineView, usePlaybackContext, usePlaybackValue } from './use-playback.ts'

/** What had been spent by now: three lines over the whole, and the figures of this moment. */
export const Counters = ({
  model,
  view,
  spans,
}: {
  readonly model: ReplayModel
  readonly view: TimelineView
  readonly spans: number
}) => {
  const { rec, scale } = model
  return (
    <div className={`${styles.state} num`}>
      <Spark rec={rec} view={view} label="cost" hue="accent" read={(t) => Number(t.costUsd)} format={formatUsd} />
      <Spark
        rec={rec}
        view={view}
        label="tokens"
        hue="llm"
        read={(t) => t.usage.inputTotal + t.usage.outputTotal}
        format={formatTokens}
      />
      <Spark rec={rec} view={view} label="tool calls" hue="tool" read={(t) => t.toolCalls} format={formatCount} />
      <State rec={rec} />
      <span className={`muted ${styles.extras} ${styles.wide}`}>
        <i />
        <span>{plural(spans, 'span')}</span>
        {scale.foldedMs > 0 && <span>idle {formatDuration(scale.foldedMs)} folded</span>}
      </span>
    </div>
  )
}

type Totals = NonNullable<ReturnType<typeof totalsAt>>

interface SparkProps {
  readonly rec: Recording
  readonly view: TimelineView
  readonly label: string
  readonly hue: string
  readonly read: (totals: Totals) => number
  readonly format: (value: number) => string
}

const WIDTH = 112
const HEIGHT = 16

const Spark = ({ rec, view, label, hue, read, format }: SparkProps) => {
  const playback = usePlaybackContext()
  const path = useMemo(() => sparkPath(rec, view, read), [rec, view, read])
  const value = usePlaybackValue(playback, () => {
    const totals = totalsAt(rec, playback.positionMs())
    return totals ? read(totals) : 0
  })
  const at = usePlaybackValue(playback, () =>
    Math.round(Math.min(1, Math.max(0, placeIn(view, playback.positionMs()))) * WIDTH),
  )
  return (
    <span className={`${styles.spark} k-${hue}`}>
      <span className="muted">{label}</span>
      <svg
        width={WIDTH}
        height={HEIGHT}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <path d={path} fill="none" stroke="var(--k)" strokeWidth="1.5" />
        <line x1={at} x2={at} y1={0} y2={HEIGHT} stroke="var(--line-strong)" />
      </svg>
      <span className={styles.value}>{format(value)}</span>
    </span>
  )
}

/** Steps, not slopes: what is spent is spent at the end of a call. */
const sparkPath = (rec: Recording, view: TimelineView, read: (totals: Totals) => number): string => {
  const most = rec.byEnd.reduce((max, i) => Math.max(max, read(rec.steps[i]!.totals)), 0) || 1
  const y = (value: number) => (HEIGHT - 1 - (value / most) * (HEIGHT - 3)).toFixed(1)
  let path = `M0 ${y(0)}`
  let lastX = -1
  for (const i of rec.byEnd) {
    const x = Math.round(Math.min(1, Math.max(0, placeIn(view, rec.endMs[i]!))) * WIDTH)
    path += x === lastX ? `V${y(read(rec.steps[i]!.totals))}` : `H${x}V${y(read(rec.steps[i]!.totals))}`
    lastX = x
  }
  return `${path}H${WIDTH}`
}

const State = ({ rec }: { readonly rec: Recording }) => {
  const playback = usePlaybackContext()
  const text = usePlaybackValue(playback, () => describe(rec, playback.positionMs()))
  return <span className={styles.now}>{text}</span>
}

const describe = (rec: Recording, ms: number): string => {
  const totals = totalsAt(rec, ms)
  const parts = totals
    ? [
        formatUsd(totals.costUsd),
        `${formatTokens(totals.usage.inputTotal + totals.usage.outputTotal)} tok`,
        plural(totals.toolCalls, 'tool'),
        ...(totals.errors > 0 ? [plural(totals.errors, 'error')] : []),
        ...(totals.guardrailHits > 0 ? [plural(totals.guardrailHits, 'guardrail hit')] : []),
      ]
    : ['nothing spent yet']
  return `state at ${clock(ms)}: ${parts.join(' · ')}`
}
