import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import type { Budget } from '../../schema/api/budgets.ts'
import { DIMENSIONS, type DimensionName } from '../../schema/model/dimension.ts'
import form from '../components/FormDialog.module.css'
import { Field, FormDialog } from '../components/FormDialog.tsx'

interface Props {
  /** Undefined: a new one. */
  readonly budget: Budget | undefined
  readonly taken: readonly string[]
  readonly pending: boolean
  readonly error: unknown
  readonly onSave: (budget: Budget) => void
  readonly onClose: () => void
}

/** What a budget can be for: what is known of a call while it happens. */
const SCOPES = [
  'team',
  'costCenter',
  'agent',
  'version',
  'workflow',
  'model',
  'provider',
  'customer',
  'env',
  'user',
  'tool',
  'component',
] as const satisfies readonly DimensionName[]
type ScopeName = (typeof SCOPES)[number]

interface ScopeLine {
  readonly id: number
  readonly name: ScopeName
  readonly value: string
}

export const BudgetDialog = ({ budget, taken, pending, error, onSave, onClose }: Props) => {
  const [metric, setMetric] = useState<Budget['metric']>(budget?.metric ?? 'usd')
  const [scope, setScope] = useState<readonly ScopeLine[]>(() =>
    Object.entries(budget?.scope ?? {}).map(([name, value], id) => ({ id, name: name as ScopeName, value })),
  )
  const change = (id: number, next: Partial<ScopeLine>) =>
    setScope(scope.map((line) => (line.id === id ? { ...line, ...next } : line)))
  const submit = (data: FormData) => {
    const text = (name: string) => String(data.get(name) ?? '').trim()
    onSave({
      name: text('name'),
      metric,
      period: text('period') as Budget['period'],
      limit: text('limit'),
      thresholds: [
        ...new Set(
          text('thresholds')
            .split(/[\s,;%]+/)
            .filter(Boolean)
            .map((one) => Number(one) / 100),
        ),
      ]
        .filter((one) => one > 0)
        .toSorted((a, b) => a - b),
      scope: Object.fromEntries(
        scope.filter(({ value }) => value.trim() !== '').map(({ name, value }) => [name, value.trim()]),
      ),
    })
  }
  return (
    <FormDialog
      title={budget ? `Budget ${budget.name}` : 'New budget'}
      action={budget ? 'Save' : 'Create'}
      pending={pending}
      error={error}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field label="Name">
        <input
          className="input"
          name="name"
          defaultValue={budget?.name}
          required
          maxLength={100}
          autoComplete="off"
          // biome-ignore lint/a11y/noAutofocus: the dialog was opened to type.
          autoFocus
          onChange={(event) => {
            const isTaken = event.target.value.trim() !== budget?.name && taken.includes(event.target.value.trim())
            event.target.setCustomValidity(isTaken ? 'Another budget has this name.' : '')
          }}
        />
      </Field>
      <div className={form.row}>
        <Field label="Limit of">
          <select
            className="input"
            name="metric"
            value={metric}
            onChange={(event) => setMetric(event.target.value as Budget['metric'])}
          >
            <option value="usd">US dollars</option>
            <option value="tokens">tokens</option>
            <option value="runs">runs</option>
          </select>
        </Field>
        <Field label="Limit">
          <input
            className="input num"
            name="limit"
            defaultValue={budget?.limit}
            required
            inputMode="decimal"
            pattern="\d+(\.\d+)?"
            title="A number, such as 1200 or 49.50"
            autoComplete="off"
          />
        </Field>
        <Field label="For each">
          <select className="input" name="period" defaultValue={budget?.period ?? 'month'}>
            <option value="day">day</option>
            <option value="week">week</option>
            <option value="month">month</option>
          </select>
        </Field>
      </div>
      <Field label="Tell at, in percent of the limit" hint="And as soon as the forecast crosses the limit.">
        <input
          className="input num"
          name="thresholds"
          defaultValue={(budget?.thresholds ?? [0.5, 0.8, 1]).map((one) => Number((one * 100).toFixed(3))).join(', ')}
          pattern="[\d.,; %]+"
          title="Percentages, such as 50, 80, 100"
          autoComplete="off"
        />
      </Field>
      <fieldset className={form.form} style={{ padding: 0 }}>
        <legend className="small muted">Counts what was spent by</legend>
        {scope.length === 0 && <p className="muted">the whole project</p>}
        {scope.map(({ id, name, value }) => (
          <div key={id} className={form.row} style={{ gridTemplateColumns: '140px minmax(0, 1fr) 28px', gap: 8 }}>
            <select
              className="input"
              aria-label="Dimension"
              value={name}
              onChange={(event) => change(id, { name: event.target.value as ScopeName })}
            >
              {SCOPES.map((one) => (
                <option key={one} value={one} disabled={one !== name && scope.some((line) => line.name === one)}>
                  {DIMENSIONS[one].label}
                </option>
              ))}
            </select>
            <input
              className="input"
              aria-label={`Value of ${DIMENSIONS[name].label.toLowerCase()}`}
              value={value}
              required
              autoComplete="off"
              onChange={(event) => change(id, { value: event.target.value })}
            />
            <button
              type="button"
              className="btn plain"
              style={{ padding: '0 6px' }}
              aria-label={`Take ${DIMENSIONS[name].label.toLowerCase()} off`}
              onClick={() => setScope(scope.filter((line) => line.id !== id))}
            >
              <X aria-hidden="true" />
            </button>
          </div>
        ))}
        {scope.length < SCOPES.length && (
          <div>
            <button
              type="button"
              className="btn"
              onClick={() => {
                const name = SCOPES.find((one) => scope.every((line) => line.name !== one))!
                setScope([...scope, { id: Math.max(0, ...scope.map((line) => line.id)) + 1, name, value: '' }])
              }}
            >
              <Plus aria-hidden="true" />
              Restrict
            </button>
          </div>
        )}
      </fieldset>
    </FormDialog>
  )
}
