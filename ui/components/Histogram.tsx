import { type PointerEvent, useState } from 'react'
import { formatCount, plural } from '../util/format.ts'
import { useZone } from '../util/preferences.ts'
import { formatMoment } from '../util/time-format.ts'
import type { Zone } from '../util/time-range.ts'
import styles from './Histogram.module.css'
import { brushedRange, type Span } from './histogram.ts'
import { TimeAxis } from './TimeAxis.tsx'
import { useElementWidth } from './use-element-size.ts'

export interface HistogramStep {
  readonly time: string
  readonly runs: number
  readonly errors: number
  readonly failures: number
}

interface Props {
  readonly steps: readonly HistogramStep[] | undefined
  readonly stepMs: number
  readonly onBrush: (span: Span) => void
}

const HEIGHT = 52

/** Runs over time, those with errors apart. Drawing over it, or a click on a bar, chooses that time. */
export const Histogram = ({ steps, stepMs, onBrush }: Props) => {
  const [box, width] = useElementWidth<HTMLDivElement>()
  const zone = useZone()
  const [brush, setBrush] = useState<{ readonly from: number; readonly to: number } | null>(null)
  const [hover, setHover] = useState<number | null>(null)
  const first = steps?.[0]
  const fromMs = first ? Date.parse(first.time) : 0
  const span = { fromMs, toMs: fromMs + (steps?.length ?? 0) * stepMs }
  const xOf = (event: PointerEvent) => event.clientX - event.currentTarget.getBoundingClientRect().left

  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0 || !steps?.length) return
    event.currentTarget.setPointerCapture(event.pointerId)
    setBrush({ from: xOf(event), to: xOf(event) })
  }
  const onPointerMove = (event: PointerEvent) => {
    const x = xOf(event)
    setHover(steps?.length ? Math.max(0, Math.min(steps.length - 1, Math.floor((x / width) * steps.length))) : null)
    if (brush) setBrush({ ...brush, to: x })
  }
  const onPointerUp = () => {
    if (brush) onBrush(brushedRange(brush.from, brush.to, width, span, stepMs))
    setBrush(null)
  }
  const hovered = hover === null ? undefined : steps?.[hover]
  return (
    <figure className={styles.figure} aria-label="Runs over time">
      <div
        ref={box}
        className={styles.plot}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={() => setBrush(null)}
        onPointerLeave={() => setHover(null)}
      >
        <Bars steps={steps ?? []} width={width} hover={hover} />
        {brush && (
          <div
            className={styles.brush}
            style={{ left: Math.min(brush.from, brush.to), width: Math.abs(brush.to - brush.from) }}
          />
        )}
        {hovered && hover !== null && (
          <div
            className={`${styles.tip} num`}
            style={
              hover * 2 < (steps?.length ?? 0)
                ? { left: (hover / steps!.length) * width + 12 }
                : { right: width - (hover / steps!.length) * width + 12 }
            }
          >
            <b>{plural(hovered.runs, 'run')}</b>
            {hovered.errors > 0 && <span className="bad"> · {formatCount(hovered.errors)} with errors</span>}
            <span className="muted"> · {formatMoment(Date.parse(hovered.time), zone)}</span>
          </div>
        )}
      </div>
      {first && <TimeAxis span={span} width={width} zone={zone} />}
      {steps && <StepTable steps={steps} zone={zone} />}
    </figure>
  )
}

const Bars = ({
  steps,
  width,
  hover,
}: {
  readonly steps: readonly HistogramStep[]
  readonly width: number
  readonly hover: number | null
}) => {
  const top = Math.max(1, ...steps.map((step) => step.runs))
  const w = width / Math.max(1, steps.length)
  const bar = Math.max(1, w - (w > 4 ? 1.5 : 0.5))
  const h = (n: number) => (n === 0 ? 0 : Math.max(1.5, (n / top) * (HEIGHT - 4)))
  return (
    <svg width={width} height={HEIGHT} aria-hidden="true">
      {steps.map((step, i) => (
        <g key={step.time}>
          <rect
            x={i * w}
            y={HEIGHT - h(step.runs)}
            width={bar}
            height={h(step.runs)}
            fill={i === hover ? 'var(--muted)' : 'var(--bar)'}
          />
          <rect x={i * w} y={HEIGHT - h(step.errors)} width={bar} height={h(step.errors)} fill="var(--error)" />
        </g>
      ))}
    </svg>
  )
}

/** The same in a table, for screen readers; empty steps are left out. */
const StepTable = ({ steps, zone }: { readonly steps: readonly HistogramStep[]; readonly zone: Zone }) => (
  <table className="sr">
    <caption>Runs over time</caption>
    <thead>
      <tr>
        <th scope="col">From</th>
        <th scope="col">Runs</th>
        <th scope="col">With errors</th>
        <th scope="col">Failures</th>
      </tr>
    </thead>
    <tbody>
      {steps
        .filter((step) => step.runs > 0)
        .map((step) => (
          <tr key={step.time}>
            <th scope="row">{formatMoment(Date.parse(step.time), zone)}</th>
            <td>{step.runs}</td>
            <td>{step.errors}</td>
            <td>{step.failures}</td>
          </tr>
        ))}
    </tbody>
  </table>
)
