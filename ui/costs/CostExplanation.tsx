import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { CostLine, CostExplanation as Explanation } from '../../schema/api/prices.ts'
import { spanCostQuery } from '../api/cost-queries.ts'
import { isNotFound } from '../api/errors.ts'
import { ErrorState } from '../components/ErrorState.tsx'
import { Missing } from '../components/values.tsx'
import inspector from '../replay/inspector.module.css'
import { formatCount, formatUsd } from '../util/format.ts'
import { formatExact } from '../util/time-format.ts'
import { COMPONENT_LABELS } from './colors.ts'
import styles from './costs.module.css'

/** How the cost of one span came about, line by line, so that it can be worked out by hand. */
export const CostExplanation = ({ traceId, spanId }: { readonly traceId: string; readonly spanId: string }) => {
  const cost = useQuery(spanCostQuery(traceId, spanId))
  if (cost.isError && !cost.data) {
    return isNotFound(cost.error) ? (
      <p className="muted">
        Nothing was counted for this span: it carries no usage and no cost, or its run has not been tallied yet.
      </p>
    ) : (
      <ErrorState error={cost.error} subject="Its cost" onRetry={() => void cost.refetch()} />
    )
  }
  if (!cost.data) return <span className={`skeleton ${inspector.waiting}`} role="status" aria-label="Loading" />
  return <Explained cost={cost.data} />
}

const STATUS: Readonly<Record<Explanation['costStatus'], string>> = {
  free: 'costs nothing',
  reported: 'as the sender reported it',
  computed: 'from the price book',
  unpriced: 'no price is known',
}

const Explained = ({ cost }: { readonly cost: Explanation }) => (
  <section aria-label="Cost explained" style={{ display: 'grid', gap: 12 }}>
    <p className="num" style={{ fontSize: 'var(--size-xl)' }}>
      <b>{cost.costUsd === null ? 'No price' : formatUsd(cost.costUsd)}</b>{' '}
      <span className="muted" style={{ fontSize: 'var(--size-m)' }}>
        {STATUS[cost.costStatus]}
        {cost.component && `, ${COMPONENT_LABELS[cost.component]}`}
      </span>
    </p>
    <p>{cost.why}</p>
    {!cost.counted && <NotCounted cost={cost} />}
    {cost.lines.length > 0 && <Lines cost={cost} />}
    <Facts cost={cost} />
  </section>
)

const NotCounted = ({ cost }: { readonly cost: Explanation }) => (
  <p className="amber">
    Not counted here{' '}
    {cost.countedAs ? (
      <>
        : it is in{' '}
        <Link
          className="link mono"
          to="/traces/$traceId"
          params={{ traceId: cost.traceId }}
          search={{ span: cost.countedAs, pane: 'cost' }}
        >
          {cost.countedAs}
        </Link>
      </>
    ) : (
      'nor anywhere else'
    )}
  </p>
)

const Lines = ({ cost }: { readonly cost: Explanation }) => {
  const currency = cost.price?.currency ?? 'USD'
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className={styles.scroll} aria-label="Lines of the cost" tabIndex={0}>
      <table className={`${styles.lines} num`}>
        <thead>
          <tr>
            <th scope="col">For</th>
            <th scope="col">Quantity</th>
            <th scope="col">Price, {currency}</th>
            <th scope="col">US dollars</th>
          </tr>
        </thead>
        <tbody>
          {cost.lines.map((line, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of one answer do not move.
            <tr key={i}>
              <th scope="row">{line.label}</th>
              <td>
                {formatCount(line.quantity)} <span className="faint">{line.unit}</span>
              </td>
              <td>{line.unitPrice === null ? <Missing why="no price is known" /> : unitPriceText(line)}</td>
              <td title={line.cost === null ? undefined : `$${line.cost}`}>
                {line.cost === null ? <Missing why="no price is known" /> : formatUsd(line.cost)}
              </td>
            </tr>
          ))}
        </tbody>
        {cost.computedUsd !== null && (
          <tfoot>
            <tr>
              <th scope="row" colSpan={3}>
                By the price book
              </th>
              <td title={`$${cost.computedUsd}`}>{formatUsd(cost.computedUsd)}</td>
            </tr>
          </tfoot>
        )}
      </table>
    </section>
  )
}

const unitPriceText = (line: CostLine): ReactNode => (
  <>
    {line.unitPrice}{' '}
    <span className="faint">{line.unit === 'tokens' ? 'a million' : `a ${line.unit.replace(/s$/, '')}`}</span>
  </>
)

const Facts = ({ cost }: { readonly cost: Explanation }) => {
  const { price } = cost
  const both = cost.reportedUsd !== null && cost.computedUsd !== null
  const facts: readonly (readonly [string, ReactNode])[] = [
    ['Reported', cost.reportedUsd === null ? 'nothing by the sender' : formatUsd(cost.reportedUsd)],
    ['Computed', cost.computedUsd === null ? 'not possible' : formatUsd(cost.computedUsd)],
    ['Counts', both ? `what was ${cost.wins}: the project's choice` : null],
    ['Price', price && <span className="mono">{`${price.provider} ${price.model}`}</span>],
    ['Book', price && `${price.book}${price.origin === 'override' ? ', own price' : ''}`],
    ['Tier', price && [price.serviceTier, price.contextTier].filter(Boolean).join(', ')],
    ['Currency', price && price.currency !== 'USD' ? `${price.currency}, one is ${price.usdPerUnit} US dollars` : null],
    ['Valid from', price?.validFrom ? formatExact(Date.parse(price.validFrom), 'UTC') : null],
    ['Taken from', price?.source ?? null],
    ['Tallied', formatExact(Date.parse(cost.talliedAt), 'UTC')],
  ]
  return (
    <dl className={`${inspector.facts} num`}>
      {facts.map(([name, value]) =>
        value ? (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ) : null,
      )}
    </dl>
  )
}
