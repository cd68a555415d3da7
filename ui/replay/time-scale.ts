import { lastWhere, type Recording } from './recording.ts'

/** A stretch in which nothing worked: only a person, a queue or nobody was busy. */
export interface IdleGap {
  readonly fromMs: number
  readonly toMs: number
}

/** Maps a moment to its place on the timeline, 0–1, and back. Folded gaps take a sliver of the width whatever their length. */
export interface TimeScale {
  readonly durationMs: number
  readonly gaps: readonly IdleGap[]
  readonly foldedMs: number
  toFraction(ms: number): number
  toMs(fraction: number): number
}

/** A gap is worth folding from here on, and from this share of the recording: short recordings keep their pauses. */
const GAP_MIN_MS = 2000
const GAP_MIN_SHARE = 0.12
/** What is left of the gap on each side, so that one sees that time went by. */
const GAP_MARGIN_SHARE = 0.04
/** Width of one folded gap, and of all together, as shares of the timeline. */
const FOLD_SHARE = 0.06
const FOLDS_SHARE_MAX = 0.3

/** Waiting is not work: an approval is somebody else's time, containers span what is inside them, a late score is no activity. */
const NOT_WORK = new Set(['approval', 'handoff', 'step', 'plan', 'evaluation'])

export const idleGaps = (rec: Recording): IdleGap[] => {
  const gaps: IdleGap[] = []
  const least = Math.max(GAP_MIN_MS, rec.durationMs * GAP_MIN_SHARE)
  const margin = rec.durationMs * GAP_MARGIN_SHARE
  let busyUntil = 0
  const close = (until: number) => {
    const gap = until - busyUntil
    const inset = Math.min(margin, gap / 8)
    if (gap >= least) gaps.push({ fromMs: busyUntil + inset, toMs: until - inset })
  }
  for (let i = 0; i < rec.steps.length; i++) {
    if (NOT_WORK.has(rec.steps[i]!.kind)) continue
    close(rec.startMs[i]!)
    busyUntil = Math.max(busyUntil, rec.endMs[i]!)
  }
  close(rec.durationMs)
  return gaps
}

export const timeScale = (durationMs: number, gaps: readonly IdleGap[]): TimeScale => {
  const idleMs = gaps.reduce((sum, g) => sum + g.toMs - g.fromMs, 0)
  const share = gaps.length === 0 ? 0 : Math.min(FOLD_SHARE, FOLDS_SHARE_MAX / gaps.length)
  const busyMs = Math.max(0, durationMs - idleMs)
  const busyWidth = busyMs === 0 ? 0 : (1 - share * gaps.length) / busyMs
  const ms: number[] = [0]
  const at: number[] = [0]
  const point = (toMs: number, width: number) => {
    ms.push(toMs)
    at.push(at.at(-1)! + width)
  }
  for (const gap of gaps) {
    point(gap.fromMs, (gap.fromMs - ms.at(-1)!) * busyWidth)
    point(gap.toMs, share)
  }
  point(Math.max(durationMs, ms.at(-1)!), (durationMs - ms.at(-1)!) * busyWidth)
  // A recording that is one single gap has nothing to share the width with.
  const total = at.at(-1)! || 1
  for (let i = 0; i < at.length; i++) at[i] = at[i]! / total
  return {
    durationMs,
    gaps,
    foldedMs: idleMs,
    toFraction: (x) => interpolate(ms, at, x),
    toMs: (x) => interpolate(at, ms, x),
  }
}

/** The gap that holds this moment, if one does; its end does not belong to it. */
export const gapAt = (gaps: readonly IdleGap[], ms: number): IdleGap | undefined => {
  const gap = gaps[lastWhere(gaps.length, (i) => gaps[i]!.fromMs <= ms)]
  return gap && ms < gap.toMs ? gap : undefined
}

/** Round distances for axis labels, in milliseconds: 1, 2, 5 of each decimal below a minute, then what clocks use. */
const TICK_STEPS_MS = [
  ...[0.001, 0.01, 0.1, 1, 10, 100, 1000].flatMap((d) => [d, 2 * d, 5 * d]),
  10_000,
  15_000,
  30_000,
  60_000,
  120_000,
  300_000,
  600_000,
  900_000,
  1_800_000,
  3_600_000,
  7_200_000,
  21_600_000,
  43_200_000,
  86_400_000,
  604_800_000,
  2_592_000_000,
]

/** Smallest round step that puts at most `ticksMax` of them into the span. */
export const tickStepMs = (spanMs: number, ticksMax: number): number =>
  TICK_STEPS_MS.find((step) => spanMs / step <= ticksMax) ?? spanMs / ticksMax

/** Labels along a folded scale: round moments, none closer to the last than `apart` (a share of the width), none inside a fold. */
export const scaleTicks = (scale: TimeScale, fromMs: number, toMs: number, apart: number): number[] => {
  const from = scale.toFraction(fromMs)
  const width = scale.toFraction(toMs) - from || 1
  const folded = scale.gaps.reduce((sum, g) => sum + overlap(g, fromMs, toMs), 0)
  const step = tickStepMs(toMs - fromMs - folded, Math.max(1, Math.floor(1 / apart)))
  const ticks: number[] = []
  let lastAt = Number.NEGATIVE_INFINITY
  for (let ms = Math.ceil(fromMs / step) * step; ms <= toMs; ms += step) {
    const gap = gapAt(scale.gaps, ms)
    if (gap) ms = Math.floor(gap.toMs / step) * step
    const at = (scale.toFraction(ms) - from) / width
    if (gap || at - lastAt < apart * 0.75) continue
    ticks.push(ms)
    lastAt = at
  }
  return ticks
}

const overlap = (gap: IdleGap, fromMs: number, toMs: number) =>
  Math.max(0, Math.min(gap.toMs, toMs) - Math.max(gap.fromMs, fromMs))

const interpolate = (xs: readonly number[], ys: readonly number[], x: number): number => {
  if (x <= xs[0]!) return ys[0]!
  const i = lastWhere(xs.length, (k) => xs[k]! <= x)
  if (i >= xs.length - 1) return ys.at(-1)!
  const width = xs[i + 1]! - xs[i]!
  return width === 0 ? ys[i]! : ys[i]! + ((x - xs[i]!) / width) * (ys[i + 1]! - ys[i]!)
}
