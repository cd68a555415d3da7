import { useVirtualizer } from '@tanstack/react-virtual'
import clsx from 'clsx'
import { ChevronDown, ChevronUp } from 'lucide-react'
import { type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from 'react'
import type { SortState } from '../search/pages.ts'
import { useKeys } from '../shell/keys.ts'
import styles from './DataTable.module.css'
import { type Column, fitting, useSorted, widthsOf } from './table-columns.ts'
import { useElementWidth, useScrollMargin } from './use-element-size.ts'

interface Props<T> {
  /** Names the table: "Agents". */
  readonly label: string
  readonly columns: readonly Column<T>[]
  /** Undefined while the first answer is awaited: skeleton rows stand in. */
  readonly rows: readonly T[] | undefined
  readonly rowKey: (row: T) => string
  /** What a row is called when it is read aloud. */
  readonly rowLabel: (row: T) => string
  readonly onOpen?: (row: T) => void
  readonly rowHeight?: number
  readonly sort?: SortState
  /** Absent: the order of the rows is not the reader's to choose. */
  readonly onSort?: (sort: SortState) => void
  /** The rows come sorted from the server. */
  readonly sortedElsewhere?: boolean
  /** Called when the end comes near, to fetch more. */
  readonly onNearEnd?: () => void
  /** Of all there is, where it is known; else what was loaded so far. */
  readonly total?: number
  /** Older rows that stay while new ones come. */
  readonly stale?: boolean
  readonly skeletonRows?: number
}

/**
 * A grid of rows in the page's own scrolling area: only what is seen is mounted, the header stays, j and k walk, Enter opens. Columns
 * that do not fit are left out rather than squeezed.
 */
export const DataTable = <T,>(props: Props<T>) => {
  const { columns, rows, sort, sortedElsewhere = false, rowHeight = 46 } = props
  const [box, width] = useElementWidth<HTMLDivElement>()
  const shown = useMemo(() => fitting(columns, width), [columns, width])
  const sorted = useSorted(rows, columns, sortedElsewhere ? undefined : sort)
  return (
    <div ref={box} className={styles.box}>
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: WAI-ARIA's grid pattern is a table whose rows take the focus.
        role="grid"
        aria-label={props.label}
        aria-rowcount={rows ? (props.total ?? sorted.length) + 1 : -1}
        aria-busy={rows === undefined || props.stale}
        className={clsx(styles.table, 'num', props.stale && styles.stale)}
      >
        <colgroup>
          {widthsOf(shown, width).map((w, i) => (
            <col key={shown[i]!.id} style={{ width: w }} />
          ))}
        </colgroup>
        <Head columns={shown} sort={sort} onSort={props.onSort} />
        {rows === undefined ? (
          <SkeletonBody columns={shown} count={props.skeletonRows ?? 9} rowHeight={rowHeight} />
        ) : (
          <Body {...props} rows={sorted} columns={shown} rowHeight={rowHeight} />
        )}
      </table>
    </div>
  )
}

interface HeadProps<T> {
  readonly columns: readonly Column<T>[]
  readonly sort: SortState | undefined
  readonly onSort: ((sort: SortState) => void) | undefined
}

const Head = <T,>({ columns, sort, onSort }: HeadProps<T>) => (
  <thead>
    <tr aria-rowindex={1}>
      {columns.map((column) => {
        const desc = sort?.id === column.id ? sort.desc : null
        const align = column.align === 'right' ? styles.right : undefined
        if (!onSort || !column.sortBy) {
          return (
            <th key={column.id} scope="col" className={align}>
              {column.header}
            </th>
          )
        }
        // A first click shows the most first, except for words.
        const next = { id: column.id, desc: desc === null ? column.align === 'right' : !desc }
        return (
          <th
            key={column.id}
            scope="col"
            className={align}
            aria-sort={desc === null ? 'none' : desc ? 'descending' : 'ascending'}
          >
            <button type="button" className={styles.sort} onClick={() => onSort(next)}>
              {column.header}
              {desc !== null && (desc ? <ChevronDown aria-hidden="true" /> : <ChevronUp aria-hidden="true" />)}
            </button>
          </th>
        )
      })}
    </tr>
  </thead>
)

interface BodyProps<T> extends Props<T> {
  readonly rows: readonly T[]
  readonly rowHeight: number
}

const OVERSCAN_ROWS = 12
const NEAR_END_ROWS = 30

const Body = <T,>({ rows, columns, rowHeight, rowKey, rowLabel, onOpen, onNearEnd }: BodyProps<T>) => {
  const body = useRef<HTMLTableSectionElement>(null)
  const [active, setActive] = useState(0)
  const scrollMargin = useScrollMargin(body)
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: scroller,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN_ROWS,
    scrollMargin,
    scrollPaddingStart: HEAD_HEIGHT,
  })
  const items = virtualizer.getVirtualItems()
  const last = items.at(-1)?.index ?? -1
  useEffect(() => {
    if (last >= rows.length - NEAR_END_ROWS) onNearEnd?.()
  }, [last, rows.length, onNearEnd])

  const go = (index: number) => {
    const to = Math.max(0, Math.min(rows.length - 1, index))
    setActive(to)
    virtualizer.scrollToIndex(to)
    requestAnimationFrame(() =>
      body.current?.querySelector<HTMLElement>(`[data-index="${to}"]`)?.focus({ preventScroll: true }),
    )
  }
  const focusedInside = () => body.current?.contains(document.activeElement) ?? false
  // Of several tables on a page the focused one walks; where none is, the first.
  const isMine = () =>
    (document.activeElement?.closest('[role=grid]') ?? document.querySelector('[role=grid]')) ===
    body.current?.parentElement
  const walk = (by: number) => () => (isMine() ? go(focusedInside() ? active + by : active) : false)
  useKeys('List', [
    { keys: 'j', label: 'Next row', run: walk(1) },
    { keys: 'k', label: 'Previous row', run: walk(-1) },
    {
      keys: 'Enter',
      label: 'Open the row',
      run: () => (onOpen && focusedInside() && rows[active] ? onOpen(rows[active]) : false),
    },
  ])
  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: rows.length - 1 }[event.key]
    if (to === undefined || !(event.target instanceof HTMLTableRowElement)) return
    event.preventDefault()
    go(to)
  }
  const onClick = (event: MouseEvent, row: T) => {
    const onControl = event.target instanceof Element && event.target.closest('a, button, input') !== null
    if (!onControl && !event.defaultPrevented && getSelection()?.isCollapsed !== false) onOpen?.(row)
  }
  const before = (items[0]?.start ?? scrollMargin) - scrollMargin
  const after = virtualizer.getTotalSize() - ((items.at(-1)?.end ?? scrollMargin) - scrollMargin)
  return (
    <tbody ref={body} onKeyDown={onKeyDown}>
      {before > 0 && <Spacer height={before} />}
      {items.map(({ index }) => {
        const row = rows[index]
        if (row === undefined) return null
        return (
          <tr
            key={rowKey(row)}
            data-index={index}
            aria-rowindex={index + 2}
            aria-label={rowLabel(row)}
            aria-selected={index === active}
            tabIndex={index === active ? 0 : -1}
            className={onOpen ? styles.open : undefined}
            style={{ height: rowHeight }}
            onFocus={() => setActive(index)}
            onClick={(event) => onClick(event, row)}
          >
            {columns.map((column) => (
              <td key={column.id} className={column.align === 'right' ? styles.right : undefined}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        )
      })}
      {after > 0 && <Spacer height={after} />}
    </tbody>
  )
}

const HEAD_HEIGHT = 33
const scroller = () => document.getElementById('content')

const Spacer = ({ height }: { readonly height: number }) => (
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: the spacer takes no focus; it only holds the place of rows that are not mounted.
  <tr aria-hidden="true" className={styles.spacer} style={{ height }}>
    <td />
  </tr>
)

const SkeletonBody = <T,>({
  columns,
  count,
  rowHeight,
}: {
  readonly columns: readonly Column<T>[]
  readonly count: number
  readonly rowHeight: number
}) => (
  <tbody aria-hidden="true">
    {Array.from({ length: count }, (_, row) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: nothing tells one skeleton row from another.
      <tr key={row} style={{ height: rowHeight }}>
        {columns.map((column, i) => (
          <td key={column.id} className={column.align === 'right' ? styles.right : undefined}>
            <span className="skeleton" style={{ width: `${[62, 78, 54, 70][(row + i) % 4]}%`, height: 11 }} />
          </td>
        ))}
      </tr>
    ))}
  </tbody>
)
