import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { decodeJson } from '../../../schema/otlp/decode-json.ts'
import { encodeJson } from '../../../schema/otlp/encode-json.ts'
import { encodeMetrics } from '../../../schema/otlp/encode-metrics.ts'
import { encodeLogs, encodeTraces } from '../../../schema/otlp/encode-protobuf.ts'
import type { Encoding, ResourceLogs, ResourceMetrics, ResourceSpans, Signal } from '../../../schema/otlp/wire.ts'
import { attributesOf, runSpans } from '../agent-run.ts'
import { hostileLogs, hostileSpans } from '../hostile-run.ts'
import { resourceLogsArbitrary, resourceMetricsArbitrary, resourceSpansArbitrary } from '../otlp-arbitraries.ts'

/** A valid request to spoil. */
export interface Valid {
  readonly signal: Signal
  readonly encoding: Encoding
  readonly body: Uint8Array<ArrayBuffer>
}

/** All times of the corpus lie before this, within a day: a fixed moment, so that a seed means the same request on every day. Over the wire it is now. */
export const CORPUS_NOW_MS = Date.UTC(2026, 10, 21, 12)

/** Below it there is nothing to spoil. */
const BODY_BYTES_MIN = 40

const FIXTURES = new URL('../../../collector/normalise/fixtures/', import.meta.url)

/** Agent runs, every dialect's fixture, markup and odd characters, and requests of every field that the protocol has; in protobuf and JSON alike. */
export const corpus = (nowMs = CORPUS_NOW_MS): readonly Valid[] => {
  const traces: (readonly ResourceSpans[])[] = [
    ...Array.from({ length: 6 }, (_, n) => agentRun(n + 1, nowMs)),
    hostileSpans(nowMs),
    ...fc.sample(resourceSpansArbitrary, { numRuns: 8, seed: 1 }),
    ...fixtures(),
  ]
  const logs: (readonly ResourceLogs[])[] = [
    hostileLogs(nowMs),
    ...fc.sample(resourceLogsArbitrary, { numRuns: 8, seed: 2 }),
  ]
  const metrics: (readonly ResourceMetrics[])[] = fc.sample(resourceMetricsArbitrary, { numRuns: 10, seed: 3 })
  const all = [
    ...traces.flatMap((resourceSpans) => both('traces', encodeTraces(resourceSpans), encodeJson({ resourceSpans }))),
    ...logs.flatMap((resourceLogs) => both('logs', encodeLogs(resourceLogs), encodeJson({ resourceLogs }))),
    ...metrics.flatMap((resourceMetrics) =>
      both('metrics', encodeMetrics(resourceMetrics), encodeJson({ resourceMetrics })),
    ),
  ]
  return all.filter(({ body }) => body.length >= BODY_BYTES_MIN)
}

const both = (signal: Signal, protobuf: Uint8Array<ArrayBuffer>, json: string | Uint8Array): readonly Valid[] => [
  { signal, encoding: 'protobuf', body: protobuf },
  { signal, encoding: 'json', body: Uint8Array.from(typeof json === 'string' ? Buffer.from(json) : json) },
]

const agentRun = (number: number, endMs: number): readonly ResourceSpans[] => [
  {
    resource: { attributes: attributesOf({ 'service.name': 'torture', 'deployment.environment.name': 'test' }) },
    scopeSpans: [
      {
        scope: { name: 'test', version: '1', attributes: [] },
        spans: runSpans({ number, endMs, session: `s-${number % 3}`, bareCalls: number % 3 === 0 }),
      },
    ],
  },
]

/** The requests of the dialect fixtures; some files hold what must come out beside them. */
const fixtures = (): readonly (readonly ResourceSpans[])[] =>
  readdirSync(FIXTURES)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      const found = requestIn(JSON.parse(readFileSync(new URL(name, FIXTURES), 'utf8')))
      if (found === undefined) return []
      const decoded = decodeJson('traces', Buffer.from(JSON.stringify(found)))
      return decoded.signal === 'traces' ? [decoded.resourceSpans] : []
    })

const requestIn = (value: unknown): object | undefined => {
  if (typeof value !== 'object' || value === null) return undefined
  if ('resourceSpans' in value) return value
  for (const inner of Object.values(value)) {
    const found = requestIn(inner)
    if (found) return found
  }
  return undefined
}
