import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { costsQuery, ROWS_MAX } from '../api/cost-queries.ts'
import { DataTable } from '../components/DataTable.tsx'
import { EmptyState } from '../components/EmptyState.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import { type CostsSearch, costFiltersOf } from '../search/costs.ts'
import { parseSort, stringifySort } from '../search/pages.ts'
import { formatCount, plural } from '../util/format.ts'
import { CostChart } from './CostChart.tsx'
import { CostFigures } from './CostFigures.tsx'
import { CostTools } from './CostTools.tsx'
import styles from './costs.module.css'
import { periodName } from './PeriodSelect.tsx'
import { DEFAULT_BY, drillInto, keyText, type PivotRow, pivotRows, sessionFiltersOf } from './pivot.ts'
import { PIVOT_SORTS, pivotColumns } from './pivot-columns.tsx'
import type { CostView } from './use-cost-scope.ts'

const DEFAULT_SORT = '-cost'

/** What was spent, by whom and on what: totals, time, and a table by any two dimensions. */
export const PivotTab = ({ view }: { readonly view: CostView }) => {
  const { search, scope, previous, range } = view
  const by = search.by ?? DEFAULT_BY
  const compare = search.compare === 'previous'
  const groups = useQuery(costsQuery({ by: by.slice(0, 1), scope }))
  const parts = useQuery(costsQuery({ by, scope }, by.length > 1))
  // The total before is always shown; its rows only where they are compared.
  const groupsBefore = useQuery(costsQuery({ by: by.slice(0, 1), scope: previous }))
  const partsBefore = useQuery(costsQuery({ by, scope: previous }, compare && by.length > 1))
  const report = groups.data?.report
  const [now, nowParts] = [report?.items, parts.data?.report.items]
  const [then, thenParts] = [groupsBefore.data?.report.items, partsBefore.data?.report.items]
  const input = useMemo(
    () => ({
      by,
      groups: now ?? [],
      parts: (by.length > 1 ? nowParts : undefined) ?? [],
      before: compare ? { groups: then ?? [], parts: thenParts ?? [] } : undefined,
    }),
    [by, now, nowParts, compare, then, thenParts],
  )
  if (groups.isError && !report) {
    return <ErrorState error={groups.error} subject="The report of costs" onRetry={() => void groups.refetch()} />
  }
  const isEmpty = report?.items.length === 0
  return (
    <>
      <CostFigures title={`Total ${periodName(range)}`} report={report} before={groupsBefore.data?.report} />
      <CostTools view={view} by={by} report={report} />
      {isEmpty ? (
        <NothingSpent filtered={Object.keys(costFiltersOf(search)).length > 0} />
      ) : (
        <>
          <CostChart view={view} by={by[0]!} />
          {parts.isError && !parts.data ? (
            <ErrorState error={parts.error} subject="The parts" onRetry={() => void parts.refetch()} />
          ) : (
            <PivotTable
              view={view}
              input={input}
              totalUsd={report?.total.costUsd ?? '0'}
              loading={!report || (by.length > 1 && !parts.data)}
              stale={groups.isPlaceholderData || parts.isPlaceholderData}
            />
          )}
          {(groups.data?.cut || parts.data?.cut) && (
            <p className={styles.note}>
              The {formatCount(ROWS_MAX)} dearest rows are shown. Sums of the first dimension are whole; the export has
              every row.
            </p>
          )}
        </>
      )}
    </>
  )
}

interface TableProps {
  readonly view: CostView
  readonly input: Pick<Parameters<typeof pivotRows>[0], 'by' | 'groups' | 'parts' | 'before'>
  readonly totalUsd: string
  readonly loading: boolean
  readonly stale: boolean
}

const PivotTable = ({ view, input, totalUsd, loading, stale }: TableProps) => {
  const { search, change, range } = view
  const navigate = useNavigate()
  const { by } = input
  const sort = parseSort(search.sort ?? DEFAULT_SORT)
  const fold = search.fold ?? NO_FOLD
  const rows = useMemo(() => {
    const sortBy = PIVOT_SORTS[sort.id]
    return pivotRows({
      ...input,
      fold,
      sort: (item, before) => (sortBy ? sortBy({ item, before }) : keyOf(item, by)),
      desc: sort.desc,
    })
  }, [input, by, fold, sort.id, sort.desc])
  const drillTo = useCallback(
    (row: PivotRow) => {
      if (by[row.depth] === 'session' && row.key) void navigate({ to: '/sessions/$id', params: { id: row.key } })
      else void navigate({ to: '/costs', search: drillInto(search, by, row) })
    },
    [by, search, navigate],
  )
  const compare = input.before !== undefined
  const columns = useMemo(
    () =>
      pivotColumns({
        by,
        totalUsd,
        compare,
        drillTo,
        onFold: (row) => {
          const name = keyText(row.key)
          const next = row.folded ? fold.filter((one) => one !== name) : [...fold, name]
          change({ fold: next.length > 0 ? next : undefined })
        },
        sessionsOf: (row) => sessionsSearch(drillInto(search, by, row), range),
      }),
    [by, totalUsd, compare, drillTo, search, fold, range, change],
  )
  return (
    <DataTable
      label="Costs"
      columns={columns}
      rows={loading ? undefined : rows}
      rowKey={(row) => row.id}
      rowLabel={(row) =>
        `${row.depth === 1 ? `${keyText(row.group)}, ` : ''}${keyText(row.key)}, ${plural(row.item.runs, 'run')}`
      }
      onOpen={drillTo}
      rowHeight={36}
      sort={sort}
      onSort={(next) => change({ sort: stringifySort(next) === DEFAULT_SORT ? undefined : stringifySort(next) })}
      sortedElsewhere
      stale={stale}
    />
  )
}

const NO_FOLD: readonly string[] = []
const keyOf = (item: { readonly key: Readonly<Record<string, string | null>> }, by: readonly string[]) =>
  by.map((name) => keyText(item.key[name])).join('\u0000')

/** The list of sessions with the same filters and the same time, the dearest first; null where the list cannot be filtered so. */
export const sessionsSearch = (search: CostsSearch, range: CostView['range']) => {
  const { env } = search as { readonly env?: readonly string[] }
  const filters = sessionFiltersOf({ ...costFiltersOf(search), env })
  return filters && { ...filters, from: range.from, to: range.to, sort: '-costUsd' as const }
}

const NothingSpent = ({ filtered }: { readonly filtered: boolean }) =>
  filtered ? (
    <EmptyState title="Nothing was spent on what these filters choose">
      No call of this time has all of these. Take a filter off, or choose a longer time.
    </EmptyState>
  ) : (
    <EmptyState title="Nothing was spent in this time" howToSend>
      Every call of a model, a tool, an evaluator has its cost here, by team, agent, model, customer, as telemetry says
      whose it was. Choose a longer time, or send something:
    </EmptyState>
  )
