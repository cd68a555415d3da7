import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AuditItem } from '../../schema/api/audit.ts'
import type { Prices } from '../../schema/api/prices.ts'
import { get, testApp } from '../../test/support/api.ts'
import { openTestStore, type TestStore } from '../../test/support/rows.ts'
import { type Ask, applyConfig, differences } from './apply.ts'
import { parseConfig } from './config-file.ts'

let store: TestStore
let app: ReturnType<typeof testApp>
const asked: string[] = []
const ask: Ask = async (method, path, body) => {
  asked.push(`${method} ${path}`)
  const answer = await app.request(path, {
    method,
    headers: { host: 'localhost:4320', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(await answer.text())
  return answer.json()
}
const apply = (text: string, dryRun = false) => applyConfig(parseConfig(text, 'recount.yaml'), ask, dryRun)

beforeAll(async () => {
  store = await openTestStore()
  app = testApp(store)
})
afterAll(() => store.close())

const FILE = `
budgets:
  - { name: everything, limit: 500 }
  - { name: blue by the week, limit: 12.5, period: week, scope: { team: blue } }
`

describe('recount apply', () => {
  test('makes budgets as they are declared, and the second time nothing', async () => {
    const [first] = await apply(FILE)
    expect(first!.changes).toContain('+ budgets.everything.limit = "500"')
    expect(first!.changes).toContain('+ budgets.blue by the week.scope.team = "blue"')
    asked.length = 0
    expect(await apply(FILE)).toEqual([{ section: 'budgets', changes: [] }])
    expect(asked).toEqual(['GET /api/budgets'])
  })

  test('says what changes, and with a dry run changes nothing', async () => {
    const changed = FILE.replace('500', '600').replace(/^.*blue.*$/m, '')
    const expected = [
      '- budgets.blue by the week.limit = "12.5"',
      '- budgets.blue by the week.metric = "usd"',
      '- budgets.blue by the week.period = "week"',
      '- budgets.blue by the week.scope.team = "blue"',
      '- budgets.blue by the week.thresholds = [0.5,0.8,1]',
      '~ budgets.everything.limit: "500" → "600"',
    ]
    for (const dryRun of [true, true, false])
      expect(await apply(changed, dryRun)).toEqual([{ section: 'budgets', changes: expected }])
    expect(await apply(changed)).toEqual([{ section: 'budgets', changes: [] }])
    const { items } = await get<{ items: AuditItem[] }>(app, '/api/audit?action=budgets.put')
    expect(items.map(({ detail }) => [detail.added, detail.removed, detail.changed])).toEqual([
      [[], ['blue by the week'], ['everything']],
      [['everything', 'blue by the week'], [], []],
    ])
  })

  test('leaves alone what the file does not speak of; an empty list is nothing at all', async () => {
    expect(await apply('masking: { enabled: false }')).toEqual([])
    const [gone] = await apply('budgets: []')
    expect(gone!.changes.length).toBeGreaterThan(0)
    expect((await get<{ items: unknown[] }>(app, '/api/budgets')).items).toEqual([])
  })

  test('makes shared costs too, each section by itself', async () => {
    const file = `
sharedCosts:
  - { name: platform, amountUsd: 1200.5, from: 2026-11-01, to: 2026-12-01, rule: tokens }
  - { name: licence, amountUsd: 90, from: 2026-11-01, to: 2026-12-01, rule: fixed, shares: { red: 0.5, blue: 0.5 } }
`
    const [first, ...others] = await apply(file)
    expect(others).toEqual([])
    expect(first!.changes).toContain('+ sharedCosts.platform.amountUsd = "1200.5"')
    expect(await apply(file + FILE)).toEqual([
      { section: 'budgets', changes: expect.arrayContaining(['+ budgets.everything.limit = "500"']) },
      { section: 'sharedCosts', changes: [] },
    ])
    expect(await apply(file + FILE)).toEqual(['budgets', 'sharedCosts'].map((section) => ({ section, changes: [] })))
  })

  test.each([
    [
      'sharedCosts:\n  - { name: a, amountUsd: 5, from: 2026-11-01, to: 2026-10-01, rule: even }\n',
      'line 2',
      'after from',
    ],
    ['budgets:\n  - name: a\n    limt: 5\n', 'line 2', 'limit'],
    ['budgets:\n  - name: a\n    limit: 5\n    planet: earth\n', 'line 4', 'no such setting'],
    ['budgets:\n  - name: a\n    limit: 5\n    scope: { component: modle }\n', 'line 4', 'must be one of model'],
    ['budgets:\n  - { name: a, limit: 5 }\n  - { name: a, limit: 6 }\n', 'line 1', 'one name'],
  ])('%j is refused with its line', (text, line, what) => {
    expect(() => parseConfig(text, 'recount.yaml')).toThrow(new RegExp(`${line}[^]*${what}`))
  })
})

test('a difference is told leaf by leaf, and order is none where members have names', () => {
  const a = { name: 'a', x: 1, list: [1, 2] }
  const b = { name: 'b', x: { y: null } }
  expect(differences([a, b], [b, a])).toEqual([])
  expect(differences([a], [{ ...a, x: 2, list: [2] }, b])).toEqual([
    '~ a.list: [1,2] → [2]',
    '~ a.x: 1 → 2',
    '+ b.x.y = null',
  ])
})

test('prices are declared as people write them: numbers, and only what differs from the default', async () => {
  const text = `
prices:
  overrides:
    - provider: openai
      model: gpt-4.1*
      validFrom: 2026-01-01T00:00:00Z
      perMillionTokens: { inputUncached: 1.6, outputText: 6.4 }
  toolFees:
    - { tool: web_search, usdPerCall: 0.01 }
  reviewUsdPerMinute: 1.25
`
  const [first] = await apply(text)
  expect(first!.changes.length).toBeGreaterThan(0)
  expect((await apply(text))[0]).toEqual({ section: 'prices', changes: [] })
  const { settings } = await get<Prices>(app, '/api/prices')
  expect(settings).toMatchObject({
    overrides: [{ model: 'gpt-4.1*', serviceTier: 'standard', perMillionTokens: { inputUncached: '1.6' } }],
    reviewUsdPerMinute: '1.25',
    wins: 'reported',
  })
  expect(() => parseConfig('prices:\n  overides: []\n', 'recount.yaml')).toThrow(
    'line 2: prices.overides: no such setting',
  )
})
