import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { useCallback, useMemo, useState } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import type { AuditItem } from '../../schema/api/audit.ts'
import { auditQuery } from '../api/queries.ts'
import { DataTable } from '../components/DataTable.tsx'
import { EmptyState } from '../components/EmptyState.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import filterBar from '../components/FilterBar.module.css'
import form from '../components/FormDialog.module.css'
import { JsonTree } from '../components/JsonTree.tsx'
import overlay from '../components/overlay.module.css'
import { TableExport } from '../components/TableExport.tsx'
import type { Column } from '../components/table-columns.ts'
import { Moment } from '../components/values.tsx'
import type { AuditSearch } from '../search/costs.ts'
import { useScope } from '../search/use-scope.ts'
import { plural } from '../util/format.ts'
import styles from './pages.module.css'

const route = getRouteApi('/audit')

/** Who changed what, when and why? */
export const AuditPage = () => {
  const { action, actor } = route.useSearch()
  const navigate = route.useNavigate()
  const scope = useScope()
  const query = { ...scope.range, action, actor }
  const audit = useInfiniteQuery(auditQuery(query, scope))
  const rows = useMemo(() => audit.data?.pages.flatMap((page) => page.items), [audit.data])
  const [open, setOpen] = useState<AuditItem>()
  const { hasNextPage, isFetching, fetchNextPage } = audit
  const more = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage()
  }, [hasNextPage, isFetching, fetchNextPage])
  const toggle = useCallback(
    (field: keyof AuditSearch, value: string) =>
      void navigate({
        search: (old) => {
          const values = old[field] ?? []
          const next = values.includes(value) ? values.filter((one) => one !== value) : [...values, value]
          return { ...old, [field]: next.length > 0 ? next : undefined }
        },
      }),
    [navigate],
  )
  const columns = useMemo(() => columnsOf(toggle), [toggle])
  if (audit.isError && !rows)
    return <ErrorState error={audit.error} subject="The audit log" onRetry={() => void audit.refetch()} />
  const chosen = (['action', 'actor'] as const).flatMap(
    (field) => ({ action, actor })[field]?.map((value) => ({ field, value })) ?? [],
  )
  return (
    <>
      <div className={styles.tools}>
        <span className="muted num" role="status">
          {rows ? `${plural(rows.length, 'entry', 'entries')}${hasNextPage ? ' so far' : ''}` : '\u00a0'}
        </span>
        {chosen.map(({ field, value }) => (
          <button
            key={`${field} ${value}`}
            type="button"
            className={`chip ${filterBar.chosen}`}
            onClick={() => toggle(field, value)}
          >
            <span className={filterBar.field}>{field}</span>
            <span className="cut">{value}</span>
            <X aria-label="remove" />
          </button>
        ))}
        <span className="grow" />
        <TableExport route="audit" query={query} />
      </div>
      {rows?.length === 0 ? (
        <EmptyState title={chosen.length > 0 ? 'No entry matches' : 'Nothing was changed in this time'}>
          Every change of prices, budgets, shared costs and closed months has an entry here, and every job that rewrites
          history: who did it, when, and what it was before. Choose a longer time to see older ones.
        </EmptyState>
      ) : (
        <DataTable
          label="Audit log"
          columns={columns}
          rows={rows}
          rowKey={(item) => item.id}
          rowLabel={(item) => `${item.action} ${item.subject} by ${item.actor}`}
          onOpen={setOpen}
          onNearEnd={more}
          rowHeight={36}
          stale={audit.isPlaceholderData}
        />
      )}
      {open && <Entry item={open} onClose={() => setOpen(undefined)} />}
    </>
  )
}

const columnsOf = (toggle: (field: keyof AuditSearch, value: string) => void): readonly Column<AuditItem>[] => [
  { id: 'time', header: 'When', width: 140, cell: (item) => <Moment time={item.time} /> },
  {
    id: 'actor',
    header: 'Who',
    width: 110,
    grow: 1,
    cell: (item) => (
      <button
        type="button"
        className={styles.quiet}
        title={`Only ${item.actor}`}
        onClick={() => toggle('actor', item.actor)}
      >
        {item.actor}
      </button>
    ),
  },
  {
    id: 'action',
    header: 'Did',
    width: 130,
    grow: 1,
    cell: (item) => (
      <button
        type="button"
        className={`${styles.name} mono`}
        title={`Only ${item.action}`}
        onClick={() => toggle('action', item.action)}
      >
        {item.action}
      </button>
    ),
  },
  {
    id: 'subject',
    header: 'To',
    width: 120,
    grow: 1,
    from: 520,
    cell: (item) => <span title={item.subject}>{item.subject}</span>,
  },
  {
    id: 'detail',
    header: 'Detail',
    width: 200,
    grow: 3,
    from: 860,
    cell: (item) => <span className="mono muted">{JSON.stringify(item.detail).slice(0, 400)}</span>,
  },
]

const Entry = ({ item, onClose }: { readonly item: AuditItem; readonly onClose: () => void }) => (
  <ModalOverlay className={overlay.scrim ?? ''} isOpen isDismissable onOpenChange={(open) => open || onClose()}>
    <Modal className={`${overlay.modal} ${overlay.wide}`}>
      <Dialog>
        <Heading slot="title" className={form.head}>
          {item.action} {item.subject}
        </Heading>
        <div className={form.form}>
          <p className="muted num">
            <Moment time={item.time} /> by {item.actor}
          </p>
          <JsonTree text={JSON.stringify(item.detail)} label="detail" />
          <div className={form.buttons}>
            <button type="button" className="btn" onClick={onClose}>
              Close
            </button>
          </div>
        </div>
      </Dialog>
    </Modal>
  </ModalOverlay>
)
