import { Command } from 'commander'
import { greeting } from '../serve/greeting.ts'
import { describeProblem, StartProblem } from '../serve/problems.ts'
import { SERVE_DEFAULTS, startRecount } from '../serve/start.ts'
import { flag, portNumber, wholeNumber } from './options.ts'

interface Flags {
  readonly data: string
  readonly clickhouse?: string
  readonly host: string
  readonly port: number
  readonly otlpHttp: number
  readonly corsOrigin?: string[]
  readonly retentionDays: number
  readonly demo?: boolean
}

/** Room for what was accepted to reach the database; what does not make it stays in the spool for the next start. */
const CLOSE_GRACE_MS = 4_000

export const serveCommand = (): Command =>
  new Command('serve')
    .addOption(flag('--data <dir>', 'where data lives').default(SERVE_DEFAULTS.dataDir))
    .addOption(flag('--clickhouse <url>', 'a ClickHouse server instead of the embedded engine'))
    .addOption(
      flag('--host <address>', 'address to listen on; anything but loopback needs an API key').default(
        SERVE_DEFAULTS.host,
      ),
    )
    .addOption(flag('--port <port>', 'API and UI').default(SERVE_DEFAULTS.port).argParser(portNumber))
    .addOption(flag('--otlp-http <port>', 'OTLP over HTTP').default(SERVE_DEFAULTS.otlpHttpPort).argParser(portNumber))
    .addOption(flag('--cors-origin <origin...>', 'web pages that may send telemetry'))
    .addOption(
      flag('--retention-days <days>', 'how long spans and logs are kept; 0 keeps all')
        .default(SERVE_DEFAULTS.retentionDays)
        .argParser(wholeNumber(0, 3650)),
    )
    .addOption(flag('--demo', 'also run simulated agents: a week of history, then live'))
    .action(async (flags: Flags) => {
      try {
        const recount = await startRecount({
          ...SERVE_DEFAULTS,
          dataDir: flags.data,
          clickhouseUrl: flags.clickhouse,
          host: flags.host,
          port: flags.port,
          otlpHttpPort: flags.otlpHttp,
          corsOrigins: flags.corsOrigin ?? [],
          retentionDays: flags.retentionDays,
          log: (line) => console.error(`${new Date().toISOString()} ${line}`),
        })
        console.log(greeting(recount))
        const stop = new AbortController()
        const demo = flags.demo ? recount.runDemo(stop.signal) : Promise.resolve()
        const close = (): void => {
          // A second signal does not wait.
          process.once('SIGINT', () => process.exit(130))
          stop.abort()
          void demo.then(() => recount.close(CLOSE_GRACE_MS)).then(() => process.exit(0))
        }
        process.once('SIGTERM', close)
        process.once('SIGINT', close)
      } catch (error) {
        if (!(error instanceof StartProblem)) throw error
        console.error(describeProblem(error))
        process.exit(2)
      }
    })
