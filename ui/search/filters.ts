import { OUTCOMES, type Outcome } from '../../schema/model/kind.ts'
import { compact, type RawSearch, readChoice, readList, readNumber, readText } from './codec.ts'

/** The filters that choose runs (`env` and the range are the scope's). Names are the API's, so a page's URL and its request agree. */
export interface FilterSearch {
  readonly agent?: readonly string[]
  readonly version?: readonly string[]
  readonly outcome?: readonly Outcome[]
  readonly model?: readonly string[]
  readonly tool?: readonly string[]
  readonly guardrail?: readonly string[]
  readonly user?: readonly string[]
  readonly team?: readonly string[]
  readonly customer?: readonly string[]
  readonly session?: readonly string[]
  readonly experiment?: readonly string[]
  readonly score?: readonly string[]
  readonly errors?: 'true' | 'false'
  readonly minCostUsd?: number
  readonly q?: string
}

/** Filters that hold a list of values: those that facets offer and chips show. */
export const LIST_FILTERS = [
  'agent',
  'version',
  'outcome',
  'model',
  'tool',
  'guardrail',
  'team',
  'customer',
  'user',
  'session',
  'experiment',
  'score',
] as const
export type ListFilter = (typeof LIST_FILTERS)[number]
export const isListFilter = (field: string): field is ListFilter => LIST_FILTERS.some((name) => name === field)

export const FILTER_LABELS: Readonly<Record<ListFilter, string>> = {
  agent: 'Agent',
  version: 'Version',
  outcome: 'Outcome',
  model: 'Model',
  tool: 'Tool',
  guardrail: 'Guardrail',
  team: 'Team',
  customer: 'Customer',
  user: 'User',
  session: 'Session',
  experiment: 'Experiment',
  score: 'Score',
}

export const validateFilters = (search: RawSearch): FilterSearch => {
  const lists = Object.fromEntries(LIST_FILTERS.map((name) => [name, readList(search[name])]))
  const outcome = readList(search.outcome)?.filter((one): one is Outcome => OUTCOMES.some((known) => known === one))
  const minCostUsd = readNumber(search.minCostUsd)
  return compact({
    ...lists,
    outcome: outcome?.length ? outcome : undefined,
    errors: readChoice(search.errors, ['true', 'false']),
    minCostUsd: minCostUsd !== undefined && minCostUsd > 0 ? minCostUsd : undefined,
    q: readText(search.q),
  })
}

/** With a value added to a list filter, or taken out where it was in: what a click on a facet does. */
export const toggleFilter = <T extends FilterSearch>(search: T, field: ListFilter, value: string): T => {
  const values: readonly string[] = search[field] ?? []
  const next = values.includes(value) ? values.filter((one) => one !== value) : [...values, value]
  return compact({ ...search, [field]: next.length > 0 ? next : undefined })
}

export const clearFilters = <T extends FilterSearch>(search: T): T =>
  compact({
    ...search,
    ...Object.fromEntries([...LIST_FILTERS, 'errors', 'minCostUsd', 'q'].map((key) => [key, undefined])),
  })

export const countFilters = (search: FilterSearch): number =>
  LIST_FILTERS.reduce((sum, field) => sum + (search[field]?.length ?? 0), 0) +
  [search.errors, search.minCostUsd, search.q].filter((value) => value !== undefined).length
