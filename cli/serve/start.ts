import { statfs } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getRequestListener } from '@hono/node-server'
import { COLLECTOR_DEFAULTS, type CollectorConfig, startCollector } from '../../collector/collector.ts'
import { explain } from '../../collector/explain/explain.ts'
import { acknowledgeOnce } from '../../collector/receive/acknowledged.ts'
import { IngestAccount } from '../../collector/receive/ingest-account.ts'
import { startIngestRecorder } from '../../collector/receive/ingest-recorder.ts'
import { receiveMeters } from '../../collector/receive/meters.ts'
import { createOtlpHttpServer } from '../../collector/receive/otlp-http.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { DatabaseError } from '../../schema/clickhouse/database.ts'
import { migrate } from '../../schema/clickhouse/migrate.ts'
import { type DoorConfig, isLoopback } from '../../schema/http/doors.ts'
import { MetricsRegistry } from '../../schema/metrics/registry.ts'
import { createApp } from '../../server/app.ts'
import { SESSION_COOKIE } from '../../server/login.ts'
import { runDemo } from '../demo/run-demo.ts'
import { version } from '../version.ts'
import { takeDataDir } from './data-dir.ts'
import { keyGuard, mayIngest, mayRead, newKey, readKeys } from './keys.ts'
import { StartProblem } from './problems.ts'
import { quarantinedSegments } from './quarantine.ts'
import { recentRate } from './recent-rate.ts'
import { UiSessions } from './ui-sessions.ts'

export interface ServeConfig {
  readonly dataDir: string
  readonly clickhouseUrl?: string | undefined
  readonly host: string
  readonly port: number
  readonly otlpHttpPort: number
  readonly corsOrigins: readonly string[]
  readonly retentionDays: number
  readonly spool: CollectorConfig['spool']
  readonly normaliseThreads: number
  /** An insert that would leave less free fails cleanly; 0 in tests. */
  readonly minFreeDiskBytes: number
  readonly log: (line: string) => void
}

export const SERVE_DEFAULTS = {
  dataDir: './.recount',
  host: '127.0.0.1',
  port: 4320,
  otlpHttpPort: 4318,
  corsOrigins: [] as readonly string[],
  minFreeDiskBytes: 256 * 1024 ** 2,
  ...COLLECTOR_DEFAULTS,
} as const

export interface Recount {
  readonly urls: { readonly api: string; readonly otlpHttp: string }
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
export const startRecount = async (config: ServeConfig): Promise<Recount> => {
  checkPlatform(config)
  const dataDir = await takeDataDir(config.dataDir)
  const undo: (() => Promise<unknown>)[] = [dataDir.release]
  try {
    const exposed = !isLoopback(config.host)
    if (exposed && readKeys(dataDir.path).length === 0)
      throw new StartProblem(
        'address_needs_key',
        `${config.host} can be reached by others, and there is no API key.`,
        `Make one first: recount key create --data ${config.dataDir}   (or stay on loopback: leave --host away).`,
      )
    const database = await openDatabase(config, dataDir.path)
    undo.push(() => database.close())
    const metrics = new MetricsRegistry()
    const collector = await startCollector(
      {
        dataDir: dataDir.path,
        retentionDays: config.retentionDays,
        normaliseThreads: config.normaliseThreads,
        spool: config.spool,
      },
      { database, metrics, log: config.log },
    )
    undo.push(() => collector.close(0))

    const account = new IngestAccount()
    const recorder = startIngestRecorder({
      account,
      database,
      gauges: async () => {
        const { spoolBytes, lagMs, loadLagMs, tallyLagMs } = collector.status()
        return {
          spool_bytes: spoolBytes,
          lag_ms: lagMs,
          load_lag_ms: loadLagMs,
          tally_lag_ms: tallyLagMs,
          quarantined_segments: await quarantinedSegments(dataDir.path),
        }
      },
      log: config.log,
    })
    undo.push(() => recorder.close())

    const internalKey = newKey()
    const guard = keyGuard(dataDir.path, exposed, internalKey)
    const needsKey = exposed || readKeys(dataDir.path).length > 0
    const doors: DoorConfig = { hosts: [config.host], corsOrigins: config.corsOrigins, keysRequired: needsKey }
    const meters = receiveMeters(metrics)
    const rate = recentRate()
    const otlp = createOtlpHttpServer({
      consumer: acknowledgeOnce(
        async (request) => {
          const result = await collector.accept(request)
          if (result.kind === 'accepted') rate.add(result.accepted)
          return result
        },
        { meters, account },
      ),
      authenticate: (headers) => {
        const principal = guard(headers)
        return mayIngest(principal) ? { projectId: principal.projectId } : undefined
      },
      doors,
      meters,
      account,
      log: config.log,
    })
    const startedMs = Date.now()
    let otlpHttpUrl = urlOf(config.host, config.otlpHttpPort)
    const sessions = new UiSessions()
    const app = createApp({
      database,
      version,
      doors: { ...doors, corsOrigins: [] },
      uiDir: fileURLToPath(new URL('../../dist/ui', import.meta.url)),
      metrics: () => metrics.expose(),
      explain,
      projectOf: (headers) => {
        const shown = Object.fromEntries(headers)
        const session = SESSION_IN_COOKIE.exec(shown.cookie ?? '')?.[1]
        const key = session === undefined ? undefined : sessions.keyOf(session)
        const principal = guard(key === undefined ? shown : { ...shown, authorization: undefined, 'x-api-key': key })
        return mayRead(principal) ? principal.projectId : undefined
      },
      logins: {
        start: (key) => (mayRead(guard({ 'x-api-key': key })) ? sessions.start(key) : undefined),
        end: (id) => sessions.end(id),
      },
      status: () => {
        const { spoolBytes, lagMs, trouble } = collector.status()
        return {
          version,
          engine: database.engine,
          uptimeSeconds: (Date.now() - startedMs) / 1000,
          spansPerSecond: rate.perSecond(),
          lagMs,
          spoolBytes,
          state: trouble !== '' ? 'down' : lagMs > BEHIND_MS ? 'behind' : 'ok',
          detail: trouble,
          otlpHttpUrl,
        }
      },
      log: config.log,
    })
    const api = createServer(getRequestListener(app.fetch))

    const otlpAddress = await orPortProblem(config.host, config.otlpHttpPort, '--otlp-http', () =>
      otlp.listen(config.otlpHttpPort, config.host),
    )
    undo.push(() => otlp.stop(0))
    const apiAddress = await orPortProblem(config.host, config.port, '--port', () =>
      listen(api, config.host, config.port),
    )
    undo.push(() => closeServer(api))
    // Port 0 asks the system for a free one: which it was is known only now.
    otlpHttpUrl = urlOf(config.host, otlpAddress.port)
    const urls = { api: urlOf(config.host, apiAddress.port), otlpHttp: otlpHttpUrl }
    await dataDir.announce(urls.api)

    let closing: Promise<void> | undefined
    const close = async (graceMs: number): Promise<void> => {
      await Promise.all([otlp.stop(REQUEST_GRACE_MS), closeServer(api)])
      await collector.close(graceMs)
      await recorder.close()
      await database.close()
      await dataDir.release()
    }
    return {
      urls,
      engine: database.engine,
      dataDir: dataDir.path,
      needsKey,
      database,
      settled: async () => {
        await collector.settled()
        await recorder.flush()
      },
      runDemo: (signal) =>
        runDemo({ endpoint: urls.otlpHttp, key: internalKey, signal, live: true, print: config.log }).then(
          () => undefined,
          (error: unknown) => config.log(`demo: ${(error as Error).message}`),
        ),
      close: (graceMs) => {
        closing ??= close(graceMs)
        return closing
      },
    }
  } catch (error) {
    for (const step of undo.reverse()) await step().catch(() => undefined)
    throw error
  }
}

const checkPlatform = (config: ServeConfig): void => {
  const platform = `${process.platform}-${process.arch}`
  if (
    config.clickhouseUrl === undefined &&
    !['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'].includes(platform)
  )
    throw new StartProblem(
      'unsupported_platform',
      `the embedded engine is not available for ${platform}.`,
      'Give a ClickHouse server with --clickhouse URL, or run in WSL 2 or a Linux container.',
    )
}

const openDatabase = async (config: ServeConfig, dataDir: string): Promise<Database> => {
  const database =
    config.clickhouseUrl === undefined ? await openEmbedded(dataDir) : await openServer(config.clickhouseUrl)
  try {
    await migrate(database, { minFreeDiskBytes: await affordable(config.minFreeDiskBytes, dataDir) })
  } catch (error) {
    await database.close()
    if (error instanceof DatabaseError) throw error
    throw new StartProblem('data_of_newer_version', (error as Error).message, 'Nothing was changed.')
  }
  return database
}

/** The engines are loaded when they are needed: the embedded one is a library of 300 MB. */
const openEmbedded = async (dataDir: string): Promise<Database> =>
  (await import('../../schema/clickhouse/embedded.ts')).openEmbedded(dataDir)

const openServer = async (url: string): Promise<Database> => {
  try {
    return await (await import('../../schema/clickhouse/http.ts')).openHttp(url)
  } catch (error) {
    throw new StartProblem(
      'clickhouse_unreachable',
      `--clickhouse: ${(error as Error).message}`,
      'Check that the server runs and that URL, user and password are right (http://user:password@host:8123/database).',
    )
  }
}

/** On a disk smaller than a few times the reserve (a test's tmpfs) the reserve would forbid every insert. */
const affordable = async (reserveBytes: number, dir: string): Promise<number> => {
  const { blocks, bsize } = await statfs(join(dir))
  return blocks * bsize > reserveBytes * 4 ? reserveBytes : 0
}

const SESSION_IN_COOKIE = new RegExp(`(?:^|;\\s*)${SESSION_COOKIE}=([\\w-]+)`)
/** Older than this, what waits to be loaded and tallied is called behind (the goal is 2 s). */
const BEHIND_MS = 10_000
/** Requests under way when the program is told to stop. */
const REQUEST_GRACE_MS = 1_000

const listen = (server: Server, host: string, port: number): Promise<AddressInfo> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve(server.address() as AddressInfo))
  })

const orPortProblem = async <T>(host: string, port: number, flag: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new StartProblem(
        'port_in_use',
        `port ${port} on ${host} is in use by another program (perhaps another Recount).`,
        `Stop it, or choose another port with ${flag} PORT.`,
      )
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL')
      throw new StartProblem(
        'address_unusable',
        `cannot listen on ${host} port ${port}: ${message}`,
        `Choose an address of this machine with --host and a port above 1023 with ${flag} PORT.`,
      )
    throw error
  }
}

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

const urlOf = (host: string, port: number): string => {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}`
}
