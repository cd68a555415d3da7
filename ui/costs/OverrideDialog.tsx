import { useState } from 'react'
import type { PriceOverride } from '../../schema/api/prices.ts'
import { USAGE_BUCKETS, type UsageBucket } from '../../schema/model/usage.ts'
import form from '../components/FormDialog.module.css'
import { Field, FormDialog } from '../components/FormDialog.tsx'
import { BUCKET_LABELS } from './bucket-words.ts'
import type { Editing } from './PricesTab.tsx'

interface Props {
  readonly editing: Editing
  readonly pending: boolean
  readonly error: unknown
  readonly onSave: (price: PriceOverride) => void
  readonly onClose: () => void
}

/** Nearly every price is these four; the others open on demand. */
const USUAL: readonly UsageBucket[] = ['inputUncached', 'cacheRead', 'outputText', 'reasoning']
const AMOUNT = '\\d+(\\.\\d{1,9})?'

export const OverrideDialog = ({ editing, pending, error, onSave, onClose }: Props) => {
  const { price } = editing
  const given = price.perMillionTokens ?? {}
  const [all, setAll] = useState(Object.keys(given).some((bucket) => !USUAL.includes(bucket as UsageBucket)))
  const [currency, setCurrency] = useState(price.currency ?? 'USD')
  const submit = (data: FormData) => {
    const text = (name: string) => String(data.get(name) ?? '').trim()
    const validFrom = text('validFrom')
    onSave({
      provider: text('provider'),
      model: text('model'),
      serviceTier: text('serviceTier') as PriceOverride['serviceTier'],
      fromInputTokens: Number(text('fromInputTokens') || 0),
      ...(validFrom ? { validFrom: `${validFrom}T00:00:00Z` } : {}),
      currency: currency.toUpperCase(),
      usdPerUnit: currency.toUpperCase() === 'USD' ? '1' : text('usdPerUnit'),
      perMillionTokens: Object.fromEntries(
        USAGE_BUCKETS.flatMap((bucket) => {
          const amount = text(bucket)
          return amount === '' ? [] : [[bucket, amount]]
        }),
      ),
      source: text('source'),
    })
  }
  return (
    <FormDialog
      title={editing.index === null ? 'New price' : `Price of ${price.model}`}
      action="Save"
      pending={pending}
      error={error}
      onSubmit={submit}
      onClose={onClose}
      wide
    >
      <div className={form.row}>
        <Field label="Provider" hint="openai, anthropic, aws.bedrock …; * for every one">
          <input
            className="input mono"
            name="provider"
            defaultValue={price.provider}
            required
            maxLength={100}
            autoComplete="off"
          />
        </Field>
        <Field label="Model" hint="Its exact name, or a pattern with *">
          <input
            className="input mono"
            name="model"
            defaultValue={price.model}
            required
            maxLength={200}
            autoComplete="off"
          />
        </Field>
      </div>
      <div className={form.row}>
        <Field label="Service tier">
          <select className="input" name="serviceTier" defaultValue={price.serviceTier ?? 'standard'}>
            {['standard', 'batch', 'flex', 'priority', 'fast'].map((tier) => (
              <option key={tier} value={tier}>
                {tier}
              </option>
            ))}
            <option value="*">every tier</option>
          </select>
        </Field>
        <Field label="From input tokens of a call">
          <input
            className="input num"
            name="fromInputTokens"
            defaultValue={price.fromInputTokens ?? 0}
            inputMode="numeric"
            pattern="\d+"
            title="A whole number; 0 for every call"
          />
        </Field>
        <Field label="Valid from (UTC day)" hint="Empty: ever">
          <input className="input num" type="date" name="validFrom" defaultValue={price.validFrom?.slice(0, 10)} />
        </Field>
      </div>
      <fieldset className={form.form} style={{ padding: 0 }}>
        <legend className="small muted">
          {currency || 'USD'} for a million tokens; what is empty is taken from the built-in book
        </legend>
        <div className={form.row}>
          {USAGE_BUCKETS.filter((bucket) => all || USUAL.includes(bucket)).map((bucket) => (
            <Field key={bucket} label={BUCKET_LABELS[bucket]}>
              <input
                className="input num"
                name={bucket}
                defaultValue={given[bucket]}
                inputMode="decimal"
                pattern={AMOUNT}
                title="An amount such as 2.50"
                autoComplete="off"
              />
            </Field>
          ))}
        </div>
        {!all && (
          <div>
            <button type="button" className="btn" onClick={() => setAll(true)}>
              Cache writes, audio, image
            </button>
          </div>
        )}
      </fieldset>
      <div className={form.row}>
        <Field label="Currency">
          <input
            className="input mono"
            name="currency"
            value={currency}
            onChange={(event) => setCurrency(event.target.value)}
            pattern="[A-Za-z]{3}"
            title="Three letters, such as EUR"
            required
          />
        </Field>
        {currency.toUpperCase() !== 'USD' && (
          <Field label={`One ${currency.toUpperCase() || 'unit'} in US dollars`}>
            <input
              className="input num"
              name="usdPerUnit"
              defaultValue={price.usdPerUnit ?? '1'}
              required
              inputMode="decimal"
              pattern="\d+(\.\d+)?"
            />
          </Field>
        )}
        <Field label="Source" hint="A contract, a page: whoever asks later will thank you">
          <input className="input" name="source" defaultValue={price.source} maxLength={500} autoComplete="off" />
        </Field>
      </div>
    </FormDialog>
  )
}
