/** The sessions histogram as maths: pixels to times and back, and the ticks of its axis. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** From and to of a brush between two positions, in whole steps, so that the figures of the bars are the figures of the choice. */
export const brushedRange = (a: number, b: number, width: number, span: Span, stepMs: number): Span => {
  const at = (x: number) => (Math.max(0, Math.min(width, x)) / width) * (span.toMs - span.fromMs)
  const from = Math.floor(at(Math.min(a, b)) / stepMs) * stepMs
  const to = Math.max(from + stepMs, Math.ceil(at(Math.max(a, b)) / stepMs) * stepMs)
  return { fromMs: span.fromMs + from, toMs: Math.min(span.toMs, span.fromMs + to) }
}

const MINUTE = 60_000
const TICK_STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 5760, 10_080, 20_160, 43_200].map(
  (minutes) => minutes * MINUTE,
)

/** Round times inside a span, at least `spacing` px apart. `offsetMs` is the zone's offset, so that days start at midnight. */
export const timeTicks = (
  span: Span,
  width: number,
  spacing: number,
  offsetMs: number,
): { readonly stepMs: number; readonly ticks: readonly number[] } => {
  const perPixel = (span.toMs - span.fromMs) / Math.max(1, width)
  const stepMs = TICK_STEPS_MS.find((step) => step / perPixel >= spacing) ?? TICK_STEPS_MS.at(-1)!
  const ticks: number[] = []
  for (let t = Math.ceil((span.fromMs + offsetMs) / stepMs) * stepMs - offsetMs; t < span.toMs; t += stepMs)
    ticks.push(t)
  return { stepMs, ticks }
}
