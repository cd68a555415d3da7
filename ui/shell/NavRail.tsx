import { Link } from '@tanstack/react-router'
import { DESTINATIONS } from './go-to.ts'
import { IngestStatus } from './IngestStatus.tsx'
import styles from './Shell.module.css'

export const NavRail = () => (
  <nav className={styles.rail} aria-label="Pages">
    <ul>
      {DESTINATIONS.map(({ to, label, icon: Icon, key }) => (
        <li key={to}>
          <Link
            to={to}
            className={styles.item}
            activeOptions={{ exact: to === '/', includeSearch: false }}
            title={`${label} (g ${key})`}
          >
            <Icon aria-hidden="true" strokeWidth={1.75} />
            <span>{label}</span>
          </Link>
        </li>
      ))}
    </ul>
    <IngestStatus />
  </nav>
)
