import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { IngestSources } from '../../schema/api/ingest.ts'
import { ingestSourcesQuery } from '../api/queries.ts'
import { DataTable } from '../components/DataTable.tsx'
import { EmptyState } from '../components/EmptyState.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import type { Column } from '../components/table-columns.ts'
import { Missing, TimeAgo } from '../components/values.tsx'
import pages from '../pages/pages.module.css'
import { useScope } from '../search/use-scope.ts'
import { formatCount, plural } from '../util/format.ts'
import styles from './ingest.module.css'

type Service = IngestSources['services'][number]
type Scope = IngestSources['scopes'][number]

/** Who sends, when it was last heard of, in whose words, and what its SDK dropped before it sent. */
export const Sources = () => {
  const scope = useScope()
  const sources = useQuery(ingestSourcesQuery(scope.range, scope))
  const services = useMemo(serviceColumns, [])
  const scopes = useMemo(scopeColumns, [])
  const data = sources.data
  if (sources.isError && !data)
    return <ErrorState error={sources.error} subject="The senders" onRetry={() => void sources.refetch()} />
  if (data?.services.length === 0) {
    return (
      <EmptyState title="Nobody sent in this time" howToSend>
        Every service that sends gets a row here, with when it was last heard of, and every instrumentation with the
        words it speaks.
      </EmptyState>
    )
  }
  return (
    <>
      <section aria-label="Services">
        <div className={pages.heading}>
          <h2>Services</h2>
          <span className="muted num">{data ? plural(data.services.length, 'service') : ''}</span>
        </div>
        <DataTable
          label="Services"
          columns={services}
          rows={data?.services}
          rowKey={(row) => row.service}
          rowLabel={(row) => `${row.service}, ${plural(row.spans, 'span')}`}
          rowHeight={34}
          skeletonRows={4}
          stale={sources.isPlaceholderData}
        />
      </section>
      <section aria-label="Instrumentations">
        <div className={pages.heading}>
          <h2>Instrumentations</h2>
          <span className="muted num">{data ? plural(data.scopes.length, 'scope') : ''}</span>
        </div>
        <p className={`${styles.lead} muted`}>
          A dialect is whose words a span uses for models, tokens and tools. Spans without one are kept whole and shown,
          but they are not calls.
        </p>
        <DataTable
          label="Instrumentations"
          columns={scopes}
          rows={data?.scopes}
          rowKey={(row) => `${row.scope} ${row.version} ${row.dialect}`}
          rowLabel={(row) => `${row.scope || 'no scope'} ${row.version}, ${plural(row.spans, 'span')}`}
          rowHeight={34}
          skeletonRows={6}
          stale={sources.isPlaceholderData}
        />
      </section>
    </>
  )
}

const countColumn = <T extends Service | Scope>(id: 'spans' | 'logs', header: string): Column<T> => ({
  id,
  header,
  width: 110,
  align: 'right',
  from: id === 'logs' ? 640 : 440,
  sortBy: (row) => row[id],
  cell: (row) => (row[id] === 0 ? <Missing why="none" /> : formatCount(row[id])),
})

const lastColumn = <T extends Service | Scope>(): Column<T> => ({
  id: 'last',
  header: 'Last heard of',
  width: 112,
  align: 'right',
  sortBy: (row) => Date.parse(row.lastSeen),
  cell: (row) => (
    <span className="muted">
      <TimeAgo time={row.lastSeen} />
    </span>
  ),
})

const serviceColumns = (): readonly Column<Service>[] => [
  {
    id: 'service',
    header: 'Service',
    width: 130,
    grow: 2,
    cell: ({ service }) => <span className="b">{service}</span>,
  },
  countColumn('spans', 'Spans'),
  countColumn('logs', 'Log records'),
  {
    id: 'dropped',
    header: 'Dropped by its SDK',
    width: 260,
    grow: 1,
    from: 760,
    cell: (row) => droppedText(row) ?? <Missing why="its SDK says it dropped nothing" />,
  },
  lastColumn(),
]

const droppedText = ({ droppedAttributes, droppedEvents, droppedLinks }: Service) => {
  const parts = [
    droppedAttributes > 0 && plural(droppedAttributes, 'attribute'),
    droppedEvents > 0 && plural(droppedEvents, 'event'),
    droppedLinks > 0 && plural(droppedLinks, 'link'),
  ].filter(Boolean)
  if (parts.length === 0) return undefined
  return (
    <span className="amber" title="Limits of the SDK: OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT, OTEL_SPAN_EVENT_COUNT_LIMIT, …">
      {parts.join(', ')}
    </span>
  )
}

const scopeColumns = (): readonly Column<Scope>[] => [
  {
    id: 'scope',
    header: 'Scope',
    width: 130,
    grow: 3,
    cell: ({ scope, version }) => (
      <span className="cut">
        {scope === '' ? <span className="faint">no scope</span> : <span className="mono">{scope}</span>}{' '}
        <span className="faint">{version}</span>
      </span>
    ),
  },
  {
    id: 'dialect',
    header: 'Dialect',
    width: 116,
    grow: 1,
    cell: ({ dialect, spans }) =>
      dialect !== '' ? (
        <span className="chip k k-ok">{dialect}</span>
      ) : spans > 0 ? (
        <span className="chip">none</span>
      ) : (
        <Missing why="log records have none" />
      ),
  },
  {
    id: 'services',
    header: 'Services',
    width: 140,
    grow: 1,
    from: 820,
    cell: ({ services }) => (
      <span className="cut muted" title={services.join(', ')}>
        {services.join(', ')}
      </span>
    ),
  },
  countColumn('spans', 'Spans'),
  countColumn('logs', 'Log records'),
  lastColumn(),
]
