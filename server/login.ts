import type { Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { type Body, CONTRACT } from '../schema/api/contract.ts'
import { parseRequest, readBody } from './parse-request.ts'
import { HttpProblem } from './problem.ts'
import type { ServerDeps } from './server-deps.ts'

export const SESSION_COOKIE = 'recount_session'

/**
 * The UI's door where keys are needed: POST /api/login trades a key for a cookie that no script can read and no other site can send;
 * POST /api/logout ends it. Programs send their key with every request instead.
 */
export const mountLogin = (app: Hono, { logins }: Pick<ServerDeps, 'logins'>): void => {
  app.post(CONTRACT.login.path, async (context) => {
    const { body } = parseRequest(CONTRACT.login, {}, NO_QUERY, await readBody(context.req.raw))
    const id = logins?.start((body as Body<'login'>).key)
    if (id === undefined)
      throw new HttpProblem(401, 'This key is not known here, or may not read. `recount key list` shows the keys.')
    setCookie(context, SESSION_COOKIE, id, {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      secure: new URL(context.req.url).protocol === 'https:',
    })
    return context.body(null, 204)
  })
  app.post(CONTRACT.logout.path, (context) => {
    const id = sessionIdOf(context)
    if (id !== undefined) logins?.end(id)
    deleteCookie(context, SESSION_COOKIE, { path: '/' })
    return context.body(null, 204)
  })
}

const NO_QUERY = new URLSearchParams()

const sessionIdOf = (context: Context): string | undefined => getCookie(context, SESSION_COOKIE)
