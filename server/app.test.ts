import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CONTRACT } from '../schema/api/contract.ts'
import { get, put, testApp } from '../test/support/api.ts'
import { openTestStore, type TestStore } from '../test/support/rows.ts'
import { drawTrace } from '../test/support/traces.ts'

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
  app = testApp(store)
})
afterAll(() => store.close())

describe('every path of the contract is mounted and answers its shape', () => {
  const known: Record<string, string> = { id: 'conv-1', traceId: TRACE, spanId: `${TRACE.slice(0, 12)}0002` }
  test.each(Object.entries(CONTRACT))('%s', async (name, endpoint) => {
    const path = endpoint.path.replace(/\{(\w+)\}/g, (_, key: string) => known[key]!)
    const body = await get<unknown>(app, name === 'search' ? `${path}?q=sup` : path)
    if ('response' in endpoint) expect(() => endpoint.response.parse(body)).not.toThrow()
    else expect(body).toContain('recount_up')
  })
})
