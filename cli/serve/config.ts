import { COLLECTOR_DEFAULTS, type CollectorConfig } from '../../collector/collector.ts'
import type { TlsFiles } from '../../collector/receive/tls.ts'
import type { MaskingSection } from '../config/masking.ts'

export interface ServeConfig {
  readonly dataDir: string
  readonly clickhouseUrl?: string | undefined
  readonly host: string
  readonly port: number
  readonly otlpHttpPort: number
  /** Absent: gRPC is not offered. The commands offer it on `OTLP_GRPC_PORT`. */
  readonly otlpGrpcPort?: number | undefined
  /** Absent: plain text. With it every port speaks TLS only. */
  readonly tls?: TlsFiles | undefined
  readonly corsOrigins: readonly string[]
  readonly retentionDays: number
  readonly spool: CollectorConfig['spool']
  readonly normaliseThreads: number
  /** `masking:` of recount.yaml; absent: nothing is masked. */
  readonly masking?: MaskingSection | undefined
  /** An insert that would leave less free fails cleanly; 0 in tests. */
  readonly minFreeDiskBytes: number
  readonly log: (line: string) => void
}

export const OTLP_GRPC_PORT = 4317

export const SERVE_DEFAULTS = {
  dataDir: './.recount',
  host: '127.0.0.1',
  port: 4320,
  /** Of a collector that runs apart. */
  healthPort: 4319,
  otlpHttpPort: 4318,
  corsOrigins: [] as readonly string[],
  minFreeDiskBytes: 256 * 1024 ** 2,
  ...COLLECTOR_DEFAULTS,
} as const
