import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useId } from 'react'
import type { WhatIf } from '../../schema/api/prices.ts'
import { whatIfQuery } from '../api/cost-queries.ts'
import { modelsQuery } from '../api/queries.ts'
import { ErrorState } from '../components/ErrorState.tsx'
import { Missing, Tokens } from '../components/values.tsx'
import page from '../pages/pages.module.css'
import { formatCount, formatPercent, formatUsd, plural } from '../util/format.ts'
import { nanoOf, subtractUsd } from '../util/money.ts'
import styles from './costs.module.css'
import { dimensionLabel, keyText } from './pivot.ts'
import type { CostView } from './use-cost-scope.ts'

/** `openai/gpt-4.1-mini` → its two halves; a model's name may hold slashes itself. */
export const parseModel = (text: string): { readonly provider: string; readonly model: string } | null => {
  const at = text.indexOf('/')
  if (at <= 0 || at === text.length - 1) return null
  return { provider: text.slice(0, at).trim(), model: text.slice(at + 1).trim() }
}

/** Filters that the estimate does not know. */
const IGNORED = ['costCenter', 'workflow', 'component', 'callVersion', 'run'] as const

/** The same traffic on another model. */
export const WhatIfSection = ({ view }: { readonly view: CostView }) => {
  const listId = useId()
  const target = parseModel(view.search.model2 ?? '')
  const known = useQuery(modelsQuery({ from: view.range.from, ...(view.range.to ? { to: view.range.to } : {}) }))
  const whatIf = useQuery({ ...whatIfQuery({ ...view.scope, ...targetQuery(target) }), enabled: target !== null })
  const ignored = IGNORED.filter((name) => view.search[name]?.length)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    view.change({ model2: String(new FormData(event.currentTarget).get('model') ?? '').trim() || undefined })
  }
  return (
    <section aria-label="What if">
      <div className={page.heading}>
        <h2>The same traffic on another model</h2>
      </div>
      <form className={styles.bar} onSubmit={submit} style={{ paddingTop: 0 }}>
        <input
          key={view.search.model2 ?? ''}
          className="input mono"
          name="model"
          aria-label="Provider and model"
          placeholder="openai/gpt-4.1-mini"
          defaultValue={view.search.model2}
          list={listId}
          pattern="[^/]+/.+"
          title="Provider, a slash, model"
          style={{ width: 280 }}
          autoComplete="off"
        />
        <datalist id={listId}>
          {(known.data?.items ?? [])
            .filter(({ key }) => key.provider && key.model)
            .map(({ key }) => (
              <option key={`${key.provider}/${key.model}`} value={`${key.provider}/${key.model}`} />
            ))}
        </datalist>
        <button type="submit" className="btn">
          Work it out
        </button>
        <span className="muted small">
          For the time and the filters above; restrict by model to change only one.
          {ignored.length > 0 && (
            <span className="amber">
              {' '}
              Not restricted by {ignored.map((name) => dimensionLabel(name).toLowerCase()).join(', ')}.
            </span>
          )}
        </span>
      </form>
      {target && whatIf.isError && !whatIf.data ? (
        <ErrorState error={whatIf.error} subject="The estimate" onRetry={() => void whatIf.refetch()} />
      ) : (
        target && whatIf.data && <WhatIfReport report={whatIf.data} />
      )}
    </section>
  )
}

const targetQuery = (target: ReturnType<typeof parseModel>) =>
  target ? { toProvider: target.provider, toModel: target.model } : {}

const WhatIfReport = ({ report }: { readonly report: WhatIf }) => {
  const saves = report.deltaUsd !== null && nanoOf(report.deltaUsd) < 0n
  return (
    <>
      <p className={`${styles.note} num`} style={{ fontSize: 'var(--size-m)', color: 'var(--text)' }} role="status">
        {formatUsd(report.currentUsd)} would have been{' '}
        <b>{report.whatIfUsd === null ? 'unknown: that model has no price' : formatUsd(report.whatIfUsd)}</b>
        {report.deltaUsd !== null && (
          <span className={saves ? 'good' : 'bad'}>
            {' '}
            ({saves ? '' : '+'}
            {formatUsd(report.deltaUsd)}
            {Number(report.currentUsd) > 0 &&
              `, ${saves ? '\u2212' : '+'}${formatPercent(Math.abs(Number(report.deltaUsd) / Number(report.currentUsd)), 0)}`}
            )
          </span>
        )}{' '}
        for {plural(report.calls, 'call')} on <span className="mono">{report.model.model}</span>
        {report.unpricedCalls > 0 && (
          <span className="amber"> · {plural(report.unpricedCalls, 'call')} without a price left out</span>
        )}
      </p>
      <div className={styles.scroll}>
        <table className={`${styles.plain} num`} aria-label="The same traffic on another model">
          <thead>
            <tr>
              <th scope="col">Today</th>
              <th scope="col" className={styles.right}>
                Calls
              </th>
              <th scope="col" className={styles.right}>
                Tokens in, out
              </th>
              <th scope="col" className={styles.right}>
                Cost
              </th>
              <th scope="col" className={styles.right}>
                Would be
              </th>
              <th scope="col" className={styles.right}>
                Difference
              </th>
            </tr>
          </thead>
          <tbody>
            {report.items.map((item) => (
              <tr key={JSON.stringify(item.key)}>
                <th scope="row">{Object.values(item.key).map(keyText).join(' · ')}</th>
                <td className={styles.right}>{formatCount(item.calls)}</td>
                <td className={styles.right}>
                  <Tokens usage={item.usage} />
                </td>
                <td className={styles.right}>
                  {nanoOf(item.currentUsd) === 0n ? (
                    <Missing why="no cost is known today" />
                  ) : (
                    formatUsd(item.currentUsd)
                  )}
                </td>
                <td className={styles.right}>{item.whatIfUsd === null ? <Missing /> : formatUsd(item.whatIfUsd)}</td>
                <td className={styles.right}>
                  {item.whatIfUsd === null || nanoOf(item.currentUsd) === 0n ? (
                    <Missing why="nothing to compare with" />
                  ) : (
                    formatUsd(subtractUsd(item.whatIfUsd, item.currentUsd))
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles.note}>{report.note}</p>
    </>
  )
}
