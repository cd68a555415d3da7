import type { Spool } from '../spool/spool.ts'
import type { LedgerTurns } from './ledger-turns.ts'

/**
 * Turns for the only tallier there is: the lock on the data directory of the embedded engine sees to that. Its rows pass through a spool of their
 * own, so that a crash between the ledger and one of its views is repaired by the same insert (architecture.md §3).
 */
export const localTurns = (spool: Spool, load: (spool: Spool) => Promise<void>): LedgerTurns => ({
  shards: 1,
  turn: async (_shard, work) => {
    // What an interrupted try has written already must stand in the ledger before it is read again, or it would be entered twice.
    await spool.flush()
    await load(spool)
    return work({
      write: async (sections) => {
        await spool.append(sections)
        await spool.flush()
        await load(spool)
      },
    })
  },
  bytes: () => spool.bytes,
  close: () => spool.close(),
})
