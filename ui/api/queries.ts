import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Response as Answer, Query } from '../../schema/api/contract.ts'
import type { RouteName } from '../../schema/api/paths.ts'
import { get, getText } from './client.ts'

/**
 * Every question a page asks, once. Keys are [route, parameters], so equal questions share one answer, and old figures stay while new
 * ones come. `live` asks again while the range ends now.
 */
type Filters = { readonly [K in keyof NonNullable<Query<'overview'>>]?: unknown }
export interface Freshness {
  readonly live?: boolean
}

const LIVE_INTERVAL_MS = 5_000
const REPORT_INTERVAL_MS = 15_000

const polled = (live: boolean | undefined, everyMs: number) => ({ refetchInterval: live ? everyMs : (false as const) })

export const overviewQuery = (filters: Filters, { live }: Freshness = {}) =>
  queryOptions({
    queryKey: ['overview', filters],
    queryFn: ({ signal }) => get('overview', { query: filters as Query<'overview'>, signal }),
    placeholderData: keepPreviousData,
    ...polled(live, REPORT_INTERVAL_MS),
  })

type SessionFilters = Filters & { readonly sort?: string }
export const SESSION_PAGE_SIZE = 100

export const sessionsQuery = (filters: SessionFilters, { live }: Freshness = {}, limit = SESSION_PAGE_SIZE) =>
  infiniteQueryOptions({
    queryKey: ['sessions', filters, limit],
    queryFn: ({ signal, pageParam }) =>
      get('sessions', { query: { ...filters, limit, cursor: pageParam ?? undefined } as Query<'sessions'>, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    // Asking again reloads every page that was scrolled to; only a list still at its top stays live.
    refetchInterval: (query) => (live && (query.state.data?.pages.length ?? 0) <= 1 ? LIVE_INTERVAL_MS : false),
  })

export const sessionFacetsQuery = (filters: Filters, { live }: Freshness = {}) =>
  queryOptions({
    queryKey: ['sessionFacets', filters],
    queryFn: ({ signal }) => get('sessionFacets', { query: filters as Query<'sessionFacets'>, signal }),
    placeholderData: keepPreviousData,
    ...polled(live, REPORT_INTERVAL_MS),
  })

export const sessionHistogramQuery = (filters: Filters, { live }: Freshness = {}) =>
  queryOptions({
    queryKey: ['sessionHistogram', filters],
    queryFn: ({ signal }) => get('sessionHistogram', { query: filters as Query<'sessionHistogram'>, signal }),
    placeholderData: keepPreviousData,
    ...polled(live, LIVE_INTERVAL_MS),
  })

export const sessionQuery = (id: string) =>
  queryOptions({ queryKey: ['session', id], queryFn: ({ signal }) => get('session', { params: { id }, signal }) })

export const tracesQuery = (filters: Filters, { live }: Freshness = {}, limit = SESSION_PAGE_SIZE) =>
  infiniteQueryOptions({
    queryKey: ['traces', filters, limit],
    queryFn: ({ signal, pageParam }) =>
      get('traces', { query: { ...filters, limit, cursor: pageParam ?? undefined } as Query<'traces'>, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (live && (query.state.data?.pages.length ?? 0) <= 1 ? LIVE_INTERVAL_MS : false),
  })

/** Of a long recording the beginning is shown soon; the rest, which nobody waits for, comes in the largest pages there are. */
const FIRST_STEPS = 500
const MORE_STEPS = 5_000
/** After a preview the recording is read again from its beginning, whole. */
const BEGINNING = ''
const replayPage = (cursor: string | null) => ({
  limit: cursor === null ? FIRST_STEPS : MORE_STEPS,
  cursor: cursor || undefined,
  preview: cursor === null ? ('true' as const) : undefined,
})
const afterPage = ({
  next,
  preview,
}: {
  readonly next: string | null
  readonly preview?: true | undefined
}): string | null => (preview ? BEGINNING : next)

/** The steps of every page; those of the preview only until the first real page is there. */
export const stepsOfPages = (pages: readonly Answer<'sessionReplay'>[]): Answer<'sessionReplay'>['steps'] =>
  pages.flatMap((page) => (page.preview && pages.length > 1 ? [] : page.steps))

/** `next` continues. */
export const sessionReplayQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['sessionReplay', id],
    queryFn: ({ signal, pageParam }) => get('sessionReplay', { params: { id }, query: replayPage(pageParam), signal }),
    initialPageParam: null as string | null,
    getNextPageParam: afterPage,
  })

export const traceReplayQuery = (traceId: string) =>
  infiniteQueryOptions({
    queryKey: ['traceReplay', traceId],
    queryFn: ({ signal, pageParam }) =>
      get('traceReplay', { params: { traceId }, query: replayPage(pageParam), signal }),
    initialPageParam: null as string | null,
    getNextPageParam: afterPage,
  })

/** Most traces are whole with their first spans; of a long one the rest is asked for by `traceQuery`. */
const FIRST_SPANS = 2_000
export const traceStartQuery = (traceId: string) =>
  queryOptions({
    queryKey: ['trace', traceId, FIRST_SPANS],
    queryFn: ({ signal }) => get('trace', { params: { traceId }, query: { spans: FIRST_SPANS }, signal }),
  })

export const traceQuery = (traceId: string) =>
  queryOptions({
    queryKey: ['trace', traceId],
    queryFn: ({ signal }) => get('trace', { params: { traceId }, signal }),
  })

export const traceLogsQuery = (traceId: string) =>
  infiniteQueryOptions({
    queryKey: ['traceLogs', traceId],
    queryFn: ({ signal, pageParam }) =>
      get('traceLogs', { params: { traceId }, query: { limit: 500, cursor: pageParam ?? undefined }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })

/** A span that is closed does not change: asked for once. */
export const spanQuery = (traceId: string, spanId: string) =>
  queryOptions({
    queryKey: ['span', traceId, spanId],
    queryFn: ({ signal }) => get('span', { params: { traceId, spanId }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const spanMappingQuery = (traceId: string, spanId: string) =>
  queryOptions({
    queryKey: ['spanMapping', traceId, spanId],
    queryFn: ({ signal }) => get('spanMapping', { params: { traceId, spanId }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const spanLogsQuery = (traceId: string, spanId: string) =>
  queryOptions({
    queryKey: ['spanLogs', traceId, spanId],
    queryFn: ({ signal }) => get('logs', { query: { traceId, spanId, limit: 200 }, signal }),
  })

export const failuresQuery = (filters: Filters, { live }: Freshness = {}) =>
  queryOptions({
    queryKey: ['failures', filters],
    queryFn: ({ signal }) => get('failures', { query: filters as Query<'failures'>, signal }),
    placeholderData: keepPreviousData,
    ...polled(live, REPORT_INTERVAL_MS),
  })

/** The questions that the server asks for an answer. */
export const sqlQuery = (name: RouteName, query: Readonly<Record<string, unknown>>) =>
  queryOptions({
    queryKey: ['sql', name, query],
    queryFn: ({ signal }) => getText(name, { ...query, format: 'sql' }, signal),
  })

/** Reports come whole: an install has tens of agents, hundreds of tools. */
const REPORT_LIMIT = 500

export const agentsQuery = (filters: Filters, { live }: Freshness = {}) =>
  queryOptions({
    queryKey: ['agents', filters],
    queryFn: ({ signal }) => get('agents', { query: { ...filters, limit: REPORT_LIMIT } as Query<'agents'>, signal }),
    placeholderData: keepPreviousData,
    ...polled(live, REPORT_INTERVAL_MS),
  })

export const toolsQuery = (filters: Filters, { live }: Freshness = {}) =>
  queryOptions({
    queryKey: ['tools', filters],
    queryFn: ({ signal }) => get('tools', { query: { ...filters, limit: REPORT_LIMIT } as Query<'tools'>, signal }),
    placeholderData: keepPreviousData,
    ...polled(live, REPORT_INTERVAL_MS),
  })

export const modelsQuery = (filters: Filters, { live }: Freshness = {}) =>
  queryOptions({
    queryKey: ['models', filters],
    queryFn: ({ signal }) => get('models', { query: { ...filters, limit: REPORT_LIMIT } as Query<'models'>, signal }),
    placeholderData: keepPreviousData,
    ...polled(live, REPORT_INTERVAL_MS),
  })

/** Shorter texts stand everywhere. */
export const TEXT_CHARS_MIN = 3
const TEXT_HITS = 8

export const textSearchQuery = (q: string, range: { readonly from?: string; readonly to?: string }) =>
  queryOptions({
    queryKey: ['searchText', q, range],
    queryFn: ({ signal }) => get('searchText', { query: { q, ...range, limit: TEXT_HITS }, signal }),
    enabled: q.length >= TEXT_CHARS_MIN,
    // A word that is not found is no failure of the page: the palette shows what else it has.
    retry: false,
    placeholderData: keepPreviousData,
  })

export const searchQuery = (q: string) =>
  queryOptions({
    queryKey: ['search', q],
    queryFn: ({ signal }) => get('search', { query: { q }, signal }),
    enabled: q !== '',
    placeholderData: keepPreviousData,
  })

type Range = { readonly from?: string; readonly to?: string }

export const ingestQuery = ({ from, to }: Range, { live }: Freshness = {}) =>
  queryOptions({
    queryKey: ['ingest', from, to],
    queryFn: ({ signal }) => get('ingest', { query: { from, to }, signal }),
    placeholderData: keepPreviousData,
    ...polled(live, LIVE_INTERVAL_MS),
  })

export const ingestSourcesQuery = ({ from, to }: Range, { live }: Freshness = {}) =>
  queryOptions({
    queryKey: ['ingestSources', from, to],
    queryFn: ({ signal }) => get('ingestSources', { query: { from, to }, signal }),
    placeholderData: keepPreviousData,
    ...polled(live, REPORT_INTERVAL_MS),
  })

/** Reads many spans: asked for when its page is opened, and not again and again. */
export const ingestAttributesQuery = ({ from, to }: Range) =>
  queryOptions({
    queryKey: ['ingestAttributes', from, to],
    queryFn: ({ signal }) => get('ingestAttributes', { query: { from, to, limit: 200 }, signal }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })

export const auditQuery = (filters: Readonly<Record<string, unknown>>, { live }: Freshness = {}) =>
  infiniteQueryOptions({
    queryKey: ['audit', filters],
    queryFn: ({ signal, pageParam }) =>
      get('audit', { query: { ...filters, limit: 200, cursor: pageParam ?? undefined } as Query<'audit'>, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (live && (query.state.data?.pages.length ?? 0) <= 1 ? REPORT_INTERVAL_MS : false),
  })

export const statusQuery = () =>
  queryOptions({
    queryKey: ['status'],
    queryFn: ({ signal }) => get('status', { signal }),
    refetchInterval: 3_000,
    retry: false,
  })
