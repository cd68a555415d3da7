import type { Database } from '../../schema/clickhouse/database.ts'
import { type DoorConfig, isLoopback } from '../../schema/http/doors.ts'
import { MetricsRegistry } from '../../schema/metrics/registry.ts'
import { type StoredPriceBooks, storedPriceBooks } from '../../schema/prices/stored-price-books.ts'
import type { ServeConfig } from './config.ts'
import { type Headers, keyGuard, newKey, type Principal, readKeys } from './keys.ts'
import { openDatabase } from './open-store.ts'
import { StartProblem } from './problems.ts'

/** What every role of the program stands on. */
export interface Base {
  readonly config: ServeConfig
  /** Absolute path of the data directory. */
  readonly dataDir: string
  readonly database: Database
  readonly metrics: MetricsRegistry
  readonly prices: StoredPriceBooks
  /** Closes the store, and what asks it from time to time. */
  readonly close: () => Promise<void>
  readonly startedMs: number
  /** Who sent a request, by its key. */
  readonly guard: (headers: Headers) => Principal | undefined
  /** The process's own key, for the simulated agents that it runs itself. */
  readonly internalKey: string
  readonly doors: DoorConfig
}

/** Steps back, in the order in which they were added; a start that fails half-way takes them in reverse. */
export type Undo = (() => Promise<unknown>)[]

/** @throws StartProblem with its remedy */
export const openBase = async (config: ServeConfig, dataDir: string, undo: Undo): Promise<Base> => {
  const exposed = !isLoopback(config.host)
  if (exposed && readKeys(dataDir).length === 0)
    throw new StartProblem(
      'address_needs_key',
      `${config.host} can be reached by others, and there is no API key.`,
      `Make one first: recount key create --data ${config.dataDir}   (or stay on loopback: leave --host away).`,
    )
  const database = await openDatabase(config, dataDir)
  undo.push(() => database.close())
  const { prices, stop } = await openPrices(database, config)
  undo.push(async () => stop())
  const internalKey = newKey()
  return {
    config,
    dataDir,
    database,
    metrics: new MetricsRegistry(),
    prices,
    close: () => {
      stop()
      return database.close()
    },
    startedMs: Date.now(),
    guard: keyGuard(dataDir, exposed, internalKey),
    internalKey,
    doors: {
      hosts: [config.host],
      corsOrigins: config.corsOrigins,
      keysRequired: exposed || readKeys(dataDir).length > 0,
    },
  }
}

/** Another process may change the prices of a project: one small question finds out. What is changed through this one's API holds at once. */
const PRICES_POLL_MS = 30_000

const openPrices = async (
  database: Database,
  config: ServeConfig,
): Promise<{ readonly prices: StoredPriceBooks; readonly stop: () => void }> => {
  const prices = storedPriceBooks(database)
  await prices.refresh()
  if (database.engine === 'embedded') return { prices, stop: () => undefined }
  const poll = setInterval(() => {
    prices.refresh().catch((error: Error) => config.log(`prices: ${error.message.slice(0, 300)}; the known ones stay`))
  }, PRICES_POLL_MS)
  poll.unref()
  return { prices, stop: () => clearInterval(poll) }
}

/** Runs a start; where it fails, what it had opened is closed again. */
export const orUndo = async <T>(start: (undo: Undo) => Promise<T>): Promise<T> => {
  const undo: Undo = []
  try {
    return await start(undo)
  } catch (error) {
    for (const step of undo.reverse()) await step().catch(() => undefined)
    throw error
  }
}
