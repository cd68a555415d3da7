import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react'
import { browserClock, createPlayback, type Playback } from './playback.ts'
import { type Recording, stepAt } from './recording.ts'
import type { TimeScale } from './time-scale.ts'

/** One playback per mounted replay, at the position that the URL named when the page opened. */
export const usePlayback = (initialMs: number): Playback => {
  const [playback] = useState(() => createPlayback(browserClock, initialMs))
  useEffect(() => () => playback.pause(), [playback])
  return playback
}

/** Renders again only when what `select` gives has changed: choose something coarser than the position. */
export const usePlaybackValue = <T extends string | number | boolean>(playback: Playback, select: () => T): T =>
  useSyncExternalStore(playback.subscribe, select)

/** Index of the step that is looked at: the one chosen by hand, else the last that has begun. -1 without steps. */
export const currentIndex = (playback: Playback, rec: Recording): number => {
  const pinned = playback.pinned()
  if (pinned >= 0 && pinned < rec.steps.length) return pinned
  return Math.max(stepAt(rec, playback.positionMs()), rec.steps.length > 0 ? 0 : -1)
}

export const useCurrentIndex = (playback: Playback, rec: Recording): number =>
  usePlaybackValue(playback, () => currentIndex(playback, rec))

/** What the timeline looks at: the scale and the zoomed range, with places as shares of the width. */
export interface TimelineView {
  readonly scale: TimeScale
  readonly fromMs: number
  readonly toMs: number
  /** The range's place on the scale, worked out once: bars by the thousand ask for it. */
  readonly from: number
  readonly width: number
}

export const timelineView = (scale: TimeScale, fromMs: number, toMs: number): TimelineView => {
  const from = scale.toFraction(fromMs)
  return { scale, fromMs, toMs, from, width: scale.toFraction(toMs) - from }
}

export const placeIn = (view: TimelineView, ms: number): number =>
  view.width === 0 ? 0 : (view.scale.toFraction(ms) - view.from) / view.width

export const momentAt = (view: TimelineView, place: number): number =>
  view.scale.toMs(view.from + Math.min(1, Math.max(0, place)) * view.width)

export const PlaybackContext = createContext<Playback | undefined>(undefined)
export const usePlaybackContext = (): Playback => {
  const playback = useContext(PlaybackContext)
  if (!playback) throw new Error('A replay part was rendered outside a replay')
  return playback
}
