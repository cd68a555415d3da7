import { useState } from 'react'
import type { Facet } from '../../schema/api/shapes.ts'
import { FILTER_LABELS, type FilterSearch, isListFilter, type ListFilter } from '../search/filters.ts'
import { formatCompact, formatCount } from '../util/format.ts'
import styles from './Facets.module.css'

interface Props {
  /** Undefined while the first answer is awaited. */
  readonly facets: readonly Facet[] | undefined
  readonly search: FilterSearch
  readonly onToggle: (field: ListFilter, value: string) => void
}

const SHOWN = 6

/** Values to filter by, with counts of runs. What is chosen stays on top, even where nothing is left of it. */
export const Facets = ({ facets, search, onToggle }: Props) => {
  if (!facets) return <FacetsSkeleton />
  const groups = facets.flatMap((facet) =>
    isListFilter(facet.field) ? [{ field: facet.field, values: facet.values }] : [],
  )
  return (
    <div className={styles.facets}>
      {groups.map(({ field, values }) => {
        const chosen: readonly string[] = search[field] ?? []
        const gone = chosen.filter((value) => !values.some((one) => one.value === value))
        const all = [...gone.map((value) => ({ value, count: 0 })), ...values.filter((one) => one.value !== '')]
        if (all.length === 0) return null
        return <Group key={field} field={field} values={all} chosen={chosen} onToggle={onToggle} />
      })}
    </div>
  )
}

interface GroupProps {
  readonly field: ListFilter
  readonly values: readonly { readonly value: string; readonly count: number }[]
  readonly chosen: readonly string[]
  readonly onToggle: Props['onToggle']
}

const Group = ({ field, values, chosen, onToggle }: GroupProps) => {
  const [all, setAll] = useState(false)
  const sorted = values.toSorted(
    (a, b) => Number(chosen.includes(b.value)) - Number(chosen.includes(a.value)) || b.count - a.count,
  )
  const top = Math.max(1, ...values.map((one) => one.count))
  const shown = all ? sorted : sorted.slice(0, SHOWN)
  return (
    <section aria-label={FILTER_LABELS[field]}>
      <h3 className="eyebrow">{FILTER_LABELS[field]}</h3>
      <ul>
        {shown.map(({ value, count }) => (
          <li key={value}>
            <button
              type="button"
              className={`${styles.value} num`}
              aria-pressed={chosen.includes(value)}
              onClick={() => onToggle(field, value)}
              title={value}
            >
              <i className={styles.bar} style={{ width: `${(count / top) * 100}%` }} aria-hidden="true" />
              <span className="cut">{field === 'outcome' ? value.replaceAll('_', ' ') : value}</span>
              <span className={styles.count}>{formatCompact(count)}</span>
            </button>
          </li>
        ))}
      </ul>
      {values.length > SHOWN && (
        <button type="button" className={`${styles.more} small`} aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'fewer' : `${formatCount(values.length - SHOWN)} more`}
        </button>
      )}
    </section>
  )
}

const FacetsSkeleton = () => (
  <div className={styles.facets} aria-hidden="true">
    {[5, 2, 4, 3].map((lines, group) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: nothing tells one skeleton from another.
      <section key={group}>
        <span className="skeleton" style={{ width: 56, height: 9 }} />
        <ul>
          {Array.from({ length: lines }, (_, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: nothing tells one skeleton from another.
            <li key={i} className={styles.value}>
              <span className="skeleton" style={{ width: `${80 - i * 12}%`, height: 11 }} />
            </li>
          ))}
        </ul>
      </section>
    ))}
  </div>
)
