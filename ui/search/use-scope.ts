import { useMatches, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { monthStart } from '../costs/periods.ts'
import { DEFAULT_RANGE, isLive, previousRange, type TimeRange } from '../util/time-range.ts'
import type { ScopeSearch } from './scope.ts'

interface Scope {
  readonly range: TimeRange
  readonly env: readonly string[]
  /** As the API takes it: spread it into a query. */
  readonly query: ScopeSearch
  /** The same for the period of equal length before, for comparison. */
  readonly previous: ScopeSearch
  /** The range ends now: figures may be asked for again. */
  readonly live: boolean
}

const NO_ENV: readonly string[] = []

/** The time range and environment of the page, from the URL. */
export const useScope = (): Scope => {
  const { from, to, env = NO_ENV } = useSearch({ strict: false }) as ScopeSearch
  const fallback = useDefaultFrom()
  return useMemo(() => {
    const range: TimeRange = from ? { from, ...(to ? { to } : {}) } : { from: fallback }
    return {
      range,
      env,
      query: { ...range, env },
      previous: { ...previousRange(range, Date.now()), env },
      live: isLive(range),
    }
  }, [from, to, env, fallback])
}

/** Where the range begins if the address does not say: the month's first day on the pages about money, else a week ago. */
export const useDefaultFrom = (): string => {
  const isMonth = useMatches({ select: (matches) => matches.at(-1)?.staticData?.range === 'month' })
  return isMonth ? monthStart(Date.now()) : DEFAULT_RANGE.from
}
