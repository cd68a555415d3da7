import { randomBytes } from 'node:crypto'

const LIFE_MS = 12 * 3_600_000
const SESSIONS_MAX = 1_000

/**
 * Browser sessions: the UI trades an API key once for a cookie that scripts cannot read, so that the key itself stays nowhere in the browser
 * (interface.md, "Life of an install"). Kept in memory: a restart asks for the key again. The key is looked up at every request, so a
 * revoked one ends its sessions too.
 */
export class UiSessions {
  readonly #keys = new Map<string, { readonly key: string; readonly endsMs: number }>()
  readonly #now: () => number

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /** The cookie's value for a key that was found good. */
  start(key: string): string {
    for (const [id, { endsMs }] of this.#keys) {
      if (endsMs >= this.#now() && this.#keys.size < SESSIONS_MAX) break
      this.#keys.delete(id)
    }
    const id = randomBytes(32).toString('base64url')
    this.#keys.set(id, { key, endsMs: this.#now() + LIFE_MS })
    return id
  }

  keyOf(id: string): string | undefined {
    const session = this.#keys.get(id)
    return session && session.endsMs >= this.#now() ? session.key : undefined
  }

  end(id: string): void {
    this.#keys.delete(id)
  }
}
