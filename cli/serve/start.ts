import { resolve } from 'node:path'
import type { Database } from '../../schema/clickhouse/database.ts'
import { version } from '../version.ts'
import { startAnswering } from './answering.ts'
import { openBase, orUndo } from './base.ts'
import { statusOfCollectors } from './collectors-status.ts'
import type { ServeConfig } from './config.ts'
import { takeDataDir } from './data-dir.ts'
import { nameDemoPrices } from './demo-prices.ts'
import { startHealthPort } from './health-port.ts'
import { checkPlatform } from './open-store.ts'
import { StartProblem } from './problems.ts'
import { startReceiving } from './receiving.ts'
import { renormaliseJobs } from './renormalise-jobs.ts'
import { repriceJobs } from './reprice-jobs.ts'

export interface Recount {
  readonly urls: { readonly api: string; readonly otlpHttp: string; readonly otlpGrpc: string | undefined }
  readonly engine: Database['engine']
  readonly dataDir: string
  readonly needsKey: boolean
  readonly database: Database
  /** Resolves when everything acknowledged so far can be queried and is tallied. */
  readonly settled: () => Promise<void>
  /** Simulated agents that send to this process until `signal` aborts. */
  readonly runDemo: (signal: AbortSignal) => Promise<void>
  /** Takes nothing more, loads what it can in `graceMs`, closes; the rest waits in the spool for the next start. */
  readonly close: (graceMs: number) => Promise<void>
}

/**
 * The whole program in one process: receiver, spool, loader and tallier, API and UI.
 * @throws StartProblem with its remedy
 */
export const startRecount = (config: ServeConfig): Promise<Recount> =>
  orUndo(async (undo) => {
    checkPlatform(config)
    const dataDir = await takeDataDir(config.dataDir)
    undo.push(dataDir.release)
    const base = await openBase(config, dataDir.path, undo)
    const receiving = await startReceiving(base, undo)
    const answering = await startAnswering(base, receiving.status, undo, {
      renormalise: renormaliseJobs(receiving.collector, config.log),
      keepLateFacts: receiving.collector.keepLateFacts,
      reprice: repriceJobs({ ...base, collector: receiving.collector, log: config.log }),
    })
    const urls = { api: answering.url, otlpHttp: receiving.otlpHttpUrl, otlpGrpc: receiving.otlpGrpcUrl }
    await dataDir.announce(urls.api)
    return {
      urls,
      engine: base.database.engine,
      dataDir: dataDir.path,
      needsKey: base.doors.keysRequired,
      database: base.database,
      settled: receiving.settled,
      runDemo: async (signal) => {
        try {
          // Loaded only when it is asked for: it brings the SDK's exporters with it.
          const { runDemo } = await import('../demo/run-demo.ts')
          await nameDemoPrices(base)
          await runDemo({ endpoint: urls.otlpHttp, key: base.internalKey, signal, live: true, print: config.log })
        } catch (error) {
          config.log(`demo: ${(error as Error).message}`)
        }
      },
      close: once(async (graceMs) => {
        await Promise.all([receiving.stop(), answering.stop()])
        await receiving.close(graceMs)
        await base.close()
        await dataDir.release()
      }),
    }
  })

export interface CollectorRole {
  readonly urls: { readonly health: string; readonly otlpHttp: string; readonly otlpGrpc: string | undefined }
  readonly dataDir: string
  readonly needsKey: boolean
  readonly settled: () => Promise<void>
  readonly close: (graceMs: number) => Promise<void>
}

/**
 * The write path alone, before a ClickHouse server; any number may run side by side, each on a data directory of its own.
 * @throws StartProblem with its remedy
 */
export const startCollectorRole = (config: ServeConfig): Promise<CollectorRole> =>
  orUndo(async (undo) => {
    needServer(config, 'collector')
    const dataDir = await takeDataDir(config.dataDir)
    undo.push(dataDir.release)
    const base = await openBase(config, dataDir.path, undo)
    const receiving = await startReceiving(base, undo)
    const health = await startHealthPort(base, receiving.status, undo)
    await dataDir.announce(health.url)
    return {
      urls: { health: health.url, otlpHttp: receiving.otlpHttpUrl, otlpGrpc: receiving.otlpGrpcUrl },
      dataDir: dataDir.path,
      needsKey: base.doors.keysRequired,
      settled: receiving.settled,
      close: once(async (graceMs) => {
        await receiving.stop()
        await receiving.close(graceMs)
        await health.stop()
        await base.close()
        await dataDir.release()
      }),
    }
  })

export interface ServerRole {
  readonly urls: { readonly api: string }
  readonly needsKey: boolean
  readonly close: () => Promise<void>
}

/**
 * The read path alone: API and UI over a ClickHouse server. It keeps nothing; of the data directory it only reads the keys, so it may share one with a
 * collector. `collectors` are the health ports of those whose state it shows.
 * @throws StartProblem with its remedy
 */
export const startServerRole = (config: ServeConfig, collectors: readonly string[]): Promise<ServerRole> =>
  orUndo(async (undo) => {
    needServer(config, 'server')
    const base = await openBase(config, resolve(config.dataDir), undo)
    const status = statusOfCollectors(collectors, { version, engine: base.database.engine, startedMs: base.startedMs })
    const answering = await startAnswering(base, status, undo)
    return {
      urls: { api: answering.url },
      needsKey: base.doors.keysRequired,
      close: once(async () => {
        await answering.stop()
        await base.close()
      }),
    }
  })

const needServer = (config: ServeConfig, role: string): void => {
  if (config.clickhouseUrl === undefined)
    throw new StartProblem(
      'needs_clickhouse',
      `recount ${role} works before a ClickHouse server: the embedded engine belongs to one process.`,
      'Give its address with --clickhouse http://user:password@host:8123/database, or run everything in one: recount serve.',
    )
}

/** Closing twice is closing once. */
const once = (work: (graceMs: number) => Promise<void>): ((graceMs?: number) => Promise<void>) => {
  let done: Promise<void> | undefined
  return (graceMs = 0) => {
    done ??= work(graceMs)
    return done
  }
}
