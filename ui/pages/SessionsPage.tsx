import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { SlidersHorizontal } from 'lucide-react'
import { type ReactNode, useCallback, useMemo, useState } from 'react'
import { sessionFacetsQuery, sessionHistogramQuery, sessionsQuery } from '../api/queries.ts'
import { ChoiceSelect } from '../components/ChoiceSelect.tsx'
import { DataTable } from '../components/DataTable.tsx'
import { EmptyState } from '../components/EmptyState.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import { Facets } from '../components/Facets.tsx'
import { FilterBar } from '../components/FilterBar.tsx'
import { Histogram } from '../components/Histogram.tsx'
import { TableExport } from '../components/TableExport.tsx'
import { clearFilters, countFilters, type FilterSearch, toggleFilter } from '../search/filters.ts'
import { SESSION_SORTS, type SessionSort, type SessionsSearch } from '../search/pages.ts'
import { useScope } from '../search/use-scope.ts'
import { plural } from '../util/format.ts'
import { rangeOfMs } from '../util/time-range.ts'
import { NARROW, useMedia } from '../util/use-media.ts'
import styles from './pages.module.css'
import { SavedViews } from './SavedViews.tsx'
import { sessionColumns, sessionLabel } from './session-columns.tsx'

const route = getRouteApi('/sessions')
const DEFAULT_SORT: SessionSort = '-end'
const SORT_LABELS: Readonly<Record<SessionSort, string>> = {
  '-end': 'newest first',
  '-costUsd': 'most expensive first',
  '-durationMs': 'longest first',
  '-errors': 'most errors first',
}

/** Which runs…? */
export const SessionsPage = () => {
  const search = route.useSearch()
  const navigate = useNavigate()
  const scope = useScope()
  const filters = useMemo(() => ({ ...filtersOf(search), ...scope.query }), [search, scope.query])
  const facets = useQuery(sessionFacetsQuery(filters, scope))
  const histogram = useQuery(sessionHistogramQuery(filters, scope))
  const change = (next: FilterSearch, options?: { readonly replace: boolean }) =>
    void navigate({ to: '/sessions', search: { ...next, ...scopeOf(search) }, ...options })
  const toggle = (...[field, value]: Parameters<typeof toggleFilter> extends [unknown, ...infer R] ? R : never) =>
    change(toggleFilter(search, field, value))
  const total = histogram.data?.items.reduce((sum, step) => sum + step.runs, 0)
  return (
    <>
      <FilterBar search={search} onChange={change} placeholder="Search in inputs and outputs">
        <span className="muted num" role="status">
          {total === undefined ? '' : plural(total, 'run')}
        </span>
        <SortSelect sort={search.sort ?? DEFAULT_SORT} />
        <SavedViews page="/sessions" />
        <TableExport route="sessions" query={{ ...filters, sort: search.sort }} />
      </FilterBar>
      {histogram.isError && !histogram.data ? (
        <ErrorState error={histogram.error} subject="Runs over time" onRetry={() => void histogram.refetch()} />
      ) : (
        <Histogram
          steps={histogram.data?.items}
          stepMs={histogram.data?.stepMs ?? 1}
          onBrush={({ fromMs, toMs }) =>
            void navigate({ to: '.', search: (old) => ({ ...old, ...rangeOfMs(fromMs, toMs) }) })
          }
        />
      )}
      <div className={`${styles.split} ${styles.uneven}`}>
        <FacetPane count={countFilters(search)}>
          {facets.isError && !facets.data ? (
            <ErrorState error={facets.error} subject="Filters" onRetry={() => void facets.refetch()} />
          ) : (
            <Facets facets={facets.data?.facets} search={search} onToggle={toggle} />
          )}
        </FacetPane>
        <SessionTable search={search} onClear={() => change(clearFilters(search))} />
      </div>
    </>
  )
}

const filtersOf = ({ sort: _sort, ...filters }: SessionsSearch): FilterSearch => filters
/** The page's search holds the scope too, which is the root's; a filter changes neither. */
const scopeOf = (search: object) => {
  const { from, to, env } = search as { from?: string; to?: string; env?: readonly string[] }
  return { ...(from ? { from } : {}), ...(to ? { to } : {}), ...(env ? { env } : {}) }
}

const SortSelect = ({ sort }: { readonly sort: SessionSort }) => {
  const navigate = useNavigate()
  return (
    <ChoiceSelect
      label="Sort"
      value={sort}
      choices={SESSION_SORTS.map((id) => ({ id, label: SORT_LABELS[id] }))}
      onChange={(next) =>
        void navigate({
          to: '/sessions',
          search: (old) => ({ ...old, sort: next === DEFAULT_SORT ? undefined : next }),
        })
      }
    />
  )
}

/** On a phone facets would push the list off the screen: they open on demand. */
const FacetPane = ({ count, children }: { readonly count: number; readonly children: ReactNode }) => {
  const narrow = useMedia(NARROW)
  const [open, setOpen] = useState(false)
  if (!narrow) {
    return (
      <aside className={styles.side} aria-label="Filters">
        {children}
      </aside>
    )
  }
  return (
    <div className={styles.drawer}>
      <button type="button" className="btn" aria-expanded={open} onClick={() => setOpen(!open)}>
        <SlidersHorizontal aria-hidden="true" />
        Filters{count > 0 ? ` (${count})` : ''}
      </button>
      {open && (
        <aside className={styles.side} aria-label="Filters">
          {children}
        </aside>
      )}
    </div>
  )
}

const SessionTable = ({ search, onClear }: { readonly search: SessionsSearch; readonly onClear: () => void }) => {
  const navigate = useNavigate()
  const scope = useScope()
  const sort = search.sort ?? DEFAULT_SORT
  const sessions = useInfiniteQuery(sessionsQuery({ ...filtersOf(search), ...scope.query, sort }, scope))
  const columns = useMemo(() => sessionColumns(search.q), [search.q])
  const rows = useMemo(() => sessions.data?.pages.flatMap((page) => page.items), [sessions.data])
  const { hasNextPage, isFetching, fetchNextPage } = sessions
  const more = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage()
  }, [hasNextPage, isFetching, fetchNextPage])

  if (sessions.isError && !rows)
    return <ErrorState error={sessions.error} subject="The list of sessions" onRetry={() => void sessions.refetch()} />
  if (rows?.length === 0) return <NoSessions filtered={countFilters(search) > 0} onClear={onClear} />
  return (
    <div>
      <DataTable
        label="Sessions"
        columns={columns}
        rows={rows}
        rowKey={(session) => session.id}
        rowLabel={sessionLabel}
        onOpen={(session) => void navigate({ to: '/sessions/$id', params: { id: session.id } })}
        sort={{ id: sort.slice(1), desc: true }}
        onSort={({ id }) =>
          void navigate({
            to: '/sessions',
            search: (old) => ({ ...old, sort: `-${id}` === DEFAULT_SORT ? undefined : (`-${id}` as SessionSort) }),
          })
        }
        sortedElsewhere
        onNearEnd={more}
        stale={sessions.isPlaceholderData}
        skeletonRows={14}
      />
      {rows && (
        <p className={`${styles.foot} num`} role="status">
          {hasNextPage
            ? `${plural(rows.length, 'session')} so far, more as you scroll`
            : `${plural(rows.length, 'session')}, that is all`}
        </p>
      )}
    </div>
  )
}

const NoSessions = ({ filtered, onClear }: { readonly filtered: boolean; readonly onClear: () => void }) =>
  filtered ? (
    <EmptyState
      title="No session matches"
      action={
        <button type="button" className="btn" onClick={onClear}>
          Clear filters
        </button>
      }
    >
      No run of this time has all of these. Take a filter off, or choose a longer time.
    </EmptyState>
  ) : (
    <EmptyState title="No session in this time" howToSend>
      Every conversation with an agent is one row here: what was asked, how it ended, what it cost; it opens as a
      replay.
    </EmptyState>
  )
