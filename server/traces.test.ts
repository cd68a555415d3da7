import { tableFromIPC } from 'apache-arrow'
import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Response } from '../schema/api/contract.ts'
import { get, put, testApp } from '../test/support/api.ts'
import { aLog, openTestStore, type TestStore } from '../test/support/rows.ts'
import { drawTrace } from '../test/support/traces.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const START = NOW - 3_600_000
const traceId = (n: number): string => n.toString(16).padStart(32, '0')
const SESSION_RUN = 'fe'.repeat(16)
let store: TestStore
let app: Hono

beforeAll(async () => {
  store = await openTestStore()
  const big = JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: 'x'.repeat(5000) }] }])
  const rich = drawTrace(
    `
    workflow outer 0-2000 in=300 out=60
      agent support 0-1000
        llm gpt-4.1 0-400 in=100 out=20 cost=0.001
          llm gpt-4.1-inner 10-390 in=100 out=20
        tool lookup 400-500 !TimeoutError id=call_1
    `,
    {
      traceId: traceId(1),
      startMs: START,
      more: {
        'gpt-4.1': {
          attrs: new Map([
            ['gen_ai.operation.name', 'chat'],
            ['streaming', 'true'],
          ]),
          nums: new Map([['gen_ai.request.temperature', 0.5]]),
          attrRefs: new Map([['gen_ai.input.messages', 'aa'.repeat(16)]]),
          toolDefinitionsRef: 'bb'.repeat(16),
          events: [{ timeNanos: BigInt(START) * 1_000_000n + 5n, name: 'first token', attrs: '{"n":1}' }],
          links: [{ traceId: traceId(9), spanId: '9'.repeat(16), attrs: '{}' }],
          ttftNanos: 120_000_000n,
        },
      },
    },
  )
  // The provider's own span inside the framework's is not counted.
  const counted = {
    ...rich,
    run: { ...rich.run, calls: rich.run.calls.filter((call) => call.model !== 'gpt-4.1-inner') },
  }
  const bare = [2, 3].map((n) =>
    drawTrace('llm gpt-4.1 0-100 in=10 out=1 cost=0.5', { traceId: traceId(n), startMs: START + n * 60_000 }),
  )
  await put(store, [counted])
  await store.spans(bare.flatMap((trace) => trace.spans))
  await store.traces(bare.map((trace) => ({ ...trace.place, runId: SESSION_RUN, sessionId: 'chat' })))
  await store.runs([
    {
      ...bare[0]!.run,
      runId: SESSION_RUN,
      sessionId: 'chat',
      sessionIds: ['chat'],
      traceIds: bare.map((trace) => trace.place.traceId),
      calls: bare.flatMap((trace) => trace.run.calls),
      costNanoUsd: 1_000_000_000n,
      endNanos: bare[1]!.run.endNanos,
    },
  ])
  await store.contents([
    { projectId: 1, traceId: traceId(1), hash: 'aa'.repeat(16), parts: [], body: big },
    {
      projectId: 1,
      traceId: traceId(1),
      parts: [],
      hash: 'bb'.repeat(16),
      body: JSON.stringify([{ name: 'lookup', description: 'Look up', parameters: { type: 'object' } }]),
    },
  ])
  await store.logs(
    [1, 2, 3, 3].map((n) =>
      aLog({
        logId: n.toString(16).padStart(32, '0'),
        timeNanos: BigInt(START) * 1_000_000n + BigInt(n),
        traceId: traceId(1),
        body: `line ${n}`,
      }),
    ),
  )
  app = testApp(store, { nowMs: () => NOW })
})
afterAll(() => store.close())

describe('traces', () => {
  test('are listed newest first, each with its own share of a run that spans several', async () => {
    const { items } = await get<Response<'traces'>>(app, '/api/traces')
    expect(items.map((item) => item.traceId)).toEqual([traceId(3), traceId(2), traceId(1)])
    expect(items[0]).toMatchObject({ runId: SESSION_RUN, sessionId: 'chat', costUsd: '0.5', spanCount: 1 })
    expect(items[0]!.usage.inputTotal).toBe(10)
    expect(items[2]).toMatchObject({
      costUsd: '0.001',
      spanCount: 5,
      errorCount: 1,
      durationMs: 2000,
      rootName: 'workflow outer',
    })
  })

  test('page by cursor, and are chosen by filters of runs or by id', async () => {
    const first = await get<Response<'traces'>>(app, '/api/traces?limit=2')
    const second = await get<Response<'traces'>>(app, `/api/traces?limit=2&cursor=${first.next}`)
    expect([...first.items, ...second.items].map((item) => item.traceId)).toEqual([traceId(3), traceId(2), traceId(1)])
    expect(second.next).toBeNull()
    expect((await get<Response<'traces'>>(app, `/api/traces?traceId=${traceId(2)}`)).items).toHaveLength(1)
    expect((await get<Response<'traces'>>(app, '/api/traces?tool=lookup')).items.map((item) => item.traceId)).toEqual([
      traceId(1),
    ])
  })
})

describe('one trace', () => {
  test('says of each span whether its usage counts, repeats a call or sums up its children', async () => {
    const trace = await get<Response<'trace'>>(app, `/api/traces/${traceId(1).toUpperCase()}`)
    expect(trace.truncated).toBe(false)
    expect(trace.spans.map((span) => [span.name, span.usageRole, span.costUsd, span.failed])).toEqual([
      ['workflow outer', 'rollup', null, false],
      ['agent support', null, null, false],
      ['llm gpt-4.1', 'self', '0.001', false],
      ['llm gpt-4.1-inner', 'duplicate', null, false],
      ['tool lookup', null, '0', true],
    ])
    expect(trace.spans[2]).toMatchObject({ ttftMs: 120, costStatus: 'computed', durationNanos: '400000000' })
  })

  test('its spans come as Arrow where that is asked for', async () => {
    const answer = await app.request(`/api/traces/${traceId(1)}`, {
      headers: { host: 'localhost:4320', accept: 'application/vnd.apache.arrow.stream' },
    })
    expect(answer.headers.get('content-type')).toBe('application/vnd.apache.arrow.stream')
    const table = tableFromIPC(new Uint8Array(await answer.arrayBuffer()))
    const { spans } = await get<Response<'trace'>>(app, `/api/traces/${traceId(1)}`)
    expect(table.toArray().map((row) => row?.spanId)).toEqual(spans.map(({ spanId }) => spanId))
  })

  test.each(['00', 'ab'.repeat(16)])('%s is 404 while unknown', (id) => get(app, `/api/traces/${id}`, 404))
})

describe('one span', () => {
  test('has everything, bodies that are stored apart included', async () => {
    const { spans } = await get<Response<'trace'>>(app, `/api/traces/${traceId(1)}`)
    const span = await get<Response<'span'>>(app, `/api/traces/${traceId(1)}/spans/${spans[2]!.spanId}`)
    expect(span.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      streaming: true,
      'gen_ai.request.temperature': 0.5,
    })
    expect(String(span.attributes['gen_ai.input.messages'])).toHaveLength(5056)
    expect(span.inputMessages).toEqual([{ role: 'user', parts: [{ type: 'text', text: 'x'.repeat(5000) }] }])
    expect(span.toolDefinitions).toEqual([{ name: 'lookup', description: 'Look up', parameters: { type: 'object' } }])
    expect(span.events).toEqual([
      {
        time: '2026-11-21T11:00:00.000000005Z',
        timeNanos: `${START}000005`,
        name: 'first token',
        attributes: { n: 1 },
      },
    ])
    expect(span.links).toEqual([{ traceId: traceId(9), spanId: '9'.repeat(16), attributes: {} }])
    expect(span).toMatchObject({
      priceRef: 'book@1 gpt',
      spanKind: 'internal',
      runId: traceId(1),
      resource: { 'service.name': 'shop' },
    })
  })

  test('is 404 where the trace has none of that id', () =>
    get(app, `/api/traces/${traceId(1)}/spans/${'0'.repeat(15)}f`, 404))
})

test('logs of a trace come oldest first, each once, page by page', async () => {
  const first = await get<Response<'traceLogs'>>(app, `/api/traces/${traceId(1)}/logs?limit=2`)
  const second = await get<Response<'traceLogs'>>(app, `/api/traces/${traceId(1)}/logs?limit=2&cursor=${first.next}`)
  expect([...first.items, ...second.items].map((item) => item.body)).toEqual(['line 1', 'line 2', 'line 3'])
  expect(second.next).toBeNull()
})
