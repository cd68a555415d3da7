import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import type { PriceOverride, Unpriced } from '../../schema/api/prices.ts'
import { unpricedQuery } from '../api/cost-queries.ts'
import { ErrorState } from '../components/ErrorState.tsx'
import { TimeAgo, Tokens } from '../components/values.tsx'
import page from '../pages/pages.module.css'
import { formatCount, plural } from '../util/format.ts'
import styles from './costs.module.css'
import type { CostView } from './use-cost-scope.ts'

interface Props {
  readonly view: CostView
  readonly onAdd: (price: Partial<PriceOverride>) => void
  readonly ready: boolean
}

const TIERS: readonly string[] = ['standard', 'batch', 'flex', 'priority', 'fast']

/** What a new price is filled in with. */
export const priceFor = ({ provider, model, serviceTier }: Unpriced): Partial<PriceOverride> => ({
  provider: provider || '*',
  model,
  serviceTier: (TIERS.includes(serviceTier) ? serviceTier : 'standard') as PriceOverride['serviceTier'],
})

/** A price is missing for everybody: the filters of the other views do not count here. */
const everything = ({ scope: { from, to, env } }: CostView) => ({ from, to, env, limit: 500 })

/** What is missing from every total of this time, by its volume. */
export const UnpricedModels = ({ view, onAdd, ready }: Props) => {
  const unpriced = useQuery(unpricedQuery(everything(view)))
  const items = unpriced.data?.items
  return (
    <section aria-label="Without a price">
      <div className={page.heading}>
        <h2>Without a price</h2>
        <span className="muted num">{items ? plural(items.length, 'model') : ''}</span>
      </div>
      {unpriced.isError && !items ? (
        <ErrorState error={unpriced.error} subject="Models without a price" onRetry={() => void unpriced.refetch()} />
      ) : !items ? (
        <div className={styles.waiting} style={{ height: 90 }} role="status" aria-label="Loading">
          <span className="skeleton" style={{ width: '100%', height: '100%' }} />
        </div>
      ) : items.length === 0 ? (
        <p className={styles.note}>Every call of this time with usage has a price.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        <section className={styles.scroll} aria-label="Models without a price" tabIndex={0}>
          <table className={`${styles.plain} num`}>
            <thead>
              <tr>
                <th scope="col">Model</th>
                <th scope="col">Why</th>
                <th scope="col" className={styles.right}>
                  Calls
                </th>
                <th scope="col" className={styles.right}>
                  Tokens in, out
                </th>
                <th scope="col">Last call</th>
                <th scope="col">
                  <span className="sr">Add a price</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <tr key={JSON.stringify([item.provider, item.model, item.serviceTier, item.reason])}>
                  <th scope="row">
                    <span className="mono">{item.model || 'no model name'}</span>
                    <div className="muted small">
                      {item.provider || 'provider unknown'}
                      {item.serviceTier && ` · ${item.serviceTier}`}
                    </div>
                  </th>
                  <td>
                    {item.reason}
                    {item.similar.length > 0 && (
                      <div className="muted small">
                        like <span className="mono">{item.similar.map(({ model }) => model).join(', ')}</span>
                      </div>
                    )}
                  </td>
                  <td className={styles.right}>
                    {formatCount(item.calls)}
                    <div className="muted small">{plural(item.runs, 'run')}</div>
                  </td>
                  <td className={styles.right}>
                    <Tokens usage={item.usage} />
                  </td>
                  <td className="muted">
                    <TimeAgo time={item.lastSeen} />
                  </td>
                  <td className={styles.right}>
                    {item.reason !== 'no usage' && (
                      <button
                        type="button"
                        className="btn"
                        disabled={!ready}
                        aria-label={`Add a price for ${item.model}`}
                        onClick={() => onAdd(priceFor(item))}
                      >
                        <Plus aria-hidden="true" />
                        Add a price
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  )
}
