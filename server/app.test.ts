import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CONTRACT } from '../schema/api/contract.ts'
import { Problem } from '../schema/api/shapes.ts'
import { DatabaseError } from '../schema/clickhouse/database.ts'
import { get, post, put, TEST_STATUS, testApp } from '../test/support/api.ts'
import { metric, metricPoints, numberPoint } from '../test/support/metrics.ts'
import { openTestStore, type TestStore } from '../test/support/rows.ts'
import { drawTrace } from '../test/support/traces.ts'

const tokens = metric('tokens', { type: 'gauge', points: [numberPoint(Date.now() - 60_000, 5)] })
const TRACE = 'a1'.repeat(16)
let store: TestStore
let app: Hono

beforeAll(async () => {
  store = await openTestStore()
  await put(store, [
    drawTrace(
      `
      agent support 0-1000
        llm gpt-4.1 0-400 in=100 out=20 cost=0.001
        tool lookup_order 400-500 id=call_1
        llm gpt-4.1 500-900 in=150 out=30 cost=0.002
      `,
      {
        traceId: TRACE,
        startMs: Date.now() - 60_000,
        run: { sessionId: 'conv-1', userId: 'ada', sessionIds: ['conv-1'], userIds: ['ada'] },
      },
    ),
  ])
  await store.metrics(metricPoints([tokens]))
  app = testApp(store)
})
afterAll(() => store.close())

const repriceJob = {
  state: 'none' as const,
  from: '',
  to: '',
  dryRun: true,
  reason: '',
  runsRead: 0,
  runsChanged: 0,
  callsChanged: 0,
  beforeUsd: '0',
  afterUsd: '0',
  asOfBefore: null,
  bookVersion: '',
  seconds: 0,
  error: '',
}

describe('every path of the contract is mounted and answers its shape', () => {
  const job = { state: 'none' as const, from: '', to: '', done: 0, windows: 0, read: 0, changed: 0, error: '' }
  const known: Record<string, string> = {
    id: 'conv-1',
    traceId: TRACE,
    spanId: `${TRACE.slice(0, 12)}0002`,
    name: 'tokens',
    month: '2026-01',
  }
  /** What a route cannot do without. */
  const queries: Record<string, string> = {
    search: 'q=sup',
    searchText: 'q=sup',
    reconciliations: 'month=2026-01',
    whatIf: 'toProvider=openai&toModel=gpt-5',
  }
  const bodies: Record<string, unknown> = {
    mapping: { attributes: { 'gen_ai.request.model': 'gpt-5' } },
    closeMonth: { month: '2026-01' },
    outcomes: [],
    scores: [],
    charges: [],
    reprice: { from: 'now-30d', dryRun: true },
    importBill: [{ date: '2026-01-05', provider: 'openai', model: 'o3', amount: 1 }],
  }
  test.each(Object.entries(CONTRACT))('%s', async (name, endpoint) => {
    const app = testApp(store, {
      renormalise: { start: () => job, job: () => job },
      keepLateFacts: async () => 'kept',
      reprice: { start: () => repriceJob, job: () => repriceJob },
    })
    const query = queries[name] === undefined ? '' : `?${queries[name]}`
    const path = endpoint.path.replace(/\{(\w+)\}/g, (_, key: string) => known[key]!) + query
    // What a key is traded for has tests of its own (test/browser/key-gate.test.ts).
    if ('noContent' in endpoint) return
    const body =
      endpoint.method === 'post' ? await post<unknown>(app, path, bodies[name] ?? {}) : await get<unknown>(app, path)
    if ('response' in endpoint) expect(() => endpoint.response.parse(body)).not.toThrow()
    else expect(body).toContain('recount_up')
  })
})

describe('what goes wrong is a problem that says what to do', () => {
  const answer = (path: string, init: RequestInit = {}, on = app) =>
    on.request(path, { ...init, headers: { host: 'localhost:4320', ...init.headers } })

  test.each([
    ['/api/nothing', 404],
    ['/v1/traces', 404],
    ['/api/sessions/unknown', 404],
    ['/api/sessions?limit=x', 400],
    ['/api/search', 400],
  ])('%s is %d problem+json', async (path, status) => {
    const response = await answer(path)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const problem = Problem.parse(await response.json())
    expect(problem.status).toBe(status)
    expect(problem.detail.length).toBeGreaterThan(20)
  })

  test('another method is 405', async () => {
    expect((await answer('/api/overview', { method: 'POST' })).status).toBe(405)
  })

  test('a missing key is 401, but not for the probes', async () => {
    const locked = testApp(store, { principalOf: () => undefined })
    expect((await answer('/api/overview', {}, locked)).status).toBe(401)
    expect((await answer('/metrics', {}, locked)).status).toBe(401)
    expect((await answer('/healthz', {}, locked)).status).toBe(200)
    expect((await answer('/readyz', {}, locked)).status).toBe(200)
  })

  test.each([[{ host: 'evil.example' }], [{ origin: 'https://evil.example' }]])(
    'a foreign door %j is 403, for the API, the pages and the probes',
    async (headers) => {
      for (const path of ['/api/overview', '/', '/healthz', '/openapi.json'])
        expect((await answer(path, { headers })).status).toBe(403)
    },
  )

  test.each([
    ['{"key":"rk_wrong"}', 'application/json', 401],
    ['{"key":', 'application/json', 400],
    ['{}', 'application/json', 400],
    ['{"key":"rk_wrong"}', 'text/plain', 415],
    [JSON.stringify({ key: 'x'.repeat(5 * 1024 ** 2) }), 'application/json', 413],
  ])('a log-in with %.20j as %s is %d', async (body, type, status) => {
    const response = await answer('/api/login', { method: 'POST', body, headers: { 'content-type': type } })
    expect([response.status, response.headers.get('set-cookie')]).toEqual([status, null])
  })

  test.each([
    [new DatabaseError('unavailable', '210', 'SELECT secret FROM x'), 503],
    [new DatabaseError('disk_full', '243', 'SELECT secret FROM x'), 503],
    [new DatabaseError('limit', '159', 'SELECT secret FROM x'), 504],
    [new DatabaseError('query', '62', 'SELECT secret FROM x'), 500],
    [new Error('secret'), 500],
  ])('%s of the engine is %d, and the caller is not told the statement', async (error, status) => {
    const lines: string[] = []
    const broken = testApp(
      { database: { ...store.database, query: () => Promise.reject(error), ping: () => Promise.reject(error) } },
      { log: (line) => lines.push(line) },
    )
    const response = await answer('/api/overview', {}, broken)
    expect(response.status).toBe(status)
    expect(response.headers.get('retry-after') !== null).toBe(status === 503)
    expect(await response.text()).not.toContain('secret')
    const ready = await answer('/readyz', {}, broken)
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { status: 'not_ready', reasons: ['ClickHouse does not answer'] },
    ])
  })

  test('ingest that is down makes it not ready, with the reason', async () => {
    const down = testApp(store, { status: () => ({ ...TEST_STATUS, state: 'down', detail: 'the disk is full' }) })
    const response = await answer('/readyz', {}, down)
    expect([response.status, await response.json()]).toEqual([
      503,
      { status: 'not_ready', reasons: ['ingest is down: the disk is full'] },
    ])
  })
})

describe('the pages', () => {
  let folder: string
  let ui: Hono
  const fetchPage = (path: string, headers = {}) => ui.request(path, { headers: { host: 'localhost', ...headers } })

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'recount-ui-'))
    await mkdir(join(folder, 'ui', 'assets'), { recursive: true })
    await writeFile(join(folder, 'secret.txt'), 'outside')
    await writeFile(join(folder, 'ui', 'index.html'), '<!doctype html><title>Recount</title>')
    await writeFile(
      join(folder, 'ui', 'assets', 'index-Ab12Cd34.js'),
      `console.log(${JSON.stringify('x'.repeat(4000))})`,
    )
    ui = testApp(store, { uiDir: join(folder, 'ui') })
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test.each(['/', '/sessions', '/sessions/conv-1?at=3', '/a/b/c'])('%s is the one page that there is', async (path) => {
    const response = await fetchPage(path)
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('<title>Recount</title>')
    expect(response.headers.get('cache-control')).toBe('no-cache')
  })

  test('assets with a hash in their name may be kept for ever, and are compressed', async () => {
    const response = await fetchPage('/assets/index-Ab12Cd34.js', { 'accept-encoding': 'gzip' })
    expect(response.headers.get('cache-control')).toContain('immutable')
    expect(response.headers.get('content-type')).toContain('text/javascript')
    expect(response.headers.get('content-encoding')).toBe('gzip')
  })

  test('what has not changed is not sent again', async () => {
    const etag = (await fetchPage('/')).headers.get('etag')!
    expect((await fetchPage('/', { 'if-none-match': etag })).status).toBe(304)
  })

  test.each([
    '/assets/none.js',
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2f..%2fsecret.txt',
    '/%00.js',
    '/%.js',
  ])('%s is no file of ours', async (path) => {
    const response = await fetchPage(path)
    expect(await response.text()).not.toContain('outside')
    expect(response.status).toBe(404)
  })

  test('every answer forbids foreign scripts, frames and sniffing', async () => {
    for (const path of ['/', '/api/overview', '/api/nothing']) {
      const { headers } = await fetchPage(path)
      expect(headers.get('content-security-policy')).toMatch(/default-src 'self'.*frame-ancestors 'none'/)
      expect(headers.get('content-security-policy')).toMatch(/script-src 'self';/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
    }
  })
})

test('the OpenAPI document names every path and its parameters', async () => {
  const document = await get<{
    openapi: string
    paths: Record<string, { get: { parameters: { name: string; in: string }[] } }>
  }>(app, '/openapi.json')
  expect(document.openapi).toBe('3.1.0')
  expect(Object.keys(document.paths).sort()).toEqual(
    [...new Set(Object.values(CONTRACT).map((endpoint) => endpoint.path))].sort(),
  )
  expect(document.paths['/api/sessions/{id}/replay']!.get.parameters).toEqual([
    expect.objectContaining({ name: 'id', in: 'path', required: true }),
    expect.objectContaining({ name: 'limit', in: 'query', required: false }),
    expect.objectContaining({ name: 'cursor', in: 'query' }),
    expect.objectContaining({ name: 'preview', in: 'query' }),
  ])
  const { post: login } = (
    document.paths as unknown as Record<
      string,
      { post: { requestBody: object; responses: object; security: unknown[] } }
    >
  )['/api/login']!
  expect([Object.keys(login.responses), login.security]).toEqual([['204', 'default'], []])
  expect(JSON.stringify(login.requestBody)).toContain('"key"')
  expect(JSON.stringify(document)).toContain('"$ref":"#/components/schemas/Problem"')
})
