import { Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { PriceOverride, PriceSettings } from '../../schema/api/prices.ts'
import { ConfirmDialog } from '../components/ConfirmDialog.tsx'
import page from '../pages/pages.module.css'
import { plural } from '../util/format.ts'
import { BUCKET_LABELS } from './bucket-words.ts'
import styles from './costs.module.css'
import type { Editing, SavePrices } from './PricesTab.tsx'

interface Props {
  /** Undefined while they load. */
  readonly settings: PriceSettings | undefined
  readonly onEdit: (editing: Editing) => void
  readonly save: SavePrices
}

/** More rows than anybody reads; the rest is found by its name. */
const SHOWN = 200

/** The project's own prices; what they do not say is taken from the built-in book. */
export const Overrides = ({ settings, onEdit, save }: Props) => {
  const [filter, setFilter] = useState('')
  const [doomed, setDoomed] = useState<number>()
  const all = settings?.overrides ?? []
  const wanted = filter.trim().toLowerCase()
  const matching = all
    .map((price, index) => ({ price, index }))
    .filter(({ price }) => `${price.provider} ${price.model}`.toLowerCase().includes(wanted))
  const doomedPrice = doomed === undefined ? undefined : all[doomed]
  return (
    <section aria-label="Own prices">
      <div className={page.heading}>
        <h2>Own prices</h2>
        <span className="muted num">{settings ? plural(all.length, 'price') : ''}</span>
        <span className="grow" />
        {all.length > 8 && (
          <input
            className="input"
            type="search"
            aria-label="Filter prices"
            placeholder="Filter by provider or model"
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
          />
        )}
        <button
          type="button"
          className="btn"
          disabled={!settings}
          onClick={() => onEdit({ index: null, price: { provider: '', model: '' } })}
        >
          <Plus aria-hidden="true" />
          New price
        </button>
      </div>
      {settings && all.length === 0 ? (
        <p className={styles.note}>
          None: every price is the built-in book's. Add one for a model the book does not know, or for what your
          contract says.
        </p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        <section className={styles.scroll} aria-label="Prices of this project" tabIndex={0}>
          <table className={`${styles.plain} num`}>
            <thead>
              <tr>
                <th scope="col">Model</th>
                <th scope="col">Tier</th>
                <th scope="col">For a million tokens</th>
                <th scope="col">Valid from</th>
                <th scope="col">Source</th>
                <th scope="col">
                  <span className="sr">Change</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {matching.slice(0, SHOWN).map(({ price, index }) => (
                <tr key={index}>
                  <th scope="row">
                    <span className="mono">{price.model}</span>
                    <div className="muted small">{price.provider === '*' ? 'every provider' : price.provider}</div>
                  </th>
                  <td>
                    {price.serviceTier === '*' ? 'every tier' : price.serviceTier}
                    {price.fromInputTokens > 0 && (
                      <div className="muted small">
                        from {price.fromInputTokens.toLocaleString('en-US')} input tokens
                      </div>
                    )}
                  </td>
                  <td>
                    <Amounts price={price} />
                  </td>
                  <td>{price.validFrom?.slice(0, 10) ?? <span className="muted">ever</span>}</td>
                  <td className="muted" style={{ overflowWrap: 'anywhere' }}>
                    {price.source}
                  </td>
                  <td>
                    <span className={styles.icons}>
                      <button
                        type="button"
                        className="btn plain"
                        aria-label={`Edit the price of ${price.model}`}
                        onClick={() => onEdit({ index, price })}
                      >
                        <Pencil aria-hidden="true" />
                      </button>
                      <button
                        type="button"
                        className="btn plain"
                        aria-label={`Delete the price of ${price.model}`}
                        onClick={() => {
                          save.reset()
                          setDoomed(index)
                        }}
                      >
                        <Trash2 aria-hidden="true" />
                      </button>
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {matching.length > SHOWN && (
        <p className={styles.note}>
          {SHOWN} of {matching.length} are shown: filter by a name to see the others.
        </p>
      )}
      {settings && doomedPrice && (
        <ConfirmDialog
          title={`Delete the price of ${doomedPrice.model}?`}
          action="Delete"
          pending={save.isPending}
          error={save.error}
          onCancel={() => setDoomed(undefined)}
          onConfirm={() =>
            save.mutate(
              { ...settings, overrides: all.filter((_, index) => index !== doomed) },
              { onSuccess: () => setDoomed(undefined) },
            )
          }
        >
          Calls from now on are priced without it. What was priced before stays, until the time is re-priced.
        </ConfirmDialog>
      )}
    </section>
  )
}

const Amounts = ({ price }: { readonly price: PriceOverride }) => (
  <span className={styles.dots}>
    {Object.entries(price.perMillionTokens).map(([bucket, amount]) => (
      <span key={bucket}>
        <span className="muted">{BUCKET_LABELS[bucket as keyof typeof BUCKET_LABELS]}</span> {amount}
      </span>
    ))}
    <span className="muted">{price.currency}</span>
  </span>
)
