import { formatClock, formatDay } from '../util/time-format.ts'
import type { Zone } from '../util/time-range.ts'
import styles from './Histogram.module.css'
import { type Span, timeTicks } from './histogram.ts'

const DAY_MS = 86_400_000

/** Round times below a chart of this width. */
export const TimeAxis = ({
  span,
  width,
  zone,
}: {
  readonly span: Span
  readonly width: number
  readonly zone: Zone
}) => {
  const offsetMs = zone === 'UTC' ? 0 : -new Date(span.fromMs).getTimezoneOffset() * 60_000
  const { ticks, stepMs } = timeTicks(span, width, 84, offsetMs)
  return (
    <div className={`${styles.axis} num`} aria-hidden="true">
      {ticks.map((ms) => {
        const left = ((ms - span.fromMs) / (span.toMs - span.fromMs)) * width
        if (left > width - 40) return null
        return (
          <span key={ms} style={{ left }}>
            {stepMs >= DAY_MS || formatClock(ms, zone) === '00:00:00'
              ? formatDay(ms, zone)
              : formatClock(ms, zone, false)}
          </span>
        )
      })}
    </div>
  )
}
