import { type Collector, startCollector } from '../../collector/collector.ts'
import { acknowledgeOnce } from '../../collector/receive/acknowledged.ts'
import { ByteBudget } from '../../collector/receive/byte-budget.ts'
import { IngestAccount } from '../../collector/receive/ingest-account.ts'
import { startIngestRecorder } from '../../collector/receive/ingest-recorder.ts'
import { receiveMeters } from '../../collector/receive/meters.ts'
import { createOtlpGrpcServer } from '../../collector/receive/otlp-grpc.ts'
import { createOtlpHttpServer, OTLP_HTTP_LIMITS, type OtlpHttpOptions } from '../../collector/receive/otlp-http.ts'
import { JOURNAL_TIMES } from '../../collector/tally/journal.ts'
import type { Status } from '../../schema/api/shapes.ts'
import { maskingOf } from '../config/masking-secret.ts'
import { version } from '../version.ts'
import type { Base, Undo } from './base.ts'
import type { ServeConfig } from './config.ts'
import { mayIngest } from './keys.ts'
import { orPortProblem, urlOf } from './listen.ts'
import { quarantinedSegments } from './quarantine.ts'
import { recentRate } from './recent-rate.ts'

/** Older than this, what waits to be loaded and tallied is called behind (the goal is 2 s). */
const BEHIND_MS = 10_000
/** Requests under way when the program is told to stop. */
const REQUEST_GRACE_MS = 1_000

export interface Receiving {
  readonly otlpHttpUrl: string
  /** Undefined where gRPC is not offered. */
  readonly otlpGrpcUrl: string | undefined
  readonly status: () => Status
  /** Resolves when everything acknowledged so far can be queried and is tallied. */
  readonly settled: () => Promise<void>
  readonly collector: Collector
  /** Takes nothing more. */
  readonly stop: () => Promise<void>
  /** Loads what it can in `graceMs`; the rest waits in the spool for the next start. */
  readonly close: (graceMs: number) => Promise<void>
}

/** The write path with its ports open. */
export const startReceiving = async (base: Base, undo: Undo): Promise<Receiving> => {
  const { config, dataDir, database, metrics, guard, doors } = base
  const collector = await startCollector(
    {
      dataDir,
      retentionDays: config.retentionDays,
      normaliseThreads: config.normaliseThreads,
      spool: config.spool,
      masking: maskingOf(config.masking, dataDir),
      // Whoever has a server may have several collectors before it; the embedded engine belongs to one process.
      sharedStore: database.engine === 'clickhouse' ? JOURNAL_TIMES : undefined,
    },
    { database, metrics, log: config.log, prices: base.prices },
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
        quarantined_segments: await quarantinedSegments(dataDir),
      }
    },
    log: config.log,
  })
  undo.push(() => recorder.close())

  const meters = receiveMeters(metrics)
  const rate = recentRate()
  const shared: OtlpHttpOptions = {
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
    // One budget for both protocols: it stands for the memory of the one process.
    budget: new ByteBudget(OTLP_HTTP_LIMITS.inFlightBytesMax),
    tls: config.tls,
    log: config.log,
  }
  const { otlpHttpUrl, otlpGrpcUrl, stop } = await openPorts(config, shared, undo)

  return {
    otlpHttpUrl,
    otlpGrpcUrl,
    collector,
    status: () => {
      const { spoolBytes, lagMs, trouble } = collector.status()
      return {
        version,
        engine: database.engine,
        uptimeSeconds: (Date.now() - base.startedMs) / 1000,
        spansPerSecond: rate.perSecond(),
        lagMs,
        spoolBytes,
        state: trouble !== '' ? 'down' : lagMs > BEHIND_MS ? 'behind' : 'ok',
        detail: trouble,
        otlpHttpUrl,
      }
    },
    settled: async () => {
      await collector.settled()
      await recorder.flush()
    },
    stop,
    close: async (graceMs) => {
      await collector.close(graceMs)
      await recorder.close()
    },
  }
}

type Ports = Pick<Receiving, 'otlpHttpUrl' | 'otlpGrpcUrl' | 'stop'>

/** Port 0 asks the system for a free one: which it was is known only when it listens. */
const openPorts = async (config: ServeConfig, shared: OtlpHttpOptions, undo: Undo): Promise<Ports> => {
  const { host, otlpHttpPort, otlpGrpcPort, tls } = config
  const http = createOtlpHttpServer(shared)
  const address = await orPortProblem(host, otlpHttpPort, '--otlp-http', () => http.listen(otlpHttpPort, host))
  undo.push(() => http.stop(0))
  const otlpHttpUrl = urlOf(host, address.port, tls)
  if (otlpGrpcPort === undefined)
    return { otlpHttpUrl, otlpGrpcUrl: undefined, stop: () => http.stop(REQUEST_GRACE_MS) }
  const grpc = createOtlpGrpcServer(shared)
  const grpcAddress = await orPortProblem(host, otlpGrpcPort, '--otlp-grpc', () => grpc.listen(otlpGrpcPort, host))
  undo.push(() => grpc.stop(0))
  return {
    otlpHttpUrl,
    otlpGrpcUrl: urlOf(host, grpcAddress.port, tls),
    stop: async () => {
      await Promise.all([http.stop(REQUEST_GRACE_MS), grpc.stop(REQUEST_GRACE_MS)])
    },
  }
}
