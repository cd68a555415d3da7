import type { CostItem, CostReport } from '../../schema/api/costs.ts'
import { DIMENSIONS, type DimensionName, NOT_SET } from '../../schema/model/dimension.ts'
import { type CostsSearch, filterOf } from '../search/costs.ts'
import { nanoOf, subtractUsd, sumUsd, usdOf } from '../util/money.ts'

/** The maths of the pivot: rows of groups and their parts, series of the chart, and where a click leads. */
export const DEFAULT_BY: readonly DimensionName[] = ['team', 'agent']

/** What telemetry did not say is null in answers; it is shown, and filtered by, as `(not set)`. */
export const keyText = (key: string | null | undefined): string => (key === null || key === undefined ? NOT_SET : key)

/** One line of the table: a first key with its sum (`depth` 0), or a second key within it (`depth` 1). */
export interface PivotRow {
  readonly id: string
  readonly depth: 0 | 1
  readonly key: string | null
  /** The first key, of a row below one. */
  readonly group: string | null
  readonly item: CostItem
  readonly before: CostItem | null
  /** Second keys below it; 0 where there is no second dimension. */
  readonly parts: number
  readonly folded: boolean
}

export interface PivotInput {
  readonly by: readonly DimensionName[]
  /** By the first dimension alone: sums come from the server, not from the rows that happen to be here. */
  readonly groups: readonly CostItem[]
  /** By both. */
  readonly parts: readonly CostItem[]
  readonly before?: { readonly groups: readonly CostItem[]; readonly parts: readonly CostItem[] } | undefined
  readonly fold: readonly string[]
  readonly sort: (item: CostItem, before: CostItem | null) => number | string | null
  readonly desc: boolean
}

export const pivotRows = ({ by, groups, parts, before, fold, sort, desc }: PivotInput): readonly PivotRow[] => {
  const [first, second] = by
  if (!first) return []
  const earlierGroups = new Map(before?.groups.map((item) => [idOf(item, [first]), item]))
  const earlierParts = new Map(before?.parts.map((item) => [idOf(item, by), item]))
  const partsOf = new Map<string, CostItem[]>()
  if (second) {
    for (const item of parts) {
      const id = idOf(item, [first])
      partsOf.set(id, [...(partsOf.get(id) ?? []), item])
    }
  }
  const inOrder = (
    items: readonly CostItem[],
    dims: readonly DimensionName[],
    earlier: ReadonlyMap<string, CostItem>,
  ) =>
    items
      .map((item) => ({ item, before: earlier.get(idOf(item, dims)) ?? null }))
      .toSorted((a, b) => compare(sort(a.item, a.before), sort(b.item, b.before), desc))
  return inOrder(groups, [first], earlierGroups).flatMap(({ item, before: earlier }) => {
    const key = item.key[first] ?? null
    const id = idOf(item, [first])
    const own = partsOf.get(id) ?? []
    const folded = fold.includes(keyText(key))
    const head: PivotRow = { id, depth: 0, key, group: null, item, before: earlier, parts: own.length, folded }
    if (!second || folded) return [head]
    return [
      head,
      ...inOrder(own, by, earlierParts).map(
        ({ item: part, before: partBefore }): PivotRow => ({
          id: idOf(part, by),
          depth: 1,
          key: part.key[second] ?? null,
          group: key,
          item: part,
          before: partBefore,
          parts: 0,
          folded: false,
        }),
      ),
    ]
  })
}

/** Null apart from the text "null": a key is whatever telemetry said. */
const idOf = (item: CostItem, dims: readonly DimensionName[]): string =>
  JSON.stringify(dims.map((dim) => item.key[dim] ?? null))

/** Nothing to sort by comes last, whichever way. */
const compare = (a: number | string | null, b: number | string | null, desc: boolean): number => {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  const order =
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en', { numeric: true })
  return desc ? -order : order
}

export interface CostSeries {
  readonly label: string
  readonly values: readonly (number | null)[]
}

/** As many as have a colour of their own; the rest is one series. */
export const SERIES_MAX = 7
export const OTHERS = 'all others, summed'

/** Cost per period and first key, the dearest at the bottom. */
export const seriesOf = (
  items: readonly CostItem[],
  dimension: DimensionName,
  periods: readonly string[],
): readonly CostSeries[] => {
  const index = new Map(periods.map((start, i) => [Date.parse(start), i]))
  const byKey = new Map<string, bigint[]>()
  for (const item of items) {
    const at = item.period === null ? undefined : index.get(Date.parse(item.period))
    if (at === undefined) continue
    const label = keyText(item.key[dimension])
    const values = byKey.get(label) ?? periods.map(() => 0n)
    values[at] = values[at]! + nanoOf(item.costUsd)
    byKey.set(label, values)
  }
  const total = (values: readonly bigint[]) => values.reduce((sum, value) => sum + value, 0n)
  const ranked = [...byKey].toSorted(([, a], [, b]) => (total(a) < total(b) ? 1 : -1))
  const shown = ranked.length > SERIES_MAX + 1 ? ranked.slice(0, SERIES_MAX) : ranked
  const rest = ranked.slice(shown.length)
  const others = periods.map((_, i) => rest.reduce((sum, [, values]) => sum + values[i]!, 0n))
  return [...shown, ...(rest.length > 0 ? [[OTHERS, others] as const] : [])].map(([label, values]) => ({
    label,
    values: values.map((value) => Number(usdOf(value))),
  }))
}

/** What is asked after a key was chosen: who → which agent → which version → which model → which conversation. */
const DRILL: readonly DimensionName[] = [
  'team',
  'agent',
  'version',
  'model',
  'workflow',
  'customer',
  'user',
  'env',
  'tool',
  'component',
  'session',
]

/** The search after a click on a row's key: its keys become filters, and the next dimensions open. */
export const drillInto = (search: CostsSearch, by: readonly DimensionName[], row: PivotRow): CostsSearch => {
  const keys: readonly (readonly [DimensionName, string | null])[] =
    row.depth === 0
      ? [[by[0]!, row.key]]
      : [
          [by[0]!, row.group],
          [by[1]!, row.key],
        ]
  const filters = Object.fromEntries(keys.map(([dimension, key]) => [filterOf(dimension), [keyText(key)]]))
  const fixed = new Set<string>([...keys.map(([dimension]) => dimension), ...Object.keys(search)])
  if (fixed.has('callVersion')) fixed.add('version')
  const open = row.depth === 0 && by[1] ? [by[1]] : []
  const next = [...open, ...DRILL.filter((name) => !fixed.has(name) && !open.includes(name))].slice(0, 2)
  return { ...search, ...filters, by: next, fold: undefined, sort: undefined }
}

/** Filters of the list of sessions that choose the same runs, by the names of cost filters. */
const OF_SESSIONS: Readonly<Record<string, string>> = {
  agent: 'agent',
  version: 'version',
  callVersion: 'version',
  outcome: 'outcome',
  model: 'model',
  tool: 'tool',
  team: 'team',
  customer: 'customer',
  user: 'user',
  session: 'session',
  env: 'env',
}

/** The same filters for the list of sessions; null where it has none for one of them, and would show other runs than the figure has. */
export const sessionFiltersOf = (
  filters: Readonly<Record<string, readonly string[] | undefined>>,
): Readonly<Record<string, readonly string[]>> | null => {
  const result: Record<string, readonly string[]> = {}
  for (const [name, values] of Object.entries(filters)) {
    if (!values?.length) continue
    const theirs = OF_SESSIONS[name]
    if (!theirs || values.includes(NOT_SET)) return null
    result[theirs] = [...(result[theirs] ?? []), ...values]
  }
  return result
}

export const dimensionLabel = (name: string): string =>
  DIMENSIONS[(name === 'callVersion' ? 'version' : name) as DimensionName]?.label ?? name

/** The components that cost something, dearest first, with their share. */
export const componentParts = (components: CostReport['total']['components']) => {
  const total = sumUsd(Object.values(components))
  return Object.entries(components)
    .filter(([, usd]) => nanoOf(usd) !== 0n)
    .toSorted(([, a], [, b]) => (nanoOf(a) < nanoOf(b) ? 1 : -1))
    .map(([name, usd]) => ({ name, usd, share: total === '0' ? 0 : Number(usd) / Number(total) }))
}

/** What changed, in dollars; null where there was nothing before to change. */
export const changeOf = (item: { readonly costUsd: string }, before: { readonly costUsd: string } | null) =>
  before === null ? null : subtractUsd(item.costUsd, before.costUsd)
