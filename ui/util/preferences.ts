import { useSyncExternalStore } from 'react'
import type { Zone } from './time-range.ts'

/** What belongs to the person and not to the view, so it is in the browser's storage and not in the URL. */
export type Theme = 'system' | 'light' | 'dark'
interface Preferences {
  readonly theme: Theme
  readonly zone: Zone
}

/** The same key is read by public/theme.js before the first paint. */
const THEME_KEY = 'recount.theme'
const ZONE_KEY = 'recount.zone'

const stored = (key: string): string | null => {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}
const store = (key: string, value: string) => {
  try {
    localStorage.setItem(key, value)
  } catch {
    // Storage can be forbidden; the choice then lasts as long as the page.
  }
}

const readTheme = (): Theme => {
  const theme = stored(THEME_KEY)
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}

let preferences: Preferences = { theme: readTheme(), zone: stored(ZONE_KEY) === 'UTC' ? 'UTC' : 'local' }
const listeners = new Set<() => void>()
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
const change = (next: Partial<Preferences>) => {
  preferences = { ...preferences, ...next }
  for (const listener of listeners) listener()
}

export const usePreferences = (): Preferences => useSyncExternalStore(subscribe, () => preferences)
export const useZone = (): Zone => usePreferences().zone

export const setTheme = (theme: Theme): void => {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  store(THEME_KEY, theme)
  change({ theme })
}
export const setZone = (zone: Zone): void => {
  store(ZONE_KEY, zone)
  change({ zone })
}
