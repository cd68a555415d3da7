import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuditItem } from '../schema/api/audit.ts'
import { readSetting, readSettings, settingHistory, writeSetting } from '../schema/settings/settings.ts'
import { adminOf, get, testApp } from '../test/support/api.ts'
import { openTestStore, type TestStore } from '../test/support/rows.ts'

let store: TestStore
let app: Hono
const change = { projectId: 1, kind: 'budgets', actor: 'ada', action: 'budgets.put' } as const

beforeAll(async () => {
  store = await openTestStore()
  app = testApp(store)
})
afterAll(() => store.close())

describe('a setting of a project', () => {
  it('is what was written last, and every version stays', async () => {
    await writeSetting(store.database, { ...change, name: 'support', body: { usd: '10' } })
    const between = Date.now()
    await new Promise((resolve) => setTimeout(resolve, 5))
    await writeSetting(store.database, { ...change, name: 'support', body: { usd: '20' } })
    const now = await readSetting(store.database, 1, 'budgets', 'support')
    expect([now?.body, now?.actor]).toEqual([{ usd: '20' }, 'ada'])
    expect((await readSetting(store.database, 1, 'budgets', 'support', between))?.body).toEqual({ usd: '10' })
    expect((await settingHistory(store.database, 1, 'budgets', 'support')).map(({ body }) => body)).toEqual([
      { usd: '10' },
      { usd: '20' },
    ])
  })

  it('that is deleted is not there, and its history says so', async () => {
    await writeSetting(store.database, { ...change, name: 'gone', body: {} })
    await writeSetting(store.database, { ...change, name: 'gone', body: undefined })
    expect((await readSettings(store.database, 1, 'budgets')).map(({ name }) => name)).toEqual(['support'])
    expect((await settingHistory(store.database, 1, 'budgets', 'gone')).map(({ body }) => body)).toEqual([{}, null])
  })

  it('is no other project’s', async () => {
    expect(await readSettings(store.database, 2, 'budgets')).toEqual([])
  })
})

describe('the audit log', () => {
  it('tells of every change, newest first, page by page', async () => {
    interface Page {
      readonly items: readonly AuditItem[]
      readonly next: string | null
    }
    const all = await get<Page>(app, '/api/audit')
    expect(all.items.map(({ actor, action, subject }) => [actor, action, subject])).toEqual([
      ['ada', 'budgets.put', 'budgets/gone'],
      ['ada', 'budgets.put', 'budgets/gone'],
      ['ada', 'budgets.put', 'budgets/support'],
      ['ada', 'budgets.put', 'budgets/support'],
    ])
    const first = await get<Page>(app, '/api/audit?limit=3')
    const second = await get<Page>(app, `/api/audit?limit=3&cursor=${first.next}`)
    expect([...first.items, ...second.items]).toEqual(all.items)
    expect(second.next).toBeNull()
    expect((await get<Page>(app, '/api/audit?actor=eve')).items).toEqual([])
    expect((await get<Page>(testApp(store, { principalOf: () => adminOf(2) }), '/api/audit')).items).toEqual([])
  })
})
