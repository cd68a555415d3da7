import {
  type ColumnDef,
  createSortedRowModel,
  rowSortingFeature,
  sortFn_basic,
  sortFn_text,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { type ReactNode, useMemo } from 'react'
import type { SortState } from '../search/pages.ts'

export interface Column<T> {
  readonly id: string
  readonly header: string
  /** Least width in px; columns share what is left by `grow`. */
  readonly width: number
  readonly grow?: number
  readonly align?: 'right'
  readonly cell: (row: T) => ReactNode
  /** What the column sorts by; null sorts last. Absent: not sortable. */
  readonly sortBy?: (row: T) => number | string | null
  /** Shown only where the table is at least this wide, in px: what matters least goes first. */
  readonly from?: number
}

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { basic: sortFn_basic, text: sortFn_text },
})

/** Columns that fit: first by what they ask for, then the most demanding are left out until the rest has its width. */
export const fitting = <T>(columns: readonly Column<T>[], width: number): readonly Column<T>[] => {
  let shown = columns.filter((column) => (column.from ?? 0) <= width)
  while (shown.reduce((sum, column) => sum + column.width, 0) > width) {
    const last = shown.reduce((most, column) => ((column.from ?? 0) >= (most.from ?? 0) ? column : most))
    if (!last.from) break
    shown = shown.filter((column) => column !== last)
  }
  return shown
}

const NO_ROWS: readonly never[] = []

/** The rows in the order of the sort, by the table engine; as they came where there is none. */
export const useSorted = <T>(
  rows: readonly T[] | undefined,
  columns: readonly Column<T>[],
  sort: SortState | undefined,
): readonly T[] => {
  const definitions = useMemo(
    () =>
      columns.map(
        (column): ColumnDef<typeof features, Row<T>> => ({
          id: column.id,
          accessorFn: ({ value }) => column.sortBy?.(value) ?? undefined,
          enableSorting: column.sortBy !== undefined,
          sortUndefined: 'last',
          sortFn: (a, b, id) => compare(a.getValue(id), b.getValue(id)),
        }),
      ),
    [columns],
  )
  const data = useMemo(() => (rows ?? NO_ROWS).map((value): Row<T> => ({ value })), [rows])
  const known = sort && columns.some((column) => column.id === sort.id && column.sortBy)
  const sorting = useMemo(() => (known ? [{ id: sort.id, desc: sort.desc }] : []), [known, sort?.id, sort?.desc])
  const table = useTable({ features, columns: definitions, data, state: { sorting }, enableSortingRemoval: false })
  return table.getRowModel().rows.map((row) => row.original.value)
}

/** Table wants records as rows; ours may be anything. */
interface Row<T> {
  readonly value: T
}

const compare = (a: unknown, b: unknown): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en', { numeric: true })

export const widthsOf = <T>(columns: readonly Column<T>[], width: number): readonly number[] => {
  const spare = Math.max(0, width - columns.reduce((sum, column) => sum + column.width, 0))
  const grow = columns.reduce((sum, column) => sum + (column.grow ?? 0), 0)
  return columns.map((column) =>
    Math.floor(column.width + (grow > 0 ? (spare * (column.grow ?? 0)) / grow : spare / columns.length)),
  )
}
