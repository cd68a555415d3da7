import { writeFile } from 'node:fs/promises'
import { Argument, Command, Option } from 'commander'
import { PATHS } from '../../schema/api/paths.ts'
import { type AskFlags, type Asking, openAsking } from '../report/asking.ts'
import { toFile, toStdout } from '../report/download.ts'
import { validateFile } from '../report/validate-file.ts'
import { SERVE_DEFAULTS } from '../serve/config.ts'
import { describeProblem, StartProblem } from '../serve/problems.ts'
import { flag } from './options.ts'

const REPORTS = ['cost', 'outcomes', 'focus', 'slo'] as const
type Report = (typeof REPORTS)[number]
const FORMATS = ['csv', 'jsonl', 'json', 'parquet', 'arrow'] as const

interface Flags extends AskFlags {
  readonly from: string
  readonly to: string
  readonly by?: string
  readonly interval?: string
  readonly sort?: string
  readonly shared?: string
  readonly asOf?: string
  readonly where: readonly string[]
  readonly format: (typeof FORMATS)[number]
  readonly out?: string
  readonly validate?: string
}

/** Reports for finance: to a file with a manifest that was checked against it, or to stdout. Exit codes: 0 done · 1 failed · 2 usage. */
export const reportCommand = (): Command =>
  new Command('report')
    .addArgument(new Argument('<report>', 'which one').choices(REPORTS))
    .addOption(flag('--from <time>', 'ISO 8601 or now-30d, inclusive').default('now-30d'))
    .addOption(flag('--to <time>', 'ISO 8601 or now, exclusive').default('now'))
    .addOption(flag('--by <dimensions>', 'what to split by, with commas: team,model'))
    .addOption(flag('--interval <interval>', 'a line per period, UTC').choices(['hour', 'day', 'week', 'month']))
    .addOption(flag('--sort <order>', 'order of the lines').choices(['-cost', 'cost', 'period']))
    .addOption(flag('--shared <what>', 'shares of costs that belong to no run').choices(['include', 'exclude']))
    .addOption(
      new Option('--where <name=value>', 'a filter of the API; may be repeated').argParser(collected).default([]),
    )
    .addOption(flag('--as-of <time>', 'as the ledger knew it then'))
    .addOption(flag('--format <format>', 'form of the report').choices(FORMATS).default('csv'))
    .addOption(flag('--out <file>', 'write it there, and FILE.manifest.json beside it; stdout where not given'))
    .addOption(new Option('--validate <file>', 'focus: check a .csv or .jsonl file instead of writing one'))
    .addOption(
      flag('--endpoint <url>', `API of a server; http://127.0.0.1:${SERVE_DEFAULTS.port} where one has the data`),
    )
    .addOption(flag('--key <key>', 'API key with scope read, where the server wants one'))
    .addOption(
      flag('--data <dir>', 'where data lives; opened only where no server runs').default(SERVE_DEFAULTS.dataDir),
    )
    .addOption(flag('--clickhouse <url>', 'a ClickHouse server instead of the embedded engine'))
    .action(async (report: Report, flags: Flags) => {
      try {
        process.exitCode = await run(report, flags)
      } catch (error) {
        console.error(error instanceof StartProblem ? describeProblem(error) : `recount: ${(error as Error).message}`)
        process.exitCode = error instanceof StartProblem ? 2 : 1
      }
    })

const run = async (report: Report, flags: Flags): Promise<number> => {
  const wrong = usageProblem(report, flags)
  if (wrong !== undefined) {
    console.error(`recount: ${wrong}`)
    return 2
  }
  if (flags.validate !== undefined) return (await validateFile(flags.validate, (line) => console.log(line))) ? 0 : 1
  const asking = await openAsking(flags)
  try {
    await write(asking, report, flags)
    return 0
  } finally {
    await asking.close()
  }
}

const usageProblem = (report: Report, { format, by, interval, validate, where }: Flags): string | undefined => {
  if (report === 'slo')
    return 'report slo is not there yet: Recount keeps no objectives so far. Take cost, outcomes or focus.'
  if (validate !== undefined && report !== 'focus') return '--validate is for report focus.'
  if (report === 'focus' && (by !== undefined || interval !== undefined))
    return 'report focus has the grain of FOCUS: leave --by and --interval away, or take report cost.'
  if (report === 'focus' && format === 'json') return 'report focus comes as csv, jsonl, parquet or arrow.'
  if (report === 'outcomes' && format !== 'csv' && format !== 'json') return 'report outcomes comes as csv or json.'
  const bad = where.find((filter) => !/^\w+=/.test(filter))
  return bad === undefined ? undefined : `--where ${bad}: give name=value, for example team=support.`
}

const write = async (asking: Asking, report: Report, flags: Flags): Promise<void> => {
  const search = searchOf(report, flags)
  const path = report === 'outcomes' ? PATHS.costsPerOutcome : PATHS.costs
  if (flags.format === 'json') return writeJson(asking, path, search, flags.out)
  if (flags.out === undefined || report === 'outcomes') return writePlain(asking, path, search, flags.out)
  const { rows, sumUsd, asOf, unpricedCalls } = await toFile(asking, search, flags.out)
  console.error(
    `${flags.out}: ${rows} rows, $${sumUsd}, as of ${asOf}; ${flags.out}.manifest.json says the same${unpricedNote(unpricedCalls)}`,
  )
}

const writePlain = async (
  asking: Asking,
  path: string,
  search: URLSearchParams,
  out: string | undefined,
): Promise<void> => {
  const answer = await asking.get(path, search)
  if (out === undefined) {
    const { headers } = await toStdout(answer)
    if (headers.has('recount-rows'))
      console.error(
        `${headers.get('recount-rows')} rows, $${headers.get('recount-sum-usd')}, as of ${headers.get('recount-as-of')}${unpricedNote(Number(headers.get('recount-unpriced-calls')))}`,
      )
    return
  }
  await writeFile(out, answer.body ?? '')
}

/** One document with every line: JSON is for programs that want the totals too; what is large is better as jsonl. */
const writeJson = async (
  asking: Asking,
  path: string,
  search: URLSearchParams,
  out: string | undefined,
): Promise<void> => {
  const items: unknown[] = []
  let whole: Record<string, unknown> | undefined
  let cursor: string | null = ''
  while (cursor !== null) {
    if (cursor !== '') search.set('cursor', cursor)
    search.set('limit', '500')
    const page = (await (await asking.get(path, search)).json()) as { items: unknown[]; next: string | null }
    whole ??= { ...page }
    items.push(...page.items)
    cursor = page.next
  }
  const text = `${JSON.stringify({ ...whole, items, next: null }, null, 2)}\n`
  if (out === undefined) process.stdout.write(text)
  else await writeFile(out, text)
}

const searchOf = (report: Report, flags: Flags): URLSearchParams => {
  const { from, to, by, interval, sort, shared, asOf, where, format } = flags
  const search = new URLSearchParams({ from, to })
  const given = { by, interval, sort, shared: report === 'outcomes' ? undefined : shared, as_of: asOf }
  for (const [name, value] of Object.entries(given)) if (value !== undefined) search.set(name, value)
  for (const filter of where) search.append(filter.slice(0, filter.indexOf('=')), filter.slice(filter.indexOf('=') + 1))
  if (report === 'focus') {
    search.set('format', 'focus')
    search.set('as', format)
  } else if (format !== 'json') search.set('format', format)
  return search
}

const unpricedNote = (calls: number): string => (calls === 0 ? '' : `; ${calls} calls have no price and are in no sum`)

const collected = (value: string, before: readonly string[]): readonly string[] => [...before, value]
