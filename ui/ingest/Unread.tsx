import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { IngestAttributes } from '../../schema/api/ingest.ts'
import type { UsageItem } from '../../schema/api/shapes.ts'
import { ingestAttributesQuery, modelsQuery } from '../api/queries.ts'
import { DataTable } from '../components/DataTable.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import type { Column } from '../components/table-columns.ts'
import pages from '../pages/pages.module.css'
import { modelName } from '../pages/usage-columns.tsx'
import { useScope } from '../search/use-scope.ts'
import { formatCount, formatPercent, plural } from '../util/format.ts'
import styles from './ingest.module.css'

type Attribute = IngestAttributes['items'][number]

/** What was kept and is not understood: models without a price, attributes that no rule reads. */
export const Unread = () => (
  <>
    <UnpricedModels />
    <UnreadAttributes />
  </>
)

const UnpricedModels = () => {
  const scope = useScope()
  const models = useQuery(modelsQuery(scope.query))
  const items = models.data?.items.filter((item) => item.unpricedCalls > 0)
  return (
    <section aria-label="Models without a price">
      <div className={pages.heading}>
        <h2>Models without a price</h2>
        <span className="muted num">{items ? plural(items.length, 'model') : ''}</span>
      </div>
      {models.isError && !items ? (
        <ErrorState error={models.error} subject="The models" onRetry={() => void models.refetch()} />
      ) : items?.length === 0 ? (
        <p className={pages.foot}>Every call of this time has a price.</p>
      ) : (
        <DataTable
          label="Models without a price"
          columns={UNPRICED}
          rows={items}
          rowKey={(item) => `${item.key.provider ?? ''} ${modelName(item)}`}
          rowLabel={(item) => `${modelName(item)}, ${plural(item.unpricedCalls, 'call')} without a price`}
          sort={{ id: 'unpriced', desc: true }}
          rowHeight={34}
          skeletonRows={2}
        />
      )}
    </section>
  )
}

const UNPRICED: readonly Column<UsageItem>[] = [
  {
    id: 'model',
    header: 'Model',
    width: 160,
    grow: 2,
    cell: (item) => (
      <Link to="/sessions" search={{ model: [modelName(item)] }} className={`${pages.name} mono`}>
        {modelName(item) || 'no name'}
      </Link>
    ),
  },
  {
    id: 'provider',
    header: 'Provider',
    width: 130,
    grow: 1,
    from: 480,
    cell: (item) => <span className="muted">{item.key.provider || 'unknown'}</span>,
  },
  {
    id: 'unpriced',
    header: 'Calls without a price',
    width: 180,
    align: 'right',
    sortBy: (item) => item.unpricedCalls,
    cell: (item) => (
      <span className="amber">
        {formatCount(item.unpricedCalls)}
        <span className="faint small"> of {formatCount(item.calls)}</span>
      </span>
    ),
  },
]

const UnreadAttributes = () => {
  const scope = useScope()
  const attributes = useQuery(ingestAttributesQuery(scope.range))
  const { items, spansRead = 0 } = attributes.data ?? {}
  const columns = useMemo(() => attributeColumns(spansRead), [spansRead])
  return (
    <section aria-label="Attributes that no rule reads">
      <div className={pages.heading}>
        <h2>Attributes that no rule reads</h2>
        <span className="muted num">{items ? plural(items.length, 'name') : ''}</span>
      </div>
      <p className={`${styles.lead} muted`}>
        They are kept whole and can be searched; they only mean nothing to the figures yet. Of{' '}
        {items ? `the newest ${plural(spansRead, 'span')}` : 'the newest spans'}; OpenTelemetry's general names (
        <span className="mono">http.*</span>, <span className="mono">host.*</span> …) are left out.
      </p>
      {attributes.isError && !items ? (
        <ErrorState error={attributes.error} subject="The attributes" onRetry={() => void attributes.refetch()} />
      ) : items?.length === 0 ? (
        <p className={pages.foot}>Every attribute of these spans is read by a rule.</p>
      ) : (
        <DataTable
          label="Attributes that no rule reads"
          columns={columns}
          rows={items}
          rowKey={(item) => item.key}
          rowLabel={(item) => `${item.key}, ${plural(item.spans, 'span')}`}
          rowHeight={34}
          skeletonRows={8}
          stale={attributes.isPlaceholderData}
        />
      )}
    </section>
  )
}

const attributeColumns = (spansRead: number): readonly Column<Attribute>[] => [
  {
    id: 'key',
    header: 'Attribute',
    width: 180,
    grow: 3,
    cell: ({ key }) => <span className="mono">{key}</span>,
  },
  {
    id: 'recognised',
    header: 'Known by name',
    width: 130,
    from: 900,
    cell: ({ recognised }) =>
      recognised ? (
        <span className="muted" title="Its beginning shows which dialect speaks, but no rule reads its value">
          its dialect
        </span>
      ) : (
        <span className="faint">no</span>
      ),
  },
  {
    id: 'from',
    header: 'From',
    width: 160,
    grow: 2,
    from: 680,
    cell: ({ scopes, services }) => (
      <span className="cut muted" title={[...scopes, ...services].filter(Boolean).join(', ')}>
        {[...scopes.filter(Boolean).slice(0, 1), ...services.slice(0, 1)].join(', ')}
        {scopes.length > 1 && <span className="faint"> and {scopes.length - 1} more</span>}
      </span>
    ),
  },
  {
    id: 'spans',
    header: 'Spans',
    width: 124,
    align: 'right',
    cell: ({ spans }) => (
      <>
        {formatCount(spans)}
        <span className="faint small"> {formatPercent(spans / Math.max(1, spansRead), 0)}</span>
      </>
    ),
  },
  {
    id: 'mapping',
    header: 'Reading',
    width: 150,
    align: 'right',
    from: 520,
    cell: ({ traceId, spanId }) => (
      <Link to="/mapping" search={{ trace: traceId, span: spanId }} className="link">
        How was it read?
      </Link>
    ),
  },
]
