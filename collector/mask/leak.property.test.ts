import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeJson } from '../../schema/otlp/encode-json.ts'
import { encodeLogs, encodeTraces } from '../../schema/otlp/encode-protobuf.ts'
import type { ResourceLogs, ResourceSpans } from '../../schema/otlp/wire.ts'
import { resourceLogsArbitrary, resourceSpansArbitrary } from '../../test/support/otlp-arbitraries.ts'
import { dressedArbitrary, type Planted, placesIn, plantAt, plantedArbitrary } from '../../test/support/planted.ts'
import { nanos, RECEIVED_AT_MS, wireLog, wireSpan } from '../normalise/build-wire.ts'
import { encodeBatch } from '../normalise/encode-batch.ts'
import { mayContain } from './mask-decoded.ts'
import { testPolicy } from './test-policy.ts'

/**
 * The promise of masking: whatever is planted, wherever it stands, in whichever encoding, is not among the bytes that go to the spool, from where all tables
 * are loaded. Requests are arbitrary, their spans made storable so that something of them is written.
 */
const policy = testPolicy()

const storable = (groups: readonly ResourceSpans[]): ResourceSpans[] =>
  [
    ...groups,
    {
      resource: { attributes: [] },
      scopeSpans: [{ scope: { name: 's', version: '', attributes: [] }, spans: [wireSpan({})] }],
    },
  ].map((group) => ({
    ...group,
    scopeSpans: group.scopeSpans.map((scoped) => ({
      ...scoped,
      spans: scoped.spans.map((span, i) => ({
        ...span,
        traceId: 'c'.repeat(32),
        spanId: (i + 1).toString(16).padStart(16, '0'),
        parentSpanId: '',
        startTimeUnixNano: nanos(RECEIVED_AT_MS - 1000),
        endTimeUnixNano: nanos(RECEIVED_AT_MS),
        links: span.links.map((link) => ({ ...link, traceId: 'd'.repeat(32), spanId: 'd'.repeat(16) })),
      })),
    })),
  }))

const recorded = (groups: readonly ResourceLogs[]): ResourceLogs[] =>
  [
    ...groups,
    {
      resource: { attributes: [] },
      scopeLogs: [{ scope: { name: 's', version: '', attributes: [] }, logRecords: [wireLog({ body: 'x' })] }],
    },
  ].map((group) => ({
    ...group,
    scopeLogs: group.scopeLogs.map((scoped) => ({
      ...scoped,
      logRecords: scoped.logRecords.map((record) => ({
        ...record,
        traceId: 'c'.repeat(32),
        spanId: 'c'.repeat(16),
        timeUnixNano: nanos(RECEIVED_AT_MS),
        observedTimeUnixNano: nanos(RECEIVED_AT_MS),
      })),
    })),
  }))

interface Case {
  readonly planted: Planted
  readonly text: string
  readonly spans: ResourceSpans[]
  readonly logs: ResourceLogs[]
}

const cases: fc.Arbitrary<Case> = fc
  .tuple(resourceSpansArbitrary.map(storable), resourceLogsArbitrary.map(recorded), plantedArbitrary, fc.nat())
  .chain(([spans, logs, planted, place]) =>
    dressedArbitrary(planted).map((text) => ({
      planted,
      text,
      spans: plantAt(spans, place % placesIn(spans), text) as ResourceSpans[],
      logs: plantAt(logs, place % placesIn(logs), text) as ResourceLogs[],
    })),
  )

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('whatever is planted in a request', () => {
  it('is not in the bytes that go to the spool, of traces and logs, protobuf and JSON', () => {
    fc.assert(
      fc.property(cases, ({ planted, text, spans, logs }) => {
        const sent = [
          ['traces', 'protobuf', encodeTraces(spans)],
          ['traces', 'json', utf8(encodeJson({ resourceSpans: spans }))],
          ['logs', 'protobuf', encodeLogs(logs)],
          ['logs', 'json', utf8(encodeJson({ resourceLogs: logs }))],
        ] as const
        for (const [signal, encoding, body] of sent) {
          expect(mayContain(body, policy), `${signal} ${encoding}: the look at the bytes`).toBe(true)
          const batch = encodeBatch(
            { projectId: 1, signal, encoding, body, receivedAtMs: RECEIVED_AT_MS },
            { receivedOrder: 1n, retentionDays: 0 },
            policy,
          )
          for (const { table, bytes } of batch.sections) {
            expect(Buffer.from(bytes).includes(planted.value), `${signal} ${encoding} ${table}`).toBe(false)
            expect(Buffer.from(bytes).includes(Buffer.from(text).toString('base64').slice(0, -4)), 'as base64').toBe(
              false,
            )
          }
          expect(JSON.stringify(batch.rejections)).not.toContain(planted.value)
        }
      }),
      { numRuns: 400 },
    )
  })
})
