import type { RunFilters } from '../../schema/api/endpoint.ts'
import type { QueryParams } from '../../schema/clickhouse/database.ts'
import { badRequest } from '../problem.ts'
import { fill, sqlFile } from './sql-file.ts'
import { parseTextQuery, spanText, textMatches } from './text-query.ts'
import { type BoundedRange, parseTimeRange, type TimeRange } from './time-range.ts'

/**
 * The only place that puts SQL together. Filters come from a closed set of columns, values travel as typed parameters. Every clause speaks
 * of `r`, the alias of `runs`, `run_ledger` or a rollup in the question, and of `call`, an element of `r.calls`.
 */
export type RunFilterValues = Omit<RunFilters, 'from' | 'to'>
export type FilterName = keyof RunFilterValues

export interface RunQuestion {
  readonly projectId: number
  readonly filters: RunFilterValues
  readonly range: TimeRange
}
export interface BoundedQuestion extends RunQuestion {
  readonly range: BoundedRange
}

export interface Clause {
  readonly sql: string
  readonly params: QueryParams
}

/** Parses what every list and report takes (semantics.md §0). @throws HttpProblem 400 */
export const runQuestion = (projectId: number, query: RunFilters, nowMs: number): RunQuestion => {
  const { from, to, ...filters } = query
  for (const id of filters.traceId ?? [])
    if (!TRACE_ID.test(id)) throw badRequest(`traceId=${id} is no trace id: 32 hex digits are needed`)
  const namesItsRuns = Boolean(filters.session || filters.traceId || filters.experiment)
  return { projectId, filters, range: parseTimeRange({ from, to }, nowMs, namesItsRuns) }
}

export const TRACE_ID = /^[0-9a-fA-F]{32}$/

/** Runs that the question chooses, by their end. */
export const runsClause = (question: RunQuestion, except?: FilterName): Clause => {
  const { fromMs, toMs } = question.range
  return all([
    ...chosenRuns(question, except),
    fromMs === undefined ? undefined : { sql: `r.end_time >= ${at('from')}`, params: { from: nanos(fromMs) } },
    toMs === undefined ? undefined : { sql: `r.end_time < ${at('to')}`, params: { to: nanos(toMs) } },
  ])
}

/** Calls inside the range, by their start, of the runs that the question chooses; agent, model and tool restrict the calls too. */
export const ledgerCallsClause = (question: RunQuestion): Clause => {
  const { fromMs, toMs } = question.range
  return all([
    ...chosenRuns(question),
    ...restrictedCalls(question.filters, 'call.'),
    // A run that ended before the range or starts after it has no call in it: the ledger is ordered by end, and has an index of starts.
    fromMs === undefined
      ? undefined
      : { sql: `r.end_time >= ${at('from')}\n  AND call.start_time >= ${at('from')}`, params: { from: nanos(fromMs) } },
    toMs === undefined
      ? undefined
      : { sql: `r.start_time < ${at('to')}\n  AND call.start_time < ${at('to')}`, params: { to: nanos(toMs) } },
  ])
}

/** Filters that the rollup of calls has columns for; with any other the calls are read from the ledger. */
const ROLLED_UP: ReadonlySet<string> = new Set<FilterName>(['env', 'team', 'agent', 'model', 'tool'])
const HOUR_MS = 3_600_000

/**
 * Every counted call of the question as rows of one shape (`calls-ledger.sql`), to be summed: the hours that lie whole in the range from
 * the rollup, the rest of the first and the last hour from the ledger. `fine` reads the ledger alone, for steps shorter than an hour.
 */
export const callsSource = (question: BoundedQuestion, fine: boolean): Clause => {
  const { fromMs, toMs } = question.range
  const firstHour = Math.ceil(fromMs / HOUR_MS) * HOUR_MS
  const lastHour = Math.floor(toMs / HOUR_MS) * HOUR_MS
  const rolledUp = given(question.filters).every((name) => ROLLED_UP.has(name))
  if (fine || !rolledUp || lastHour <= firstHour) {
    const clause = ledgerCallsClause(question)
    return { sql: fill(CALLS_LEDGER, { calls: clause.sql }), params: clause.params }
  }
  const whole = all([
    projectClause(question.projectId),
    ...IN_LISTS.filter(([name]) => ['env', 'team'].includes(name)).map(([name, sql]) =>
      inList(question.filters, name, sql),
    ),
    ...restrictedCalls(question.filters, 'r.'),
    {
      sql: `r.t >= ${at('firstHour')}\n  AND r.t < ${at('lastHour')}`,
      params: { firstHour: nanos(firstHour), lastHour: nanos(lastHour) },
    },
  ])
  const edges = all([
    ...chosenRuns(question),
    ...restrictedCalls(question.filters, 'call.'),
    {
      sql: [
        `((r.end_time >= ${at('from')} AND r.start_time < ${at('firstHour')}`,
        `    AND call.start_time >= ${at('from')} AND call.start_time < ${at('firstHour')})`,
        `  OR (r.end_time >= ${at('lastHour')} AND r.start_time < ${at('to')}`,
        `    AND call.start_time >= ${at('lastHour')} AND call.start_time < ${at('to')}))`,
      ].join('\n'),
      params: { from: nanos(fromMs), to: nanos(toMs) },
    },
  ])
  return {
    sql: `${fill(CALLS_ROLLUP, { calls: whole.sql })}\nUNION ALL\n${fill(CALLS_LEDGER, { calls: edges.sql })}`,
    params: { ...whole.params, ...edges.params },
  }
}

/** Traces of the chosen runs; those that are named, where the question names traces. */
export const tracesClause = (question: RunQuestion): Clause => {
  const runs = runsClause(question)
  return all([
    { sql: 't.project_id = {project:UInt32}', params: { project: question.projectId } },
    { sql: `t.run_id IN (SELECT r.run_id FROM runs AS r FINAL WHERE ${runs.sql})`, params: runs.params },
    inList(question.filters, 'traceId', `has(${FIXED_TRACE_IDS}, t.trace_id)`),
  ])
}

/** Logs of the question by their own time: with a filter beside the environment, those of the chosen runs' traces. */
export const logsClause = (question: RunQuestion): Clause => rowsClause(question, 'l', 'time')

/** Spans of the question by their start, chosen like logs. */
export const spansClause = (question: RunQuestion): Clause => rowsClause(question, 's', 'start_time')

const rowsClause = (question: RunQuestion, row: 'l' | 's', time: string): Clause => {
  const { fromMs, toMs } = question.range
  const others = given(question.filters).filter((name) => name !== 'env')
  const runs = all(chosenRuns(question))
  return all([
    { sql: `${row}.project_id = {project:UInt32}`, params: { project: question.projectId } },
    fromMs === undefined ? undefined : { sql: `${row}.${time} >= ${at('from')}`, params: { from: nanos(fromMs) } },
    toMs === undefined ? undefined : { sql: `${row}.${time} < ${at('to')}`, params: { to: nanos(toMs) } },
    others.length > 0
      ? {
          sql: `${row}.trace_id IN (SELECT arrayJoin(r.trace_ids) FROM runs AS r FINAL WHERE ${runs.sql})`,
          params: runs.params,
        }
      : inList(question.filters, 'env', `${row}.env IN {env:Array(String)}`),
  ])
}

const CALLS_LEDGER = sqlFile('calls-ledger')
const CALLS_ROLLUP = sqlFile('calls-rollup')

export const at = (name: string): string => `fromUnixTimestamp64Nano({${name}:Int64}, 'UTC')`
export const nanos = (ms: number): string => (BigInt(Math.round(ms)) * 1_000_000n).toString()
const FIXED_TRACE_IDS = 'arrayMap(id -> toFixedString(unhex(id), 16), {traceId:Array(String)})'
/** The key of a session: the id that telemetry named, else the run's own. */
export const SESSION_KEY = "if(r.session_id = '', lower(hex(r.run_id)), r.session_id)"

/** Filters that take a list of words, and the clause over `{name:Array(String)}` that each stands for. */
const IN_LISTS: readonly (readonly [FilterName, string])[] = [
  ['env', 'r.env IN {env:Array(String)}'],
  ['team', 'r.team IN {team:Array(String)}'],
  ['customer', 'r.customer IN {customer:Array(String)}'],
  ['user', 'hasAny(r.user_ids, {user:Array(String)})'],
  ['outcome', 'r.outcome IN {outcome:Array(String)}'],
  ['version', 'r.agent_version IN {version:Array(String)}'],
  ['guardrail', 'hasAny(r.guardrails, {guardrail:Array(String)})'],
  ['score', 'hasAny(r.score_names, {score:Array(String)})'],
  ['session', `(${SESSION_KEY} IN {session:Array(String)} OR hasAny(r.session_ids, {session:Array(String)}))`],
  ['traceId', `hasAny(r.trace_ids, ${FIXED_TRACE_IDS})`],
  [
    'experiment',
    "(r.labels['recount.experiment.id'] IN {experiment:Array(String)} OR r.labels['recount.experiment.name'] IN {experiment:Array(String)})",
  ],
  ['agent', '(r.root_agent IN {agent:Array(String)} OR hasAny(r.agents, {agent:Array(String)}))'],
  ['model', 'hasAny(r.models, {model:Array(String)})'],
  ['tool', 'hasAny(r.tools, {tool:Array(String)})'],
]

/** What the filters alone ask of a run. */
export const chosenRuns = (question: RunQuestion, except?: FilterName): (Clause | undefined)[] => {
  const { filters } = question
  const used = (name: FilterName) => name !== except && filters[name] !== undefined
  return [
    projectClause(question.projectId),
    ...IN_LISTS.filter(([name]) => used(name)).map(([name, sql]) => inList(filters, name, sql)),
    used('errors')
      ? { sql: filters.errors === 'true' ? 'r.error_count > 0' : 'r.error_count = 0', params: {} }
      : undefined,
    used('minCostUsd')
      ? { sql: 'r.cost >= toDecimal64({minCostUsd:String}, 9)', params: { minCostUsd: filters.minCostUsd!.toFixed(9) } }
      : undefined,
    used('q') ? textClause(question) : undefined,
  ]
}

const restrictedCalls = (filters: RunFilterValues, owner: 'call.' | 'r.'): (Clause | undefined)[] =>
  (['agent', 'model', 'tool'] as const).map((name) =>
    inList(filters, name, `${owner}${name} IN {${name}:Array(String)}`),
  )

const inList = (filters: RunFilterValues, name: FilterName, sql: string): Clause | undefined =>
  filters[name] === undefined ? undefined : { sql, params: { [name]: filters[name] } }

const projectClause = (project: number): Clause => ({ sql: 'r.project_id = {project:UInt32}', params: { project } })

/** How long before its run's end a span may have started to be found by its text. */
const SEARCH_LEAD_MS = 24 * HOUR_MS
const TEXT_SEARCH = sqlFile('text-search')

/** Words and phrases that stand together in one text of the run: its first or last words, a span, a large body (`text-query.ts`). */
const textClause = ({ filters, range }: RunQuestion): Clause | undefined => {
  const query = parseTextQuery(filters.q ?? '')
  if (query.include.length + query.exclude.length === 0) return undefined
  const preview = textMatches("concat(r.first_input, '\\n', r.last_output)", query, 'q', false)
  const own = textMatches(spanText('s.'), query, 'q', false)
  const body = textMatches('c.body', query, 'c', true)
  return {
    sql: fill(TEXT_SEARCH, { preview: `(${preview.sql})`, own: own.sql, body: body.sql }),
    params: {
      ...own.params,
      ...body.params,
      qFrom: nanos((range.fromMs ?? SEARCH_LEAD_MS) - SEARCH_LEAD_MS),
      qTo: nanos(range.toMs ?? Date.UTC(2262, 0, 1)),
    },
  }
}

const given = (filters: RunFilterValues): FilterName[] =>
  (Object.keys(filters) as FilterName[]).filter((name) => filters[name] !== undefined)

export const all = (clauses: readonly (Clause | undefined)[]): Clause => {
  const kept = clauses.filter((clause) => clause !== undefined)
  return {
    sql: kept.map((clause) => clause.sql).join('\n  AND '),
    params: Object.assign({}, ...kept.map((clause) => clause.params)) as QueryParams,
  }
}

/** Runs by the key of their session; a key that looks like a run's id may be one. */
export const sessionKeysClause = (
  projectId: number,
  keys: readonly string[],
): { readonly named: Clause; readonly runs: Clause } => ({
  named: { sql: 'r.session_id IN {keys:Array(String)}', params: { project: projectId, keys } },
  runs: {
    sql: "r.session_id = ''\n    AND r.run_id IN (SELECT toFixedString(unhex(arrayJoin({runIds:Array(String)})), 16))",
    params: { project: projectId, runIds: keys.filter((key) => TRACE_ID.test(key)) },
  },
})
