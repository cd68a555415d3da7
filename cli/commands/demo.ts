import { Command } from 'commander'
import { runDemo } from '../demo/run-demo.ts'
import { endpointOption, flag, keyOption, orExplain, wholeNumber } from './options.ts'

interface Flags {
  readonly endpoint: string
  readonly key?: string
  readonly days: number
  readonly rate: number
  readonly seed: string
  readonly live: boolean
}

export const demoCommand = (): Command =>
  new Command('demo')
    .addOption(endpointOption())
    .addOption(keyOption())
    .addOption(flag('--days <n>', 'days of history sent first').default(7).argParser(wholeNumber(0, 30)))
    .addOption(flag('--rate <n>', 'live runs per minute after it').default(6).argParser(wholeNumber(1, 600)))
    .addOption(flag('--seed <text>', 'the same seed sends the same history').default('recount'))
    .option('--no-live', 'stop when the history is sent')
    .action(({ endpoint, key, days, rate, seed, live }: Flags) => {
      const stop = new AbortController()
      process.once('SIGINT', () => stop.abort())
      process.once('SIGTERM', () => stop.abort())
      return orExplain(
        runDemo({ endpoint, key, days, rate, seed, live, signal: stop.signal, print: (line) => console.log(line) }),
      )
    })
