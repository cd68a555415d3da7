import type { Command } from 'commander'
import { CONFIG_FILE, readConfigFile } from '../config/config-file.ts'
import { OTLP_GRPC_PORT, SERVE_DEFAULTS, type ServeConfig } from '../serve/config.ts'
import { describeProblem, StartProblem } from '../serve/problems.ts'
import { readTls } from '../serve/tls-files.ts'
import { flag, portNumber, wholeNumber } from './options.ts'

/** Flags of `serve`, `collector` and `server`: the same words for the same things. */
export interface RoleFlags {
  readonly data: string
  readonly clickhouse?: string
  readonly host: string
  readonly port: number
  readonly otlpHttp?: number
  readonly otlpGrpc?: number
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly corsOrigin?: string[]
  readonly retentionDays?: number
  readonly config?: string
}

/** Room for what was accepted to reach the database; what does not make it stays in the spool for the next start. */
const CLOSE_GRACE_MS = 4_000

export const addCommonFlags = (command: Command, port: { readonly is: string; readonly default: number }): Command =>
  command
    .addOption(flag('--data <dir>', 'where data lives').default(SERVE_DEFAULTS.dataDir))
    .addOption(flag('--clickhouse <url>', 'a ClickHouse server instead of the embedded engine'))
    .addOption(
      flag('--host <address>', 'address to listen on; anything but loopback needs an API key').default(
        SERVE_DEFAULTS.host,
      ),
    )
    .addOption(flag('--port <port>', port.is).default(port.default).argParser(portNumber))
    .addOption(flag('--tls-cert <file>', 'certificate (PEM): every port speaks TLS only'))
    .addOption(flag('--tls-key <file>', 'its private key (PEM)'))

export const addReceivingFlags = (command: Command): Command =>
  command
    .addOption(flag('--otlp-http <port>', 'OTLP over HTTP').default(SERVE_DEFAULTS.otlpHttpPort).argParser(portNumber))
    .addOption(flag('--otlp-grpc <port>', 'OTLP over gRPC').default(OTLP_GRPC_PORT).argParser(portNumber))
    .addOption(flag('--cors-origin <origin...>', 'web pages that may send telemetry'))
    .addOption(
      flag('--retention-days <days>', 'how long spans and logs are kept; 0 keeps all')
        .default(SERVE_DEFAULTS.retentionDays)
        .argParser(wholeNumber(0, 3650)),
    )
    .addOption(flag('--config <file>', `settings that are kept as code; ./${CONFIG_FILE} where it exists`))

export const configOf = (flags: RoleFlags): ServeConfig => ({
  ...SERVE_DEFAULTS,
  dataDir: flags.data,
  clickhouseUrl: flags.clickhouse,
  host: flags.host,
  port: flags.port,
  otlpHttpPort: flags.otlpHttp ?? SERVE_DEFAULTS.otlpHttpPort,
  otlpGrpcPort: flags.otlpGrpc,
  tls: readTls(flags.tlsCert, flags.tlsKey),
  corsOrigins: flags.corsOrigin ?? [],
  retentionDays: flags.retentionDays ?? SERVE_DEFAULTS.retentionDays,
  masking: readConfigFile(flags.config).masking,
  log: (line) => console.error(`${new Date().toISOString()} ${line}`),
})

/** Starts a role, prints how to reach it, and closes it on SIGTERM or SIGINT. A problem of the start is a sentence and exit code 2. */
export const runRole = async <R extends { readonly close: (graceMs: number) => Promise<void> }>(
  start: () => Promise<R>,
  greet: (role: R) => string,
  beside: (role: R, stopped: AbortSignal) => Promise<void> = async () => undefined,
): Promise<void> => {
  try {
    const role = await start()
    console.log(greet(role))
    const stop = new AbortController()
    const work = beside(role, stop.signal)
    const close = (): void => {
      // A second signal does not wait.
      process.once('SIGINT', () => process.exit(130))
      stop.abort()
      void work.then(() => role.close(CLOSE_GRACE_MS)).then(() => process.exit(0))
    }
    process.once('SIGTERM', close)
    process.once('SIGINT', close)
  } catch (error) {
    if (!(error instanceof StartProblem)) throw error
    console.error(describeProblem(error))
    process.exit(2)
  }
}
