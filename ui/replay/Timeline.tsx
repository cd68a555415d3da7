import { type PointerEvent as ReactPointerEvent, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useSize } from '../trace/use-size.ts'
import { formatDuration } from '../util/format.ts'
import { Counters } from './Counters.tsx'
import { clock, spokenClock } from './clock.ts'
import { barAt, barHeightIn, LaneCanvas, laneHeightFor } from './LaneCanvas.tsx'
import { LateMarks } from './LateMarks.tsx'
import type { Bar } from './lanes.ts'
import type { MarkKind } from './marks.ts'
import type { ReplayModel } from './model.ts'
import { Marks } from './TimelineMarks.tsx'
import { Transport } from './Transport.tsx'
import { scaleTicks } from './time-scale.ts'
import styles from './timeline.module.css'
import {
  currentIndex,
  momentAt,
  placeIn,
  type TimelineView,
  useCurrentIndex,
  usePlaybackContext,
} from './use-playback.ts'

interface Props {
  readonly model: ReplayModel
  readonly view: TimelineView
  readonly spans: number
  readonly kinds: ReadonlySet<MarkKind>
  readonly onToggleKind: (kind: MarkKind) => void
  readonly onJump: (direction: 1 | -1, kind?: MarkKind) => void
  readonly onSelect: (index: number) => void
  /** Undefined: the whole. */
  readonly onZoom: (range: readonly [number, number] | undefined) => void
}

/** The bottom of a replay: transport, every step as a bar in lanes, marks, and the running figures. */
export const Timeline = (props: Props) => (
  <section className={styles.timeline} aria-label="Timeline">
    <Transport
      durationMs={props.model.rec.durationMs}
      marks={props.model.marks}
      kinds={props.kinds}
      onToggleKind={props.onToggleKind}
      onJump={props.onJump}
    />
    <Lanes {...props} />
    <Counters model={props.model} view={props.view} spans={props.spans} />
  </section>
)

const RULER_PX = 22
const MARKS_PX = 20

const Lanes = ({ model, view, kinds, onSelect, onZoom }: Props) => {
  const playback = usePlaybackContext()
  const area = useRef<HTMLDivElement>(null)
  const size = useSize(area)
  const laneHeight = laneHeightFor(model.lanes.count, size.height - RULER_PX - MARKS_PX)
  const [hovered, setHovered] = useState<{ readonly bar: Bar; readonly x: number }>()
  const brush = useBrush(area, view, onZoom)
  const placeOf = (event: ReactPointerEvent) => {
    const box = area.current!.getBoundingClientRect()
    return { place: (event.clientX - box.left) / box.width, y: event.clientY - box.top - RULER_PX }
  }
  const barUnder = (event: ReactPointerEvent) => {
    const { place, y } = placeOf(event)
    return barAt(model.lanes, view, Math.floor(y / laneHeight), place, 3 / Math.max(1, size.width))
  }
  const down = (event: ReactPointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    const bar = barUnder(event)
    playback.pause()
    playback.scrub(true)
    if (bar && bar.index >= 0) onSelect(bar.index)
    playback.seek(momentAt(view, placeOf(event).place))
    if (bar && bar.index >= 0) playback.pin(bar.index, playback.positionMs())
  }
  const move = (event: ReactPointerEvent<HTMLDivElement>) => {
    if (playback.scrubbing()) return playback.seek(momentAt(view, placeOf(event).place))
    const bar = barUnder(event)
    setHovered(bar && { bar, x: placeOf(event).place * size.width })
  }
  return (
    <div className={styles.lanes} ref={area} data-later={model.rec.lateFrom < model.rec.steps.length || undefined}>
      <Ruler view={view} width={size.width} brush={brush} />
      <div
        className={styles.tracks}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={() => playback.scrub(false)}
        onPointerCancel={() => playback.scrub(false)}
        onPointerLeave={() => setHovered(undefined)}
      >
        <LaneCanvas lanes={model.lanes} view={view} laneHeight={laneHeight} />
        <Outline model={model} view={view} laneHeight={laneHeight} />
        <Marks
          model={model}
          view={view}
          kinds={kinds}
          width={size.width}
          top={model.lanes.count * laneHeight + 2}
          onSelect={onSelect}
        />
        {hovered && <Tip bar={hovered.bar} x={Math.min(hovered.x, size.width - 180)} />}
      </div>
      {brush.shown && <div className={styles.brush} style={brush.shown} />}
      <Playhead model={model} view={view} width={size.width} onZoom={onZoom} />
      <LateMarks model={model} kinds={kinds} onSelect={onSelect} />
    </div>
  )
}

/** Round the current step's bar. An element of its own, so that the canvas is not drawn again for each step that goes by. */
const Outline = ({ model, view, laneHeight }: Pick<Props, 'model' | 'view'> & { readonly laneHeight: number }) => {
  const selected = useCurrentIndex(usePlaybackContext(), model.rec)
  const bar = useMemo(() => model.lanes.bars.find((b) => b.index === selected), [model.lanes, selected])
  if (!bar) return null
  const left = Math.max(0, placeIn(view, bar.fromMs)) * 100
  const right = Math.min(1, placeIn(view, bar.toMs)) * 100
  if (right < 0 || left > 100) return null
  const box = {
    left: `${left}%`,
    width: `${right - left}%`,
    top: bar.lane * laneHeight,
    height: barHeightIn(laneHeight),
  }
  return <span className={styles.outline} style={box} />
}

const Tip = ({ bar, x }: { readonly bar: Bar; readonly x: number }) => (
  <div className={`${styles.tip} num`} style={{ left: x, top: RULER_PX }}>
    <b>{bar.label}</b> <span className="muted">{clock(bar.fromMs, 1)}</span> {formatDuration(bar.toMs - bar.fromMs)}
  </div>
)

const TICK_PX = 96

const Ruler = ({
  view,
  width,
  brush,
}: {
  readonly view: TimelineView
  readonly width: number
  readonly brush: Brush
}) => {
  const ticks = useMemo(
    () => (width === 0 ? [] : scaleTicks(view.scale, view.fromMs, view.toMs, TICK_PX / width)),
    [view, width],
  )
  const decimals = view.toMs - view.fromMs < 8000 ? 1 : 0
  return (
    <div className={`${styles.ruler} num`} title="Drag to zoom, f to see all" {...brush.handlers}>
      {ticks.map((ms) => (
        <span key={ms} style={{ left: `${placeIn(view, ms) * 100}%` }}>
          {clock(ms, decimals)}
        </span>
      ))}
    </div>
  )
}

interface PlayheadProps {
  readonly model: ReplayModel
  readonly view: TimelineView
  readonly width: number
  readonly onZoom: Props['onZoom']
}

/** Moves without React: a frame of playback sets one transform. */
const Playhead = ({ model, view, width, onZoom }: PlayheadProps) => {
  const playback = usePlaybackContext()
  const ref = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const place = () => {
      const head = ref.current
      if (!head) return
      const ms = playback.positionMs()
      const at = placeIn(view, ms)
      head.style.transform = `translateX(${at * width}px)`
      head.style.visibility = at < -0.001 || at > 1.001 ? 'hidden' : 'visible'
      speak(head, model, ms, currentIndex(playback, model.rec))
      // Playing out of a zoomed part turns the page.
      if (playback.playing() && ms > view.toMs && view.toMs < model.rec.durationMs)
        onZoom([ms, ms + view.toMs - view.fromMs])
    }
    place()
    return playback.subscribe(place)
  }, [playback, view, width, model, onZoom])
  const step = (view.toMs - view.fromMs) / 100
  return (
    <div
      ref={ref}
      className={styles.head}
      role="slider"
      tabIndex={0}
      aria-label="Position"
      aria-valuemin={0}
      aria-valuemax={Math.round(model.rec.durationMs)}
      aria-valuenow={0}
      onKeyDown={(event) => {
        const to = sliderKey(event.key, playback.positionMs(), step, model.rec.durationMs)
        if (to === undefined) return
        event.preventDefault()
        event.stopPropagation()
        playback.seek(to)
      }}
    />
  )
}

/** Where a key moves a slider to (WAI-ARIA, slider pattern). */
const sliderKey = (key: string, ms: number, step: number, durationMs: number): number | undefined => {
  const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[key]
  if (by !== undefined) return ms + by * step
  return key === 'Home' ? 0 : key === 'End' ? durationMs : undefined
}

/** The spoken value changes once a second or with the step, not sixty times a second. */
const speak = (head: HTMLElement, model: ReplayModel, ms: number, index: number) => {
  const { rec } = model
  const where = index < 0 ? '' : `, step ${index + 1} of ${rec.steps.length}, ${rec.steps[index]!.name}`
  const text = `${spokenClock(ms)} of ${spokenClock(rec.durationMs)}${where}`
  if (head.getAttribute('aria-valuetext') !== text) head.setAttribute('aria-valuetext', text)
  head.setAttribute('aria-valuenow', String(Math.round(ms)))
}

interface Brush {
  readonly shown: { readonly left: string; readonly width: string } | undefined
  readonly handlers: {
    readonly onPointerDown: (event: ReactPointerEvent<HTMLDivElement>) => void
    readonly onPointerMove: (event: ReactPointerEvent<HTMLDivElement>) => void
    readonly onPointerUp: (event: ReactPointerEvent<HTMLDivElement>) => void
    readonly onDoubleClick: () => void
  }
}

/** A range narrower than this was a click. */
const BRUSH_MIN_SHARE = 0.01

const useBrush = (area: React.RefObject<HTMLDivElement | null>, view: TimelineView, onZoom: Props['onZoom']): Brush => {
  const [range, setRange] = useState<readonly [number, number]>()
  const playback = usePlaybackContext()
  const placeOf = (event: ReactPointerEvent) => {
    const box = area.current!.getBoundingClientRect()
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width))
  }
  const [from, to] = range ? [Math.min(...range), Math.max(...range)] : [0, 0]
  return {
    shown: range && { left: `${from * 100}%`, width: `${(to - from) * 100}%` },
    handlers: {
      onPointerDown: (event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        setRange([placeOf(event), placeOf(event)])
      },
      onPointerMove: (event) => range && setRange([range[0], placeOf(event)]),
      onPointerUp: () => {
        setRange(undefined)
        if (to - from >= BRUSH_MIN_SHARE) onZoom([momentAt(view, from), momentAt(view, to)])
        else if (range) playback.seek(momentAt(view, from))
      },
      onDoubleClick: () => onZoom(undefined),
    },
  }
}
