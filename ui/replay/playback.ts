import { gapAt, type IdleGap } from './time-scale.ts'

/**
 * Position of a replay: one number, outside React. Whoever shows it subscribes; a frame of playback costs one call per subscriber and
 * renders only what a component's own snapshot says has changed.
 */
export interface Playback {
  readonly subscribe: (listener: () => void) => () => void
  readonly positionMs: () => number
  readonly playing: () => boolean
  readonly speed: () => Speed
  readonly skipsIdle: () => boolean
  /** Step chosen by hand (index); -1 while the position chooses. Several steps can share a moment, so the position alone does not say which. */
  readonly pinned: () => number
  /** True between the first and the last of a run of seeks (a drag): nothing is written to the URL meanwhile. */
  readonly scrubbing: () => boolean
  play(): void
  pause(): void
  toggle(): void
  seek(ms: number): void
  pin(index: number, ms: number): void
  unpin(): void
  scrub(active: boolean): void
  setSpeed(speed: Speed): void
  setSkipsIdle(skip: boolean): void
  /** The recording grew (another page came) or its gaps changed. */
  extend(durationMs: number, gaps: readonly IdleGap[]): void
  /** Ends the clock; nothing is called afterwards. */
  stop(): void
}

export const SPEEDS = [1, 4, 16] as const
export type Speed = (typeof SPEEDS)[number]

/** What tells the time: `requestAnimationFrame` in the browser, a hand-moved clock in tests. */
export interface FrameClock {
  readonly request: (frame: (nowMs: number) => void) => number
  readonly cancel: (id: number) => void
}

/** A tab in the background gets no frames; what it missed is not played in one jump. */
const FRAME_MS_MAX = 250

export const createPlayback = (clock: FrameClock, initialMs = 0): Playback => {
  const listeners = new Set<() => void>()
  let state = {
    positionMs: initialMs,
    playing: false,
    speed: 1 as Speed,
    skipsIdle: true,
    pinned: -1,
    scrubbing: false,
  }
  let durationMs = Number.POSITIVE_INFINITY
  let gaps: readonly IdleGap[] = []
  let frameId = 0
  let lastFrameMs: number | undefined

  const set = (change: Partial<typeof state>) => {
    state = { ...state, ...change }
    for (const listener of listeners) listener()
  }
  const clamp = (ms: number) => Math.min(Math.max(0, ms), Number.isFinite(durationMs) ? durationMs : ms)
  const frame = (nowMs: number) => {
    const passed = Math.min(FRAME_MS_MAX, lastFrameMs === undefined ? 0 : nowMs - lastFrameMs)
    lastFrameMs = nowMs
    let next = state.positionMs + passed * state.speed
    const gap = state.skipsIdle ? gapAt(gaps, next) : undefined
    if (gap) next = gap.toMs
    if (next >= durationMs) return set({ positionMs: durationMs, playing: false, pinned: -1 })
    frameId = clock.request(frame)
    set({ positionMs: next, pinned: -1 })
  }
  const pause = () => {
    clock.cancel(frameId)
    if (state.playing) set({ playing: false })
  }
  const play = () => {
    if (state.playing) return
    lastFrameMs = undefined
    set({ playing: true, positionMs: state.positionMs >= durationMs ? 0 : state.positionMs })
    frameId = clock.request(frame)
  }

  return {
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    positionMs: () => state.positionMs,
    playing: () => state.playing,
    speed: () => state.speed,
    skipsIdle: () => state.skipsIdle,
    pinned: () => state.pinned,
    scrubbing: () => state.scrubbing,
    play,
    pause,
    toggle: () => (state.playing ? pause() : play()),
    seek: (ms) => set({ positionMs: clamp(ms), pinned: -1 }),
    pin: (index, ms) => {
      pause()
      set({ positionMs: clamp(ms), pinned: index })
    },
    unpin: () => set({ pinned: -1 }),
    scrub: (scrubbing) => set({ scrubbing }),
    setSpeed: (speed) => set({ speed }),
    setSkipsIdle: (skipsIdle) => set({ skipsIdle }),
    extend: (ms, fresh) => {
      durationMs = ms
      gaps = fresh
    },
    stop: () => {
      clock.cancel(frameId)
      listeners.clear()
    },
  }
}

export const browserClock: FrameClock = {
  request: (frame) => requestAnimationFrame(frame),
  cancel: (id) => cancelAnimationFrame(id),
}
