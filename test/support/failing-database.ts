import { type Database, DatabaseError } from '../../schema/clickhouse/database.ts'

/** A way to the store that is slow at random and is cut for good at a random moment, as by kill -9 of the process that used it. */
export interface FailingDatabase {
  readonly database: Database
  readonly isCut: () => boolean
  readonly cut: () => void
  /** From here on each use may be the last. */
  readonly arm: (chancePerUse: number) => void
}

const SLOW_MS_MAX = 25

export const failingDatabase = (real: Database, random: () => number): FailingDatabase => {
  let chance = 0
  let isCut = false
  const fail = (): never => {
    isCut = true
    throw new DatabaseError('unavailable', '', 'cut')
  }
  const through = async <T>(work: () => Promise<T>): Promise<T> => {
    await new Promise((resolve) => setTimeout(resolve, random() * SLOW_MS_MAX))
    // Before: nothing was done. After: it was done, and whoever asked never learns it.
    if (isCut || random() < chance / 2) return fail()
    const result = await work()
    if (isCut || random() < chance / 2) return fail()
    return result
  }
  return {
    isCut: () => isCut,
    cut: () => {
      isCut = true
    },
    arm: (chancePerUse) => {
      chance = chancePerUse
    },
    database: {
      engine: real.engine,
      query: (sql, params, limits) => through(() => real.query(sql, params, limits)),
      queryBytes: (sql, format, params, limits) => through(() => real.queryBytes(sql, format, params, limits)),
      stream: async function* (sql, format, params, limits) {
        yield* await through(async () => real.stream(sql, format, params, limits))
      },
      command: (sql) => through(() => real.command(sql)),
      insert: (insert) => through(() => real.insert(insert)),
      ping: () => through(() => real.ping()),
      close: async () => undefined,
    },
  }
}
