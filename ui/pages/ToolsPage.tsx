import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { UsageItem } from '../../schema/api/shapes.ts'
import { toolsQuery } from '../api/queries.ts'
import { DataTable } from '../components/DataTable.tsx'
import { EmptyState } from '../components/EmptyState.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import { TableExport } from '../components/TableExport.tsx'
import { parseSort, stringifySort } from '../search/pages.ts'
import { useScope } from '../search/use-scope.ts'
import { plural } from '../util/format.ts'
import styles from './pages.module.css'
import { toolColumns, toolName } from './usage-columns.tsx'

const route = getRouteApi('/tools')
const NO_ITEMS: readonly UsageItem[] = []

/** Which connections are ill? */
export const ToolsPage = () => {
  const { sort = '-calls', show: _show, ...filters } = route.useSearch()
  const navigate = useNavigate()
  const scope = useScope()
  const tools = useQuery(toolsQuery({ ...filters, ...scope.query }, scope))
  const items = tools.data?.items
  const columns = useMemo(() => toolColumns(items ?? NO_ITEMS), [items])
  if (tools.isError && !items)
    return <ErrorState error={tools.error} subject="The list of tools" onRetry={() => void tools.refetch()} />
  if (items?.length === 0) {
    return (
      <EmptyState title="No tool was called in this time" howToSend>
        Every tool that an agent calls gets a row here: how often it fails, whether its arguments fit its schema, how
        long it takes.
      </EmptyState>
    )
  }
  return (
    <>
      <div className={styles.tools}>
        <span className="muted num" role="status">
          {items ? plural(items.length, 'tool') : '\u00a0'}
        </span>
        <span className="grow" />
        <TableExport route="tools" query={{ ...filters, ...scope.query }} />
      </div>
      <DataTable
        label="Tools"
        columns={columns}
        rows={items}
        rowKey={toolName}
        rowLabel={(item) => `${toolName(item)}, ${plural(item.calls, 'call')}`}
        onOpen={(item) => void navigate({ to: '/tools/$name', params: { name: toolName(item) } })}
        sort={parseSort(sort)}
        onSort={(next) => void navigate({ to: '.', search: (old) => ({ ...old, sort: stringifySort(next) }) })}
        stale={tools.isPlaceholderData}
      />
    </>
  )
}
