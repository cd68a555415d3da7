import { Link } from '@tanstack/react-router'
import { Keyboard, Search } from 'lucide-react'
import { MOD_KEY } from '../util/mod-key.ts'
import { EnvironmentSelect } from './EnvironmentSelect.tsx'
import { openOverlay } from './overlays.ts'
import { usePageTitle } from './page-title.ts'
import styles from './Shell.module.css'
import { ThemeSwitch } from './ThemeSwitch.tsx'
import { TimeRangePicker } from './TimeRangePicker.tsx'

export const Header = () => (
  <header className={styles.top}>
    <Breadcrumb />
    <EnvironmentSelect />
    <TimeRangePicker />
    <button
      type="button"
      className={`btn ${styles.search}`}
      onClick={() => openOverlay('palette')}
      aria-label="Search or jump"
      aria-keyshortcuts="Meta+K Control+K"
    >
      <Search aria-hidden="true" />
      <span>Search or jump</span>
      <kbd>{MOD_KEY}K</kbd>
    </button>
    <ThemeSwitch />
    <button
      type="button"
      className={`btn plain ${styles.icon} ${styles.help}`}
      onClick={() => openOverlay('help')}
      aria-label="Keyboard shortcuts"
      title="Keyboard shortcuts (?)"
    >
      <Keyboard aria-hidden="true" />
    </button>
  </header>
)

const Breadcrumb = () => {
  const { crumbs } = usePageTitle()
  return (
    <nav aria-label="Breadcrumb" className={styles.crumbs}>
      <ol>
        {crumbs.map(({ label, to }, i) => (
          <li key={label}>
            {i > 0 && (
              <span className="faint" aria-hidden="true">
                /
              </span>
            )}
            {to ? (
              <Link to={to} className="muted">
                {label}
              </Link>
            ) : (
              <b className="cut" aria-current="page" title={label}>
                {label}
              </b>
            )}
          </li>
        ))}
      </ol>
    </nav>
  )
}
