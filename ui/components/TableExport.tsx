import { useQuery } from '@tanstack/react-query'
import { Code, Download } from 'lucide-react'
import { useState } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import type { RouteName } from '../../schema/api/paths.ts'
import { pathOf, queryOf } from '../api/client.ts'
import { sqlQuery } from '../api/queries.ts'
import { CopyButton } from './CopyButton.tsx'
import { ErrorState } from './ErrorState.tsx'
import overlay from './overlay.module.css'
import styles from './TableExport.module.css'

interface Props {
  /** The list that the table shows. */
  readonly route: RouteName
  readonly query: Readonly<Record<string, unknown>>
}

/** What a table stands on: the whole of it as a file, and the questions that were asked for it. */
export const TableExport = ({ route, query }: Props) => {
  const [isOpen, setOpen] = useState(false)
  return (
    <span className={styles.tools}>
      <a className="btn plain" href={pathOf(route, {}) + queryOf({ ...query, format: 'csv' })} download>
        <Download aria-hidden="true" />
        CSV
      </a>
      <button type="button" className="btn plain" onClick={() => setOpen(true)}>
        <Code aria-hidden="true" />
        SQL
      </button>
      {isOpen && <Sql route={route} query={query} onClose={() => setOpen(false)} />}
    </span>
  )
}

const Sql = ({ route, query, onClose }: Props & { readonly onClose: () => void }) => {
  const { data, error, refetch } = useQuery(sqlQuery(route, query))
  return (
    <ModalOverlay className={overlay.scrim ?? ''} isOpen isDismissable onOpenChange={(open) => open || onClose()}>
      <Modal className={`${overlay.modal} ${overlay.wide}`}>
        <Dialog>
          <div className={styles.head}>
            <Heading slot="title">The SQL behind this table</Heading>
            {data && <CopyButton text={data} label="Copy SQL" />}
          </div>
          {error ? (
            <ErrorState error={error} subject="The SQL" onRetry={() => void refetch()} />
          ) : (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
            <section className={styles.sql} aria-label="SQL" tabIndex={0}>
              <pre className="mono">{data ?? 'Asking…'}</pre>
            </section>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
