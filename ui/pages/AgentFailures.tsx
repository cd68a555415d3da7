import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { FailureGroup } from '../../schema/api/failures.ts'
import { failuresQuery } from '../api/queries.ts'
import { DataTable } from '../components/DataTable.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import { KindChip } from '../components/KindChip.tsx'
import type { Column } from '../components/table-columns.ts'
import { TimeAgo } from '../components/values.tsx'
import { useScope } from '../search/use-scope.ts'
import { formatCount, formatPercent, plural } from '../util/format.ts'
import { TwoLines } from './cells.tsx'
import styles from './pages.module.css'

/** Why do its runs fail? By what failed first in each: the rest of a run's errors often follows from that. */
export const AgentFailures = ({ name }: { readonly name: string }) => {
  const navigate = useNavigate()
  const scope = useScope()
  const failures = useQuery(failuresQuery({ ...scope.query, agent: [name] }, scope))
  const { items, runs = 0, truncated } = failures.data ?? {}
  return (
    <section aria-label="Failures by first error">
      <div className={styles.heading}>
        <h2>Failures by first error</h2>
        <span className="muted num">{items ? `${truncated ? 'the last ' : ''}${plural(runs, 'run')}` : ''}</span>
      </div>
      {failures.isError && !items ? (
        <ErrorState error={failures.error} subject="Its failures" onRetry={() => void failures.refetch()} />
      ) : items?.length === 0 ? (
        <p className={styles.foot}>No run of this time failed or held an error.</p>
      ) : (
        <DataTable
          label="Failures by first error"
          columns={columnsOf(runs)}
          rows={items}
          rowKey={(group) => `${group.kind} ${group.name} ${group.errorType} ${group.message}`}
          rowLabel={(group) => `${titleOf(group)}, ${plural(group.runs, 'run')}`}
          onOpen={({ last }) => {
            const [newest] = last
            if (newest) void navigate({ to: '/sessions/$id', params: { id: newest.sessionId } })
          }}
          skeletonRows={3}
          stale={failures.isPlaceholderData}
        />
      )}
    </section>
  )
}

const titleOf = ({ kind, name, errorType }: FailureGroup): string =>
  kind === null ? `Judged so${name ? ` by ${name}` : ''}, no error` : [name, errorType].filter(Boolean).join(': ')

const columnsOf = (all: number): readonly Column<FailureGroup>[] => [
  {
    id: 'error',
    header: 'First error',
    width: 190,
    grow: 4,
    cell: (group) => (
      <TwoLines
        first={
          <>
            {group.kind && <KindChip kind={group.kind} />} <span className="b">{titleOf(group)}</span>
          </>
        }
        second={
          <span title={group.example}>{group.message || (group.kind ? 'no message' : 'none of its spans failed')}</span>
        }
      />
    ),
  },
  {
    id: 'runs',
    header: 'Runs',
    width: 112,
    align: 'right',
    cell: ({ runs }) => (
      <>
        {formatCount(runs)}
        <span className="faint small"> {formatPercent(runs / Math.max(1, all), 0)}</span>
      </>
    ),
  },
  {
    id: 'failures',
    header: 'Judged failures',
    width: 124,
    align: 'right',
    from: 760,
    cell: ({ failures }) => formatCount(failures),
  },
  {
    id: 'versions',
    header: 'Versions',
    width: 150,
    grow: 1,
    from: 900,
    cell: ({ versions }) => <span className="cut muted">{versions.join(', ') || '–'}</span>,
  },
  {
    id: 'last',
    header: 'Last',
    width: 96,
    align: 'right',
    from: 480,
    cell: ({ last, lastSeen }) =>
      last[0] ? (
        <Link to="/sessions/$id" params={{ id: last[0].sessionId }} className={styles.quiet}>
          <TimeAgo time={lastSeen} />
        </Link>
      ) : (
        <TimeAgo time={lastSeen} />
      ),
  },
]
