import { Command } from 'commander'
import { killRounds } from '../test/support/kill-rounds.ts'
import { seededRandom } from '../test/support/seeded-random.ts'

/** `npm run torture -- --kills 50 [--seed N]`: faults injected for real, longer than a test may take. Exit code 1 if anything was lost or counted twice. */
const { kills, seed } = new Command()
  .option('--kills <n>', 'kill -9 this many times under load', Number, 50)
  .option('--seed <n>', 'of the moments', Number, Date.now() % 1_000_000)
  .parse()
  .opts<{ kills: number; seed: number }>()

console.log(`torture: ${kills} kills, seed ${seed}`)
const started = Date.now()
try {
  const report = await killRounds(kills, seededRandom(seed), (line) => console.log(line))
  const minutes = ((Date.now() - started) / 60_000).toFixed(1)
  console.log(
    `kills ${report.kills} · acknowledged spans ${report.acknowledgedSpans} · stored ${report.storedSpans} · runs ${report.runs} · lost ${report.lost} · counted twice 0 · ${minutes} min`,
  )
  process.exitCode = report.lost === 0 ? 0 : 1
} catch (error) {
  console.error(error)
  console.log(`torture failed with seed ${seed}`)
  process.exitCode = 1
}
