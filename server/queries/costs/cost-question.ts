import type { CostFilters } from '../../../schema/api/cost-queries.ts'
import type { CostInterval, SharedCosts } from '../../../schema/api/costs.ts'
import type { Database, QueryParams } from '../../../schema/clickhouse/database.ts'
import { CHARGE_KINDS, componentSql, kindsOf, REVIEW_KIND } from '../../../schema/model/component.ts'
import { DIMENSIONS, type DimensionName, NOT_SET } from '../../../schema/model/dimension.ts'
import { USAGE_BUCKETS } from '../../../schema/model/usage.ts'
import { all, at, type Clause, chosenRuns, nanos, type RunQuestion, TRACE_ID } from '../filter.ts'
import { fill, sqlFile } from '../sql-file.ts'
import { type BoundedRange, parseTime, parseTimeRange, type TimeRange } from '../time-range.ts'
import { overCalls } from './over-calls.ts'
import { readSharedCosts, type Share, sharedLines, sharesOf, takesShares } from './shared-costs.ts'

/**
 * A question about money: what the pivot, exports, budgets and reconciliation ask. To build on it:
 *
 *     const question = await costQuestion(database, projectId, { by: ['team'], interval: 'day', filters, asOf }, nowMs)
 *     const { sql, params } = costRows(question, { order: 'period' })   // grouped rows: CostRow of cost-rows.ts, one per key and period
 *     const rows = await database.query<CostRow>(sql, params)           // or queryBytes(sql, 'ArrowStream', params) to stream
 *     const item = costItem(row, question.by)                           // cost-rows.ts: the CostItem of a row
 *
 * It is pinned to a moment of the ledger (`asOfMs`), so whatever is asked of one question (pages, totals, files) agrees to the nano-dollar.
 */
export interface CostQuestion {
  readonly projectId: number
  readonly by: readonly DimensionName[]
  readonly interval: CostInterval | undefined
  readonly filters: CostFilterValues
  readonly range: TimeRange
  /** The newest moment of the ledger that the answer contains. */
  readonly asOfMs: number
  /** Where "now" is for the question: its as_of, else the clock. */
  readonly nowMs: number
  readonly shared: 'include' | 'exclude'
  /** Parts of costs that belong to no run (shared-costs.ts), before the filters. */
  readonly shares: readonly Share[]
}

export type CostFilterValues = Omit<CostFilters, 'from' | 'to'>

export interface CostWish {
  readonly by?: readonly DimensionName[] | undefined
  readonly interval?: CostInterval | undefined
  /** `from` and `to` among them; values are as in the API, NOT_SET included. */
  readonly filters: CostFilters
  /** ISO 8601 or relative, as `as_of` of the API; undefined is now. */
  readonly asOf?: string | undefined
  /** exclude: without shares of costs that belong to no run. */
  readonly shared?: 'include' | 'exclude' | undefined
  /** Later pages of an answer: the clock of the first. */
  readonly nowMs?: number | undefined
}

/** Parses the wish and pins it to a moment of the ledger. @throws HttpProblem 400, DatabaseError */
export const costQuestion = async (
  database: Database,
  projectId: number,
  { by = [], interval, filters: { from, to, ...filters }, asOf, shared = 'include', nowMs: firstMs }: CostWish,
  clockMs: number,
): Promise<CostQuestion> => {
  const untilMs = asOf === undefined ? undefined : parseTime('as_of', asOf, clockMs)
  const nowMs = firstMs ?? untilMs ?? clockMs
  const namesItsRuns = Boolean(filters.session || filters.traceId || filters.experiment || filters.run)
  const range = parseTimeRange({ from, to }, clockMs, namesItsRuns)
  const [[row], document] = await Promise.all([
    database.query<{ as_of_ms: number }>(AS_OF, {
      project: projectId,
      asOf: String(Math.floor(untilMs ?? LATEST_MS)),
    }),
    shared === 'exclude' || !takesShares(filters) ? undefined : readSharedCosts(database, projectId, untilMs),
  ])
  // A change of shared costs is part of the answer like a round of the ledger: asked for again as of then, both are there.
  const newest = Math.max(row?.as_of_ms ?? 0, document ? Date.parse(document.changedAt) : 0)
  const asOfMs = newest > 0 ? newest : nowMs
  const question = { projectId, by, interval, filters, range, asOfMs, nowMs, shared, shares: [] }
  return document ? withShares(database, question, document.body) : question
}

/** The same question over another range, with the shared costs of that one; pinned to the same moment. @throws DatabaseError */
export const overRange = async (
  database: Database,
  question: CostQuestion,
  range: BoundedRange,
): Promise<CostQuestion> => {
  const document =
    question.shared === 'include' && takesShares(question.filters)
      ? await readSharedCosts(database, question.projectId, question.asOfMs)
      : undefined
  return document ? withShares(database, { ...question, range }, document.body) : { ...question, range }
}

const withShares = async (database: Database, question: CostQuestion, document: SharedCosts): Promise<CostQuestion> => {
  const { fromMs, toMs } = question.range
  if (fromMs === undefined || toMs === undefined) return question
  return {
    ...question,
    shares: await sharesOf(database, question.projectId, document, { fromMs, toMs }, question.asOfMs),
  }
}

export interface RowsWish {
  /** `period`: the oldest first, then the dearest. Every order is total: the same question gives the same rows in the same places. `none`: whoever asks sorts. */
  readonly order: '-cost' | 'cost' | 'period' | 'none'
  /** One more row, before all others, for everything together (`is_total` = 1). */
  readonly total?: boolean
  readonly page?: { readonly limit: number; readonly offset: number }
}

/** The question as SQL: one row per key and period, as `CostRow` names its columns. */
export const costRows = (question: CostQuestion, { order, total = false, page }: RowsWish): Clause => {
  const names = question.by.map((_, i) => keyName(i))
  const lines = costLines(question)
  const groups = [...names, 'period_ms'].join(', ')
  const isTotal = total ? 'grouping(period_ms) = 1' : 'false'
  const ties = [...names, 'period_ms'].join(', ')
  const orders = {
    '-cost': `sum_cost DESC, ${ties}`,
    cost: `sum_cost, ${ties}`,
    period: `period_ms, sum_cost DESC, ${ties}`,
  }
  return {
    sql: fill(COSTS, {
      keys: names.map((name) => `${name},`).join(' '),
      isTotal,
      runs: total
        ? 'if(grouping(period_ms) = 1, sum(line.runs_of_all), sum(line.runs_of_key))'
        : 'sum(line.runs_of_key)',
      notCalls: inSql([REVIEW_KIND, ...CHARGE_KINDS]),
      notModels: inSql([...kindsOf('tools'), REVIEW_KIND, ...CHARGE_KINDS]),
      tools: inSql(kindsOf('tools')),
      review: inSql(kindsOf('review')),
      evaluation: inSql(kindsOf('evaluation')),
      platform: inSql(kindsOf('platform')),
      unreported: USAGE_BUCKETS.map((_, bit) => `sumIf(run_of_key, bitTest(unreported, ${bit}))`).join(', '),
      lines: lines.sql,
      groups: total ? `GROUPING SETS ((${groups}), ())` : groups,
      page:
        order === 'none'
          ? ''
          : `ORDER BY is_total DESC, ${orders[order]}${page ? '\nLIMIT {limit:UInt64} OFFSET {offset:UInt64}' : ''}`,
    }),
    params: { ...lines.params, ...page },
  }
}

/** A column more of every line: over a run and its call, and over a share of costs that belong to no run (lines-shared.sql). */
export interface LineColumn {
  readonly name: string
  readonly ofCall: string
  readonly ofShare: string
}

/** The question's lines before they are added up: `key_0`, … and the columns of `lines-ledger.sql`, for reports that group by more than dimensions. */
export const costLines = (question: CostQuestion, more: readonly LineColumn[] = []): Clause => {
  const names = question.by.map((_, i) => keyName(i))
  const sources = [ledgerLines(question, more), sharedLines(question, names, more)].filter(
    (lines) => lines !== undefined,
  )
  return {
    sql: sources.map(({ sql }) => sql).join('\nUNION ALL\n'),
    params: Object.assign({}, ...sources.map(({ params }) => params)) as QueryParams,
  }
}

const COSTS = sqlFile('costs/costs')
const LEDGER = sqlFile('costs/lines-ledger')
const AS_OF = sqlFile('costs/as-of')

const inSql = (words: readonly string[]): string => `(${words.map((word) => `'${word}'`).join(', ')})`
const keyName = (i: number): string => `key_${i}`
/** Without as_of all that is there counts: the clock of whoever wrote it may be ahead of ours. */
const LATEST_MS = Date.UTC(2262, 0, 1)

const ledgerLines = (question: CostQuestion, more: readonly LineColumn[]): Clause => {
  const { by, interval } = question
  const calls = callsClause(question)
  const runs = callsOfQuestion(question)
  const perCall = [...by.map((name) => DIMENSIONS[name].sql as string), periodSql(interval, 'call.start_time')].filter(
    (sql) => /\bcall\./.test(sql),
  )
  const chosen = overCalls(calls.sql === '' ? "call.kind != ''" : calls.sql)
  // Where a run has one key, its first chosen call is the first of its key.
  const keyed = perCall.length > 0
  return {
    sql: fill(LEDGER, {
      keys: [
        ...by.map((name, i) => `${DIMENSIONS[name].sql} AS ${keyName(i)},`),
        ...more.map(({ name, ofCall }) => `${ofCall} AS ${name},`),
      ].join('\n    '),
      period: periodSql(interval, 'call.start_time'),
      component: componentSql('call.kind'),
      isFirstOfKey: keyed ? 'nth_of_key = 1' : 'nth = first_chosen',
      nthOfKey: keyed
        ? `,\n    arrayEnumerateUniq(${[chosen, ...perCall.map(overCalls)].join(', ')}) AS nth_of_key`
        : '',
      chosen,
      runs: runs.sql,
    }),
    params: runs.params,
  }
}

/** Rows of the ledger and their calls (`ARRAY JOIN calls AS call`) that the question is about, each with its sign. */
export const callsOfQuestion = (question: CostQuestion): Clause => {
  const calls = callsClause(question)
  return all([...knownRuns(question), ...runBounds(question.range), calls.sql === '' ? undefined : calls])
}

/**
 * Rows of the ledger whose run ended in the range, for figures that belong to a run as a whole: `agent` is that of its root, a model or a tool one that
 * it used.
 */
export const runsOfQuestion = (question: CostQuestion): Clause => {
  const { filters, range } = question
  const { fromMs, toMs } = range
  const { agent, model, tool, ...rest } = filters
  const chosen = { ...question, filters: { ...runFilters(rest), model, tool } }
  return all([
    ...knownRuns(question, chosen),
    among('agent', 'r.root_agent', agent),
    fromMs === undefined ? undefined : { sql: `r.end_time >= ${at('from')}`, params: { from: nanos(fromMs) } },
    toMs === undefined ? undefined : { sql: `r.end_time < ${at('to')}`, params: { to: nanos(toMs) } },
  ])
}

const knownRuns = (
  question: CostQuestion,
  chosen: RunQuestion = { ...question, filters: runFilters(question.filters) },
): (Clause | undefined)[] => [
  ...chosenRuns(chosen),
  ...ofRun(question.filters),
  { sql: AS_KNOWN, params: { asOf: String(question.asOfMs) } },
]

const AS_KNOWN = "r.tallied_at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC')"

/** Runs with calls in the range lie in it themselves, or reach into it: the ledger is ordered by their end, and has an index of their start. */
const runBounds = ({ fromMs, toMs }: TimeRange): (Clause | undefined)[] => [
  fromMs === undefined ? undefined : { sql: `r.end_time >= ${at('from')}`, params: { from: nanos(fromMs) } },
  toMs === undefined ? undefined : { sql: `r.start_time < ${at('to')}`, params: { to: nanos(toMs) } },
]

/** What the question asks of a call: its start, and the filters that a call has a column for. '' where it takes every call. */
const callsClause = ({ filters, range: { fromMs, toMs } }: CostQuestion): Clause =>
  all([
    fromMs === undefined ? undefined : { sql: `call.start_time >= ${at('from')}`, params: { from: nanos(fromMs) } },
    toMs === undefined ? undefined : { sql: `call.start_time < ${at('to')}`, params: { to: nanos(toMs) } },
    ...CALL_FILTERS.map(([name, dimension]) => among(name, DIMENSIONS[dimension].sql, filters[name])),
  ])

const CALL_FILTERS = [
  ['agent', 'agent'],
  ['model', 'model'],
  ['tool', 'tool'],
  ['provider', 'provider'],
  ['callVersion', 'version'],
  ['component', 'component'],
] as const satisfies readonly (readonly [keyof CostFilterValues, DimensionName])[]

/** Filters of a run that only questions about money have. */
const ofRun = (filters: CostFilterValues): (Clause | undefined)[] => [
  among('costCenter', DIMENSIONS.costCenter.sql, filters.costCenter),
  among('workflow', DIMENSIONS.workflow.sql, filters.workflow),
  among(
    'run',
    DIMENSIONS.run.sql,
    filters.run?.filter((id) => TRACE_ID.test(id)).map((id) => id.toLowerCase()),
  ),
  // Who used a run is a list, and nobody is the empty one.
  filters.user?.includes(NOT_SET)
    ? { sql: "(r.user_id = '' OR hasAny(r.user_ids, {user:Array(String)}))", params: { user: filters.user } }
    : undefined,
]

/** What is left to the filters of every report; a call's own columns say it better, for the run that holds such a call is chosen by the call. */
const runFilters = (filters: CostFilterValues) => {
  const { agent, model, tool, costCenter, workflow, provider, callVersion, component, run, ...rest } = filters
  return {
    ...rest,
    team: rest.team?.map(stored),
    customer: rest.customer?.map(stored),
    env: rest.env?.map(stored),
    version: rest.version?.map(stored),
    user: rest.user?.includes(NOT_SET) ? undefined : rest.user,
  }
}

const among = (name: string, sql: string, values: readonly string[] | undefined): Clause | undefined =>
  values && { sql: `${sql} IN {${name}:Array(String)}`, params: { [name]: values.map(stored) } }

const stored = (value: string): string => (value === NOT_SET ? '' : value)

const DAY_NS = '86400000000000'
/** In integers, because the engine's own calendar functions end with the year 2149. Days since the epoch began on a Thursday. */
const PERIODS: Readonly<Record<CostInterval, string>> = {
  hour: 'intDiv({nanos}, 3600000000000) * 3600000',
  day: `intDiv({nanos}, ${DAY_NS}) * 86400000`,
  week: `(intDiv(intDiv({nanos}, ${DAY_NS}) + 3, 7) * 7 - 3) * 86400000`,
  month:
    "toUnixTimestamp64Milli(addMonths(toDateTime64('1970-01-01', 3, 'UTC'), (toInt32(toYear({time})) - 1970) * 12 + toMonth({time}) - 1))",
}
/** Start of the period that a time lies in, in milliseconds; 0 without interval. */
export const periodSql = (interval: CostInterval | undefined, time: string): string =>
  interval
    ? `toInt64(${PERIODS[interval].replaceAll('{nanos}', `toUnixTimestamp64Nano(${time})`).replaceAll('{time}', time)})`
    : 'materialize(toInt64(0))'
