import { useQuery } from '@tanstack/react-query'
import { Lock, LockOpen } from 'lucide-react'
import { useState } from 'react'
import type { MonthClose, Reconciliation } from '../../schema/api/reconciliation.ts'
import { NOT_SET } from '../../schema/model/dimension.ts'
import { closesQuery, reconciliationQuery } from '../api/cost-queries.ts'
import { EmptyState } from '../components/EmptyState.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import { Figure, FigureRow } from '../components/Figure.tsx'
import { formatPercent, formatUsd, plural } from '../util/format.ts'
import { nanoOf } from '../util/money.ts'
import { Bills } from './Bills.tsx'
import { ClosedMonth, CloseMonth } from './CloseMonth.tsx'
import styles from './costs.module.css'
import { monthOf } from './periods.ts'
import { UploadBill } from './UploadBill.tsx'
import type { CostView } from './use-cost-scope.ts'
import { VarianceTable } from './VarianceTable.tsx'

/** What was traced, what was billed, why they differ; and the month's end. */
export const ReconciliationTab = ({ view }: { readonly view: CostView }) => {
  const month = view.search.month ?? monthOf(view.fromMs)
  const reconciliation = useQuery(reconciliationQuery(month))
  const closes = useQuery(closesQuery())
  const closed = closes.data?.items.find((one) => one.month === month)
  const { data } = reconciliation
  return (
    <>
      <div className={styles.bar}>
        <label className={styles.bar} style={{ padding: 0 }}>
          <span className="muted">Month</span>
          <input
            className="input num"
            type="month"
            value={month}
            max={monthOf(Date.now())}
            onChange={(event) => event.target.value && view.change({ month: event.target.value })}
          />
        </label>
        {closed && (
          <span className="chip k k-ok">
            <Lock aria-hidden="true" /> closed
          </span>
        )}
        <span className="grow" />
        <UploadBill onImported={(next) => view.change({ month: next })} />
        {closes.data && (closed || isOver(month)) && (
          <CloseButton action={closed ? 'reopen' : 'close'} month={month} reconciliation={data} />
        )}
      </div>
      {reconciliation.isError && !data ? (
        <ErrorState
          error={reconciliation.error}
          subject={`The reconciliation of ${month}`}
          onRetry={() => void reconciliation.refetch()}
        />
      ) : (
        <>
          <Totals data={data} closed={closed} />
          {closed && <ClosedMonth close={closed} />}
          {data?.bills.length === 0 ? (
            <EmptyState title={`No bill of ${month} yet`}>
              Upload what the provider says it charged: OpenAI's costs (JSON of{' '}
              <span className="mono">/v1/organization/costs</span>), Anthropic's{' '}
              <span className="mono">cost_report</span>, or a CSV with day, provider, account, model, amount. Every
              dollar of it is then explained, or stands on a row of its own.
            </EmptyState>
          ) : (
            <>
              <VarianceTable items={data?.items} total={data?.total} stale={reconciliation.isPlaceholderData} />
              {data?.next && (
                <p className={styles.note}>
                  The first {data.items.length} rows are shown; the totals hold all of them.
                </p>
              )}
              {data && <WithoutBill providers={data.withoutBill} />}
              {data && <Bills bills={data.bills} />}
            </>
          )}
        </>
      )}
    </>
  )
}

/** A month that still runs cannot be closed. */
const isOver = (month: string): boolean => month < monthOf(Date.now())

interface CloseButtonProps {
  readonly action: 'close' | 'reopen'
  readonly month: string
  readonly reconciliation: Reconciliation | undefined
}

const CloseButton = ({ action, month, reconciliation }: CloseButtonProps) => {
  const [sure, setSure] = useState(false)
  const Icon = action === 'close' ? Lock : LockOpen
  return (
    <>
      <button type="button" className="btn" onClick={() => setSure(true)}>
        <Icon aria-hidden="true" />
        {action === 'close' ? 'Close the month' : 'Open again'}
      </button>
      {sure && (
        <CloseMonth action={action} month={month} reconciliation={reconciliation} onClose={() => setSure(false)} />
      )}
    </>
  )
}

/** Nothing that was traced falls out of sight because nobody uploaded its bill. */
const WithoutBill = ({ providers }: { readonly providers: Reconciliation['withoutBill'] }) =>
  providers.length > 0 && (
    <p className={styles.note}>
      Traced and not in the table, for want of a bill:{' '}
      {providers
        .map(
          ({ provider, tracedUsd, calls }) =>
            `${provider || NOT_SET} ${nanoOf(tracedUsd) === 0n ? 'with no known price' : formatUsd(tracedUsd)} (${plural(calls, 'call')})`,
        )
        .join(', ')}
      .
    </p>
  )

interface TotalsProps {
  readonly data: Reconciliation | undefined
  readonly closed: MonthClose | undefined
}

const Totals = ({ data, closed }: TotalsProps) => {
  const total = data?.total
  const hasBill = (data?.bills.length ?? 0) > 0
  const variance = total ? nanoOf(total.varianceUsd) : 0n
  return (
    <FigureRow label="Reconciliation">
      <Figure
        label="Traced"
        value={total ? formatUsd(total.tracedUsd) : null}
        source="What the traces of this month cost, by provider, as the ledger knows it."
      >
        {closed ? 'now; the closed figure stands below' : ''}
      </Figure>
      <Figure
        label="Billed"
        value={total ? hasBill ? formatUsd(total.billedUsd) : <span className="muted">no bill yet</span> : null}
        source="What the uploaded bills say."
      >
        {data && plural(data.bills.length, 'bill')}
      </Figure>
      <Figure
        label="Variance"
        value={total ? (hasBill ? `${variance > 0n ? '+' : ''}${formatUsd(total.varianceUsd)}` : '–') : null}
        source="Billed minus traced."
      >
        {total &&
          hasBill &&
          nanoOf(total.tracedUsd) !== 0n &&
          `${formatPercent(Math.abs(Number(total.varianceUsd) / Number(total.tracedUsd)))} of what was traced`}
      </Figure>
      <Figure
        label="Explained"
        value={total ? (total.explainedShare === null ? '–' : formatPercent(total.explainedShare, 0)) : null}
        source="Share of the variances, without their signs, that has a cause."
      >
        {total && hasBill && `${formatUsd(total.unattributedUsd)} unattributed`}
      </Figure>
    </FigureRow>
  )
}
