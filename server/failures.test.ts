import type { Hono } from 'hono'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Failures } from '../schema/api/failures.ts'
import type { LogItem } from '../schema/api/shapes.ts'
import { get, put, testApp } from '../test/support/api.ts'
import { aLog, openTestStore, type TestStore } from '../test/support/rows.ts'
import { drawTrace } from '../test/support/traces.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const traceId = (n: number): string => n.toString(16).padStart(32, '0')
let store: TestStore
let app: Hono

/** A tool fails, which fails its agent; both spans are marked, the tool ended first. */
const failed = (n: number, message: string, version = 'v1') =>
  drawTrace(
    `
    agent desk 0-1000 !RunError
      tool refund 100-200 !TimeoutError
      tool email 300-400 !SmtpError
    `,
    {
      traceId: traceId(n),
      startMs: NOW - n * 60_000,
      run: {
        rootAgent: 'desk',
        agentVersion: version,
        outcome: 'failure',
        errorCount: 3,
        sessionId: `conv-${n}`,
        sessionIds: [`conv-${n}`],
      },
      more: { refund: { statusMessage: message } },
    },
  )

beforeAll(async () => {
  store = await openTestStore()
  await put(store, [
    failed(1, 'no answer for "A-1001" after 3000 ms'),
    failed(2, 'no answer for "B-77" after 2500 ms', 'v2'),
    failed(3, 'order is closed'),
    drawTrace('agent desk 0-1000', {
      traceId: traceId(4),
      startMs: NOW - 60_000,
      run: { rootAgent: 'desk', outcome: 'failure', outcomeSource: 'human' },
    }),
    drawTrace('agent desk 0-1000', {
      traceId: traceId(5),
      startMs: NOW - 60_000,
      run: { rootAgent: 'desk', outcome: 'success' },
    }),
    drawTrace('tool other 0-9 !Other', {
      traceId: traceId(6),
      startMs: NOW - 60_000,
      run: { rootAgent: 'else', agents: ['else'], errorCount: 1 },
    }),
  ])
  const log = (n: number, more: Partial<Parameters<typeof aLog>[0]>) =>
    aLog({
      logId: n.toString(16).padStart(32, '0'),
      timeNanos: BigInt(NOW - n * 1000) * 1_000_000n,
      body: `line ${n}`,
      ...more,
    })
  await store.logs([
    log(61, { traceId: traceId(1), spanId: 'ab'.repeat(8), severity: 17, body: 'refund: TIMEOUT' }),
    log(62, { traceId: traceId(1) }),
    log(63, { traceId: traceId(3), service: 'mail' }),
    log(64, {}),
  ])
  app = testApp(store, { nowMs: () => NOW })
})
afterAll(() => store?.close())

test('failed runs are grouped by what failed first, values apart', async () => {
  const { items, runs, truncated } = await get<Failures>(app, '/api/failures?agent=desk')
  expect([runs, truncated]).toEqual([4, false])
  expect(items.map(({ kind, name, errorType, message, runs: n }) => [kind, name, errorType, message, n])).toEqual([
    ['tool', 'refund', 'TimeoutError', 'no answer for "…" after # ms', 2],
    [null, 'human', '', '', 1],
    ['tool', 'refund', 'TimeoutError', 'order is closed', 1],
  ])
  expect(items[0]).toMatchObject({
    example: 'no answer for "A-1001" after 3000 ms',
    versions: ['v1', 'v2'],
    failures: 2,
    last: [
      { sessionId: 'conv-1', traceId: traceId(1) },
      { sessionId: 'conv-2', traceId: traceId(2) },
    ],
  })
})

test('a range without a failure is empty', async () => {
  expect(await get<Failures>(app, '/api/failures?from=2020-01-01&to=2020-01-02')).toEqual({
    items: [],
    runs: 0,
    truncated: false,
  })
})

const bodies = async (query: string) =>
  (await get<{ items: LogItem[] }>(app, `/api/logs?${query}`)).items.map((item) => item.body)

test('logs are searched by session, trace, span, severity, service and words, newest first', async () => {
  expect(await bodies('')).toEqual(['refund: TIMEOUT', 'line 62', 'line 63', 'line 64'])
  expect(await bodies('session=conv-1')).toEqual(['refund: TIMEOUT', 'line 62'])
  expect(await bodies(`traceId=${traceId(3)}`)).toEqual(['line 63'])
  expect(await bodies(`traceId=${traceId(1)}&spanId=${'ab'.repeat(8)}`)).toEqual(['refund: TIMEOUT'])
  expect(await bodies('severity=17')).toEqual(['refund: TIMEOUT'])
  expect(await bodies('service=mail')).toEqual(['line 63'])
  expect(await bodies('q=timeout')).toEqual(['refund: TIMEOUT'])
  await get(app, '/api/logs?session=nobody', 404)
  await get(app, '/api/logs?spanId=zz', 400)
})

test('logs come in pages that follow each other', async () => {
  const first = await get<{ items: LogItem[]; next: string }>(app, '/api/logs?limit=3')
  const second = await get<{ items: LogItem[]; next: null }>(app, `/api/logs?limit=3&cursor=${first.next}`)
  expect([...first.items, ...second.items].map((item) => item.body)).toEqual(await bodies(''))
  expect(second.next).toBeNull()
})
