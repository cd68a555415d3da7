import { fileURLToPath } from 'node:url'
import { getRequestListener } from '@hono/node-server'
import { explain } from '../../collector/explain/explain.ts'
import type { Status } from '../../schema/api/shapes.ts'
import { createApp } from '../../server/app.ts'
import { SESSION_COOKIE } from '../../server/login.ts'
import type { ServerDeps } from '../../server/server-deps.ts'
import { version } from '../version.ts'
import type { Base, Undo } from './base.ts'
import { mayRead, type Principal } from './keys.ts'
import { closeServer, listen, openServer, orPortProblem, urlOf } from './listen.ts'
import { UiSessions } from './ui-sessions.ts'

export interface Answering {
  readonly url: string
  readonly stop: () => Promise<void>
}

/** API and UI on their port. `status` says how ingest is doing, wherever it happens; `writing` is what only a process with a collector can do. */
export const startAnswering = async (
  base: Base,
  status: () => Status | Promise<Status>,
  undo: Undo,
  writing: Pick<ServerDeps, 'renormalise' | 'keepLateFacts' | 'reprice'> = {},
): Promise<Answering> => {
  const { config, database, metrics, guard, doors } = base
  const sessions = new UiSessions()
  const principalOf = (headers: Headers): Principal | undefined => {
    const shown = Object.fromEntries(headers)
    const session = SESSION_IN_COOKIE.exec(shown.cookie ?? '')?.[1]
    const key = session === undefined ? undefined : sessions.keyOf(session)
    return guard(key === undefined ? shown : { ...shown, authorization: undefined, 'x-api-key': key })
  }
  const app = createApp({
    database,
    version,
    doors: { ...doors, corsOrigins: [] },
    uiDir: fileURLToPath(new URL('../../dist/ui', import.meta.url)),
    metrics: () => metrics.expose(),
    explain,
    prices: base.prices,
    ...writing,
    principalOf,
    logins: {
      start: (key) => (mayRead(guard({ 'x-api-key': key })) ? sessions.start(key) : undefined),
      end: (id) => sessions.end(id),
    },
    status,
    log: config.log,
  })
  const api = openServer(config.tls, getRequestListener(app.fetch))
  const address = await orPortProblem(config.host, config.port, '--port', () => listen(api, config.host, config.port))
  undo.push(() => closeServer(api))
  return { url: urlOf(config.host, address.port, config.tls), stop: () => closeServer(api) }
}

const SESSION_IN_COOKIE = new RegExp(`(?:^|;\\s*)${SESSION_COOKIE}=([\\w-]+)`)
