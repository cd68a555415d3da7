import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { IngestAttributes, IngestReport, IngestSources } from '../schema/api/ingest.ts'
import type { IngestRow } from '../schema/model/ingest.ts'
import { get, testApp } from '../test/support/api.ts'
import { aLog, aSpan, openTestStore, type TestStore } from '../test/support/rows.ts'

const MINUTE_MS = 60_000
const NOW_MS = Math.floor(Date.now() / 3_600_000) * 3_600_000
const RANGE = `from=${new Date(NOW_MS - 30 * MINUTE_MS).toISOString()}&to=${new Date(NOW_MS).toISOString()}`
const nanosAt = (ms: number) => BigInt(ms) * 1_000_000n

const row = (given: Partial<IngestRow>): IngestRow => ({
  projectId: 1,
  timeMs: NOW_MS - 10 * MINUTE_MS,
  flushId: 'ab'.repeat(16),
  signal: 'traces',
  protocol: 'http/protobuf',
  result: 'acknowledged',
  reason: '',
  requests: 1,
  items: 0,
  bytes: 0,
  sample: '',
  ...given,
})
const span = (n: number, given: Partial<Parameters<typeof aSpan>[0]>) =>
  aSpan({
    traceId: n.toString(16).padStart(32, '0'),
    spanId: n.toString(16).padStart(16, '0'),
    startNanos: nanosAt(NOW_MS - 5 * MINUTE_MS),
    ...given,
  })

let store: TestStore
let app: Hono

beforeAll(async () => {
  store = await openTestStore()
  app = testApp(store, { nowMs: () => NOW_MS })
  await store.ingest([
    row({ items: 100, bytes: 5_000 }),
    row({ items: 20, bytes: 700, timeMs: NOW_MS - 5 * MINUTE_MS }),
    row({ items: 7, signal: 'logs', protocol: 'grpc' }),
    row({ result: 'rejected', reason: 'bad_trace_id', items: 3 }),
    row({ result: 'rejected', reason: 'bad_trace_id', requests: 0, sample: 'trace id "ab" is not 16 bytes' }),
    row({ result: 'duplicate', bytes: 700 }),
    row({ result: 'noted', reason: 'invalid_utf8', items: 2 }),
    row({ projectId: 0, signal: 'unknown', protocol: 'unknown', result: 'refused', reason: 'forbidden' }),
    row({ projectId: 2, items: 1_000 }),
    row({ projectId: 2, result: 'refused', reason: 'undecodable' }),
    ...[30, 10].map((lag, i) =>
      row({ projectId: 0, result: 'state', reason: 'lag_ms', items: lag, timeMs: NOW_MS - (2 - i) * 20_000 }),
    ),
    row({ projectId: 0, result: 'state', reason: 'quarantined_segments', items: 1, timeMs: NOW_MS - 20_000 }),
  ])
  await store.spans([
    ...[1, 2, 3].map((n) =>
      span(n, {
        scope: 'in-house',
        scopeVersion: '3.1',
        dialect: 'otel-genai',
        attrs: new Map([
          ['gen_ai.request.model', 'gpt-5'],
          ['shop.region', 'eu'],
          [`shop.item.${n}.price`, '1'],
          ['http.request.method', 'GET'],
        ]),
        nums: new Map([['otel.dropped_attributes_count', n]]),
      }),
    ),
    span(4, { service: 'desk', origin: 'log', scope: 'derived' }),
  ])
  await store.logs([
    aLog({ logId: '0a'.repeat(16), timeNanos: nanosAt(NOW_MS - 60_000), service: 'desk', scope: 'logger' }),
  ])
})
afterAll(() => store?.close())

describe('GET /api/ingest', () => {
  test('what was received adds up by signal and protocol, and another project is not in it', async () => {
    const { totals, stepMs } = await get<IngestReport>(app, `/api/ingest?${RANGE}`)
    expect(stepMs).toBe(MINUTE_MS)
    expect(totals).toEqual([
      {
        signal: 'traces',
        protocol: 'http/protobuf',
        requests: 2,
        received: 123,
        acknowledged: 120,
        rejected: 3,
        refusedRequests: 0,
        duplicateRequests: 1,
        bytes: 5_700,
      },
      expect.objectContaining({ signal: 'logs', protocol: 'grpc', received: 7 }),
      expect.objectContaining({ signal: 'unknown', refusedRequests: 1, received: 0 }),
    ])
  })

  test('each step says what came in it', async () => {
    const { series } = await get<IngestReport>(app, `/api/ingest?${RANGE}`)
    expect(series).toHaveLength(30)
    expect(series[20]).toMatchObject({ traces: 100, logs: 7, rejected: 3, refusedRequests: 1 })
    expect(series[25]).toMatchObject({ traces: 20, rejected: 0 })
    expect(series[29]).toMatchObject({ traces: 0, lagMs: 30, spoolBytes: null })
  })

  test('every reason has its count, its time and its examples', async () => {
    const { reasons } = await get<IngestReport>(app, `/api/ingest?${RANGE}`)
    expect(reasons.map(({ kind, reason, items, requests }) => [kind, reason, items, requests])).toEqual([
      ['rejected', 'bad_trace_id', 3, 1],
      ['refused', 'forbidden', 0, 1],
      ['noted', 'invalid_utf8', 2, 1],
    ])
    expect(reasons[0]!.samples.map(({ text }) => text)).toEqual(['trace id "ab" is not 16 bytes'])
    expect(reasons[0]!.series[20]).toBe(3)
  })

  test('the state is the last one written', async () => {
    const { state } = await get<IngestReport>(app, `/api/ingest?${RANGE}`)
    expect(state).toMatchObject({ lagMs: 10, quarantinedSegments: 1, spoolBytes: null })
    const later = testApp(store, { nowMs: () => NOW_MS + 3_600_000 })
    expect((await get<IngestReport>(later, '/api/ingest')).state).toMatchObject({ time: null, lagMs: null })
  })

  test('a day that wrote nothing is empty, not an error', async () => {
    const report = await get<IngestReport>(app, '/api/ingest?from=2020-01-01&to=2020-01-02')
    expect([report.totals, report.reasons]).toEqual([[], []])
  })
})

test('GET /api/ingest/sources tells services and scopes, and what their SDKs dropped', async () => {
  const { services, scopes } = await get<IngestSources>(app, `/api/ingest/sources?${RANGE}`)
  expect(
    services.map(({ service, spans, logs, droppedAttributes }) => [service, spans, logs, droppedAttributes]),
  ).toEqual([
    ['shop', 3, 0, 6],
    ['desk', 0, 1, 0],
  ])
  expect(scopes.map(({ scope, version, dialect, services: of }) => [scope, version, dialect, of])).toEqual([
    ['in-house', '3.1', 'otel-genai', ['shop']],
    ['logger', '', '', ['desk']],
  ])
})

test('GET /api/ingest/attributes lists what no rule reads, numbers inside keys as one', async () => {
  const { items, spansRead } = await get<IngestAttributes>(app, `/api/ingest/attributes?${RANGE}`)
  expect(spansRead).toBe(3)
  expect(items.map(({ key, spans, recognised }) => [key, spans, recognised])).toEqual([
    ['shop.item.*.price', 3, false],
    ['shop.region', 3, false],
  ])
  expect(items[0]).toMatchObject({ services: ['shop'], scopes: ['in-house'] })
})
