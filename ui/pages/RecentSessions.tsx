import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { sessionsQuery } from '../api/queries.ts'
import { DataTable } from '../components/DataTable.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import type { FilterSearch } from '../search/filters.ts'
import { useScope } from '../search/use-scope.ts'
import styles from './pages.module.css'
import { sessionColumns, sessionLabel } from './session-columns.tsx'

interface Props {
  readonly title: string
  readonly filters: FilterSearch
  /** What it means that there are none. */
  readonly none: string
}

const SHOWN = 8

/** The newest sessions that match, and the way to all of them. */
export const RecentSessions = ({ title, filters, none }: Props) => {
  const navigate = useNavigate()
  const scope = useScope()
  const sessions = useInfiniteQuery(sessionsQuery({ ...filters, ...scope.query, sort: '-end' }, scope, SHOWN))
  const columns = useMemo(() => sessionColumns(), [])
  const rows = sessions.data?.pages[0]?.items
  return (
    <section aria-label={title}>
      <div className={styles.heading}>
        <h2>{title}</h2>
        {rows && rows.length > 0 && (
          <Link to="/sessions" search={{ ...filters }} className="link small">
            all of them
          </Link>
        )}
      </div>
      {sessions.isError && !rows ? (
        <ErrorState error={sessions.error} subject={title} onRetry={() => void sessions.refetch()} />
      ) : rows?.length === 0 ? (
        <p className={styles.foot}>{none}</p>
      ) : (
        <DataTable
          label={title}
          columns={columns}
          rows={rows}
          rowKey={(session) => session.id}
          rowLabel={sessionLabel}
          onOpen={(session) => void navigate({ to: '/sessions/$id', params: { id: session.id } })}
          stale={sessions.isPlaceholderData}
          skeletonRows={SHOWN}
        />
      )}
    </section>
  )
}
