import { afterEach, expect, test } from 'vitest'
import { encodeExportResponse } from '../../schema/otlp/encode-protobuf.ts'
import { OtlpSendError } from './otlp-endpoint.ts'
import { openOtlpSender } from './otlp-sender.ts'
import type { TelemetrySpan } from './telemetry.ts'
import { type OtlpSink, type SinkAnswer, startOtlpSink } from './test-sink.ts'

let sink: OtlpSink | undefined
afterEach(() => sink?.close())

async function startSink(answer?: (n: number, path: string) => SinkAnswer | undefined): Promise<OtlpSink> {
  sink = await startOtlpSink(answer)
  return sink
}

const resource = { attributes: { 'service.name': 'test' }, scope: { name: 'test' } }

function spans(count: number): readonly TelemetrySpan[] {
  return Array.from({ length: count }, (_, i) => ({
    traceId: 'ab'.repeat(16),
    spanId: (i + 1).toString(16).padStart(16, '0'),
    name: `span ${i}`,
    startNanos: 1_770_000_000_123_456_789n,
    endNanos: 1_770_000_001_000_000_000n,
    attributes: { place: i },
    resource,
  }))
}

test('spans arrive once each, with their own ids and times to the nanosecond, in batches of at most 512, with the key', async () => {
  const { endpoint, ...received } = await startSink()
  const sender = await openOtlpSender({ endpoint, key: 'rk_test' })
  await sender.spans(spans(1300))
  const report = await sender.flush()
  await sender.close()
  expect(report).toMatchObject({ spans: 1300, requests: 3, resent: 0, rejected: { spans: 0, logs: 0 } })
  expect(received.spans.map(({ attributes }) => attributes.place)).toHaveLength(1300)
  expect(new Set(received.spans.map(({ spanId }) => spanId)).size).toBe(1300)
  expect(received.spans[0]).toMatchObject({ startTimeUnixNano: 1_770_000_000_123_456_789n, traceId: 'ab'.repeat(16) })
  expect(received.requests.every(({ authorization }) => authorization === 'Bearer rk_test')).toBe(true)
  expect(received.requests.at(-1)?.userAgent).toMatch(/^OTel-OTLP-Exporter-JavaScript/)
})

test('nothing listening is said before anything is tried', async () => {
  await expect(openOtlpSender({ endpoint: 'http://127.0.0.1:9' })).rejects.toThrow(
    /Nothing listens at http:\/\/127\.0\.0\.1:9.*--endpoint/s,
  )
})

test('a refused key is said', async () => {
  const { endpoint } = await startSink(() => ({ status: 401 }))
  await expect(openOtlpSender({ endpoint })).rejects.toThrow(/give one with --key/)
})

test('503 with Retry-After is waited for and nothing is lost', async () => {
  const { endpoint, ...received } = await startSink((n) =>
    n === 1 || n === 2 ? { status: 503, headers: { 'Retry-After': '1' } } : undefined,
  )
  const sender = await openOtlpSender({ endpoint })
  const before = Date.now()
  await sender.spans(spans(600))
  const report = await sender.flush()
  await sender.close()
  expect(Date.now() - before).toBeGreaterThan(900)
  expect(report.spans).toBe(600)
  expect(new Set(received.spans.map(({ spanId }) => spanId)).size).toBe(600)
})

test('a server that stays away ends in an error that says so, never in silence', async () => {
  const { endpoint } = await startSink((n) => (n > 0 ? { status: 503, headers: { 'Retry-After': '60' } } : undefined))
  const sender = await openOtlpSender({ endpoint, giveUpAfterMs: 0 })
  await sender.spans(spans(1))
  await expect(sender.flush()).rejects.toThrow(/has not taken a batch/)
  await sender.close()
})

test('a refusal that no repetition can change is an error at once', async () => {
  const { endpoint } = await startSink((n) => (n > 0 ? { status: 413 } : undefined))
  const sender = await openOtlpSender({ endpoint })
  await sender.spans(spans(1))
  await expect(sender.flush()).rejects.toThrow(OtlpSendError)
  await sender.close()
})

test('what the server rejects in a partial success is counted, with its reasons', async () => {
  const answer = (rejected: number, reason: string): SinkAnswer => ({
    status: 200,
    body: encodeExportResponse(rejected, reason),
  })
  const { endpoint } = await startSink((n, path) =>
    n === 0 ? undefined : path === '/v1/traces' ? answer(2, 'start before retention') : answer(1, 'no event name'),
  )
  const sender = await openOtlpSender({ endpoint })
  await sender.spans(spans(3))
  await sender.logs([{ eventName: 'e', timeNanos: 1_770_000_000_000_000_000n, attributes: {}, resource }])
  const report = await sender.flush()
  await sender.close()
  expect(report.rejected).toEqual({ spans: 2, logs: 1, reasons: ['start before retention', 'no event name'] })
})
