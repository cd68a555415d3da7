import type { CostInterval } from '../../schema/api/costs.ts'
import { DIMENSION_NAMES, type DimensionName } from '../../schema/model/dimension.ts'
import { compact, type RawSearch, readChoice, readList, readText } from './codec.ts'
import { type FilterSearch, LIST_FILTERS, validateFilters } from './filters.ts'

export const COST_TABS = ['pivot', 'outcomes', 'budgets', 'prices', 'reconciliation', 'savings'] as const
export type CostTab = (typeof COST_TABS)[number]

/** Filters that only money can be told apart by; the others are those of every page. */
const COST_FILTERS = ['costCenter', 'workflow', 'provider', 'component', 'callVersion', 'run'] as const
type CostFilter = (typeof COST_FILTERS)[number]

const INTERVALS: readonly CostInterval[] = ['hour', 'day', 'week', 'month']

export interface CostsSearch extends FilterSearch {
  readonly tab?: CostTab
  readonly costCenter?: readonly string[]
  readonly workflow?: readonly string[]
  readonly provider?: readonly string[]
  readonly component?: readonly string[]
  /** Of the agent that made the call; `version` is the run's. */
  readonly callVersion?: readonly string[]
  readonly run?: readonly string[]
  /** One or two dimensions, the first one outside. */
  readonly by?: readonly DimensionName[]
  readonly interval?: CostInterval
  /** The chart as figures. */
  readonly view?: 'table'
  /** `previous`: beside the period before. */
  readonly compare?: 'previous'
  /** The ledger as it stood then, ISO 8601. */
  readonly asOf?: string
  readonly sort?: string
  /** First keys whose rows are folded. */
  readonly fold?: readonly string[]
  /** Reconciliation: `2026-11`. */
  readonly month?: string
  /** What-if: `openai/gpt-4.1-mini`. */
  readonly model2?: string
}

export const validateCostsSearch = (search: RawSearch): CostsSearch => {
  const { errors: _errors, minCostUsd: _minCostUsd, q: _q, ...filters } = validateFilters(search)
  const by = readList(search.by)?.flatMap((name) => DIMENSION_NAMES.find((known) => known === name) ?? [])
  const asOf = readText(search.asOf)
  const month = readText(search.month)
  return compact({
    ...filters,
    ...Object.fromEntries(COST_FILTERS.map((name) => [name, readList(search[name])])),
    tab: readChoice(search.tab, COST_TABS),
    by: by?.length ? by.slice(0, 2) : undefined,
    interval: readChoice(search.interval, INTERVALS),
    view: readChoice(search.view, ['table']),
    compare: readChoice(search.compare, ['previous']),
    asOf: asOf !== undefined && Number.isFinite(Date.parse(asOf)) ? asOf : undefined,
    sort: readText(search.sort),
    fold: readList(search.fold),
    month: month !== undefined && /^\d{4}-(0[1-9]|1[0-2])$/.test(month) ? month : undefined,
    model2: readText(search.model2),
  })
}

/** Every filter that a cost question takes: shown as chips, sent to the API under the same name. */
export const COST_FILTER_NAMES = [
  ...LIST_FILTERS.filter((name) => !['guardrail', 'experiment', 'score'].includes(name)),
  ...COST_FILTERS,
] as readonly (Exclude<(typeof LIST_FILTERS)[number], 'guardrail' | 'experiment' | 'score'> | CostFilter)[]
export type CostFilterName = (typeof COST_FILTER_NAMES)[number]

/** The filter that chooses a key of a dimension. */
export const filterOf = (dimension: DimensionName): CostFilterName | 'env' =>
  dimension === 'version' ? 'callVersion' : dimension

/** The filters of a search alone, as the API takes them. */
export const costFiltersOf = (search: CostsSearch): Readonly<Partial<Record<CostFilterName, readonly string[]>>> =>
  compact(Object.fromEntries(COST_FILTER_NAMES.map((name) => [name, search[name]])))

export interface AuditSearch {
  readonly action?: readonly string[]
  readonly actor?: readonly string[]
}
export const validateAuditSearch = (search: RawSearch): AuditSearch =>
  compact({ action: readList(search.action), actor: readList(search.actor) })
