import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  resourceLogsArbitrary,
  resourceMetricsArbitrary,
  resourceSpansArbitrary,
} from '../../test/support/otlp-arbitraries.ts'
import { decodeJson } from './decode-json.ts'
import { decodeProtobuf } from './decode-protobuf.ts'
import { encodeJson } from './encode-json.ts'
import { encodeMetrics } from './encode-metrics.ts'
import { encodeLogs, encodeTraces } from './encode-protobuf.ts'
import { DecodeError } from './wire.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('decoding what was encoded', () => {
  it('gives the same traces, in protobuf and in JSON', () => {
    fc.assert(
      fc.property(resourceSpansArbitrary, (resourceSpans) => {
        const wanted = { signal: 'traces', resourceSpans, invalidUtf8: 0 }
        expect(decodeProtobuf('traces', encodeTraces(resourceSpans))).toEqual(wanted)
        expect(decodeJson('traces', utf8(encodeJson({ resourceSpans })))).toEqual(zeroSigns(wanted))
      }),
      { numRuns: 300 },
    )
  })

  it('gives the same logs, in protobuf and in JSON', () => {
    fc.assert(
      fc.property(resourceLogsArbitrary, (resourceLogs) => {
        const wanted = { signal: 'logs', resourceLogs, invalidUtf8: 0 }
        expect(decodeProtobuf('logs', encodeLogs(resourceLogs))).toEqual(wanted)
        expect(decodeJson('logs', utf8(encodeJson({ resourceLogs })))).toEqual(zeroSigns(wanted))
      }),
      { numRuns: 300 },
    )
  })

  it('gives the same metrics of every type, in protobuf and in JSON', () => {
    fc.assert(
      fc.property(resourceMetricsArbitrary, (resourceMetrics) => {
        const wanted = { signal: 'metrics', resourceMetrics, invalidUtf8: 0 }
        expect(decodeProtobuf('metrics', encodeMetrics(resourceMetrics))).toEqual(wanted)
        expect(decodeJson('metrics', utf8(encodeJson({ resourceMetrics })))).toEqual(zeroSigns(wanted))
      }),
      { numRuns: 300 },
    )
  })
})

describe('decoding what was damaged', () => {
  const bodies = fc.oneof(
    resourceSpansArbitrary.map((r) => ({
      signal: 'traces' as const,
      pb: encodeTraces(r),
      json: utf8(encodeJson({ resourceSpans: r })),
    })),
    resourceLogsArbitrary.map((r) => ({
      signal: 'logs' as const,
      pb: encodeLogs(r),
      json: utf8(encodeJson({ resourceLogs: r })),
    })),
    resourceMetricsArbitrary.map((r) => ({
      signal: 'metrics' as const,
      pb: encodeMetrics(r),
      json: utf8(encodeJson({ resourceMetrics: r })),
    })),
  )
  const damages = fc.array(
    fc.record({ at: fc.nat(), byte: fc.nat(255), kind: fc.constantFrom('set', 'cut', 'insert', 'remove') }),
    {
      minLength: 1,
      maxLength: 6,
    },
  )

  it('throws DecodeError or gives a result, and nothing else', () => {
    let refused = 0
    fc.assert(
      fc.property(bodies, damages, ({ signal, pb, json }, list) => {
        for (const [decode, body] of [[decodeProtobuf, pb] as const, [decodeJson, json] as const]) {
          const damaged = list.reduce(damage, body)
          try {
            decode(signal, damaged)
          } catch (error) {
            if (!(error instanceof DecodeError)) throw error
            refused++
          }
        }
      }),
      { numRuns: 1000 },
    )
    expect(refused).toBeGreaterThan(250)
  })

  it('survives bytes that were never a request', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom('traces' as const, 'logs' as const, 'metrics' as const),
        (bytes, signal) => {
          for (const decode of [decodeProtobuf, decodeJson]) {
            try {
              decode(signal, bytes)
            } catch (error) {
              expect(error).toBeInstanceOf(DecodeError)
            }
          }
        },
      ),
      { numRuns: 1000 },
    )
  })
})

function damage(body: Uint8Array, { at, byte, kind }: { at: number; byte: number; kind: string }): Uint8Array {
  const where = body.length === 0 ? 0 : at % body.length
  const [before, after] = [body.subarray(0, where), body.subarray(where)]
  if (kind === 'cut') return before
  if (kind === 'insert') return Buffer.concat([before, Uint8Array.of(byte), after])
  if (kind === 'remove') return Buffer.concat([before, after.subarray(1)])
  return Buffer.concat([before, Uint8Array.of(byte), after.subarray(1)])
}

/** JSON has no −0. */
function zeroSigns<T>(value: T): T {
  if (Object.is(value, -0)) return 0 as T
  if (Array.isArray(value)) return value.map(zeroSigns) as T
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, zeroSigns(inner)])) as T
}
