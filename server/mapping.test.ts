import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import type { Mapping, StoredMapping } from '../schema/api/mapping.ts'
import { adminOf, get, post, put, testApp } from '../test/support/api.ts'
import { openTestStore, type TestStore } from '../test/support/rows.ts'
import { drawTrace } from '../test/support/traces.ts'

const TRACE = 'b2'.repeat(16)
let store: TestStore
let app: Hono

beforeAll(async () => {
  store = await openTestStore()
  await put(store, [drawTrace('llm gpt-4.1 0-400 in=100 out=20', { traceId: TRACE, startMs: Date.now() - 60_000 })])
  app = testApp(store)
})
afterAll(() => store.close())

describe('what the rules make of a record', () => {
  test('a pasted list of attributes is explained, rule by rule', async () => {
    const { items } = await post<{ items: Mapping[] }>(app, '/api/mapping', {
      name: 'chat gpt-5',
      scope: { name: 'some.scope' },
      resource: { attributes: { 'service.name': 'shop' } },
      attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-5', 'shop.region': 'eu' },
    })
    expect(items).toHaveLength(1)
    expect(items[0]!.kind).toMatchObject({ value: 'llm', decidedBy: 'attribute', key: 'gen_ai.operation.name' })
    expect(items[0]!.attributes.map(({ key, fate }) => [key, fate])).toEqual([
      ['gen_ai.operation.name', 'used'],
      ['gen_ai.request.model', 'used'],
      ['shop.region', 'unknown'],
      ['service.name', 'used'],
    ])
  })

  test('a stored span is explained, and what the present rules would read differently is named', async () => {
    const { items } = await get<{ items: { spanId: string }[] }>(app, `/api/traces/${TRACE}`).then((trace) => ({
      items: (trace as unknown as { spans: { spanId: string }[] }).spans,
    }))
    const mapping = await get<z.infer<typeof StoredMapping>>(
      app,
      `/api/traces/${TRACE}/spans/${items[0]!.spanId}/mapping`,
    )
    // The drawn span has its figures in columns only: no attribute says that it is a call.
    expect(mapping.differs).toContain('kind')
  })

  test('what is no record is a 400 that says why, what is no JSON too', async () => {
    const problem = await post<{ detail: string }>(app, '/api/mapping', { attributes: 7 }, 400)
    expect(problem.detail).toContain('attributes')
    const send = (body: string, type: string) =>
      app.request('/api/mapping', { method: 'POST', headers: { host: 'localhost:4320', 'content-type': type }, body })
    expect((await send('{', 'application/json')).status).toBe(400)
    expect((await send('{}', 'text/plain')).status).toBe(415)
    expect((await send(JSON.stringify({ x: 'x'.repeat(5 * 1024 ** 2) }), 'application/json')).status).toBe(413)
  })
})

describe('reading history again', () => {
  const job = { state: 'running' as const, from: 'a', to: 'b', done: 0, windows: 3, read: 0, changed: 0, error: '' }

  test('is asked for with a range, by a key of scope admin only', async () => {
    const asked: unknown[] = []
    const start = (id: number, range: unknown) => {
      asked.push([id, range])
      return job
    }
    const jobs = { start, job: () => job }
    const nowMs = Date.parse('2026-11-21T12:00:00Z')
    const able = testApp(store, { renormalise: jobs, nowMs: () => nowMs })
    expect(await post(able, '/api/renormalise', { from: 'now-1h' })).toEqual(job)
    expect(asked).toEqual([[1, { fromMs: nowMs - 3_600_000, toMs: nowMs }]])
    expect(await get(able, '/api/renormalise/job')).toEqual(job)
    const reader = testApp(store, { renormalise: jobs, principalOf: () => ({ ...adminOf(1), scope: 'read' }) })
    expect(await post<{ detail: string }>(reader, '/api/renormalise', {}, 403)).toMatchObject({ status: 403 })
  })

  test('is refused by a process that writes nothing, with the way to do it', async () => {
    const { detail } = await post<{ detail: string }>(app, '/api/renormalise', {}, 409)
    expect(detail).toContain('recount renormalise')
  })
})
