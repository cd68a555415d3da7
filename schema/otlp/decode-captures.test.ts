import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodeJson } from './decode-json.ts'
import { decodeProtobuf } from './decode-protobuf.ts'
import type { AnyValue, Decoded, KeyValue } from './wire.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..', 'shared')
const CAPTURES = join(ROOT, 'captures')
const present = existsSync(CAPTURES)
if (!present)
  console.warn(`SKIPPED: no recordings at ${CAPTURES}; the decoders were not compared with real exporters' bytes`)

interface Body {
  readonly file: string
  readonly signal: 'traces' | 'logs'
  readonly json: boolean
}

const bodies: readonly Body[] = present
  ? readdirSync(CAPTURES, { recursive: true, encoding: 'utf8' }).flatMap((file) => {
      const match = /\d+-(traces|logs)\.(pb|json)\.gz$/.exec(file)
      return match ? [{ file, signal: match[1] as Body['signal'], json: match[2] === 'json' }] : []
    })
  : []

describe.skipIf(!present)('the decoders on recordings of real exporters', () => {
  it('read every body into the same values as the independent decoder of the recording rig', async () => {
    const rig = (await import(pathToFileURL(join(ROOT, 'rig', 'otlp.mjs')).href)) as {
      decodePb: (bytes: Buffer, signal: string) => RigRequest
      any: (value: unknown) => unknown
    }
    let spans = 0
    let logs = 0
    let json = 0
    for (const { file, signal, json: isJson } of bodies) {
      const bytes = gunzipSync(readFileSync(join(CAPTURES, file)))
      const ours = summary(isJson ? decodeJson(signal, bytes) : decodeProtobuf(signal, bytes))
      const theirs = isJson ? (JSON.parse(bytes.toString()) as RigRequest) : rig.decodePb(bytes, signal)
      expect(ours, file).toEqual(rigSummary(theirs, rig.any))
      if (isJson) json++
      if (signal === 'traces') spans += ours.length
      else logs += ours.length
    }
    console.log(`${bodies.length} bodies (${json} JSON): ${spans} spans, ${logs} log records equal`)
    expect(spans).toBeGreaterThan(1000)
    expect(logs).toBeGreaterThan(100)
    expect(json).toBeGreaterThan(0)
  })
})

type Line = readonly unknown[]

/** One line per span or record with everything of it, in terms that both decoders can say. */
function summary(decoded: Decoded): Line[] {
  if (decoded.signal === 'traces')
    return decoded.resourceSpans.flatMap((rs) =>
      rs.scopeSpans.flatMap((ss) =>
        ss.spans.map((s) => [
          pairs(rs.resource.attributes),
          [ss.scope.name, ss.scope.version, pairs(ss.scope.attributes)],
          [s.traceId, s.spanId, s.parentSpanId, s.traceState, s.name, s.kind, s.flags, s.droppedAttributesCount],
          [String(s.startTimeUnixNano), String(s.endTimeUnixNano), s.status],
          pairs(s.attributes),
          s.events.map((e) => [String(e.timeUnixNano), e.name, pairs(e.attributes)]),
          s.links.map((l) => [l.traceId, l.spanId, l.traceState, pairs(l.attributes)]),
        ]),
      ),
    )
  if (decoded.signal !== 'logs') throw new Error('metrics are compared elsewhere')
  return decoded.resourceLogs.flatMap((rl) =>
    rl.scopeLogs.flatMap((sl) =>
      sl.logRecords.map((r) => [
        pairs(rl.resource.attributes),
        [sl.scope.name, sl.scope.version, pairs(sl.scope.attributes)],
        [String(r.timeUnixNano), String(r.observedTimeUnixNano), r.severityNumber, r.severityText, r.eventName],
        [r.traceId, r.spanId, r.flags],
        plain(r.body),
        pairs(r.attributes),
      ]),
    ),
  )
}

const pairs = (attributes: readonly KeyValue[]): unknown => attributes.map(({ key, value }) => [key, plain(value)])

function plain(value: AnyValue): unknown {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array) return `base64:${Buffer.from(value).toString('base64')}`
  if (value === null || typeof value !== 'object') return value
  if ('array' in value) return value.array.map(plain)
  return Object.fromEntries(value.kvlist.map(({ key, value: inner }) => [key, plain(inner)]))
}

type RigKeyValues = readonly { key?: string; value?: unknown }[] | undefined
interface RigItem {
  readonly [field: string]: unknown
  readonly attributes?: RigKeyValues
}
interface RigScope extends RigItem {
  readonly scope?: RigItem
  readonly spans?: readonly (RigItem & { events?: readonly RigItem[]; links?: readonly RigItem[] })[]
  readonly logRecords?: readonly RigItem[]
}
interface RigGroup {
  readonly resource?: RigItem
  readonly scopeSpans?: readonly RigScope[]
  readonly scopeLogs?: readonly RigScope[]
}
interface RigRequest {
  readonly resourceSpans?: readonly RigGroup[]
  readonly resourceLogs?: readonly RigGroup[]
}

function rigSummary(request: RigRequest, any: (value: unknown) => unknown): Line[] {
  const kvs = (list: RigKeyValues): unknown => (list ?? []).map((kv) => [kv.key ?? '', any(kv.value)])
  const hex = (id: unknown): string => String(id ?? '').toLowerCase()
  return (request.resourceSpans ?? request.resourceLogs ?? []).flatMap((group) =>
    (group.scopeSpans ?? group.scopeLogs ?? []).flatMap((scoped) => {
      const { scope } = scoped
      const head = [kvs(group.resource?.attributes), [scope?.name ?? '', scope?.version ?? '', kvs(scope?.attributes)]]
      const status = (s: unknown): unknown => ({ code: 0, message: '', ...(s as object | undefined) })
      const spans = (scoped.spans ?? []).map((s) => [
        ...head,
        [
          hex(s.traceId),
          hex(s.spanId),
          hex(s.parentSpanId),
          s.traceState ?? '',
          s.name ?? '',
          s.kind ?? 0,
          s.flags ?? 0,
          s.droppedAttributesCount ?? 0,
        ],
        [String(s.startTimeUnixNano ?? 0), String(s.endTimeUnixNano ?? 0), status(s.status)],
        kvs(s.attributes),
        (s.events ?? []).map((e) => [String(e.timeUnixNano ?? 0), e.name ?? '', kvs(e.attributes)]),
        (s.links ?? []).map((l) => [hex(l.traceId), hex(l.spanId), l.traceState ?? '', kvs(l.attributes)]),
      ])
      const logs = (scoped.logRecords ?? []).map((r) => [
        ...head,
        [
          String(r.timeUnixNano ?? 0),
          String(r.observedTimeUnixNano ?? 0),
          r.severityNumber ?? 0,
          r.severityText ?? '',
          r.eventName ?? '',
        ],
        [hex(r.traceId), hex(r.spanId), r.flags ?? 0],
        any(r.body),
        kvs(r.attributes),
      ])
      return [...spans, ...logs]
    }),
  )
}
