import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { CostScope } from '../api/cost-queries.ts'
import { type CostsSearch, costFiltersOf } from '../search/costs.ts'
import { useScope } from '../search/use-scope.ts'
import { useNow } from '../util/now.ts'
import { resolveRange, type TimeRange } from '../util/time-range.ts'
import { previousPeriod } from './periods.ts'

const route = getRouteApi('/costs')

export interface CostView {
  readonly search: CostsSearch
  readonly range: TimeRange
  readonly fromMs: number
  readonly toMs: number
  /** Range, environment, filters and moment of the ledger, as the API takes them. */
  readonly scope: CostScope
  readonly previous: CostScope
  readonly change: (next: CostsSearch) => void
}

const MINUTE_MS = 60_000

/** What the address of the page asks for. */
export const useCostView = (): CostView => {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { range, env } = useScope()
  // Relative ranges move; a new question every ten seconds would be for nobody.
  const nowMs = Math.floor(useNow() / MINUTE_MS) * MINUTE_MS
  const { asOf } = search
  const filters = JSON.stringify(costFiltersOf(search))
  return useMemo(() => {
    const common = { env, ...(JSON.parse(filters) as CostScope), as_of: asOf }
    return {
      search,
      range,
      ...resolveRange(range, nowMs + MINUTE_MS),
      scope: { ...range, ...common },
      previous: { ...previousPeriod(range, nowMs), ...common },
      change: (next) => void navigate({ search: (old) => ({ ...old, ...next }) }),
    }
  }, [search, range, env, filters, asOf, nowMs, navigate])
}
