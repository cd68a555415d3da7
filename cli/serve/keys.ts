import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdir, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

export const KEY_SCOPES = ['ingest', 'read', 'admin'] as const
export type KeyScope = (typeof KEY_SCOPES)[number]

/**
 * API keys of a data directory, in `keys.json`, so that the first can be made before the first start. A key is 256 random bits, so a
 * plain SHA-256 of it is enough: there is nothing to guess, and a stolen file opens no door.
 */
const StoredKey = z.object({
  id: z.string(),
  name: z.string(),
  scope: z.enum(KEY_SCOPES),
  projectId: z.number().int().positive(),
  hash: z.string(),
  createdAt: z.string(),
})
export type StoredKey = z.infer<typeof StoredKey>
const KeyFile = z.object({ keys: z.array(StoredKey) })

export const DEFAULT_PROJECT_ID = 1
const RELOAD_MS = 1_000

const fileOf = (dataDir: string): string => join(dataDir, 'keys.json')
const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex')

export const readKeys = (dataDir: string): readonly StoredKey[] => {
  const file = fileOf(dataDir)
  return existsSync(file) ? KeyFile.parse(JSON.parse(readFileSync(file, 'utf8'))).keys : []
}

export const newKey = (): string => `rk_${randomBytes(32).toString('base64url')}`

/** Makes a key and returns its text, which is shown once and kept nowhere. */
export const createKey = async (
  dataDir: string,
  name: string,
  scope: KeyScope,
): Promise<{ key: string; stored: StoredKey }> => {
  const key = newKey()
  const stored: StoredKey = {
    id: randomBytes(4).toString('hex'),
    name,
    scope,
    projectId: DEFAULT_PROJECT_ID,
    hash: hashOf(key),
    createdAt: new Date().toISOString(),
  }
  await writeKeys(dataDir, [...readKeys(dataDir), stored])
  return { key, stored }
}

/** False where there is no such key. */
export const revokeKey = async (dataDir: string, id: string): Promise<boolean> => {
  const keys = readKeys(dataDir)
  const left = keys.filter((key) => key.id !== id)
  if (left.length === keys.length) return false
  await writeKeys(dataDir, left)
  return true
}

const writeKeys = async (dataDir: string, keys: readonly StoredKey[]): Promise<void> => {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const file = fileOf(dataDir)
  const handle = await open(`${file}.new`, 'w', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify({ keys }, null, 2)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.new`, file)
}

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>
export interface Principal {
  readonly projectId: number
  readonly scope: KeyScope
  /** As the audit log calls it. */
  readonly name: string
}

/**
 * Who sent a request. Without keys (loopback only) everyone is admin of the one project; with keys, whoever shows one
 * (`Authorization: Bearer rk_…` or `x-api-key`). A key made or revoked meanwhile counts within a second. `required`: the address can be
 * reached by others, so when the last key is revoked nobody gets in, instead of everybody. `internal`: the
 * process's own key, for the simulated agents that it runs itself.
 */
export const keyGuard = (
  dataDir: string,
  required: boolean,
  internal: string,
): ((headers: Headers) => Principal | undefined) => {
  const file = fileOf(dataDir)
  let keys = new Map<string, StoredKey>()
  let checkedMs = Number.NEGATIVE_INFINITY
  let seen = ''
  return (headers) => {
    if (performance.now() - checkedMs > RELOAD_MS) {
      checkedMs = performance.now()
      const stamp = existsSync(file) ? String(statSync(file).mtimeMs) : ''
      if (stamp !== seen) keys = new Map(readKeys(dataDir).map((key) => [key.hash, key]))
      seen = stamp
    }
    if (keys.size === 0 && !required) return { projectId: DEFAULT_PROJECT_ID, scope: 'admin', name: 'local' }
    const shown = keyIn(headers)
    if (shown === internal) return { projectId: DEFAULT_PROJECT_ID, scope: 'ingest', name: 'recount' }
    const key = shown === undefined ? undefined : keys.get(hashOf(shown))
    return key && { projectId: key.projectId, scope: key.scope, name: key.name || key.id }
  }
}

const keyIn = (headers: Headers): string | undefined => {
  const authorization = headers.authorization
  if (typeof authorization === 'string' && /^bearer /i.test(authorization)) return authorization.slice(7).trim()
  const header = headers['x-api-key']
  return typeof header === 'string' ? header : undefined
}

/** What a scope may do: `ingest` sends telemetry, `read` asks questions, `admin` both. */
export const mayIngest = (principal: Principal | undefined): principal is Principal =>
  principal !== undefined && principal.scope !== 'read'
export const mayRead = (principal: Principal | undefined): principal is Principal =>
  principal !== undefined && principal.scope !== 'ingest'
