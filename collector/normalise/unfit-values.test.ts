import { expect, test } from 'vitest'
import type { WireSpan } from '../../schema/otlp/wire.ts'
import { attributesOf, runSpans, traceRequest } from '../../test/support/agent-run.ts'
import { encodeBatch } from './encode-batch.ts'

const NOW_MS = Date.now()
const encode = (spans: readonly WireSpan[]) =>
  encodeBatch(
    { projectId: 1, signal: 'traces', encoding: 'protobuf', body: traceRequest(spans), receivedAtMs: NOW_MS },
    { receivedOrder: 1n, retentionDays: 30 },
  )
const [good, other] = runSpans({ number: 1, endMs: NOW_MS }) as [WireSpan, WireSpan]
const FAR = 2n ** 64n - 1n

test('an end in centuries, an event time that no column holds, tokens beyond all bounds: the span is kept, its neighbours too', () => {
  const odd: WireSpan = {
    ...other,
    endTimeUnixNano: FAR,
    events: [{ timeUnixNano: FAR, name: 'late', attributes: [] }],
    attributes: attributesOf({
      'gen_ai.operation.name': 'chat',
      'gen_ai.usage.input_tokens': 2n ** 62n,
      'gen_ai.usage.output_tokens': -5,
      'gen_ai.usage.cost': 1e300,
    }),
  }
  const batch = encode([good, odd])
  expect(batch.accepted + batch.rejections.reduce((sum, r) => sum + r.count, 0)).toBe(2)
  expect(batch.accepted).toBeGreaterThanOrEqual(1)
})

test('whatever a usage number is, a request is encoded without throwing', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1, 1e308, 0.5, '12', 'many', true, 2n ** 63n, [1]]) {
    const span: WireSpan = {
      ...other,
      attributes: attributesOf({
        'gen_ai.operation.name': 'chat',
        'gen_ai.usage.input_tokens': Array.isArray(value) ? { array: value } : value,
        'gen_ai.usage.cache_read.input_tokens': Array.isArray(value) ? { array: value } : value,
        'gen_ai.usage.cost': Array.isArray(value) ? { array: value } : value,
        'gen_ai.response.time_to_first_chunk': Array.isArray(value) ? { array: value } : value,
      }),
    }
    const batch = encode([good, span])
    expect(batch.accepted, String(value)).toBeGreaterThanOrEqual(1)
  }
})
