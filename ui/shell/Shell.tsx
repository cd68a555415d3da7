import { useQuery } from '@tanstack/react-query'
import { Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect } from 'react'
import { needsKey } from '../api/errors.ts'
import { statusQuery } from '../api/queries.ts'
import { Announcer } from './Announcer.tsx'
import { AppKeys } from './AppKeys.tsx'
import { Header } from './Header.tsx'
import { KeyGate } from './KeyGate.tsx'
import { NavRail } from './NavRail.tsx'
import { usePageTitle } from './page-title.ts'
import styles from './Shell.module.css'

/** The frame of every page: navigation, header, one scrolling area. */
export const Shell = () => {
  const { title } = usePageTitle()
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname ?? '' })
  const isKeyNeeded = needsKey(useQuery(statusQuery()).error)
  useEffect(() => {
    document.title = title === 'Recount' ? title : `${title} · Recount`
  }, [title])
  return (
    <div className={styles.shell}>
      <a className={`btn ${styles.skip}`} href="#content">
        Skip to content
      </a>
      <div className={styles.brand}>
        <Mark />
        <span>Recount</span>
      </div>
      <Header />
      <NavRail />
      <main className={styles.main} id="content" tabIndex={-1}>
        {!OWN_HEADING.test(path) && <h1 className="sr">{title}</h1>}
        {isKeyNeeded ? <KeyGate /> : <Outlet />}
      </main>
      <Announcer text={path ? title : ''} />
      <AppKeys />
    </div>
  )
}

/** A recording's page says in its heading what ran; every other page is named by its title alone. */
const OWN_HEADING = /^\/(sessions|traces)\/./

const Mark = () => (
  <svg
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    strokeWidth="2"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    <path d="M4 12a8 8 0 1 0 2.6-5.9" />
    <path d="M4 4v4h4" />
    <path d="M12 8v4.5l3 1.8" />
  </svg>
)
