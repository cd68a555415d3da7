import type { Response } from '../../schema/api/contract.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { isoOfNanos } from '../answers/time.ts'
import { badRequest } from '../problem.ts'
import { contentsByHash } from './content.ts'
import { cursorOf, numericKey, parseCursor } from './cursor.ts'
import { snippetOf } from './snippet.ts'
import { fill, sqlFile } from './sql-file.ts'
import { parseTextQuery, spanText, type TextQuery, textMatches } from './text-query.ts'
import type { BoundedRange } from './time-range.ts'
import { type TracePlace, tracePlaces } from './traces.ts'

const SPANS = sqlFile('search-text-spans')
const LOGS = sqlFile('search-text-logs')
const HOURS = sqlFile('search-text-hours')
const SORT = '-time'

/** Spans that are looked through at once, and by one request at most; it also ends when its time is over. What is left the next page looks through. */
const SLICE_SPANS = 250_000
const REQUEST_SPANS_MAX = 1_500_000
const REQUEST_MS_MAX = 4_000
/** One conversation must not fill the page. */
const PER_TRACE_MAX = 3

type Answer = Response<'searchText'>
type Item = Answer['items'][number]

interface SpanHit {
  readonly trace_id: string
  readonly span_id: string
  readonly time_nanos: string
  readonly name: string
  readonly kind: string
  readonly agent: string
  readonly status_message: string
  readonly attrs: Record<string, string>
  readonly event_names: string[]
  readonly event_attrs: string[]
  readonly attr_refs: Record<string, string>
}
interface LogHit {
  readonly trace_id: string
  readonly span_id: string
  readonly log_id: string
  readonly time_nanos: string
  readonly name: string
  readonly agent: string
  readonly body: string
  readonly attrs: Record<string, string>
}
type Hit = { readonly key: string; readonly nanos: bigint } & (
  | { readonly type: 'span'; readonly row: SpanHit }
  | { readonly type: 'log'; readonly row: LogHit }
)

export interface TextSearch {
  readonly projectId: number
  readonly q: string
  readonly range: BoundedRange
  readonly limit: number
  readonly cursor?: string | undefined
}

/**
 * Texts of spans, large bodies and log records, newest first. There is no index over spans' own texts (docs/search.md): they are read, a stretch of time
 * after the other, until the page is full or the request has done its share; `scanned` says how far it came, `next` goes on from there.
 */
export const searchText = async (
  database: Database,
  { projectId, q, range, limit, cursor }: TextSearch,
): Promise<Answer> => {
  const query = parseTextQuery(q)
  if (query.include.length === 0)
    throw badRequest('q needs a word or a "phrase" that must be there; -word alone would be everything else.')
  const after = parseCursor(cursor, SORT, 2)
  const from = nanosOf(range.fromMs)
  const top = after ? BigInt(numericKey(after.keys[0])) : nanosOf(range.toMs)
  const started = performance.now()
  const hits: Hit[] = []
  let low = top
  let key = after?.keys[1] ?? ''
  let read = 0
  for (const slice of await slicesOf(database, projectId, from, top)) {
    hits.push(...(await sliceHits(database, projectId, query, { from: slice.from, to: low, key, limit: limit + 1 })))
    low = slice.from
    key = ''
    read += slice.spans
    if (hits.length > limit || read >= REQUEST_SPANS_MAX || performance.now() - started > REQUEST_MS_MAX) break
  }
  const page = hits.slice(0, limit)
  const last = page.at(-1)
  const isFull = hits.length > limit && last !== undefined
  const truncated = isFull || low > from
  return {
    items: await itemsOf(database, projectId, query, page),
    next: isFull
      ? cursorOf(SORT, last.nanos.toString(), last.key)
      : truncated
        ? cursorOf(SORT, low.toString(), '')
        : null,
    scanned: { from: isoOfNanos(isFull ? last.nanos : low), to: isoOfNanos(nanosOf(range.toMs)), spans: read },
    truncated,
  }
}

const nanosOf = (ms: number): bigint => BigInt(Math.round(ms)) * 1_000_000n
const HOUR_NANOS = 3_600_000_000_000n

interface Slice {
  readonly from: bigint
  readonly spans: number
}

/** From the newest down to `from`, each with about so many spans; counted by the runs that ended in an hour, which is near enough. */
const slicesOf = async (database: Database, projectId: number, from: bigint, to: bigint): Promise<readonly Slice[]> => {
  const hours = await database.query<{ hour: number; span_count: string | number }>(HOURS, {
    project: projectId,
    from: from.toString(),
    to: (to + HOUR_NANOS).toString(),
  })
  const slices: Slice[] = []
  let spans = 0
  for (const { hour, span_count } of hours) {
    spans += Number(span_count)
    const start = BigInt(hour) * 1_000_000_000n
    if (spans < SLICE_SPANS || start >= to || start <= from) continue
    slices.push({ from: start, spans })
    spans = 0
  }
  return [...slices, { from, spans }]
}

interface Bounds {
  readonly from: bigint
  readonly to: bigint
  readonly key: string
  readonly limit: number
}

const sliceHits = async (
  database: Database,
  projectId: number,
  query: TextQuery,
  { from, to, key, limit }: Bounds,
): Promise<Hit[]> => {
  const own = textMatches(spanText('s.'), query, 'q', false)
  const body = textMatches('c.body', query, 'c', true)
  const log = textMatches("concat(l.body, '\\n', arrayStringConcat(mapValues(l.attrs), '\\n'))", query, 'q', false)
  const params = {
    project: projectId,
    from: from.toString(),
    to: to.toString(),
    toKey: key,
    perTrace: PER_TRACE_MAX,
    limit,
  }
  const [spans, logs] = await Promise.all([
    database.query<SpanHit>(fill(SPANS, { own: own.sql, body: body.sql }), {
      ...own.params,
      ...body.params,
      ...params,
    }),
    database.query<LogHit>(fill(LOGS, { own: log.sql }), { ...log.params, ...params }),
  ])
  const hits: Hit[] = [
    ...spans.map((row): Hit => ({ type: 'span', key: row.span_id, nanos: BigInt(row.time_nanos), row })),
    ...logs.map((row): Hit => ({ type: 'log', key: row.log_id, nanos: BigInt(row.time_nanos), row })),
  ]
  return hits.sort((a, b) => (a.nanos === b.nanos ? (a.key < b.key ? 1 : -1) : a.nanos < b.nanos ? 1 : -1))
}

const itemsOf = async (
  database: Database,
  projectId: number,
  query: TextQuery,
  hits: readonly Hit[],
): Promise<Item[]> => {
  const traceIds = [...new Set(hits.map(({ row }) => row.trace_id).filter((id) => id !== ''))]
  const refs = hits.flatMap((hit) =>
    hit.type === 'span' && !ownSnippet(hit, query) ? Object.values(hit.row.attr_refs) : [],
  )
  const [places, bodies] = await Promise.all([
    traceIds.length === 0 ? [] : tracePlaces(database, projectId, traceIds),
    refs.length === 0 ? new Map<string, string>() : contentsByHash(database, projectId, traceIds, refs),
  ])
  const placeOf = new Map<string, TracePlace>(places.map((place) => [place.trace_id, place]))
  return hits.map((hit) => {
    const { row } = hit
    const place = placeOf.get(row.trace_id)
    const snippet = ownSnippet(hit, query) ?? bodySnippet(hit, query, bodies)
    return {
      type: hit.type,
      traceId: row.trace_id,
      spanId: row.span_id,
      runId: place?.run_id ?? '',
      sessionId: place?.session_id || place?.run_id || '',
      time: isoOfNanos(row.time_nanos),
      name: row.name,
      kind: hit.type === 'span' ? hit.row.kind : 'log',
      agent: row.agent,
      where: snippet?.where ?? '',
      snippet: snippet
        ? { text: snippet.text, marks: snippet.marks.map(([start, end]) => [start, end]) }
        : { text: '', marks: [] },
    }
  })
}

const ownSnippet = (hit: Hit, query: TextQuery) =>
  snippetOf(
    hit.type === 'log'
      ? [['body', hit.row.body], ...Object.entries(hit.row.attrs)]
      : [
          ...Object.entries(hit.row.attrs),
          ['status', hit.row.status_message],
          ['name', hit.row.name],
          ...hit.row.event_attrs.map((attrs, i) => [`event ${hit.row.event_names[i] ?? ''}`, attrs] as const),
        ],
    query,
  )

const bodySnippet = (hit: Hit, query: TextQuery, bodies: ReadonlyMap<string, string>) =>
  hit.type === 'span'
    ? snippetOf(
        Object.entries(hit.row.attr_refs).map(([key, hash]) => [key, bodies.get(hash) ?? ''] as const),
        query,
      )
    : undefined
