import type { Hono } from 'hono'
import { explain } from '../../collector/explain/explain.ts'
import { LOOPBACK_DOORS } from '../../schema/http/doors.ts'
import { createApp } from '../../server/app.ts'
import type { Principal, ServerDeps } from '../../server/server-deps.ts'
import type { TestStore } from './rows.ts'
import type { DrawnTrace } from './traces.ts'

export const TEST_STATUS = {
  version: '0.0.0-test',
  uptimeSeconds: 1,
  engine: 'embedded',
  spansPerSecond: 0,
  lagMs: 0,
  spoolBytes: 0,
  state: 'ok',
  detail: '',
  otlpHttpUrl: 'http://localhost:4318',
} as const

/** A key that may do everything in a project. */
export const adminOf = (projectId: number): Principal => ({ projectId, scope: 'admin', name: 'test' })

/** The server on a test store, its answers held against the contract. */
export const testApp = (store: Pick<TestStore, 'database'>, more: Partial<ServerDeps> = {}): Hono =>
  createApp({
    database: store.database,
    status: () => TEST_STATUS,
    metrics: () => 'recount_up 1\n',
    explain,
    principalOf: () => adminOf(1),
    doors: LOOPBACK_DOORS,
    version: '0.0.0-test',
    validateResponses: true,
    log: (line) => console.error(line),
    ...more,
  })

export const put = async (store: TestStore, traces: readonly DrawnTrace[]): Promise<void> => {
  await store.spans(traces.flatMap((trace) => trace.spans))
  await store.runs(traces.map((trace) => trace.run))
  await store.traces(traces.map((trace) => trace.place))
}

/** GET as a browser on this machine would; the answer must be the status that is expected. */
export const get = async <T>(app: Hono, path: string, status = 200): Promise<T> => {
  const answer = await app.request(path, { headers: { host: 'localhost:4320' } })
  const text = await answer.text()
  if (answer.status !== status) throw new Error(`GET ${path}: ${answer.status} ${text}`)
  return (
    text === '' ? undefined : /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : text
  ) as T
}

/** POST of JSON as a page of this machine would. */
export const post = async <T>(app: Hono, path: string, body: unknown, status = 200): Promise<T> => {
  const answer = await app.request(path, {
    method: 'POST',
    headers: { host: 'localhost:4320', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await answer.text()
  if (answer.status !== status) throw new Error(`POST ${path}: ${answer.status} ${text}`)
  return JSON.parse(text) as T
}
