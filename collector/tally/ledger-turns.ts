import type { Section } from '../normalise/encode-batch.ts'

/**
 * The only way into the ledger: one tallier at a time, per shard of projects. A tallier reads what stands and writes what changes; were another to
 * write in between, the same version would be taken back twice and every sum would be wrong for ever (architecture.md §3).
 */
export interface LedgerTurns {
  /** Projects are spread over this many shards; a turn is one shard's. Projects share no run, so a shard need not know of the others. */
  readonly shards: number

  /**
   * Does `work` while nobody else writes to the shard, after whatever an interrupted turn left has been completed. If another took over
   * meanwhile, nothing more of `work` was written, and it is done again from its start: it must read anew all that it builds on.
   * @throws what `work` throws; DatabaseError: try again
   */
  readonly turn: <T>(shard: number, work: (turn: Turn) => Promise<T>) => Promise<T>

  /** Bytes that wait on this machine's disk to be loaded. */
  readonly bytes: () => number
  readonly close: () => Promise<void>
}

export interface Turn {
  /** Makes rows of `run_ledger` and `traces` durable and loads them exactly once; they can be read when it resolves. */
  readonly write: (sections: readonly Section[]) => Promise<void>
}

/** Turns of one process follow each other: what takes one beside the tallier (re-pricing) waits for it, and it for them. */
export const oneAtATime = (turns: LedgerTurns): LedgerTurns => {
  const last = new Map<number, Promise<unknown>>()
  return {
    ...turns,
    turn: (shard, work) => {
      const mine = (last.get(shard) ?? Promise.resolve()).then(() => turns.turn(shard, work))
      last.set(
        shard,
        mine.catch(() => undefined),
      )
      return mine
    },
  }
}

/** Another tallier took over: thrown by `Turn.write` and caught by `turn`. */
export class TurnLost extends Error {
  override readonly name = 'TurnLost'
}
