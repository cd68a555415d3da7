import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { get, put, testApp } from '../test/support/api.ts'
import { openTestStore, type TestStore } from '../test/support/rows.ts'
import { drawTrace } from '../test/support/traces.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const RUNS = 1_203
const HOSTILE = '=HYPERLINK("https://evil.example","x"), "q"\nnext'
let store: TestStore
let app: Hono

beforeAll(async () => {
  store = await openTestStore()
  await put(
    store,
    Array.from({ length: RUNS }, (_, n) =>
      drawTrace('llm gpt-4.1 0-500 in=100 out=20 cost=0.002', {
        traceId: (n + 1).toString(16).padStart(32, '0'),
        startMs: NOW - (n + 1) * 10_000,
        run: {
          firstInput: n === 0 ? HOSTILE : `question ${n}`,
          rootAgent: n % 2 === 0 ? '@desk' : 'shop',
          models: ['a', 'b'],
        },
      }),
    ),
  )
  app = testApp(store, { nowMs: () => NOW })
})
afterAll(() => store?.close())

const answer = (path: string) => app.request(path, { headers: { host: 'localhost:4320' } })

/** A reader of RFC 4180 that shares nothing with the writer. */
const parseCsv = (text: string): string[][] => {
  const rows: string[][] = [[]]
  const cell = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n|$)/gy
  for (let match = cell.exec(text); match && cell.lastIndex <= text.length; match = cell.exec(text)) {
    rows.at(-1)!.push(match[1]?.replaceAll('""', '"') ?? match[2]!)
    if (cell.lastIndex >= text.length) break
    if (match[3] === '\r\n') rows.push([])
  }
  return rows
}

describe('a list as a table', () => {
  test('has every page of the list, in its order, and is a file', async () => {
    const response = await answer('/api/sessions?format=csv&limit=1')
    expect(response.headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8/)
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="recount-sessions-2026-11-21.csv"')
    const [head = [], ...rows] = parseCsv(await response.text())
    expect(rows).toHaveLength(RUNS)
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([head.length]))
    const ends = rows.map((row) => row[head.indexOf('end')]!)
    expect(ends).toEqual(ends.toSorted().reverse())
  })

  test('keeps the filters, and a wrong one is a problem, not half a file', async () => {
    const [, ...rows] = parseCsv(await (await answer('/api/sessions?format=csv&agent=shop')).text())
    expect(rows).toHaveLength(Math.floor(RUNS / 2))
    const wrong = await answer('/api/sessions?format=csv&from=soon')
    expect([wrong.status, wrong.headers.get('content-type')]).toEqual([400, 'application/problem+json'])
  })

  test('a text that is a formula is text to a spreadsheet, a number stays a number', async () => {
    const [head = [], first = []] = parseCsv(await (await answer('/api/sessions?format=csv')).text())
    const at = (name: string) => first[head.indexOf(name)]
    expect(at('firstInput')).toBe(`'${HOSTILE}`)
    expect(at('agent')).toBe("'@desk")
    expect([at('costUsd'), at('inputTotal'), at('models')]).toEqual(['0.002', '100', 'a; b'])
  })

  test.each([
    ['traces', 'traceId'],
    ['agents', 'agent'],
    ['tools', 'tool'],
    ['models', 'provider'],
  ])('%s begin with %s', async (name, column) => {
    const [head = []] = parseCsv(await (await answer(`/api/${name}?format=csv`)).text())
    expect(head[0]).toBe(column)
  })

  test('what is no list has no table, and an unknown form is told so', async () => {
    for (const path of ['/api/overview?format=csv', '/api/sessions?format=xlsx'])
      expect((await get<{ detail: string }>(app, path, 400)).detail).toMatch(/format=/)
  })
})

describe('an answer as the SQL behind it', () => {
  test('is every question that was asked, with its values, and can be asked again', async () => {
    const text = await get<string>(app, '/api/models?format=sql&env=production')
    expect(text).toMatch(/^-- 1 of \d+\nSET param_/)
    expect(text).toContain("param_env = '[\\'production\\']'")
    expect(text).toContain('FROM runs AS r FINAL')
    for (const statement of text.split(/^-- \d+ of \d+\n/m).filter(Boolean)) {
      const [, params = '', sql = ''] = /^(?:SET (.*);\n)?([\s\S]*);\n/.exec(statement)!
      const values = Object.fromEntries(
        [...params.matchAll(/param_(\w+) = '((?:[^'\\]|\\.)*)'/g)].map(([, name, value]) => [name, value]),
      )
      expect(Object.keys(values).every((name) => sql.includes(`{${name}:`))).toBe(true)
    }
  })

  test('the form is no filter: the questions are those of the JSON answer', async () => {
    const text = await get<string>(app, '/api/agents?format=sql')
    expect(text).not.toContain('param_format')
    expect(await get<string>(app, '/api/overview?format=sql')).toContain('uniqExact')
  })
})
