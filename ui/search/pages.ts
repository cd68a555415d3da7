import { compact, type RawSearch, readChoice, readText } from './codec.ts'
import { type FilterSearch, validateFilters } from './filters.ts'

export const SESSION_SORTS = ['-end', '-costUsd', '-durationMs', '-errors'] as const
export type SessionSort = (typeof SESSION_SORTS)[number]
export interface SessionsSearch extends FilterSearch {
  readonly sort?: SessionSort
}
export const validateSessionsSearch = (search: RawSearch): SessionsSearch =>
  compact({ ...validateFilters(search), sort: readChoice(search.sort, SESSION_SORTS) })

/** A page whose rows are all here sorts by any of its columns: `sort=spend` rising, `sort=-spend` falling. */
export interface ReportSearch extends FilterSearch {
  readonly sort?: string
  readonly show?: string
}
export const validateReportSearch = (search: RawSearch): ReportSearch =>
  compact({ ...validateFilters(search), sort: readText(search.sort), show: readText(search.show) })

export interface SortState {
  readonly id: string
  readonly desc: boolean
}
export const parseSort = (sort: string): SortState =>
  sort.startsWith('-') ? { id: sort.slice(1), desc: true } : { id: sort, desc: false }
export const stringifySort = ({ id, desc }: SortState): string => (desc ? `-${id}` : id)
