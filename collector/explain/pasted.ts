import { MAPPING_RECORDS_MAX } from '../../schema/api/mapping.ts'
import { decodeJson } from '../../schema/otlp/decode-json.ts'
import { type Decoded, DecodeError, type ResourceLogs, type ResourceSpans } from '../../schema/otlp/wire.ts'

type JsonObject = Readonly<Record<string, unknown>>
const LOG_FIELDS = ['eventName', 'severityNumber', 'severityText', 'observedTimeUnixNano', 'body']

/**
 * Records that a person pasted → OTLP as decoded. Taken are an export request, and one span or log record by itself, with `scope` and
 * `resource` beside its own fields; attributes may be a plain object anywhere. @throws DecodeError
 */
export const decodePasted = (pasted: JsonObject): Decoded => {
  if ('resourceSpans' in pasted || 'resourceLogs' in pasted) return decoded(pasted)
  const { resource, scope, instrumentationScope, ...record } = pasted
  const source = { resource: withList(resource), scope: withList(scope ?? instrumentationScope) }
  return LOG_FIELDS.some((field) => field in record)
    ? decoded({
        resourceLogs: [
          { resource: source.resource, scopeLogs: [{ scope: source.scope, logRecords: [logOf(record)] }] },
        ],
      })
    : decoded({
        resourceSpans: [{ resource: source.resource, scopeSpans: [{ scope: source.scope, spans: [spanOf(record)] }] }],
      })
}

const decoded = (request: JsonObject): Decoded => {
  const signal = 'resourceLogs' in request ? 'logs' : 'traces'
  const result = decodeJson(signal, new TextEncoder().encode(JSON.stringify(request)))
  const records =
    result.signal === 'traces'
      ? countOf(result.resourceSpans, ({ scopeSpans }: ResourceSpans) => scopeSpans.map(({ spans }) => spans.length))
      : result.signal === 'logs'
        ? countOf(result.resourceLogs, ({ scopeLogs }: ResourceLogs) =>
            scopeLogs.map(({ logRecords }) => logRecords.length),
          )
        : 0
  if (records === 0) throw new DecodeError('no span and no log record is in it')
  if (records > MAPPING_RECORDS_MAX)
    throw new DecodeError(`${records} records; at most ${MAPPING_RECORDS_MAX} are explained at once`)
  return result
}

const countOf = <T>(groups: readonly T[], sizes: (group: T) => readonly number[]): number =>
  groups.flatMap(sizes).reduce((sum, size) => sum + size, 0)

const spanOf = (record: JsonObject): JsonObject => ({
  ...record,
  attributes: listOf(record.attributes),
  events: each(record.events),
  links: each(record.links),
})

const logOf = (record: JsonObject): JsonObject => ({
  ...record,
  attributes: listOf(record.attributes),
  // A body that is not an AnyValue is the text or the object that somebody copied from a page.
  body: isAnyValue(record.body) ? record.body : anyValueOf(record.body),
})

const each = (items: unknown): unknown =>
  Array.isArray(items) ? items.map((item: unknown) => (isObject(item) ? withList(item) : item)) : items

const withList = (item: unknown): unknown =>
  isObject(item) && 'attributes' in item ? { ...item, attributes: listOf(item.attributes) } : item

/** `{"a": 1}` → `[{key: "a", value: {intValue: 1}}]`; a list is OTLP's own and stays. */
const listOf = (attributes: unknown): unknown =>
  isObject(attributes)
    ? Object.entries(attributes).map(([key, value]) => ({ key, value: anyValueOf(value) }))
    : attributes

const anyValueOf = (value: unknown): unknown => {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return Number.isSafeInteger(value) ? { intValue: value } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValueOf) } }
  if (isObject(value)) return { kvlistValue: { values: listOf(value) } }
  return {}
}

const ANY_VALUE = /^(?:string|bool|int|double|bytes|array|kvlist)Value$/
const isAnyValue = (value: unknown): boolean =>
  isObject(value) && Object.keys(value).length === 1 && ANY_VALUE.test(Object.keys(value)[0] ?? '')

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
