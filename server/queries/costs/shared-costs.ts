import type { SharedCost, SharedCosts, SharedCostsSetting, SharedOver } from '../../../schema/api/costs.ts'
import type { Database } from '../../../schema/clickhouse/database.ts'
import type { Component } from '../../../schema/model/component.ts'
import { DIMENSIONS, type DimensionName, NOT_SET } from '../../../schema/model/dimension.ts'
import { readSetting, type Setting, writeSetting } from '../../../schema/settings/settings.ts'
import { nanoUsdOf } from '../../answers/money.ts'
import { type Clause, nanos } from '../filter.ts'
import { fill, sqlFile } from '../sql-file.ts'
import type { BoundedRange } from '../time-range.ts'
import type { CostFilterValues, CostQuestion, LineColumn } from './cost-question.ts'
import { periodsOf } from './periods.ts'
import { split } from './split.ts'

/**
 * Costs that belong to no run (docs/decisions/0015). The whole amount is split once, by what the ledger knows of the whole period; each share then grows evenly
 * from its first moment to its last. It is a line of its own in every pivot: it has the value that it was split over and a component, and every other
 * key of it is null, because nobody said more.
 */
export interface Share {
  /** What it is a share of, and by which rule. */
  readonly name: string
  readonly rule: SharedCost['rule']
  readonly over: SharedOver
  /** '' is nobody's. */
  readonly value: string
  readonly component: Component
  readonly nanoUsd: bigint
  readonly fromMs: number
  readonly toMs: number
}

export type SharedCostsDocument = Setting<SharedCosts> | undefined

/** @throws DatabaseError */
export const readSharedCosts = (database: Database, projectId: number, asOfMs?: number): Promise<SharedCostsDocument> =>
  readSetting<SharedCosts>(database, projectId, 'shared_costs', '', asOfMs)

/** @throws DatabaseError */
export const writeSharedCosts = (
  database: Database,
  { projectId, body, actor }: { readonly projectId: number; readonly body: SharedCosts; readonly actor: string },
): Promise<string> =>
  writeSetting(database, {
    projectId,
    kind: 'shared_costs',
    body,
    actor,
    action: 'shared-costs.put',
    detail: { ...body },
  })

export const sharedCostsAnswer = (setting: SharedCostsDocument): SharedCostsSetting => ({
  items: setting?.body.items ?? [],
  version: setting?.version ?? null,
  changedAt: setting?.changedAt ?? null,
  actor: setting?.actor ?? null,
})

/** Values that are charged apart; what lies beyond the largest so many is nobody's, so that the sum stays what it is. */
const VALUES_MAX = 10_000

interface WeightRow {
  readonly value: string
  readonly tokens: string
  readonly cost_usd: string
}

/** The shares of all costs that touch the range, as the ledger knew it at `asOfMs`. @throws DatabaseError */
export const sharesOf = async (
  database: Database,
  projectId: number,
  { items }: SharedCosts,
  range: BoundedRange,
  asOfMs: number,
): Promise<Share[]> => {
  const touching = items.filter((cost) => Date.parse(cost.from) < range.toMs && Date.parse(cost.to) > range.fromMs)
  const known = new Map<string, Promise<WeightRow[]>>()
  const weights = (cost: SharedCost): Promise<WeightRow[]> => {
    const name = JSON.stringify([cost.over, cost.from, cost.to, cost.rule])
    const rows = known.get(name) ?? weightRows(database, projectId, cost, asOfMs)
    known.set(name, rows)
    return rows
  }
  const shares = await Promise.all(
    touching.map(async (cost) => sharesOfCost(cost, cost.rule === 'fixed' ? [] : await weights(cost))),
  )
  return shares.flat()
}

const sharesOfCost = (cost: SharedCost, rows: readonly WeightRow[]): Share[] => {
  const weights = weightsOf(cost, rows)
  const amount = nanoUsdOf(cost.amountUsd)
  const parts = split(amount, [...weights.values()])
  const share = (value: string, nanoUsd: bigint): Share => ({
    name: cost.name,
    rule: cost.rule,
    over: cost.over,
    value,
    component: cost.component,
    nanoUsd,
    fromMs: Date.parse(cost.from),
    toMs: Date.parse(cost.to),
  })
  // Nobody was there to share it.
  if (!parts) return [share('', amount)]
  return [...weights.keys()].map((value, i) => share(value, parts[i]!)).filter(({ nanoUsd }) => nanoUsd !== 0n)
}

const FIXED_WHOLE = 1_000_000_000n

const weightsOf = ({ rule, shares }: SharedCost, rows: readonly WeightRow[]): Map<string, bigint> => {
  if (rule === 'fixed') {
    const given = Object.entries(shares).map(([value, part]) => [value, BigInt(Math.round(part * 1e9))] as const)
    const missing = FIXED_WHOLE - given.reduce((sum, [, part]) => sum + part, 0n)
    const weights = new Map<string, bigint>(given.map(([value, part]) => [value === NOT_SET ? '' : value, part]))
    weights.set('', (weights.get('') ?? 0n) + (missing > 0n ? missing : 0n))
    return weights
  }
  const weightOf = { tokens: tokensOf, cost: costOf, even: evenOf }[rule]
  const weights = new Map(rows.slice(0, VALUES_MAX).map((row) => [row.value, weightOf(row)]))
  const beyond = rows.slice(VALUES_MAX).reduce((sum, row) => sum + weightOf(row), 0n)
  if (beyond > 0n) weights.set('', (weights.get('') ?? 0n) + beyond)
  return weights
}

const tokensOf = (row: WeightRow): bigint => BigInt(row.tokens)
const costOf = (row: WeightRow): bigint => nanoUsdOf(row.cost_usd)
/** Who is not named pays no equal part. */
const evenOf = (row: WeightRow): bigint => (row.value === '' ? 0n : 1n)

const WEIGHTS = sqlFile('costs/shared-weights')
const WEIGHT_ROWS_MAX = 1_000_000
const ORDERS = { tokens: 'toInt128(tokens)', cost: 'toDecimal128(cost_usd, 9)', even: "value != ''", fixed: 'value' }

const weightRows = (
  database: Database,
  projectId: number,
  { over, from, to, rule }: SharedCost,
  asOfMs: number,
): Promise<WeightRow[]> =>
  database.query<WeightRow>(fill(WEIGHTS, { key: DIMENSIONS[over].sql, order: ORDERS[rule] }), {
    project: projectId,
    asOf: String(asOfMs),
    from: nanos(Date.parse(from)),
    to: nanos(Date.parse(to)),
    limit: WEIGHT_ROWS_MAX,
  })

/** Filters that choose runs by what no share has. */
const OF_RUNS = [
  'session',
  'traceId',
  'experiment',
  'run',
  'guardrail',
  'score',
  'errors',
  'minCostUsd',
  'q',
  'outcome',
] as const satisfies readonly (keyof CostFilterValues)[]

const OF_SHARES = [
  ['team', 'team'],
  ['costCenter', 'costCenter'],
  ['agent', 'agent'],
  ['version', 'version'],
  ['callVersion', 'version'],
  ['workflow', 'workflow'],
  ['model', 'model'],
  ['provider', 'provider'],
  ['customer', 'customer'],
  ['env', 'env'],
  ['user', 'user'],
  ['tool', 'tool'],
  ['component', 'component'],
] as const satisfies readonly (readonly [keyof CostFilterValues, DimensionName])[]

/** Whether the filters leave any share over at all. */
export const takesShares = (filters: CostFilterValues): boolean => OF_RUNS.every((name) => filters[name] === undefined)

const takes = (filters: CostFilterValues, share: Share): boolean =>
  OF_SHARES.every(([name, dimension]) => {
    const values: readonly string[] | undefined = filters[name]
    return !values || values.includes(valueOfShare(share, dimension) || NOT_SET)
  })

const valueOfShare = (share: Share, dimension: DimensionName): string =>
  dimension === share.over ? share.value : dimension === 'component' ? share.component : ''

const LINES = sqlFile('costs/lines-shared')

/** The question's shares as lines of `lines-ledger.sql`; undefined where there are none. @throws HttpProblem 400 for too many periods */
export const sharedLines = (
  question: CostQuestion,
  keyNames: readonly string[],
  more: readonly LineColumn[] = [],
): Clause | undefined => {
  const { by, filters, interval, range } = question
  const shares = question.shares.filter((share) => takes(filters, share))
  if (shares.length === 0 || range.fromMs === undefined || range.toMs === undefined) return undefined
  const fromMs = shares.reduce((first, share) => Math.min(first, share.fromMs), Number.POSITIVE_INFINITY)
  const toMs = shares.reduce((last, share) => Math.max(last, share.toMs), 0)
  const periods = periodsOf({ fromMs: Math.max(range.fromMs, fromMs), toMs: Math.min(range.toMs, toMs) }, interval)
  const keyOf = (name: DimensionName): string =>
    name === 'component' ? 'share_component' : `if(over = '${name}', value, '')`
  return {
    sql: fill(LINES, {
      keys: [
        ...by.map((name, i) => `${keyOf(name)} AS ${keyNames[i]},`),
        ...more.map(({ name, ofShare }) => `${ofShare} AS ${name},`),
      ].join('\n    '),
    }),
    params: {
      shareName: shares.map(({ name }) => name),
      shareRule: shares.map(({ rule }) => rule),
      shareOver: shares.map(({ over }) => over),
      shareValue: shares.map(({ value }) => value),
      shareComponent: shares.map(({ component }) => component),
      shareNanoUsd: shares.map(({ nanoUsd }) => nanoUsd),
      shareFrom: shares.map(({ fromMs }) => fromMs),
      shareTo: shares.map(({ toMs }) => toMs),
      periodStart: periods.map(({ startMs }) => startMs),
      periodFrom: periods.map(({ fromMs }) => fromMs),
      periodTo: periods.map(({ toMs }) => toMs),
    },
  }
}
