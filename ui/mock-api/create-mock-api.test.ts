import { describe, expect, test } from 'vitest'
import { CONTRACT } from '../../schema/api/contract.ts'
import { PATHS } from '../../schema/api/paths.ts'
import { pathOf, queryOf } from '../api/client.ts'
import { createMockApi, MOCKED_ROUTES } from './create-mock-api.ts'

const NOW = Date.parse('2026-11-18T10:30:00Z')
const api = createMockApi({ nowMs: NOW, sessions: 600 })
const range = { from: new Date(NOW - 7 * 86_400_000).toISOString(), to: new Date(NOW).toISOString() }
const ask = async (path: string) => {
  const response = api(new Request(`http://mock${path}`))
  return { status: response.status, body: (await response.json()) as never }
}

describe('the mock API', () => {
  test.each(MOCKED_ROUTES)('answers %s as the contract says', async (name) => {
    const list = await ask(PATHS.sessions + queryOf({ ...range, limit: 1 }))
    const session = (list.body as { items: { id: string; traceIds: string[] }[] }).items[0]!
    const traceId = session.traceIds[0]!
    const trace = await ask(pathOf('trace', { traceId }))
    const spanId = (trace.body as { spans: { spanId: string }[] }).spans[0]!.spanId
    const { status, body } = await ask(
      pathOf(name, { id: session.id, traceId, spanId, name: 'tokens' }) + queryOf({ ...range, q: 'r' }),
    )
    expect(status).toBe(200)
    const endpoint = CONTRACT[name]
    if (!('response' in endpoint)) throw new Error(`${name} answers no JSON`)
    expect(endpoint.response.safeParse(body).error?.issues ?? []).toEqual([])
  })

  test('filters choose, repeated ones mean "or", and pages end', async () => {
    const items = async (query: Record<string, unknown>) =>
      ((await ask(PATHS.sessions + queryOf({ ...range, limit: 500, ...query }))).body as { items: { agent: string }[] })
        .items
    const two = await items({ agent: ['refund-agent', 'crm-update'] })
    expect(new Set(two.map((session) => session.agent))).toEqual(new Set(['refund-agent', 'crm-update']))
    const { body } = await ask(PATHS.sessions + queryOf({ ...range, limit: 500, cursor: '0' }))
    expect((body as { next: string | null }).next).toBeNull()
  })

  test('what is not there is a problem document that says so', async () => {
    const { status, body } = await ask('/api/sessions/never-sent')
    expect(status).toBe(404)
    expect(body).toMatchObject({ status: 404, title: 'Not found' })
  })
})
