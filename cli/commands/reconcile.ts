import { readFile } from 'node:fs/promises'
import { Command, Option } from 'commander'
import { PATHS } from '../../schema/api/paths.ts'
import type { BillImport, Reconciliation } from '../../schema/api/reconciliation.ts'
import { type ApiFlags, askApi, jsonOrText, withApi } from './ask-api.ts'
import { orExplain } from './options.ts'

interface ImportFlags extends ApiFlags {
  readonly provider?: string
  readonly billFormat?: string
  readonly partial?: boolean
  readonly overlap: string
  readonly rate: readonly string[]
}
interface ShowFlags extends ApiFlags {
  readonly month: string
  readonly asOf?: string
  readonly format: 'text' | 'json' | 'csv'
}

/** Bills of providers beside what was traced. Exit 1: the server would not, and says why. */
export const reconcileCommand = (): Command =>
  new Command('reconcile')
    .addCommand(
      withApi(new Command('import'))
        .description('Import a cost file of a provider: OpenAI or Anthropic pages, CSV, JSON lines')
        .argument('<file>')
        .option('--provider <name>', 'of a table without a column for it')
        .addOption(
          new Option('--bill-format <format>', 'told from the file otherwise').choices([
            'openai',
            'anthropic',
            'csv',
            'jsonl',
          ]),
        )
        .option('--partial', 'leave out lines that are not understood')
        .addOption(
          new Option('--overlap <rule>', 'for days that another file has already')
            .choices(['refuse', 'replace', 'add'])
            .default('refuse'),
        )
        .option('--rate <currency:usd...>', 'what one unit of a currency was in US dollars: EUR:1.0823', [])
        .action((file: string, flags: ImportFlags) => orExplain(importFile(file, flags))),
    )
    .addCommand(
      withApi(new Command('show'))
        .description('A month: traced, billed, and the causes of the difference')
        .requiredOption('--month <month>', '2026-10')
        .option('--as-of <time>', 'what the ledger knew then')
        .addOption(jsonOrText())
        .action((flags: ShowFlags) => orExplain(show(flags))),
    )

const importFile = async (file: string, flags: ImportFlags): Promise<void> => {
  const query = new URLSearchParams({ overlap: flags.overlap })
  if (flags.provider) query.set('provider', flags.provider)
  if (flags.billFormat) query.set('format', flags.billFormat)
  if (flags.partial) query.set('partial', 'true')
  for (const rate of flags.rate) query.append('rate', rate)
  const sent = { type: 'application/octet-stream', body: await readFile(file) }
  const answer = JSON.parse(await askApi(flags, `${PATHS.importBill}?${query}`, sent)) as BillImport
  for (const { month, provider, rows, billedUsd, state } of answer.bills)
    console.log(`${month}  ${provider}  ${rows} rows  $${billedUsd}  ${state}`)
  for (const { line, reason } of answer.skipped) console.error(`left out: ${line}: ${reason}`)
}

const show = async (flags: ShowFlags): Promise<void> => {
  const query = new URLSearchParams({ month: flags.month, format: flags.format === 'csv' ? 'csv' : 'json' })
  if (flags.asOf) query.set('as_of', flags.asOf)
  const text = await askApi(flags, `${PATHS.reconciliations}?${query}`)
  if (flags.format !== 'text') return void process.stdout.write(flags.format === 'json' ? `${text}\n` : text)
  for (const line of linesOf(JSON.parse(text) as Reconciliation)) console.log(line)
}

const linesOf = ({ month, asOf, bills, total, withoutBill }: Reconciliation): string[] => [
  `${month}, the ledger of ${asOf}`,
  ...bills.map(
    ({ provider, firstDay, lastDay, billedUsd }) => `  bill of ${provider}, ${firstDay} to ${lastDay}: $${billedUsd}`,
  ),
  ...(bills.length === 0 ? ['  no bill was imported: recount reconcile import FILE'] : []),
  row('traced', total.tracedUsd),
  ...Object.entries(total.causes).map(([cause, usd]) => row(`+ ${cause}`, usd)),
  row('= billed', total.billedUsd),
  ...withoutBill.map(({ provider, tracedUsd }) => `  no bill of ${provider}, traced: $${tracedUsd}`),
]

const row = (name: string, usd: string): string => `  ${name.padEnd(28)}${usd.padStart(20)}`
