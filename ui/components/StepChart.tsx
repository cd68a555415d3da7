import clsx from 'clsx'
import { type PointerEvent, useState } from 'react'
import { useZone } from '../util/preferences.ts'
import { formatMoment } from '../util/time-format.ts'
import type { Zone } from '../util/time-range.ts'
import histogram from './Histogram.module.css'
import { brushedRange, type Span } from './histogram.ts'
import styles from './StepChart.module.css'
import { TimeAxis } from './TimeAxis.tsx'
import { useElementWidth } from './use-element-size.ts'

export interface ChartSeries {
  readonly label: string
  /** A token: `var(--llm)`. */
  readonly color: string
  /** One value a step; null where nothing is known. */
  readonly values: readonly (number | null)[]
}

interface Props {
  /** Names the chart: "Received over time". */
  readonly label: string
  readonly times: readonly string[]
  readonly stepMs: number
  /** Stacked, the first at the bottom. */
  readonly series: readonly ChartSeries[]
  readonly format: (value: number) => string
  readonly asTable: boolean
  readonly onBrush?: (span: Span) => void
  readonly height?: number
  /** Else the zone of the page: what is counted by UTC days is drawn in UTC. */
  readonly zone?: Zone
  /** How a step is named; else by its moment. */
  readonly stepName?: (ms: number) => string
}

/** Bars over time, one colour a series. The same figures as a table, seen or read aloud. Drawing over the bars chooses a time. */
export const StepChart = (props: Props) => (props.asTable ? <Table {...props} /> : <Chart {...props} />)

const Chart = (props: Props) => {
  const { label, times, stepMs, series, format, onBrush, height = 96 } = props
  const [box, width] = useElementWidth<HTMLDivElement>()
  const pageZone = useZone()
  const zone = props.zone ?? pageZone
  const [brush, setBrush] = useState<{ readonly from: number; readonly to: number } | null>(null)
  const [hover, setHover] = useState<number | null>(null)
  const fromMs = times[0] === undefined ? 0 : Date.parse(times[0])
  const span = { fromMs, toMs: fromMs + times.length * stepMs }
  const totals = times.map((_, i) => series.reduce((sum, { values }) => sum + (values[i] ?? 0), 0))
  const top = Math.max(0, ...totals)
  const xOf = (event: PointerEvent) => event.clientX - event.currentTarget.getBoundingClientRect().left
  const brushing = onBrush && {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0 || times.length === 0) return
      event.currentTarget.setPointerCapture(event.pointerId)
      setBrush({ from: xOf(event), to: xOf(event) })
    },
    onPointerUp: () => {
      if (brush) onBrush(brushedRange(brush.from, brush.to, width, span, stepMs))
      setBrush(null)
    },
    onPointerCancel: () => setBrush(null),
  }
  return (
    <figure className={styles.figure} aria-label={label}>
      {series.length > 1 && <Legend series={series} />}
      <div
        ref={box}
        className={clsx(styles.plot, onBrush && styles.brushable)}
        style={{ height }}
        onPointerMove={(event) => {
          const x = xOf(event)
          setHover(Math.max(0, Math.min(times.length - 1, Math.floor((x / width) * times.length))))
          if (brush) setBrush({ ...brush, to: x })
        }}
        onPointerLeave={() => setHover(null)}
        {...brushing}
      >
        <Bars series={series} steps={times.length} width={width} height={height} top={top} hover={hover} />
        {top > 0 && <span className={`${styles.top} num`}>{format(top)}</span>}
        {brush && (
          <div
            className={histogram.brush}
            style={{ left: Math.min(brush.from, brush.to), width: Math.abs(brush.to - brush.from) }}
          />
        )}
        {hover !== null && times[hover] !== undefined && (
          <Tip {...props} step={hover} width={width} zone={zone} time={times[hover]} />
        )}
      </div>
      {times.length > 0 && <TimeAxis span={span} width={width} zone={zone} />}
      <div className="sr">
        <Figures {...props} />
      </div>
    </figure>
  )
}

const Legend = ({ series }: { readonly series: readonly ChartSeries[] }) => (
  <div className={styles.legend} aria-hidden="true">
    {series.map(({ label, color }) => (
      <span key={label}>
        <i style={{ background: color }} />
        {label}
      </span>
    ))}
  </div>
)

interface BarsProps {
  readonly series: readonly ChartSeries[]
  readonly steps: number
  readonly width: number
  readonly height: number
  readonly top: number
  readonly hover: number | null
}

const Bars = ({ series, steps, width, height, top, hover }: BarsProps) => {
  const w = width / Math.max(1, steps)
  const bar = Math.max(1, w - (w > 4 ? 1.5 : 0.5))
  const h = (value: number) => (value === 0 ? 0 : Math.max(1.5, (value / (top || 1)) * (height - 14)))
  return (
    <svg width={width} height={height} aria-hidden="true">
      {hover !== null && <rect x={hover * w} y={0} width={bar} height={height} fill="var(--hover)" />}
      {Array.from({ length: steps }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step of time is its position.
        <g key={i}>
          {stacked(series, i, h).map(({ color, from, size }) => (
            <rect key={color} x={i * w} y={height - from - size} width={bar} height={size} fill={color} />
          ))}
        </g>
      ))}
    </svg>
  )
}

/** The bars of one step, each on top of those before it. */
const stacked = (series: readonly ChartSeries[], step: number, h: (value: number) => number) => {
  let from = 0
  return series.flatMap(({ color, values }) => {
    const size = h(values[step] ?? 0)
    const bar = { color, from, size }
    from += size
    return size > 0 ? [bar] : []
  })
}

interface TipProps extends Omit<Props, 'zone'> {
  readonly step: number
  readonly time: string
  readonly width: number
  readonly zone: Zone
}

const Tip = ({ series, format, times, step, time, width, zone, stepName }: TipProps) => {
  const x = (step / times.length) * width
  return (
    <div
      className={`${histogram.tip} ${styles.tip} num`}
      style={step * 2 < times.length ? { left: x + 12 } : { right: width - x + 12 }}
    >
      <div className="muted">{stepName?.(Date.parse(time)) ?? formatMoment(Date.parse(time), zone)}</div>
      <dl>
        {series.map(({ label, color, values }) => (
          <div key={label} style={{ display: 'contents' }}>
            <dt>
              <i style={{ background: color }} />
              {label}
            </dt>
            <dd>{values[step] == null ? '–' : format(values[step])}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

const Table = (props: Props) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (axe: scrollable-region-focusable).
  <section className={`${styles.table} num`} aria-label={props.label} tabIndex={0}>
    <Figures {...props} />
  </section>
)

/** Steps in which nothing was are left out. */
const Figures = ({ label, times, series, format, zone: ownZone, stepName }: Props) => {
  const pageZone = useZone()
  const zone = ownZone ?? pageZone
  const rows = times.flatMap((time, i) => (series.some(({ values }) => values[i]) ? [{ time, i }] : []))
  return (
    <table>
      <caption className="sr">{label}</caption>
      <thead>
        <tr>
          <th scope="col">From</th>
          {series.map((one) => (
            <th scope="col" key={one.label}>
              {one.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.length === 0 && (
          <tr>
            <td colSpan={series.length + 1}>nothing in this time</td>
          </tr>
        )}
        {rows.map(({ time, i }) => (
          <tr key={time}>
            <th scope="row">{stepName?.(Date.parse(time)) ?? formatMoment(Date.parse(time), zone)}</th>
            {series.map(({ label: name, values }) => (
              <td key={name}>{values[i] == null ? '–' : format(values[i])}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
