import { useSyncExternalStore } from 'react'

/** One clock for every relative time on the page: they change together, once in ten seconds, and cost one timer. */
const TICK_MS = 10_000
let now = Date.now()
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  timer ??= setInterval(tick, TICK_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
}
const tick = () => {
  now = Date.now()
  for (const listener of listeners) listener()
}

export const useNow = (): number => useSyncExternalStore(subscribe, () => now)
