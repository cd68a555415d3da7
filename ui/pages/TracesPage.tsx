import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import type { TraceItem } from '../../schema/api/shapes.ts'
import { tracesQuery } from '../api/queries.ts'
import { DataTable } from '../components/DataTable.tsx'
import { EmptyState } from '../components/EmptyState.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import { FilterBar } from '../components/FilterBar.tsx'
import type { Column } from '../components/table-columns.ts'
import { Duration, Missing, Money, TimeAgo, usageText } from '../components/values.tsx'
import { countFilters } from '../search/filters.ts'
import { useScope } from '../search/use-scope.ts'
import { formatCount, formatTokens, plural } from '../util/format.ts'
import { AgentLink, TwoLines } from './cells.tsx'
import styles from './pages.module.css'

const route = getRouteApi('/traces')

/** Where did the time and money go? First: in which trace. */
export const TracesPage = () => {
  const { sort: _sort, show: _show, ...search } = route.useSearch()
  const navigate = useNavigate()
  const scope = useScope()
  const traces = useInfiniteQuery(tracesQuery({ ...search, ...scope.query }, scope))
  const rows = useMemo(() => traces.data?.pages.flatMap((page) => page.items), [traces.data])
  const { hasNextPage, isFetching, fetchNextPage } = traces
  const more = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage()
  }, [hasNextPage, isFetching, fetchNextPage])
  return (
    <>
      <FilterBar
        search={search}
        placeholder="Search in inputs and outputs"
        onChange={(next, options) => void navigate({ to: '/traces', search: next, ...options })}
      />
      {traces.isError && !rows ? (
        <ErrorState error={traces.error} subject="The list of traces" onRetry={() => void traces.refetch()} />
      ) : rows?.length === 0 ? (
        <EmptyState
          title={countFilters(search) > 0 ? 'No trace matches' : 'No trace in this time'}
          howToSend={countFilters(search) === 0}
        >
          Every trace that came in is one row here, with its spans, time, tokens and cost.
        </EmptyState>
      ) : (
        <>
          <DataTable
            label="Traces"
            columns={COLUMNS}
            rows={rows}
            rowKey={(trace) => trace.traceId}
            rowLabel={(trace) => `${trace.rootName || trace.service}, ${trace.traceId}`}
            onOpen={(trace) => void navigate({ to: '/traces/$traceId', params: { traceId: trace.traceId } })}
            onNearEnd={more}
            stale={traces.isPlaceholderData}
            skeletonRows={14}
          />
          {rows && (
            <p className={`${styles.foot} num`} role="status">
              {hasNextPage
                ? `${plural(rows.length, 'trace')} so far, more as you scroll`
                : `${plural(rows.length, 'trace')}, that is all`}
            </p>
          )}
        </>
      )}
    </>
  )
}

const COLUMNS: readonly Column<TraceItem>[] = [
  {
    id: 'trace',
    header: 'Trace',
    width: 200,
    grow: 4,
    cell: (trace) => (
      <TwoLines
        first={
          <Link to="/traces/$traceId" params={{ traceId: trace.traceId }} className={styles.name} preload={false}>
            {trace.rootName || 'root not received yet'}
          </Link>
        }
        second={
          <>
            {trace.service} · <span className="mono">{trace.traceId}</span>
          </>
        }
      />
    ),
  },
  {
    id: 'agent',
    header: 'Agent',
    width: 150,
    grow: 1,
    from: 900,
    cell: (trace) => <AgentLink name={trace.agent} quiet />,
  },
  { id: 'spans', header: 'Spans', width: 76, align: 'right', from: 620, cell: (trace) => formatCount(trace.spanCount) },
  {
    id: 'errors',
    header: 'Errors',
    width: 76,
    align: 'right',
    from: 480,
    cell: (trace) =>
      trace.errorCount > 0 ? <span className="bad">{formatCount(trace.errorCount)}</span> : <Missing why="no errors" />,
  },
  {
    id: 'tokens',
    header: 'Tokens',
    width: 96,
    align: 'right',
    from: 800,
    cell: (trace) => (
      <span title={usageText(trace.usage)}>{formatTokens(trace.usage.inputTotal + trace.usage.outputTotal)}</span>
    ),
  },
  {
    id: 'cost',
    header: 'Cost',
    width: 110,
    align: 'right',
    from: 560,
    cell: (trace) => <Money usd={trace.costUsd} status={trace.costStatus} />,
  },
  {
    id: 'duration',
    header: 'Duration',
    width: 92,
    align: 'right',
    cell: (trace) => <Duration ms={trace.durationMs} />,
  },
  {
    id: 'start',
    header: 'Started',
    width: 104,
    align: 'right',
    from: 380,
    cell: (trace) => (
      <span className="muted">
        <TimeAgo time={trace.start} />
      </span>
    ),
  },
]
