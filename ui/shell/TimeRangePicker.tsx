import { useNavigate } from '@tanstack/react-router'
import { ChevronDown } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components'
import overlay from '../components/overlay.module.css'
import { useDefaultFrom, useScope } from '../search/use-scope.ts'
import { useNow } from '../util/now.ts'
import { setZone, usePreferences } from '../util/preferences.ts'
import { parseTimeExpression } from '../util/time-expression.ts'
import { describeRange } from '../util/time-format.ts'
import { PRESETS, type TimeRange } from '../util/time-range.ts'
import styles from './TimeRangePicker.module.css'

/** The range of the page: typed in words, or one of the usual ones. */
export const TimeRangePicker = () => {
  const { range } = useScope()
  const { zone } = usePreferences()
  const text = describeRange(range, zone, useNow())
  return (
    <DialogTrigger>
      <Button className="btn num" aria-label={`Time range: ${text}`}>
        {text}
        <ChevronDown className={overlay.caret} aria-hidden="true" />
      </Button>
      <Popover className={overlay.popover ?? ''} placement="bottom end" offset={4}>
        <Dialog aria-label="Time range" className={styles.dialog ?? ''}>
          {({ close }) => <RangeForm range={range} close={close} />}
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}

const RangeForm = ({ range, close }: { readonly range: TimeRange; readonly close: () => void }) => {
  const navigate = useNavigate()
  const { zone } = usePreferences()
  const defaultFrom = useDefaultFrom()
  const [typed, setTyped] = useState('')
  const parsed = parseTimeExpression(typed, zone, Date.now())
  const choose = (next: TimeRange) => {
    const isDefault = next.from === defaultFrom && !next.to
    void navigate({
      to: '.',
      search: (search) => ({ ...search, from: isDefault ? undefined : next.from, to: next.to }),
    })
    close()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (parsed) choose(parsed)
  }
  return (
    <>
      <form onSubmit={submit} className={styles.form}>
        <input
          className="input"
          aria-label="Time range"
          aria-describedby="range-reading"
          aria-invalid={typed !== '' && !parsed}
          placeholder="last 7d, or 2026-11-01 to 15"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          // biome-ignore lint/a11y/noAutofocus: the dialog was opened to type or choose; focus belongs into it.
          autoFocus
          spellCheck={false}
          autoComplete="off"
        />
        <button type="submit" className="btn" disabled={!parsed}>
          Apply
        </button>
        <p id="range-reading" className={`small ${typed !== '' && !parsed ? 'bad' : 'muted'}`} role="status">
          {readingOf(typed, parsed, zone)}
        </p>
      </form>
      <ul className={styles.presets}>
        {PRESETS.map((preset) => (
          <li key={preset.from}>
            <button
              type="button"
              className={overlay.option}
              aria-pressed={preset.from === range.from && !range.to}
              onClick={() => choose(preset)}
            >
              {describeRange(preset, zone)}
            </button>
          </li>
        ))}
      </ul>
      <button
        type="button"
        className={`${styles.zone} small`}
        onClick={() => setZone(zone === 'UTC' ? 'local' : 'UTC')}
      >
        Times in <b>{zone === 'UTC' ? 'UTC' : localZone()}</b> · switch to{' '}
        {zone === 'UTC' ? `${localZone()} (local)` : 'UTC'}
      </button>
    </>
  )
}

const localZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone

const readingOf = (typed: string, parsed: TimeRange | null, zone: 'local' | 'UTC') => {
  if (typed === '') return 'Type a range: today, 24h, last 3 weeks, 1 nov to 15 nov, 14:00 to 16:30'
  return parsed ? describeRange(parsed, zone) : 'Not understood yet'
}
