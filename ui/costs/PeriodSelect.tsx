import { useNavigate } from '@tanstack/react-router'
import { ChoiceSelect } from '../components/ChoiceSelect.tsx'
import { describeRange } from '../util/time-format.ts'
import type { TimeRange } from '../util/time-range.ts'
import { namedPeriods } from './periods.ts'

const OTHER = 'other'

const isPeriod = (a: TimeRange, b: TimeRange) =>
  Date.parse(a.from) === Date.parse(b.from) && (a.to ?? '') === (b.to ?? '')

/** As a title says it: "this month", "last 7 d". */
export const periodName = (range: TimeRange): string =>
  namedPeriods(Date.now())
    .find((one) => isPeriod(one.range, range))
    ?.label.toLowerCase() ?? describeRange(range, 'UTC')

/** Months and quarters by name; any other time is the picker's in the header. */
export const PeriodSelect = ({ range }: { readonly range: TimeRange }) => {
  const navigate = useNavigate()
  const periods = namedPeriods(Date.now())
  const value = periods.find((one) => isPeriod(one.range, range))?.id ?? OTHER
  return (
    <ChoiceSelect
      label="Period"
      value={value}
      {...(value === OTHER ? { valueText: describeRange(range, 'UTC') } : {})}
      choices={periods.map(({ id, label }) => ({ id, label }))}
      onChange={(id) => {
        const period = periods.find((one) => one.id === id)!
        void navigate({
          to: '.',
          search: (old) => ({
            ...old,
            from: id === 'month' ? undefined : period.range.from,
            to: period.range.to,
            interval: undefined,
          }),
        })
      }}
    />
  )
}
