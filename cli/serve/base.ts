import type { Database } from '../../schema/clickhouse/database.ts'
import { type DoorConfig, isLoopback } from '../../schema/http/doors.ts'
import { MetricsRegistry } from '../../schema/metrics/registry.ts'
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
  const internalKey = newKey()
  return {
    config,
    dataDir,
    database,
    metrics: new MetricsRegistry(),
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
