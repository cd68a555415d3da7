import { History } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components'
import overlay from '../components/overlay.module.css'
import { formatExact, formatMoment } from '../util/time-format.ts'
import styles from './costs.module.css'
import type { CostView } from './use-cost-scope.ts'

/** The ledger as it stood at a moment: what a report said then, it says again. */
export const AsOf = ({ view, asOf }: { readonly view: CostView; readonly asOf: string | undefined }) => {
  const chosen = view.search.asOf
  const text = chosen ? `as of ${formatMoment(Date.parse(chosen), 'UTC')}` : 'as known now'
  return (
    <DialogTrigger>
      <Button className="btn num" aria-label={`Moment of the ledger: ${text}`}>
        <History aria-hidden="true" />
        <span className="cut">{text}</span>
      </Button>
      <Popover className={overlay.popover ?? ''} placement="bottom end" offset={4}>
        <Dialog className={styles.asof ?? ''} aria-label="Moment of the ledger">
          {({ close }) => <AsOfForm view={view} asOf={asOf} close={close} />}
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}

interface FormProps {
  readonly view: CostView
  readonly asOf: string | undefined
  readonly close: () => void
}

const AsOfForm = ({ view, asOf, close }: FormProps) => {
  const [typed, setTyped] = useState((view.search.asOf ?? '').slice(0, 16))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!typed) return
    view.change({ asOf: `${typed}:00.000Z` })
    close()
  }
  return (
    <form onSubmit={submit} style={{ display: 'grid', gap: 10 }}>
      <p className="muted small">
        Late calls, re-pricing and corrections change history. Choose a moment to see what was known then.
      </p>
      <label className={styles.field}>
        <span>Moment, UTC</span>
        <input
          className="input num"
          type="datetime-local"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
      {asOf && (
        <p className="small muted num">
          Newest entry in these figures: {formatExact(Date.parse(asOf), 'UTC')}{' '}
          <button
            type="button"
            className="link"
            onClick={() => {
              view.change({ asOf })
              close()
            }}
          >
            hold this moment
          </button>
        </p>
      )}
      <div className={styles.buttons}>
        <button
          type="button"
          className="btn"
          onClick={() => {
            view.change({ asOf: undefined })
            close()
          }}
        >
          As known now
        </button>
        <button type="submit" className="btn primary" disabled={!typed}>
          Apply
        </button>
      </div>
    </form>
  )
}
