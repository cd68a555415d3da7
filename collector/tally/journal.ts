import { randomBytes } from 'node:crypto'
import { type Database, DatabaseError } from '../../schema/clickhouse/database.ts'
import { isPermanent } from '../load/retry.ts'
import type { Section } from '../normalise/encode-batch.ts'
import { apply, FIRST, type JournalHead, offer, readHead, readRows, type State } from './journal-table.ts'
import { type LedgerTurns, type Turn, TurnLost } from './ledger-turns.ts'

/** Fixed for a store: two programs with another number would tally the same project side by side. */
const SHARDS = 16

const PATIENCE_MAX = 8

export interface JournalTimes {
  /** Between two looks at a shard that somebody else holds. */
  readonly pollMs: number
  /** Whoever holds a shard says so this often. */
  readonly heartbeatMs: number
  /** A holder that was not heard of for so long, by the clock of whoever waits, is taken to be gone. A wrong guess costs work, never a figure. */
  readonly goneAfterMs: number
}
export const JOURNAL_TIMES: JournalTimes = { pollMs: 40, heartbeatMs: 2_000, goneAfterMs: 10_000 }

export interface JournalDeps {
  readonly database: Database
  /** 32 hex digits that stay with the data directory, so that a process finds its own turn again after a crash. */
  readonly writer: string
  readonly times: JournalTimes
  /** Rows that the engine refuses for ever: kept somewhere and said, so that they do not block the shard. */
  readonly setAside: (sections: readonly Section[], error: Error) => Promise<void>
  readonly turnLost: () => void
  readonly stopped: () => boolean
}

/**
 * Turns for talliers in several processes, agreed on in a table of the store itself (docs/decisions/0007):
 *
 *     n   taken    A reads what stands, tallies
 *     n+1 written  A's rows, decided from here on ─► run_ledger, traces (by A, or by whoever finds them)
 *     n+2 free     the next tallier may come
 *
 * An entry is written under the number after the last one seen, and a number exists once: who builds on something that is no longer the last
 * fails to write. That alone keeps the figures right; waiting, heartbeats and clocks only keep talliers from working in vain.
 */
export const openJournal = (deps: JournalDeps): LedgerTurns => {
  const shards = new Map<number, Shard>()
  return {
    shards: SHARDS,
    turn: async (number, work) => {
      const shard = shards.get(number) ?? new Shard(number, deps)
      shards.set(number, shard)
      for (;;)
        try {
          return await shard.turn(work)
        } catch (error) {
          if (!(error instanceof TurnLost)) throw error
          deps.turnLost()
        }
    },
    bytes: () => 0,
    close: async () => undefined,
  }
}

class Shard {
  readonly #number: number
  readonly #deps: JournalDeps
  readonly #times: JournalTimes
  /** The last entry as this process saw it. */
  #head: JournalHead = FIRST
  /** The entry of state `written` whose rows are known to be in the ledger. */
  #appliedId = ''
  #othersSeenMs = Number.NEGATIVE_INFINITY
  /** Times `goneAfterMs`: two that take each other to be gone would else go on doing so where turns take long. */
  #patience = 1
  #lost = false
  /** Heartbeats and writes follow each other: both go after the last entry. */
  #queue: Promise<unknown> = Promise.resolve()

  constructor(number: number, deps: JournalDeps) {
    this.#number = number
    this.#deps = deps
    this.#times = deps.times
  }

  async turn<T>(work: (turn: Turn) => Promise<T>): Promise<T> {
    await this.#enter()
    const heartbeat = setInterval(() => void this.#beat(), this.#times.heartbeatMs)
    let result: T
    try {
      result = await work({ write: (sections) => this.#write(sections) })
    } finally {
      clearInterval(heartbeat)
      await this.#queue.catch(() => undefined)
    }
    // All that was read lies between two entries of this process that follow each other: nobody wrote meanwhile, also where nothing was written.
    if (!(await this.#append('free'))) throw new TurnLost('another tallier took over')
    return result
  }

  /** Resolves when the shard is this process's. */
  async #enter(): Promise<void> {
    const { pollMs, goneAfterMs } = this.#times
    // Others that wait look every `pollMs`; without a pause here the one with the most work would always be first.
    if (performance.now() - this.#othersSeenMs < goneAfterMs) await sleep(pollMs * 2)
    this.#lost = false
    let sinceMs = performance.now()
    this.#head = await readHead(this.#deps.database, this.#number)
    for (;;) {
      if (this.#deps.stopped()) throw new DatabaseError('unavailable', '', 'tally: stopped while another tallier wrote')
      const found = this.#head
      const isMine = found.writer === this.#deps.writer
      if (!isMine && found.writer !== '') this.#othersSeenMs = performance.now()
      const isGone = performance.now() - sinceMs > goneAfterMs * this.#patience
      if (found.state === 'free' || isMine || isGone) {
        if (found.state === 'free') this.#patience = 1
        else if (!isMine) this.#patience = Math.min(this.#patience * 2, PATIENCE_MAX)
        await this.#complete(found)
        if (await this.#append('taken')) return
      } else {
        await sleep(pollMs)
        this.#head = await readHead(this.#deps.database, this.#number)
      }
      if (this.#head.sequence !== found.sequence) sinceMs = performance.now()
    }
  }

  #write(sections: readonly Section[]): Promise<void> {
    return this.#exclusively(async () => {
      if (this.#lost || !(await this.#append('written', sections))) {
        this.#lost = true
        throw new TurnLost('another tallier took over')
      }
      await this.#complete(this.#head, sections)
    })
  }

  #beat(): Promise<void> {
    return this.#exclusively(async () => {
      // Rows that are decided but not in the ledger must stay the last entry, where whoever comes next finds them.
      if (this.#lost || (this.#head.state === 'written' && this.#head.entryId !== this.#appliedId)) return
      if (!(await this.#append('taken'))) this.#lost = true
    }).catch(() => undefined)
  }

  /** Sees to it that the rows of an entry are in the ledger. Nobody adds an entry before that. */
  async #complete(head: JournalHead, known?: readonly Section[]): Promise<void> {
    if (head.state !== 'written' || head.entryId === this.#appliedId) return
    const { database, setAside } = this.#deps
    const sections = known ?? (await readRows(database, this.#number, head))
    // Others have gone on from there, so they had completed it; the next append of this process will fail.
    if (!sections) return
    try {
      await apply(database, head.entryId, sections)
    } catch (error) {
      if (!isPermanent(error)) throw error
      await setAside(sections, error as Error)
    }
    this.#appliedId = head.entryId
  }

  /** Adds an entry after the last one seen. False where somebody else had added one, or has added more since. */
  async #append(state: State, sections: readonly Section[] = []): Promise<boolean> {
    const { database, writer } = this.#deps
    const entryId = randomBytes(16).toString('hex')
    const sequence = this.#head.sequence + 1n
    await offer(database, { shard: this.#number, sequence, entryId, writer, state, sections })
    const untilMs = performance.now() + this.#times.goneAfterMs
    for (;;) {
      const now = await readHead(database, this.#number)
      if (now.sequence >= sequence) {
        this.#head = now
        return now.entryId === entryId
      }
      // A replica may be behind the one that took the insert.
      if (performance.now() > untilMs)
        throw new DatabaseError(
          'unavailable',
          '',
          `tally_journal: entry ${sequence} of shard ${this.#number} cannot be read back`,
        )
      await sleep(this.#times.pollMs)
    }
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.catch(() => undefined).then(work)
    this.#queue = done.catch(() => undefined)
    return done
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
