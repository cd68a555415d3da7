import { type PointerEvent as ReactPointerEvent, useCallback, useState } from 'react'
import { KIND_LOOKS } from '../components/kind.ts'
import { plural } from '../util/format.ts'
import { type Drawing, useCanvas } from './canvas.ts'
import type { Viewport } from './layout.ts'
import styles from './trace.module.css'
import { spanOf, type TraceModel } from './trace-model.ts'

interface Props {
  readonly model: TraceModel
  readonly view: Viewport
  readonly showCritical: boolean
  readonly onZoom: (range: readonly [number, number] | undefined) => void
}

/** A drag shorter than this was a click, and a click shows the whole again. */
const BRUSH_MIN_SHARE = 0.005

/** The whole trace in a strip, every span a line in its hue; drag to look at a part. */
export const TraceMinimap = ({ model, view, showCritical, onZoom }: Props) => {
  const draw = useCallback((drawing: Drawing) => drawSpans(drawing, model, showCritical), [model, showCritical])
  const ref = useCanvas(draw)
  const [brush, setBrush] = useState<readonly [number, number]>()
  const { durationMs } = model.tree
  const shareOf = (event: ReactPointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect()
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width))
  }
  const range = brush ?? [view.fromMs / (durationMs || 1), view.toMs / (durationMs || 1)]
  const [from, to] = [Math.min(...range), Math.max(...range)]
  return (
    <div
      className={styles.minimap}
      title="Drag to zoom, click to see all"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        setBrush([shareOf(event), shareOf(event)])
      }}
      onPointerMove={(event) => brush && setBrush([brush[0], shareOf(event)])}
      onPointerUp={() => {
        setBrush(undefined)
        onZoom(to - from >= BRUSH_MIN_SHARE ? [from * durationMs, to * durationMs] : undefined)
      }}
    >
      <canvas
        ref={ref}
        role="img"
        aria-label={`Overview of ${plural(model.tree.span.length, 'span')}, ${plural(model.failedRows.length, 'failed one')}; the rows below list them`}
      />
      <span className={styles.shade} style={{ left: 0, width: `${from * 100}%` }} />
      <span className={styles.shade} style={{ left: `${to * 100}%`, right: 0 }} />
    </div>
  )
}

const drawSpans = ({ ctx, width, height, colour }: Drawing, model: TraceModel, showCritical: boolean) => {
  const { tree } = model
  const n = tree.span.length
  const scale = width / (tree.durationMs || 1)
  const line = Math.max(1, Math.min(3, Math.floor(height / Math.max(1, n))))
  const failed = colour('--error')
  for (let row = 0; row < n; row++) {
    const span = spanOf(model, row)
    const y = Math.floor((row / n) * (height - line))
    const x = tree.startMs[row]! * scale
    ctx.globalAlpha = showCritical && !model.critical.has(row) ? 0.25 : 1
    ctx.fillStyle = span.failed ? failed : colour(`--${KIND_LOOKS[span.kind].hue}`)
    ctx.fillRect(x, y, Math.max(1, (tree.endMs[row]! - tree.startMs[row]!) * scale), line)
  }
  ctx.globalAlpha = 1
}
