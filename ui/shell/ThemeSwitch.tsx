import { Monitor, Moon, Sun } from 'lucide-react'
import { setTheme, type Theme, usePreferences } from '../util/preferences.ts'
import styles from './Shell.module.css'

const NEXT: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' }
const ICON = { system: Monitor, light: Sun, dark: Moon } as const

/** System, light, dark, in a round. */
export const ThemeSwitch = () => {
  const { theme } = usePreferences()
  const Icon = ICON[theme]
  const label = `Theme: ${theme}. Switch to ${NEXT[theme]}`
  return (
    <button
      type="button"
      className={`btn plain ${styles.icon}`}
      onClick={() => setTheme(NEXT[theme])}
      aria-label={label}
      title={label}
    >
      <Icon aria-hidden="true" />
    </button>
  )
}
