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

export const INGEST_TABS = ['problems', 'sources', 'unread'] as const
export type IngestTab = (typeof INGEST_TABS)[number]
export const INGEST_CHARTS = ['received', 'lag', 'spool'] as const
export type IngestChart = (typeof INGEST_CHARTS)[number]
export interface IngestSearch {
  readonly tab?: IngestTab
  readonly chart?: IngestChart
  /** The chart as figures. */
  readonly view?: 'table'
  /** What is open: `rejected.bad_trace_id`. */
  readonly reason?: string
}
export const validateIngestSearch = (search: RawSearch): IngestSearch =>
  compact({
    tab: readChoice(search.tab, INGEST_TABS),
    chart: readChoice(search.chart, INGEST_CHARTS),
    view: readChoice(search.view, ['table']),
    reason: readText(search.reason),
  })

const MAPPING_FATES = ['used', 'lost', 'recognised', 'unknown'] as const
export type MappingFate = (typeof MAPPING_FATES)[number]
export interface MappingSearch {
  /** A stored span; absent: what is pasted, which is not for an address. */
  readonly trace?: string
  readonly span?: string
  readonly show?: MappingFate
}
export const validateMappingSearch = (search: RawSearch): MappingSearch =>
  compact({
    trace: readText(search.trace),
    span: readText(search.span),
    show: readChoice(search.show, MAPPING_FATES),
  })

export interface SortState {
  readonly id: string
  readonly desc: boolean
}
export const parseSort = (sort: string): SortState =>
  sort.startsWith('-') ? { id: sort.slice(1), desc: true } : { id: sort, desc: false }
export const stringifySort = ({ id, desc }: SortState): string => (desc ? `-${id}` : id)
