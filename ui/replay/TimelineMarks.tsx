import { useMemo } from 'react'
import { clock } from './clock.ts'
import type { Mark, MarkKind } from './marks.ts'
import type { ReplayModel } from './model.ts'
import type { Recording } from './recording.ts'
import { MARK_LOOKS } from './Transport.tsx'
import styles from './timeline.module.css'
import { placeIn, type TimelineView } from './use-playback.ts'

interface MarksProps {
  readonly model: ReplayModel
  readonly view: TimelineView
  readonly kinds: ReadonlySet<MarkKind>
  readonly width: number
  readonly top: number
  readonly onSelect: (index: number) => void
}

/** What happened, below the lanes, where it happened. */
export const Marks = ({ model, view, kinds, width, top, onSelect }: MarksProps) => {
  const shown = useMemo(() => thinMarks(model, view, width, kinds), [model, view, width, kinds])
  return shown.map(({ mark, x }) => (
    <button
      key={`${mark.kind}${mark.index}`}
      type="button"
      tabIndex={-1}
      className={`${styles.mark} k-${mark.bad ? 'error' : MARK_LOOKS[mark.kind].hue}`}
      style={{ left: x, top }}
      title={`${clock(mark.atMs)} ${mark.label}`}
      aria-label={`${mark.kind} at ${clock(mark.atMs)}: ${mark.label}`}
      onPointerDown={(event) => event.stopPropagation()}
      onClick={() => onSelect(mark.index)}
    >
      {mark.bad && mark.kind === 'score' ? MARK_LOOKS.error.icon : MARK_LOOKS[mark.kind].icon}
    </button>
  ))
}

const MARK_PX = 13

/** A wait is marked in its middle: its beginning is where something else asked for it. */
const markMs = (rec: Recording, mark: Mark): number =>
  mark.kind === 'approval' ? (mark.atMs + rec.endMs[mark.index]!) / 2 : mark.atMs

/** Marks in view, at most one where two would cover each other; the graver wins, which is the order of the kinds. */
const thinMarks = (model: ReplayModel, view: TimelineView, width: number, kinds: ReadonlySet<MarkKind>) => {
  const slots = new Map<number, { mark: Mark; x: number }>()
  for (const mark of model.marks) {
    const place = placeIn(view, markMs(model.rec, mark))
    if (!kinds.has(mark.kind) || mark.index >= model.rec.lateFrom || place < 0 || place > 1) continue
    const slot = Math.round((place * width) / MARK_PX)
    if (!slots.has(slot) || mark.kind === 'error')
      slots.set(slot, { mark, x: Math.min(width - MARK_PX / 2, Math.max(MARK_PX / 2, place * width)) })
  }
  return [...slots.values()]
}
