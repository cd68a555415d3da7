import { isTimeRange } from '../util/time-range.ts'
import { compact, type RawSearch, readList, readText } from './codec.ts'

/** What every page shares and every link keeps: the time range and the environment. Absent: the default range, every environment. */
export interface ScopeSearch {
  readonly from?: string
  readonly to?: string
  readonly env?: readonly string[]
}

export const SCOPE_KEYS = ['from', 'to', 'env'] as const

export const validateScope = (search: RawSearch): ScopeSearch => {
  const from = readText(search.from)
  const to = readText(search.to)
  const range = from !== undefined && isTimeRange({ from, ...(to ? { to } : {}) }) ? { from, to } : {}
  return compact({ ...range, env: readList(search.env) })
}
