import { Command } from 'commander'
import { killCollectors } from '../test/support/collector-rounds.ts'
import { type KillReport, killRounds } from '../test/support/kill-rounds.ts'
import { seededRandom } from '../test/support/seeded-random.ts'
import { tortureRequests } from '../test/support/torture/requests.ts'
import { tortureWire } from '../test/support/torture/wire.ts'
import { exportTorture } from './torture-export.ts'
import { sdkTorture } from './torture-sdk.ts'

/**
 * Faults injected for real, longer than a test may take; what is asked for, one after the other. Exit code 1 if anything was lost, counted twice, broken or
 * held up. `npm run torture -- --kills 200`, `--collector-kills 50`, `--requests 1000000 [--wire 20000]`, `--sdk-spans 100000`, `--export-rows 5000000`, each with `[--seed N]`.
 */
interface Flags {
  readonly kills?: number
  readonly collectorKills?: number
  readonly requests?: number
  readonly wire?: number
  readonly sdkSpans?: number
  readonly exportRows?: number
  readonly threads: number
  readonly seed: number
}

const KILLS = 50
/** Of the requests that go through decoder and normaliser, so many also go over the wire. */
const WIRE_SHARE = 0.01
/** Beyond it memory is not flat: some 100 bytes kept of each request. */
const SLOPE_MIB_PER_MILLION_MAX = 100

const flags = new Command()
  .option('--kills <n>', 'kill -9 of Recount this many times under load', Number)
  .option('--collector-kills <n>', 'kill -9 of one of two collectors before one ClickHouse server', Number)
  .option('--requests <n>', 'mutated requests through decoder, normaliser and encoder', Number)
  .option('--wire <n>', 'mutated requests over HTTP and gRPC into a whole program', Number)
  .option('--sdk-spans <n>', 'spans by the OpenTelemetry SDK’s own exporters, through a restart', Number)
  .option('--export-rows <n>', 'rows of a report as CSV and Parquet, its manifest and what DuckDB reads', Number)
  .option('--threads <n>', 'for --requests', Number, 2)
  .option('--seed <n>', 'of moments and mutations', Number, Date.now() % 1_000_000)
  .parse()
  .opts<Flags>()

const print = (line: string): void => console.log(line)
const say = (
  name: string,
  { kills, acknowledgedSpans, storedSpans, runs, lost }: KillReport,
  minutes: string,
): boolean => {
  print(
    `${name} ${kills} · acknowledged spans ${acknowledgedSpans} · stored ${storedSpans} · runs ${runs} · lost ${lost} · counted twice 0 · ${minutes} min`,
  )
  return lost === 0
}

const kill = async (name: string, rounds: typeof killRounds, kills: number): Promise<boolean> => {
  const startedMs = performance.now()
  // Whatever was counted twice is thrown: rollups are compared with a recount.
  const report = await rounds(kills, seededRandom(flags.seed), print)
  return say(name, report, ((performance.now() - startedMs) / 60_000).toFixed(1))
}

const requests = async (count: number): Promise<boolean> => {
  const report = await tortureRequests(count, flags.seed, flags.threads, print)
  for (const { seed, what } of report.defects.slice(0, 20)) print(`seed ${seed}: ${what}`)
  const { quarter, end, slopePerMillion } = report.residentMiB
  print(
    `requests ${report.requests} · ${Math.round(report.requests / report.seconds)}/s · ${(report.bytes / 1e9).toFixed(2)} GB · refused ${report.refused} · crashes ${report.crashes} · hangs ${report.hangs} · slowest ${Math.round(report.slowestMs)} ms (seed ${report.slowestSeed}) · resident ${Math.round(quarter)} → ${Math.round(end)} MiB, ${slopePerMillion.toFixed(1)} MiB per million · seeds from ${flags.seed}`,
  )
  return report.requests === count && report.defects.length === 0 && slopePerMillion < SLOPE_MIB_PER_MILLION_MAX
}

const wire = async (count: number): Promise<boolean> => {
  const { requests: sent, seconds, answers, wrong, spans, residentMiB } = await tortureWire(count, flags.seed)
  for (const line of wrong.slice(0, 20)) print(line)
  const { start, half, end } = residentMiB
  print(
    `wire ${sent} · ${Math.round(sent / seconds)}/s · ${JSON.stringify(answers)} · wrong ${wrong.length} · spans stored and tallied ${spans} · resident ${start} → ${half} → ${end} MiB · seeds from ${flags.seed}`,
  )
  return wrong.length === 0
}

const isAnythingAsked =
  flags.kills ?? flags.collectorKills ?? flags.requests ?? flags.wire ?? flags.sdkSpans ?? flags.exportRows
const kills = isAnythingAsked === undefined ? KILLS : flags.kills
const onTheWire = flags.wire ?? (flags.requests === undefined ? undefined : Math.ceil(flags.requests * WIRE_SHARE))

print(`torture: seed ${flags.seed}`)
const outcomes: boolean[] = []
try {
  if (kills !== undefined) outcomes.push(await kill('kills', killRounds, kills))
  if (flags.collectorKills !== undefined)
    outcomes.push(await kill('collector kills', killCollectors, flags.collectorKills))
  if (flags.requests !== undefined) outcomes.push(await requests(flags.requests))
  if (onTheWire !== undefined && onTheWire > 0) outcomes.push(await wire(onTheWire))
  if (flags.sdkSpans !== undefined) outcomes.push(await sdkTorture(flags.sdkSpans))
  if (flags.exportRows !== undefined) outcomes.push(await exportTorture(flags.exportRows, print))
} catch (error) {
  console.error(error)
  outcomes.push(false)
}
const isGood = outcomes.every((good) => good)
print(isGood ? 'torture: all held' : `torture failed with seed ${flags.seed}`)
process.exitCode = isGood ? 0 : 1
