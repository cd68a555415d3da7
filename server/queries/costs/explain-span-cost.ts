import type { CostExplanation } from '../../../schema/api/prices.ts'
import type { Database } from '../../../schema/clickhouse/database.ts'
import type { StoredPriceBooks } from '../../../schema/prices/stored-price-books.ts'
import { type CostCallRow, explainCall, type Holders, notCounted } from '../../answers/cost-explanation.ts'
import { nanoUsdOf, usdOf } from '../../answers/money.ts'
import { spanBounds } from '../spans.ts'
import { sqlFile } from '../sql-file.ts'
import { tracePlaces } from '../traces.ts'
import { bookThatSaid } from './past-books.ts'

const CALLS = sqlFile('costs/span-cost-calls')
const KIN = sqlFile('costs/span-kin')
const CALLS_MAX = 200_000
const SPANS_MAX = 50_000
const SPAN_ID = /^[0-9a-f]{16}$/

interface KinRow {
  readonly span_id: string
  readonly parent_span_id: string
  readonly name: string
  readonly kind: string
  readonly has_usage: boolean
  readonly response_id: string
  readonly tool_call_id: string
}

/** How a span's cost came about; of one that does not count, which span holds what it repeats. undefined: no such span is known. */
export const explainSpanCost = async (
  database: Database,
  books: StoredPriceBooks,
  projectId: number,
  params: { readonly traceId: string; readonly spanId: string },
): Promise<CostExplanation | undefined> => {
  const spanId = params.spanId.toLowerCase()
  const places = SPAN_ID.test(spanId) ? await tracePlaces(database, projectId, [params.traceId]) : []
  const [place] = places
  if (!place) return undefined
  const calls = await database.query<CostCallRow>(CALLS, { project: projectId, runId: place.run_id, limit: CALLS_MAX })
  const own = calls.filter((call) => call.span_id === spanId && call.trace_id === place.trace_id)
  const prices = books.pricesOf(projectId)
  if (own.length > 0) {
    const explained = await Promise.all(
      own.map(async (call) => explainCall(call, prices.book, await bookThatSaid(database, projectId, prices, call))),
    )
    // Minutes of review may stand under the span of a call: one answer, with the lines of both.
    return explained.length === 1 ? explained[0] : together(explained)
  }
  const kin = await database.query<KinRow>(KIN, { ...spanBounds(projectId, places), limit: SPANS_MAX })
  const span = kin.find((row) => row.span_id === spanId)
  if (!span) return undefined
  const counted = new Set(calls.filter((call) => call.trace_id === place.trace_id).map((call) => call.span_id))
  return notCounted(
    { traceId: place.trace_id, spanId, runId: place.run_id, wins: prices.book.wins, talliedMs: calls[0]?.tallied_ms },
    span.has_usage,
    holders(span, kin, counted),
  )
}

/** The counted spans that tell of the same: by the id of the answer or of the tool's call, else what is below it, else what encloses it. */
const holders = (span: KinRow, kin: readonly KinRow[], counted: ReadonlySet<string>): Holders => {
  const others = kin.filter((row) => row !== span && counted.has(row.span_id))
  const answer = others.filter((row) => span.response_id !== '' && row.response_id === span.response_id)
  if (answer.length > 0) return { how: 'answer', spanIds: idsOf(answer) }
  const tool = others.filter((row) => span.tool_call_id !== '' && row.tool_call_id === span.tool_call_id)
  if (tool.length > 0 && span.kind === 'tool') return { how: 'tool call', spanIds: idsOf(tool) }
  const parents = new Map(kin.map((row) => [row.span_id, row.parent_span_id]))
  const below = others.filter((row) => ancestorsOf(row.span_id, parents).includes(span.span_id))
  if (below.length > 0) return { how: 'below', spanIds: idsOf(below) }
  const above = ancestorsOf(span.span_id, parents).find((id) => counted.has(id))
  return above ? { how: 'above', spanIds: [above] } : { how: 'none', spanIds: [] }
}

const idsOf = (rows: readonly KinRow[]): readonly string[] => rows.map(({ span_id }) => span_id)

/** Nearest first; a ring of parents, which broken telemetry can make, ends where it began. */
const ancestorsOf = (spanId: string, parents: ReadonlyMap<string, string>): readonly string[] => {
  const up: string[] = []
  for (let id = parents.get(spanId); id && !up.includes(id); id = parents.get(id)) up.push(id)
  return up
}

const together = (all: readonly CostExplanation[]): CostExplanation => {
  const main = all.find(({ component }) => component !== 'review') ?? all[0]!
  const others = all.filter((one) => one !== main)
  const sum = (of: (one: CostExplanation) => string | null): string | null => addUsd(all.map(of))
  return {
    ...main,
    costUsd: sum(({ costUsd }) => costUsd),
    reportedUsd: sum(({ reportedUsd }) => reportedUsd),
    computedUsd: sum(({ computedUsd }) => computedUsd),
    lines: all.flatMap(({ lines }) => lines),
    why: [main.why, ...others.map(({ why }) => why)].join(' '),
  }
}

const addUsd = (values: readonly (string | null)[]): string | null => {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : usdOf(known.reduce((sum, value) => sum + nanoUsdOf(value), 0n))
}
