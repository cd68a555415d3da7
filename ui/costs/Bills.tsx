import { useMutation, useQueryClient } from '@tanstack/react-query'
import { FileUp } from 'lucide-react'
import { useRef } from 'react'
import type { Reconciliation } from '../../schema/api/reconciliation.ts'
import { sendFile } from '../api/client.ts'
import { wordError } from '../api/errors.ts'
import page from '../pages/pages.module.css'
import { formatCount, formatUsd, plural } from '../util/format.ts'
import { formatMoment } from '../util/time-format.ts'
import styles from './costs.module.css'

/** A bill goes up as the provider gave it: the server tells by its content whose it is. */
const Upload = ({ month }: { readonly month: string }) => {
  const file = useRef<HTMLInputElement>(null)
  const client = useQueryClient()
  const upload = useMutation({
    mutationFn: (given: File) => sendFile<unknown>('/api/reconciliations', { name: given.name, month }, given),
    onSuccess: () => client.invalidateQueries({ queryKey: ['reconciliation'] }),
  })
  const failure = upload.error ? wordError(upload.error) : undefined
  return (
    <>
      <span role="status" className={`small ${failure ? 'bad' : 'muted'}`}>
        {upload.isPending ? 'Reading the bill…' : failure ? `${failure.what}. ${failure.remedy}` : ''}
      </span>
      <input
        ref={file}
        type="file"
        accept=".json,.csv,.jsonl,application/json,text/csv"
        aria-label="Bill of a provider"
        className="sr"
        tabIndex={-1}
        onChange={(event) => {
          const given = event.target.files?.[0]
          if (given) upload.mutate(given)
          event.target.value = ''
        }}
      />
      <button type="button" className="btn" disabled={upload.isPending} onClick={() => file.current?.click()}>
        <FileUp aria-hidden="true" />
        Upload a bill
      </button>
    </>
  )
}

const List = ({ bills }: { readonly bills: Reconciliation['bills'] }) => (
  <section aria-label="Bills">
    <div className={page.heading}>
      <h2>Bills</h2>
      <span className="muted num">{plural(bills.length, 'bill')}</span>
    </div>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
    <section className={styles.scroll} aria-label="Uploaded bills" tabIndex={0}>
      <table className={`${styles.plain} num`}>
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col">Provider</th>
            <th scope="col">Format</th>
            <th scope="col" className={styles.right}>
              Rows
            </th>
            <th scope="col" className={styles.right}>
              Billed
            </th>
            <th scope="col">Imported</th>
            <th scope="col">SHA-256</th>
          </tr>
        </thead>
        <tbody>
          {bills.map((bill) => (
            <tr key={`${bill.name} ${bill.sha256}`}>
              <th scope="row" style={{ overflowWrap: 'anywhere' }}>
                {bill.name}
              </th>
              <td>{bill.provider}</td>
              <td>{bill.format}</td>
              <td className={styles.right}>{formatCount(bill.rows)}</td>
              <td className={styles.right}>{formatUsd(bill.billedUsd)}</td>
              <td className="muted">
                {formatMoment(Date.parse(bill.importedAt), 'UTC')} by {bill.actor}
              </td>
              <td className="mono faint" title={bill.sha256}>
                {bill.sha256.slice(0, 12)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  </section>
)

export const Bills = { Upload, List }
