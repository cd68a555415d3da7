import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { RepriceJob } from '../../schema/api/prices.ts'
import { post } from '../api/client.ts'
import { repriceQuery } from '../api/cost-queries.ts'
import { isNotFound } from '../api/errors.ts'
import { ConfirmDialog } from '../components/ConfirmDialog.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import { Field } from '../components/FormDialog.tsx'
import page from '../pages/pages.module.css'
import { formatCount, formatUsd, plural } from '../util/format.ts'
import { subtractUsd } from '../util/money.ts'
import { formatExact } from '../util/time-format.ts'
import styles from './costs.module.css'
import type { CostView } from './use-cost-scope.ts'

interface Order {
  readonly from: string
  readonly to: string
  readonly reason: string
  readonly dryRun: boolean
}

/** History priced anew: first what it would change, then done, and told to the audit log. */
export const Reprice = ({ view }: { readonly view: CostView }) => {
  const client = useQueryClient()
  const job = useQuery(repriceQuery())
  const [from, setFrom] = useState(new Date(view.fromMs).toISOString().slice(0, 10))
  const [to, setTo] = useState(new Date(view.toMs + 86_400_000).toISOString().slice(0, 10))
  const [reason, setReason] = useState('')
  const [sure, setSure] = useState(false)
  const start = useMutation({
    mutationFn: (order: Order) => post('reprice', { body: order }),
    onSuccess: (next) => {
      setSure(false)
      client.setQueryData(repriceQuery().queryKey, next)
    },
  })
  const { data } = job
  const isRunning = data?.state === 'running'
  const order = (dryRun: boolean): Order => ({ from: `${from}T00:00:00Z`, to: `${to}T00:00:00Z`, reason, dryRun })
  // Only what was tried first can be done: same time, nothing in between.
  const tried =
    data?.state === 'done' &&
    data.dryRun &&
    data.from.slice(0, 10) === from &&
    data.to.slice(0, 10) === to &&
    data.runsChanged > 0
  return (
    <section aria-label="Re-price">
      <div className={page.heading}>
        <h2>Re-price a time</h2>
      </div>
      <form
        className={styles.bar}
        style={{ alignItems: 'end' }}
        onSubmit={(event) => {
          event.preventDefault()
          start.mutate(order(true))
        }}
      >
        <Field label="From (UTC day)">
          <input
            className="input num"
            type="date"
            required
            value={from}
            onChange={(event) => setFrom(event.target.value)}
          />
        </Field>
        <Field label="To, exclusive">
          <input
            className="input num"
            type="date"
            required
            value={to}
            onChange={(event) => setTo(event.target.value)}
          />
        </Field>
        <Field label="Reason, for the audit log">
          <input
            className="input"
            required
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            placeholder="new contract from 1 Nov"
            autoComplete="off"
          />
        </Field>
        <button type="submit" className="btn" disabled={isRunning || start.isPending}>
          Try without changing
        </button>
        <button
          type="button"
          className="btn primary"
          disabled={!tried || reason === '' || isRunning}
          onClick={() => {
            start.reset()
            setSure(true)
          }}
        >
          Re-price
        </button>
      </form>
      {start.error && !sure ? <ErrorState error={start.error} subject="Re-pricing" /> : null}
      {job.isError && !data && !isNotFound(job.error) && <ErrorState error={job.error} subject="The last re-pricing" />}
      {data && data.state !== 'none' && <JobReport job={data} />}
      <p className={styles.note}>
        Prices change from now on; what was counted keeps the price of its time until it is re-priced. Each change is an
        entry of the ledger: a report as of the moment before still says what it said.
      </p>
      {sure && data && (
        <ConfirmDialog
          title={`Re-price ${plural(data.runsChanged, 'run')}?`}
          action="Re-price"
          pending={start.isPending}
          error={start.error}
          onCancel={() => setSure(false)}
          onConfirm={() => start.mutate(order(false))}
        >
          {formatUsd(data.beforeUsd)} becomes {formatUsd(data.afterUsd)}. The audit log will hold who did it, and why.
        </ConfirmDialog>
      )}
    </section>
  )
}

const JobReport = ({ job }: { readonly job: RepriceJob }) => {
  const change = subtractUsd(job.afterUsd, job.beforeUsd)
  return (
    <div className={`${styles.banner} num`} role="status" style={{ background: 'var(--sunken)' }}>
      <span className={`chip k k-${job.state === 'failed' ? 'error' : job.state === 'running' ? 'accent' : 'ok'}`}>
        {job.state === 'running' ? 'running' : job.state === 'failed' ? 'failed' : job.dryRun ? 'tried' : 'done'}
      </span>
      <span>
        {formatCount(job.runsRead)} runs read, {formatCount(job.runsChanged)} {job.dryRun ? 'would change' : 'changed'}{' '}
        ({plural(job.callsChanged, 'call')}): {formatUsd(job.beforeUsd)} <span className="faint">to</span>{' '}
        {formatUsd(job.afterUsd)} (
        <b>
          {change.startsWith('-') ? '' : '+'}
          {formatUsd(change)}
        </b>
        )
      </span>
      <span className="muted">by the book {job.bookVersion}</span>
      {job.error && <span className="bad">{job.error}</span>}
      {job.asOfBefore && !job.dryRun && (
        <>
          <Link to="/costs" search={{ asOf: job.asOfBefore, from: job.from, to: job.to }} className="link">
            the report before ({formatExact(Date.parse(job.asOfBefore), 'UTC')})
          </Link>
          <Link to="/audit" search={{}} className="link">
            audit log
          </Link>
        </>
      )}
    </div>
  )
}
