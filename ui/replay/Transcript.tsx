import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useDeferredValue, useEffect, useRef, useState } from 'react'
import type { ReplayModel } from './model.ts'
import styles from './replay.module.css'
import { TranscriptLine } from './TranscriptLine.tsx'
import { rowOf, type TranscriptRow, textOf } from './transcript.ts'
import { useCurrentIndex, usePlaybackContext, usePlaybackValue } from './use-playback.ts'

interface Props {
  readonly model: ReplayModel
  readonly rows: readonly TranscriptRow[]
  readonly onSelect: (index: number) => void
  readonly onFold: (handoff: number) => void
  /** More pages of steps are on their way. */
  readonly loading: boolean
}

/** The conversation. Only the lines in sight are mounted; the line of the current step stays in sight while time goes by. */
export const Transcript = (props: Props) => {
  const playback = usePlaybackContext()
  // While steps fly by, the lines may lag behind: the playhead may not.
  const current = useDeferredValue(useCurrentIndex(playback, props.model.rec))
  return <Lines {...props} current={current} />
}

const Lines = memo(({ model, rows, onSelect, onFold, loading, current }: Props & { readonly current: number }) => {
  const playback = usePlaybackContext()
  const scroller = useRef<HTMLDivElement>(null)
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set())
  const playing = usePlaybackValue(playback, playback.playing)
  const currentRow = rowShowing(model, rows, current)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => estimateHeight(model, rows[i]!),
    getItemKey: (i) => rows[i]!.index,
    overscan: 8,
    paddingStart: 6,
    paddingEnd: 24,
    // The step one jumps to is shown with what led to it and what came of it.
    scrollPaddingStart: 72,
    scrollPaddingEnd: 72,
  })
  useEffect(() => {
    if (currentRow >= 0) virtual.scrollToIndex(currentRow, { align: 'auto' })
  }, [currentRow, virtual])
  return (
    <div className={styles.scroll} ref={scroller} data-playing={playing || undefined}>
      <ol className={styles.lines} style={{ height: virtual.getTotalSize() }} aria-label="Steps">
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index]!
          return (
            <li
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              data-future={isFuture(model, row.index, current) || undefined}
              aria-setsize={rows.length}
              aria-posinset={item.index + 1}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <TranscriptLine
                model={model}
                row={row}
                selected={item.index === currentRow}
                opened={opened.has(row.index)}
                onOpen={(open) => setOpened((before) => toggled(before, row.index, open))}
                onSelect={() => onSelect(row.index)}
                onFold={() => onFold(row.index)}
              />
            </li>
          )
        })}
      </ol>
      {loading && <p className={`muted ${styles.loading}`}>Loading more steps…</p>}
    </div>
  )
})
Lines.displayName = 'Lines'

/** What is still to come is pale. A score of after the end comes with the last step: the playhead never gets to its time. */
const isFuture = ({ rec }: ReplayModel, index: number, current: number): boolean =>
  index > current && !(index >= rec.lateFrom && current >= rec.lateFrom - 1)

/** The row of a step, or of the folded sub-agent that holds it. */
export const rowShowing = (model: ReplayModel, rows: readonly TranscriptRow[], index: number): number => {
  for (let at = index; at >= 0; at = model.owner[at]!) {
    const row = rowOf(rows, at)
    if (row >= 0) return row
  }
  return -1
}

const LINE_PX = 31
const CHARS_PER_LINE = 90
const TEXT_LINE_PX = 21
const TEXT_LINES_MAX = 10

const estimateHeight = (model: ReplayModel, row: TranscriptRow): number => {
  const { message } = model.rec.steps[row.index]!
  const text = textOf(message ?? row.answer)
  if (!text) return LINE_PX
  return LINE_PX + Math.min(TEXT_LINES_MAX, Math.ceil(text.length / CHARS_PER_LINE)) * TEXT_LINE_PX
}

const toggled = (set: ReadonlySet<number>, index: number, on: boolean): ReadonlySet<number> => {
  const next = new Set(set)
  if (on) next.add(index)
  else next.delete(index)
  return next
}
