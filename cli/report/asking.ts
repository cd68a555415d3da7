import { once } from 'node:events'
import { existsSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { explain } from '../../collector/explain/explain.ts'
import { LOOPBACK_DOORS } from '../../schema/http/doors.ts'
import { createApp } from '../../server/app.ts'
import { SERVE_DEFAULTS } from '../serve/config.ts'
import { takeDataDir } from '../serve/data-dir.ts'
import { DEFAULT_PROJECT_ID } from '../serve/keys.ts'
import { checkPlatform, openDatabase } from '../serve/open-store.ts'
import { StartProblem } from '../serve/problems.ts'
import { version } from '../version.ts'

export interface AskFlags {
  readonly endpoint?: string
  readonly key?: string
  readonly data: string
  readonly clickhouse?: string
}

/** The API, over the wire or in this process. */
export interface Asking {
  /** The answer, if it is one. @throws Error with what the problem says */
  readonly get: (path: string, search: URLSearchParams) => Promise<Response>
  readonly close: () => Promise<void>
}

/**
 * A server where one is named or runs; else the data directory itself is opened, by the same handlers. What the spool still holds is then not in the
 * answer: the next start loads it.
 * @throws StartProblem
 */
export const openAsking = async (flags: AskFlags): Promise<Asking> => {
  const { endpoint, data, clickhouse } = flags
  if (endpoint !== undefined) return overHttp(endpoint, flags.key)
  if (clickhouse === undefined && !existsSync(join(data, 'clickhouse'))) return overHttp(DEFAULT_ENDPOINT, flags.key)
  try {
    return await inProcess(flags)
  } catch (error) {
    if (error instanceof StartProblem && error.code === 'data_directory_in_use')
      return overHttp(DEFAULT_ENDPOINT, flags.key)
    throw error
  }
}

const DEFAULT_ENDPOINT = `http://127.0.0.1:${SERVE_DEFAULTS.port}`

const overHttp = (endpoint: string, key: string | undefined): Asking => ({
  get: async (path, search) => {
    const url = new URL(path, endpoint)
    url.search = search.toString()
    const answer = await patientGet(url, key === undefined ? {} : { authorization: `Bearer ${key}` }).catch(
      (error: unknown) => {
        throw new Error(
          `nothing answers at ${endpoint} (${(error as Error).message}). Start Recount, name it with --endpoint, or give its directory with --data.`,
        )
      },
    )
    return answered(answer)
  },
  close: async () => undefined,
})

/** `fetch` gives up after five minutes without a byte, and a large report is written whole before its first one; the server has a limit of its own. */
const patientGet = async (url: URL, headers: Readonly<Record<string, string>>): Promise<Response> => {
  const request = (url.protocol === 'https:' ? https : http).get(url, { headers })
  const [message] = (await once(request, 'response')) as [http.IncomingMessage]
  const said = Object.entries(message.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  )
  return new Response(Readable.toWeb(message) as ReadableStream, { status: message.statusCode ?? 500, headers: said })
}

const inProcess = async ({ data, clickhouse }: AskFlags): Promise<Asking> => {
  const config = {
    ...SERVE_DEFAULTS,
    dataDir: data,
    clickhouseUrl: clickhouse,
    log: (line: string) => console.error(line),
  }
  checkPlatform(config)
  const dataDir = clickhouse === undefined ? await takeDataDir(data) : undefined
  const database = await openDatabase(config, dataDir?.path ?? data).catch(async (error: unknown) => {
    await dataDir?.release()
    throw error
  })
  const app = createApp({
    database,
    version,
    doors: LOOPBACK_DOORS,
    metrics: () => '',
    explain,
    status: () => Promise.reject(new Error('no collector runs here')),
    principalOf: () => ({ projectId: DEFAULT_PROJECT_ID, scope: 'read', name: 'local' }),
    log: (line) => console.error(line),
  })
  return {
    get: async (path, search) => answered(await app.request(`${path}?${search}`, { headers: { host: 'localhost' } })),
    close: async () => {
      await database.close()
      await dataDir?.release()
    },
  }
}

const answered = async (answer: Response): Promise<Response> => {
  if (answer.ok) return answer
  const problem = (await answer.json().catch(() => ({}))) as { detail?: string }
  throw new Error(problem.detail ?? `the server answered ${answer.status}`)
}
