import { Pencil } from 'lucide-react'
import { useState } from 'react'
import type { PriceSettings } from '../../schema/api/prices.ts'
import form from '../components/FormDialog.module.css'
import { Field, FormDialog } from '../components/FormDialog.tsx'
import page from '../pages/pages.module.css'
import { formatUsd, plural } from '../util/format.ts'
import styles from './costs.module.css'
import type { SavePrices } from './PricesTab.tsx'

interface Props {
  readonly settings: PriceSettings
  readonly save: SavePrices
}

/** What tools and people cost, and whose word counts. */
export const Fees = ({ settings, save }: Props) => {
  const [isOpen, setOpen] = useState(false)
  const { toolFees } = settings
  return (
    <section aria-label="Tool fees and review">
      <div className={page.heading}>
        <h2>Tool fees and human review</h2>
        <span className="muted num">{plural(toolFees.length, 'fee')}</span>
        <span className="grow" />
        <button
          type="button"
          className="btn"
          onClick={() => {
            save.reset()
            setOpen(true)
          }}
        >
          <Pencil aria-hidden="true" />
          Change
        </button>
      </div>
      {toolFees.length === 0 ? (
        <p className={styles.note}>No tool has a fee here. A fee that a span itself reports is counted all the same.</p>
      ) : (
        <div className={styles.scroll}>
          <table className={`${styles.plain} num`} aria-label="Tool fees">
            <thead>
              <tr>
                <th scope="col">Tool</th>
                <th scope="col" className={styles.right}>
                  A call
                </th>
                <th scope="col">Valid from</th>
              </tr>
            </thead>
            <tbody>
              {toolFees.map((fee) => (
                <tr key={`${fee.tool} ${fee.validFrom ?? ''}`}>
                  <th scope="row" className="mono">
                    {fee.tool}
                  </th>
                  <td className={styles.right}>{formatUsd(fee.usdPerCall)}</td>
                  <td>{fee.validFrom ?? <span className="muted">ever</span>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {isOpen && <FeesDialog settings={settings} save={save} onClose={() => setOpen(false)} />}
    </section>
  )
}

/** One fee a line, as people paste them: `web_search 0.01`, `maps.* 0.005 2026-11-01`. */
export const parseFees = (text: string): PriceSettings['toolFees'] | string => {
  const fees: PriceSettings['toolFees'] = []
  for (const line of text
    .split('\n')
    .map((one) => one.trim())
    .filter(Boolean)) {
    const match = /^(.+?)\s+(\d+(?:\.\d+)?)(?:\s+(\d{4}-\d{2}-\d{2}\S*))?$/.exec(line)
    if (!match) return line
    fees.push({ tool: match[1]!, usdPerCall: match[2]!, ...(match[3] ? { validFrom: match[3] } : {}) })
  }
  return fees
}

const feesText = (fees: PriceSettings['toolFees']): string =>
  fees.map(({ tool, usdPerCall, validFrom }) => [tool, usdPerCall, validFrom].filter(Boolean).join(' ')).join('\n')

const FeesDialog = ({ settings, save, onClose }: Props & { readonly onClose: () => void }) => {
  const submit = (data: FormData) => {
    const toolFees = parseFees(String(data.get('fees') ?? ''))
    if (typeof toolFees === 'string') return
    save.mutate(
      {
        ...settings,
        toolFees,
        reviewUsdPerMinute: String(data.get('review') ?? '0').trim(),
        wins: data.get('wins') as PriceSettings['wins'],
      },
      { onSuccess: onClose },
    )
  }
  return (
    <FormDialog
      title="Tool fees and human review"
      action="Save"
      pending={save.isPending}
      error={save.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field
        label="Tool fees, one a line: tool, US dollars a call, and from which day if not ever"
        hint="web_search 0.01, or maps.* 0.005 2026-11-01"
      >
        <textarea
          className="input mono"
          name="fees"
          rows={6}
          defaultValue={feesText(settings.toolFees)}
          spellCheck={false}
          onChange={(event) => {
            const parsed = parseFees(event.target.value)
            event.target.setCustomValidity(typeof parsed === 'string' ? `Not understood: ${parsed.slice(0, 80)}` : '')
          }}
        />
      </Field>
      <div className={form.row}>
        <Field label="A minute of human review, US dollars">
          <input
            className="input num"
            name="review"
            defaultValue={settings.reviewUsdPerMinute}
            required
            inputMode="decimal"
            pattern="\d+(\.\d{1,9})?"
          />
        </Field>
        <Field label="Where a call has both costs, this counts">
          <select className="input" name="wins" defaultValue={settings.wins}>
            <option value="reported">what the sender reported</option>
            <option value="computed">what the price book computes</option>
          </select>
        </Field>
      </div>
    </FormDialog>
  )
}
