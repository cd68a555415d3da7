import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Response } from '../schema/api/contract.ts'
import { adminOf, get, put, testApp } from '../test/support/api.ts'
import { aLog, openTestStore, type TestStore } from '../test/support/rows.ts'
import { drawTrace } from '../test/support/traces.ts'

type Answer = Response<'searchText'>
const NOW = Date.parse('2026-11-21T12:00:00Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const traceId = (n: number): string => n.toString(16).padStart(32, '0')
/** A large body, and the part of it that stands apart. */
const HASH = 'ab'.repeat(16)
const PART = 'ba'.repeat(16)
let store: TestStore
let app: Hono

const messages = (text: string): string => JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: text }] }])

/** One model call each, newest first, whose words are the test's. */
const said = (n: number, text: string, ago: number, more: object = {}) => {
  const drawn = drawTrace('agent desk 0-1000\n  llm gpt-4.1 0-500 in=10 out=1', {
    traceId: traceId(n),
    startMs: NOW - ago,
    run: { sessionId: `conv-${n}` },
  })
  const spans = drawn.spans.map((span, i) =>
    i === 1 ? { ...span, agent: 'desk', attrs: new Map([['gen_ai.input.messages', messages(text)]]), ...more } : span,
  )
  return { ...drawn, spans }
}

beforeAll(async () => {
  store = await openTestStore()
  await put(store, [
    said(1, 'The item arrived damaged, I want a refund.\nOrder A-1001', 1 * HOUR),
    said(2, 'A refund for the damaged goods, please', 2 * HOUR),
    said(3, 'Where is my order? Prefund nothing', 3 * HOUR),
    said(4, 'Émile möchte sein Geld zurück 退款', 4 * HOUR),
    said(5, '', 5 * HOUR, {
      attrs: new Map(),
      attrRefs: new Map([['gen_ai.input.messages', HASH]]),
    }),
    said(6, 'refund of three days ago', 72 * HOUR),
  ])
  await store.contents([
    {
      projectId: 1,
      traceId: traceId(5),
      hash: PART,
      parts: [],
      body: messages(`${'long '.repeat(1000)} a\ngargantuan "Refund" here`).replace(/]$/, ','),
    },
    {
      projectId: 1,
      traceId: traceId(5),
      hash: HASH,
      parts: [PART],
      body: '{"role":"assistant","content":"last words"}]',
    },
  ])
  await store.logs([
    aLog({
      traceId: traceId(2),
      logId: 'cd'.repeat(16),
      timeNanos: BigInt(NOW - 90 * MINUTE) * 1_000_000n,
      body: 'refund_limit exceeded',
    }),
  ])
  app = testApp(store, { nowMs: () => NOW })
})
afterAll(() => store.close())

const search = (q: string, more = ''): Promise<Answer> =>
  get<Answer>(app, `/api/search/text?q=${encodeURIComponent(q)}${more}`)
const sessions = (answer: Answer): string[] => answer.items.map(({ sessionId }) => sessionId)

describe('words', () => {
  test('are found in spans, in large bodies and in logs, newest first, as whole words in any case', async () => {
    const answer = await search('REFUND')
    expect(answer.items.map(({ type, sessionId }) => [type, sessionId])).toEqual([
      ['span', 'conv-1'],
      ['log', 'conv-2'],
      ['span', 'conv-2'],
      ['span', 'conv-5'],
    ])
    expect(answer).toMatchObject({
      next: null,
      truncated: false,
      scanned: { to: '2026-11-21T12:00:00.000Z', from: '2026-11-20T12:00:00.000Z' },
    })
  })

  test('must all stand in one text; a phrase stands as it is; what is behind a dash does not stand there', async () => {
    expect(sessions(await search('damaged refund'))).toEqual(['conv-1', 'conv-2'])
    expect(sessions(await search('"refund for the damaged"'))).toEqual(['conv-2'])
    expect(sessions(await search('damaged -order'))).toEqual(['conv-2'])
    expect(sessions(await search('gargantuan "refund"'))).toEqual(['conv-5'])
    expect(sessions(await search('gargantuan -refund'))).toEqual([])
  })

  test('of any script are found', async () => {
    expect(sessions(await search('émile'))).toEqual(['conv-4'])
    expect(sessions(await search('退款'))).toEqual(['conv-4'])
    expect(sessions(await search('zurück -émile'))).toEqual([])
  })

  test('with nothing that could be looked for, or too many, are refused with what to do', async () => {
    for (const q of ['-refund', '""', '--', ' , '])
      expect((await get<{ detail: string }>(app, `/api/search/text?q=${encodeURIComponent(q)}`, 400)).detail).toContain(
        'word',
      )
    await get(app, `/api/search/text?q=${'a+'.repeat(21)}`, 400)
  })
})

describe('an answer', () => {
  test('shows the words in their sentence, not in JSON, and where they stand in it', async () => {
    const { items } = await search('damaged order')
    expect(items).toHaveLength(1)
    const [{ snippet, where, traceId: trace, spanId, kind, agent }] = items as [Answer['items'][number]]
    expect({ where, trace, kind, agent }).toEqual({
      where: 'gen_ai.input.messages',
      trace: traceId(1),
      kind: 'llm',
      agent: 'desk',
    })
    expect(spanId).toMatch(/^[0-9a-f]{16}$/)
    expect(snippet.text).toBe('The item arrived damaged, I want a refund.\nOrder A-1001')
    expect(snippet.marks.map(([start, end]) => snippet.text.slice(start, end))).toEqual(['damaged', 'Order'])
  })

  test('of a large body is cut around its words', async () => {
    const [item] = (await search('gargantuan')).items
    expect(item!.snippet.text.length).toBeLessThanOrEqual(240)
    expect(item!.snippet.text).toContain('a\ngargantuan "Refund" here')
  })

  test('comes in pages without gaps or repetitions, and keeps to its range and project', async () => {
    const seen: string[] = []
    let cursor = ''
    for (let pages = 0; pages < 10; pages++) {
      const answer = await search('refund', `&limit=1&from=now-4d${cursor}`)
      seen.push(...sessions(answer))
      if (answer.next === null) break
      expect(answer.truncated).toBe(true)
      cursor = `&cursor=${answer.next}`
    }
    expect(seen).toEqual(['conv-1', 'conv-2', 'conv-2', 'conv-5', 'conv-6'])
    const elsewhere = testApp(store, { nowMs: () => NOW, principalOf: () => adminOf(2) })
    expect((await get<Answer>(elsewhere, '/api/search/text?q=refund')).items).toEqual([])
    await get(app, '/api/search/text?q=refund&cursor=nonsense', 400)
  })

  test('of the sessions list is the same question', async () => {
    const { items } = await get<Response<'sessions'>>(app, '/api/sessions?q=damaged+refund')
    expect(items.map(({ id }) => id).sort()).toEqual(['conv-1', 'conv-2'])
    expect((await get<Response<'sessions'>>(app, '/api/sessions?q=damaged+-order')).items.map(({ id }) => id)).toEqual([
      'conv-2',
    ])
  })
})
