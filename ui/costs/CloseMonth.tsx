import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { MonthClose, Reconciliation } from '../../schema/api/reconciliation.ts'
import { pathOf, post } from '../api/client.ts'
import { ConfirmDialog } from '../components/ConfirmDialog.tsx'
import { Field } from '../components/FormDialog.tsx'
import page from '../pages/pages.module.css'
import { formatCount, formatUsd } from '../util/format.ts'
import { nanoOf } from '../util/money.ts'
import { formatExact } from '../util/time-format.ts'
import styles from './costs.module.css'
import { rangeOfMonth } from './periods.ts'
import { keyText } from './pivot.ts'

interface CloseProps {
  readonly action: 'close' | 'reopen'
  readonly month: string
  readonly reconciliation: Reconciliation | undefined
  readonly onClose: () => void
}

export const CloseMonth = ({ action, month, reconciliation, onClose }: CloseProps) => {
  const client = useQueryClient()
  const [note, setNote] = useState('')
  const [force, setForce] = useState(false)
  const close = useMutation({
    mutationFn: () => post('closeMonth', { body: { month, action, note, force } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['closes'] })
      onClose()
    },
  })
  return (
    <ConfirmDialog
      title={action === 'close' ? `Close ${month}?` : `Open ${month} again?`}
      action={action === 'close' ? 'Close the month' : 'Open it again'}
      pending={close.isPending}
      error={close.error}
      onCancel={onClose}
      onConfirm={() => close.mutate()}
    >
      {action === 'close' ? (
        <p>
          Its figures are frozen at this moment of the ledger
          {reconciliation && <>: {formatUsd(reconciliation.total.tracedUsd)} traced</>}. Nothing is deleted; what comes
          later shows as adjustments.
        </p>
      ) : (
        <p>The frozen figures stay in the audit log. Say why: a month is opened again only with a reason.</p>
      )}
      <Field label="Note">
        <input
          className="input"
          value={note}
          maxLength={500}
          autoComplete="off"
          onChange={(event) => setNote(event.target.value)}
        />
      </Field>
      {action === 'close' && (
        <label>
          <input type="checkbox" checked={force} onChange={(event) => setForce(event.target.checked)} /> Although runs
          of it may still settle
        </label>
      )}
    </ConfirmDialog>
  )
}

/** What was said when the month was closed, and what has come since. */
export const ClosedMonth = ({ close }: { readonly close: MonthClose }) => {
  const range = rangeOfMonth(close.month)
  const hasChanged = nanoOf(close.adjustmentUsd) !== 0n || close.adjustments.length > 0
  return (
    <section aria-label="Closed month">
      <div className={page.heading}>
        <h2>Closed at {formatUsd(close.costUsd)}</h2>
        <span className="muted num">
          {formatExact(Date.parse(close.closedAt), 'UTC')} by {close.closedBy}
          {close.note && ` · ${close.note}`}
        </span>
        <span className="grow" />
        <a className="btn" href={`${pathOf('closeRows', { month: close.month })}?format=csv`} download>
          Frozen rows, CSV
        </a>
        <Link to="/costs" search={{ ...range, asOf: close.asOf }} className="btn">
          The report as it was
        </Link>
      </div>
      {hasChanged ? (
        <div className={styles.scroll}>
          <table className={`${styles.plain} num`} aria-label="Adjustments">
            <thead>
              <tr>
                <th scope="col">Adjustments since</th>
                <th scope="col" className={styles.right}>
                  Closed
                </th>
                <th scope="col" className={styles.right}>
                  Now
                </th>
                <th scope="col" className={styles.right}>
                  Adjustment
                </th>
              </tr>
            </thead>
            <tbody>
              {close.adjustments.map(({ key, closedUsd, nowUsd, adjustmentUsd }) => (
                <tr key={JSON.stringify(key)}>
                  <th scope="row">{Object.values(key).map(keyText).join(' · ')}</th>
                  <td className={styles.right}>{formatUsd(closedUsd)}</td>
                  <td className={styles.right}>{formatUsd(nowUsd)}</td>
                  <td className={styles.right}>{formatUsd(adjustmentUsd)}</td>
                </tr>
              ))}
              <tr className={styles.total}>
                <th scope="row" colSpan={3}>
                  All adjustments
                </th>
                <td className={styles.right}>{formatUsd(close.adjustmentUsd)}</td>
              </tr>
            </tbody>
          </table>
        </div>
      ) : (
        <p className={styles.note}>
          Nothing has changed since: {formatCount(close.rows)} rows, SHA-256{' '}
          <span className="mono">{close.sha256.slice(0, 16)}…</span>
        </p>
      )}
    </section>
  )
}
