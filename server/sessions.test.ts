import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Response } from '../schema/api/contract.ts'
import type { Problem, Session } from '../schema/api/shapes.ts'
import { adminOf, get, put, testApp } from '../test/support/api.ts'
import { aSpan, openTestStore, type TestStore } from '../test/support/rows.ts'
import { drawTrace } from '../test/support/traces.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const HOUR = 3_600_000
const traceId = (n: number): string => n.toString(16).padStart(32, '0')
let store: TestStore
let app: Hono

const support = (n: number, agoHours: number, run: object, cost = 0.01, more = {}) =>
  drawTrace(
    `
    agent support 0-1000
      llm gpt-4.1 0-400 in=100 out=20 cost=${cost}
      tool lookup 400-500
    `,
    { traceId: traceId(n), startMs: NOW - agoHours * HOUR, run, more },
  )

beforeAll(async () => {
  store = await openTestStore()
  const conv = { sessionId: 'conv-1', sessionIds: ['conv-1', 'sub-thread-7'], userId: 'ada', userIds: ['ada'] }
  await put(store, [
    support(
      1,
      72,
      { ...conv, firstInput: 'Hello, my parcel is late', outcome: 'failure', outcomeSource: 'human' },
      0.5,
    ),
    support(2, 3, { ...conv, lastOutput: 'It arrives on Monday.' }, 0.25),
    support(3, 2, { env: 'staging', agentVersion: 'v2', firstInput: 'Where is my order?' }, 0.125),
    drawTrace(
      `
      agent coder 0-90000
        llm claude 0-60000 in=5000 out=900
        tool shell 60000-61000 !ExitError
      `,
      {
        traceId: traceId(4),
        startMs: NOW - 5 * HOUR,
        run: { outcome: 'success', outcomeSource: 'code', labels: new Map([['recount.experiment.name', 'nightly']]) },
      },
    ),
    support(5, 1, { sessionId: 'conv-2', sessionIds: ['conv-2'] }, 0.01, {
      lookup: { outputPreview: 'tracking number ZX-99 found' },
    }),
  ])
  await store.contents([
    {
      projectId: 1,
      traceId: traceId(4),
      hash: 'cd'.repeat(16),
      parts: [],
      body: 'a long body that speaks of Kangaroo Island',
    },
  ])
  app = testApp(store, { nowMs: () => NOW })
})
afterAll(() => store.close())

type List = Response<'sessions'>
const ids = (list: List): string[] => list.items.map((item) => item.id)
const list = (query: string) => get<List>(app, `/api/sessions?${query}`)

describe('the list of sessions', () => {
  test('is newest end first, with runs that belong to no conversation as sessions of their own', async () => {
    expect(ids(await list(''))).toEqual(['conv-2', traceId(3), 'conv-1', traceId(4)])
  })

  test('shows a session whole, also its runs outside of the range', async () => {
    const [conv] = (await list('session=conv-1&from=now-24h')).items
    expect(conv).toMatchObject({
      id: 'conv-1',
      named: true,
      runCount: 2,
      modelCalls: 2,
      toolCalls: 2,
      costUsd: '0.75',
      user: 'ada',
      outcome: 'failure',
      outcomeSource: 'human',
      firstInput: 'Hello, my parcel is late',
      lastOutput: 'It arrives on Monday.',
      start: '2026-11-18T12:00:00.000Z',
      end: '2026-11-21T09:00:01.000Z',
      traceIds: [traceId(1), traceId(2)],
    })
    expect(conv!.usage).toMatchObject({ inputTotal: 200, outputTotal: 40, unreported: [] })
  })

  test.each([
    ['env=staging', [traceId(3)]],
    ['agent=coder', [traceId(4)]],
    ['agent=coder&agent=support', ['conv-2', traceId(3), 'conv-1', traceId(4)]],
    ['tool=shell', [traceId(4)]],
    ['model=claude', [traceId(4)]],
    ['version=v2', [traceId(3)]],
    ['user=ada', ['conv-1']],
    ['outcome=success', [traceId(4)]],
    ['errors=true', [traceId(4)]],
    ['errors=false&env=production', ['conv-2', 'conv-1']],
    ['minCostUsd=0.2', ['conv-1']],
    ['experiment=nightly', [traceId(4)]],
    [`traceId=${traceId(1)}`, ['conv-1']],
    ['session=sub-thread-7', ['conv-1']],
    ['from=now-2h', ['conv-2', traceId(3)]],
    ['from=now-100h&to=now-24h', ['conv-1']],
    ['q=MY ORDER', [traceId(3)]],
    ['q=zx-99', ['conv-2']],
    ['q=kangaroo island', [traceId(4)]],
    ['q=nothing says this', []],
  ])('under %s has the runs that it chooses', async (query, expected) => {
    expect(ids(await list(query))).toEqual(expected)
  })

  test.each([
    ['-costUsd', ['conv-1', traceId(3), 'conv-2', traceId(4)]],
    ['-durationMs', ['conv-1', traceId(4), 'conv-2', traceId(3)]],
    ['-errors', [traceId(4), 'conv-2', 'conv-1', traceId(3)]],
  ])('is sorted by %s of whole sessions', async (sort, expected) => {
    const found = ids(await list(`sort=${sort}`))
    expect(found[0]).toBe(expected[0])
    expect([...found].sort()).toEqual([...expected].sort())
  })

  test.each(['-end', '-costUsd', '-durationMs', '-errors'])(
    'pages by %s without losing or repeating one',
    async (sort) => {
      const whole = ids(await list(`sort=${sort}`))
      const paged: string[] = []
      let next: string | null = null
      do {
        const page: List = await list(`sort=${sort}&limit=1${next ? `&cursor=${next}` : ''}`)
        paged.push(...ids(page))
        next = page.next
      } while (next !== null)
      expect(paged).toEqual(whole)
    },
  )

  test.each([
    ['cursor=nonsense', 'cursor'],
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['outcome=great', 'outcome'],
    ['from=someday', 'ISO 8601'],
    ['traceId=12', '32 hex digits'],
    ['sort=name', 'sort'],
  ])('refuses %s, saying what is wrong', async (query, word) => {
    const problem = await get<Problem>(app, `/api/sessions?${query}`, 400)
    expect(problem).toMatchObject({ type: 'about:blank', status: 400, title: 'Bad Request' })
    expect(problem.detail).toContain(word)
  })

  test('refuses a cursor of another order', async () => {
    const { next } = await list('limit=1')
    await get(app, `/api/sessions?sort=-costUsd&cursor=${next}`, 400)
  })

  test('is of one project only', async () => {
    expect((await get<List>(testApp(store, { principalOf: () => adminOf(2) }), '/api/sessions')).items).toEqual([])
  })
})

describe('one session', () => {
  test.each(['conv-1', 'sub-thread-7', traceId(2)])('is found by %s', async (id) => {
    const session = await get<Session>(app, `/api/sessions/${id}`)
    expect(session.id).toBe('conv-1')
    expect(session.runs.map((run) => run.id)).toEqual([traceId(1), traceId(2)])
    expect(session.runs[0]).toMatchObject({
      sessionId: 'conv-1',
      costUsd: '0.5',
      outcome: 'failure',
      provisional: false,
    })
    expect(session.runs[1]).toMatchObject({ outcome: 'pending', provisional: true })
  })

  test('that is a run by itself goes by its id', async () => {
    const session = await get<Session>(app, `/api/sessions/${traceId(4)}`)
    expect(session).toMatchObject({
      id: traceId(4),
      named: false,
      costUsd: '0',
      costStatus: 'none',
      unpricedCalls: 1,
      status: 'unset',
      errors: 1,
    })
    expect(session.runs[0]!.labels).toEqual({ 'recount.experiment.name': 'nightly' })
  })

  test('is 404 while unknown', async () => {
    expect((await get<Problem>(app, '/api/sessions/nope', 404)).detail).toContain('nope')
  })
})

describe('facets', () => {
  const values = async (query: string, field: string) =>
    (await get<Response<'sessionFacets'>>(app, `/api/sessions/facets?from=now-7d&${query}`)).facets
      .find((facet) => facet.field === field)!
      .values.map(({ value, count }) => [value, count])

  test('count runs per value', async () => {
    expect(await values('', 'agent')).toEqual([
      ['support', 4],
      ['coder', 1],
    ])
    expect(await values('', 'errors')).toEqual([
      ['false', 4],
      ['true', 1],
    ])
    expect(await values('', 'experiment')).toEqual([['nightly', 1]])
  })

  test('of a filtered field count as if it were not filtered, the others as they are', async () => {
    expect(await values('agent=coder', 'agent')).toEqual([
      ['support', 4],
      ['coder', 1],
    ])
    expect(await values('agent=coder', 'tool')).toEqual([['shell', 1]])
  })
})

test('the histogram has every run in the step in which it ended', async () => {
  const { items, stepMs } = await get<Response<'sessionHistogram'>>(app, '/api/sessions/histogram?from=now-7d')
  expect(items.length).toBeLessThanOrEqual(120)
  expect(items.reduce((sum, item) => sum + item.runs, 0)).toBe(5)
  const failed = items.filter((item) => item.failures > 0)
  expect(failed).toHaveLength(1)
  const at = Date.parse(failed[0]!.time)
  expect(at).toBeLessThanOrEqual(NOW - 72 * HOUR + 1000)
  expect(at + stepMs).toBeGreaterThan(NOW - 72 * HOUR + 1000)
})

test('a span that came twice is told by its last version', async () => {
  const id = traceId(20)
  const drawn = support(20, 4, {})
  await put(store, [drawn])
  await store.spans([aSpan({ ...drawn.spans[1]!, model: 'gpt-4.1-mini', name: 'chat again' })])
  const trace = await get<Response<'trace'>>(app, `/api/traces/${id}`)
  expect(trace.spans.map((span) => span.name)).toEqual(['agent support', 'chat again', 'tool lookup'])
})
