import { useCallback } from 'react'
import { type Drawing, useCanvas } from '../trace/canvas.ts'
import type { Bar, Lanes } from './lanes.ts'
import styles from './timeline.module.css'
import { placeIn, type TimelineView } from './use-playback.ts'

interface Props {
  readonly lanes: Lanes
  readonly view: TimelineView
  readonly laneHeight: number
}

/** Every step a bar, folded gaps hatched. Drawn when the view changes, not when the position does: the playhead lies above it. */
export const LaneCanvas = ({ lanes, view, laneHeight }: Props) => {
  const draw = useCallback(
    (drawing: Drawing) => {
      drawGaps(drawing, view)
      drawBars(drawing, lanes, view, laneHeight)
    },
    [lanes, view, laneHeight],
  )
  const ref = useCanvas(draw)
  return (
    <canvas
      ref={ref}
      className={styles.canvas}
      role="img"
      aria-label={`Timeline of ${lanes.bars.length} steps in ${lanes.count} lanes; the transcript lists the same steps`}
    />
  )
}

export const laneHeightFor = (lanes: number, heightPx: number): number =>
  Math.max(3, Math.min(24, Math.floor(heightPx / Math.max(1, lanes))))

export const barHeightIn = (laneHeight: number): number =>
  laneHeight >= 12 ? laneHeight - 4 : Math.max(2, laneHeight - 1)

/** The bar under a point; the smallest where bars of a packed timeline share a pixel. */
export const barAt = (
  lanes: Lanes,
  view: TimelineView,
  lane: number,
  place: number,
  slack: number,
): Bar | undefined => {
  let best: Bar | undefined
  for (const bar of lanes.bars) {
    if (bar.lane !== lane || placeIn(view, bar.fromMs) > place + slack || placeIn(view, bar.toMs) < place - slack)
      continue
    if (!best || bar.toMs - bar.fromMs <= best.toMs - best.fromMs) best = bar
  }
  return best
}

const LABEL_LANE_MIN_PX = 14
const LABEL_WIDTH_MIN_PX = 20
const PAD_PX = 5

const drawBars = ({ ctx, width, colour }: Drawing, lanes: Lanes, view: TimelineView, laneHeight: number) => {
  const barHeight = barHeightIn(laneHeight)
  ctx.font = `11px ${getComputedStyle(ctx.canvas).fontFamily}`
  ctx.textBaseline = 'middle'
  const drawnTo: number[] = []
  for (const bar of lanes.bars) {
    const from = placeIn(view, bar.fromMs) * width
    const to = placeIn(view, bar.toMs) * width
    if (to < 0 || from > width) continue
    const left = Math.max(-PAD_PX, from)
    const barWidth = Math.max(2, Math.min(width + PAD_PX, to) - left - 1)
    // Bars thinner than a pixel that fall on one already drawn cannot be seen.
    if (barWidth <= 2 && left + barWidth <= (drawnTo[bar.lane] ?? -1) && bar.hue !== 'error') continue
    drawnTo[bar.lane] = left + barWidth
    const top = bar.lane * laneHeight
    ctx.fillStyle = colour(`--${bar.hue}-soft`)
    round(ctx, left, top, barWidth, barHeight)
    ctx.fill()
    ctx.fillStyle = colour(`--${bar.hue}`)
    ctx.fillRect(left, top, Math.min(2.5, barWidth), barHeight)
    if (barHeight >= LABEL_LANE_MIN_PX && barWidth > LABEL_WIDTH_MIN_PX)
      label(ctx, bar.label, left, top, barWidth, barHeight)
  }
}

const round = (ctx: CanvasRenderingContext2D, x: number, y: number, w: number, h: number) => {
  ctx.beginPath()
  ctx.roundRect(x, y, w, h, Math.min(4, w / 2, h / 2))
}

const label = (ctx: CanvasRenderingContext2D, text: string, x: number, y: number, w: number, h: number) => {
  ctx.save()
  ctx.beginPath()
  ctx.rect(x, y, w - 2, h)
  ctx.clip()
  ctx.fillText(text, x + PAD_PX + 2, y + h / 2 + 0.5)
  ctx.restore()
}

const HATCH_PX = 6

const drawGaps = ({ ctx, width, height, colour }: Drawing, view: TimelineView) => {
  ctx.strokeStyle = colour('--line-strong')
  ctx.lineWidth = 1
  for (const gap of view.scale.gaps) {
    const left = placeIn(view, gap.fromMs) * width
    const right = placeIn(view, gap.toMs) * width
    if (right < 0 || left > width) continue
    ctx.save()
    ctx.beginPath()
    ctx.rect(left, 0, right - left, height)
    ctx.clip()
    ctx.beginPath()
    for (let x = left - height; x < right; x += HATCH_PX) {
      ctx.moveTo(x, height)
      ctx.lineTo(x + height, 0)
    }
    ctx.globalAlpha = 0.55
    ctx.stroke()
    ctx.restore()
  }
}
