import { DatabaseError } from '../../schema/clickhouse/database.ts'

const FIRST_WAIT_MS = 100
const WAIT_MS_MAX = 5_000

/** A failure that no later try can mend: the statement or the rows themselves are wrong. */
export const isPermanent = (error: unknown): boolean => error instanceof DatabaseError && error.kind === 'query'

/**
 * Tries until it works, waiting 0.1 s, 0.2 s … 5 s between: what is acknowledged must get in, however long the engine is away.
 * @throws the failure, if it is permanent or `stopped()` says that nobody waits any more
 */
export const untilDone = async <T>(
  work: () => Promise<T>,
  events: { readonly failed: (error: unknown, waitMs: number) => void; readonly stopped: () => boolean },
): Promise<T> => {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (isPermanent(error) || events.stopped()) throw error
      const waitMs = Math.min(FIRST_WAIT_MS * 2 ** attempt, WAIT_MS_MAX)
      events.failed(error, waitMs)
      const until = performance.now() + waitMs
      while (performance.now() < until && !events.stopped()) await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
