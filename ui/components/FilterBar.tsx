import { Search, X } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import {
  clearFilters,
  countFilters,
  FILTER_LABELS,
  type FilterSearch,
  LIST_FILTERS,
  type ListFilter,
  toggleFilter,
} from '../search/filters.ts'
import styles from './FilterBar.module.css'

interface Props<T extends FilterSearch> {
  readonly search: T
  readonly onChange: (search: T, options?: { readonly replace: boolean }) => void
  readonly placeholder: string
  /** What else stands in the bar, at its right. */
  readonly children?: ReactNode
}

/** Text search, and every filter that holds as a chip that can be taken off. */
export const FilterBar = <T extends FilterSearch>({ search, onChange, placeholder, children }: Props<T>) => (
  <search className={styles.bar}>
    <TextFilter
      value={search.q ?? ''}
      placeholder={placeholder}
      onChange={(q) => onChange({ ...search, q: q || undefined }, { replace: true })}
    />
    <button
      type="button"
      className={`chip ${styles.toggle}`}
      aria-pressed={search.errors === 'true'}
      onClick={() => onChange({ ...search, errors: search.errors === 'true' ? undefined : 'true' })}
    >
      with errors
    </button>
    <FilterChips search={search} onChange={onChange} />
    <span className="grow" />
    {children}
  </search>
)

const FilterChips = <T extends FilterSearch>({ search, onChange }: Pick<Props<T>, 'search' | 'onChange'>) => (
  <>
    {LIST_FILTERS.flatMap((field) =>
      (search[field] ?? []).map((value: string) => (
        <Chip
          key={`${field} ${value}`}
          field={field}
          value={value}
          onRemove={() => onChange(toggleFilter(search, field, value))}
        />
      )),
    )}
    {search.minCostUsd !== undefined && (
      <button
        type="button"
        className={`chip ${styles.chosen} num`}
        onClick={() => onChange({ ...search, minCostUsd: undefined })}
      >
        cost at least ${search.minCostUsd} <X aria-label="remove" />
      </button>
    )}
    {countFilters(search) > 1 && (
      <button type="button" className={`${styles.clear} small`} onClick={() => onChange(clearFilters(search))}>
        Clear all
      </button>
    )}
  </>
)

const Chip = ({
  field,
  value,
  onRemove,
}: {
  readonly field: ListFilter
  readonly value: string
  readonly onRemove: () => void
}) => (
  <button
    type="button"
    className={`chip ${styles.chosen}`}
    onClick={onRemove}
    title={`${FILTER_LABELS[field]}: ${value}`}
  >
    <span className={styles.field}>{FILTER_LABELS[field].toLowerCase()}</span>
    <span className="cut">{value}</span>
    <X aria-label="remove" />
  </button>
)

const TYPING_MS = 250

/** Typing is in the field at once and in the URL a moment after the last key, without a history entry per letter. */
const TextFilter = ({
  value,
  placeholder,
  onChange,
}: {
  readonly value: string
  readonly placeholder: string
  readonly onChange: (q: string) => void
}) => {
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing starts the timer, not a new callback.
  useEffect(() => {
    if (typed === value) return
    const timer = setTimeout(() => onChange(typed), TYPING_MS)
    return () => clearTimeout(timer)
  }, [typed])
  return (
    <label className={styles.text}>
      <Search className="i" aria-hidden="true" />
      <input
        data-filter=""
        type="search"
        aria-label={placeholder}
        placeholder={placeholder}
        value={typed}
        maxLength={500}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onChange(typed)
          if (event.key !== 'Escape') return
          // Browsers empty a search field on Escape; here it only leaves it.
          event.preventDefault()
          event.currentTarget.blur()
        }}
      />
      <kbd>/</kbd>
    </label>
  )
}
