// biome-ignore-all lint/a11y/useSemanticElements: a table cannot be virtualised by absolute rows; the treegrid's roles say the same.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and points at its row (aria-activedescendant).
import { useVirtualizer } from '@tanstack/react-virtual'
import clsx from 'clsx'
import { type KeyboardEvent, useEffect, useMemo, useRef } from 'react'
import { tickStepMs } from '../replay/time-scale.ts'
import { formatDuration } from '../util/format.ts'
import { type Viewport, visibleIndex, visibleRows } from './layout.ts'
import styles from './trace.module.css'
import { moveFor } from './treegrid-keys.ts'
import { useSize } from './use-size.ts'
import { place, rowId, type WaterfallProps, WaterfallRow } from './WaterfallRow.tsx'

const ROW_PX = 26
const TICK_PX = 56
/** Share of the grid's width that the time axis has, about. */
const AXIS_SHARE = 0.4

/** Every span a row, its bar on the time axis. Rows are mounted as they come into sight: 33,000 of them cost what fifty cost. */
export const Waterfall = (props: WaterfallProps) => {
  const { model, view, folded, onFold, selected, onSelect } = props
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useMemo(() => visibleRows(model.tree, folded), [model.tree, folded])
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
    scrollPaddingStart: ROW_PX,
  })
  const at = visibleIndex(rows, selected)
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' })
  }, [at, virtual])
  const onKeyDown = (event: KeyboardEvent) => {
    const move = moveFor(event.key, model, rows, at, folded)
    if (!move) return
    event.preventDefault()
    event.stopPropagation()
    if (move.fold !== undefined) onFold(selected, move.fold)
    else if (rows[move.to!] !== undefined) onSelect(rows[move.to!]!)
  }
  const { width } = useSize(scroller)
  const ticks = ticksOf(view, Math.max(1, Math.floor((width * AXIS_SHARE) / TICK_PX)))
  return (
    <div
      className={styles.grid}
      ref={scroller}
      role="treegrid"
      aria-label="Spans"
      aria-rowcount={rows.length}
      aria-activedescendant={at >= 0 ? rowId(selected) : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className={styles.columns} role="row">
        <span role="columnheader">Span</span>
        <span role="columnheader" className={styles.second}>
          Service
        </span>
        <span
          role="columnheader"
          className={styles.axis}
          aria-label={`Time, ${formatDuration(view.toMs - view.fromMs)}`}
        >
          {ticks.map((ms) => (
            <i key={ms} style={{ left: `${place(view, ms)}%` }}>
              {formatDuration(ms)}
            </i>
          ))}
        </span>
        <span role="columnheader" className={styles.right}>
          Duration
        </span>
        <span role="columnheader" className={clsx(styles.right, styles.second)}>
          Self
        </span>
        <span role="columnheader" className={clsx(styles.right, styles.third)}>
          Tokens
        </span>
        <span role="columnheader" className={clsx(styles.right, styles.third)}>
          Cost
        </span>
      </div>
      <div className={styles.rows} style={{ height: virtual.getTotalSize() }} role="presentation">
        {virtual.getVirtualItems().map((item) => (
          <WaterfallRow
            key={rows[item.index]!}
            {...props}
            row={rows[item.index]!}
            index={item.index}
            top={item.start}
            ticks={ticks}
          />
        ))}
      </div>
    </div>
  )
}

const ticksOf = (view: Viewport, ticksMax: number): number[] => {
  const step = tickStepMs(view.toMs - view.fromMs, ticksMax) || 1
  const ticks: number[] = []
  // The last label would hang over the edge.
  for (let ms = Math.ceil(view.fromMs / step) * step; ms < view.toMs - step * 0.3; ms += step) ticks.push(ms)
  return ticks
}
