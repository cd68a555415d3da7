import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { UsageItem } from '../../schema/api/shapes.ts'
import { modelsQuery } from '../api/queries.ts'
import { DataTable } from '../components/DataTable.tsx'
import { EmptyState } from '../components/EmptyState.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import { TableExport } from '../components/TableExport.tsx'
import { parseSort, stringifySort } from '../search/pages.ts'
import { useScope } from '../search/use-scope.ts'
import { plural } from '../util/format.ts'
import styles from './pages.module.css'
import { modelColumns, modelName } from './usage-columns.tsx'

const route = getRouteApi('/models')
const NO_ITEMS: readonly UsageItem[] = []

/** What do the models cost, and how do they answer? */
export const ModelsPage = () => {
  const { sort = '-spend', show: _show, ...filters } = route.useSearch()
  const navigate = useNavigate()
  const scope = useScope()
  const models = useQuery(modelsQuery({ ...filters, ...scope.query }, scope))
  const items = models.data?.items
  const columns = useMemo(() => modelColumns(items ?? NO_ITEMS), [items])
  if (models.isError && !items)
    return <ErrorState error={models.error} subject="The list of models" onRetry={() => void models.refetch()} />
  if (items?.length === 0) {
    return (
      <EmptyState title="No model was called in this time" howToSend>
        Every model that an agent calls gets a row here: tokens by bucket, cost, failures and latency.
      </EmptyState>
    )
  }
  return (
    <>
      <div className={styles.tools}>
        <span className="muted num" role="status">
          {items ? plural(items.length, 'model') : '\u00a0'}
        </span>
        <span className="grow" />
        <TableExport route="models" query={{ ...filters, ...scope.query }} />
      </div>
      <DataTable
        label="Models"
        columns={columns}
        rows={items}
        rowKey={(item) => `${item.key.provider ?? ''} ${modelName(item)}`}
        rowLabel={(item) => `${modelName(item)}, ${plural(item.calls, 'call')}`}
        onOpen={(item) => void navigate({ to: '/sessions', search: { model: [modelName(item)] } })}
        sort={parseSort(sort)}
        onSort={(next) => void navigate({ to: '.', search: (old) => ({ ...old, sort: stringifySort(next) }) })}
        stale={models.isPlaceholderData}
      />
    </>
  )
}
