import { useSyncExternalStore } from 'react'

/** What floats over the page and belongs to no URL: the palette and the list of keys. One at a time. */
export type Overlay = 'palette' | 'help'

let open: Overlay | null = null
const listeners = new Set<() => void>()
const set = (next: Overlay | null) => {
  open = next
  for (const listener of listeners) listener()
}
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const openOverlay = (overlay: Overlay): void => set(overlay)
export const closeOverlay = (): void => set(null)
export const useOverlay = (): Overlay | null => useSyncExternalStore(subscribe, () => open)
