import type { Span, Trace } from '../../schema/api/shapes.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { attributesOf, objectOfJson } from '../answers/attributes.ts'
import { type LightSpanRow, lightSpanOfRow } from '../answers/span.ts'
import { isoOfNanos } from '../answers/time.ts'
import { MESSAGE_EVENT_NAMES } from '../replay/messages/carrier.ts'
import { messagesOfSpan } from '../replay/messages/messages-of-span.ts'
import { callsOfRuns, spanKey } from './calls.ts'
import { contentsByHash } from './content.ts'
import { logRows } from './logs.ts'
import { sqlFile } from './sql-file.ts'
import { type TracePlace, tracePlaces, withFigures } from './traces.ts'

const LIGHT = sqlFile('spans-light')
const BY_ID = sqlFile('span-by-id')
/** What a browser can hold and a person can look at; the rest is said to be missing. */
export const TRACE_SPANS_MAX = 50_000
const SPAN_ID = /^[0-9a-fA-F]{16}$/
/** Log records looked at for the messages of one span. */
const SPAN_LOGS_MAX = 2000

export interface SpanRow extends LightSpanRow {
  readonly span_kind: number
  readonly status_message: string
  readonly error_type: string
  readonly scope: string
  readonly scope_version: string
  readonly trace_state: string
  readonly otlp_flags: number
  readonly dialect: string
  readonly raw_kind: string
  readonly mapper_version: number
  readonly provider: string
  readonly request_model: string
  readonly response_id: string
  readonly finish_reason: string
  readonly service_tier: string
  readonly agent_version: string
  readonly prompt: string
  readonly prompt_version: string
  readonly policy_version: string
  readonly session_id: string
  readonly user: string
  readonly environment: string
  readonly tool_call_id: string
  readonly guardrail: string
  readonly verdict: string
  readonly input_semantics: string
  readonly usage_conflict: boolean
  readonly cost_reported_usd: string
  readonly tool_definitions_ref: string
  readonly attrs: Record<string, string>
  readonly nums: Record<string, number>
  readonly attr_refs: Record<string, string>
  readonly resource: Record<string, string>
  readonly event_times: string[]
  readonly event_names: string[]
  readonly event_attrs: string[]
  readonly link_trace_ids: string[]
  readonly link_span_ids: string[]
  readonly link_attrs: string[]
}

/** Parameters that bound a read of `spans` to where these traces lie. */
export const spanBounds = (projectId: number, places: readonly TracePlace[]) => ({
  project: projectId,
  traceIds: places.map((place) => place.trace_id),
  firstNanos: places
    .map((place) => BigInt(place.start_nanos))
    .reduce((a, b) => (a < b ? a : b))
    .toString(),
  lastNanos: places
    .map((place) => BigInt(place.last_start_nanos))
    .reduce((a, b) => (a > b ? a : b))
    .toString(),
})

export const traceWithSpans = async (
  database: Database,
  projectId: number,
  traceId: string,
  spansMax: number = TRACE_SPANS_MAX,
): Promise<Trace | undefined> => {
  const places = await tracePlaces(database, projectId, [traceId])
  const [place] = places
  if (!place) return undefined
  const reading = database.query<LightSpanRow>(LIGHT, { ...spanBounds(projectId, places), limit: spansMax + 1 })
  // Of the first spans of a long trace only their calls are worth the way; of all, both are asked for at once.
  const wanted = spansMax < place.span_count ? (await reading).map((row) => row.span_id) : []
  const [[item], rows, calls] = await Promise.all([
    withFigures(database, projectId, places),
    reading,
    callsOfRuns(database, projectId, [place.run_id], wanted.length <= SPAN_IDS_MAX ? wanted : []),
  ])
  return (
    item && {
      ...item,
      spans: rows.slice(0, spansMax).map((row) => lightSpanOfRow(row, calls.get(spanKey(row.trace_id, row.span_id)))),
      truncated: rows.length > spansMax,
    }
  )
}

/** Ids that one question names. */
const SPAN_IDS_MAX = 5_000

const SPAN_KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const

/** One span with everything: bodies that were stored apart put back, and its messages in one shape whatever dialect carried them. */
export const spanById = async (
  database: Database,
  projectId: number,
  traceId: string,
  spanId: string,
): Promise<Span | undefined> => {
  const places = SPAN_ID.test(spanId) ? await tracePlaces(database, projectId, [traceId]) : []
  const [place] = places
  if (!place) return undefined
  const [[row], calls, logs] = await Promise.all([
    database.query<SpanRow>(BY_ID, { ...spanBounds(projectId, places), traceId: place.trace_id, spanId }),
    callsOfRuns(database, projectId, [place.run_id], [spanId]),
    logRows(database, projectId, places, { limit: SPAN_LOGS_MAX, names: MESSAGE_EVENT_NAMES }),
  ])
  if (!row) return undefined
  const refs = [...Object.values(row.attr_refs), row.tool_definitions_ref].filter((hash) => hash !== '')
  const bodies =
    refs.length === 0 ? new Map<string, string>() : await contentsByHash(database, projectId, [traceId], refs)
  const resolved = Object.fromEntries(
    Object.entries(row.attr_refs).flatMap(([key, hash]) => {
      const body = bodies.get(hash)
      return body === undefined ? [] : [[key, body] as const]
    }),
  )
  const call = calls.get(spanKey(row.trace_id, row.span_id))
  const events = row.event_times.map((time, i) => ({
    time: isoOfNanos(time),
    timeNanos: time,
    name: row.event_names[i] ?? '',
    attributes: objectOfJson(row.event_attrs[i] ?? ''),
  }))
  const messages = messagesOfSpan({
    attrs: { ...row.attrs, ...resolved },
    events,
    logs: logs.filter((log) => log.span_id === row.span_id),
  })
  return {
    ...lightSpanOfRow(row, call),
    traceId: row.trace_id,
    runId: place.run_id,
    sessionId: row.session_id || place.session_id || place.run_id,
    spanKind: SPAN_KINDS[row.span_kind] ?? 'unspecified',
    statusMessage: row.status_message,
    errorType: row.error_type,
    scope: { name: row.scope, version: row.scope_version },
    traceState: row.trace_state,
    flags: row.otlp_flags,
    dialect: row.dialect,
    rawKind: row.raw_kind,
    mapperVersion: row.mapper_version,
    provider: row.provider,
    requestModel: row.request_model,
    responseId: row.response_id,
    finishReason: row.finish_reason,
    serviceTier: row.service_tier,
    agentVersion: row.agent_version,
    prompt: row.prompt,
    promptVersion: row.prompt_version,
    policyVersion: row.policy_version,
    user: row.user,
    environment: row.environment,
    toolCallId: row.tool_call_id,
    guardrail: row.guardrail,
    verdict: row.verdict,
    inputSemantics: row.input_semantics,
    usageConflict: row.usage_conflict,
    costReportedUsd: Number(row.cost_reported_usd) === 0 ? null : row.cost_reported_usd,
    priceRef: call?.price_ref || null,
    attributes: attributesOf(row.attrs, row.nums, resolved),
    resource: attributesOf(row.resource, {}),
    events,
    links: row.link_trace_ids.map((linked, i) => ({
      traceId: linked,
      spanId: row.link_span_ids[i] ?? '',
      attributes: objectOfJson(row.link_attrs[i] ?? ''),
    })),
    inputMessages: messages.input,
    outputMessages: messages.output,
    toolDefinitions: toolDefinitionsOf(bodies.get(row.tool_definitions_ref) ?? ''),
  }
}

/** JSON text `[{name, description, parameters}]`, as the normaliser wrote it. */
export const toolDefinitionsOf = (text: string): Span['toolDefinitions'] => {
  if (text === '') return []
  const list: unknown = JSON.parse(text)
  if (!Array.isArray(list)) return []
  return list.map((item: { name?: unknown; description?: unknown; parameters?: unknown }) => ({
    name: String(item.name ?? ''),
    description: String(item.description ?? ''),
    parameters: item.parameters ?? null,
  }))
}
