import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { PATHS } from '../../schema/api/paths.ts'
import type { PriceImport, Prices, RepriceJob, Unpriced } from '../../schema/api/prices.ts'
import { SERVE_DEFAULTS } from '../serve/config.ts'
import { flag } from './options.ts'

interface Where {
  readonly endpoint: string
  readonly key?: string
}

const POLL_MS = 500

/** Prices of a project, over the API of a server that runs. Exit 0: done; 1: the server would not. */
export const priceCommand = (): Command => {
  const command = new Command('price')
  at(command.command('list').description("the project's own prices, and what has no price")).action((where: Where) =>
    told(() => list(where)),
  )
  at(command.command('import').description("LiteLLM's model_prices_and_context_window.json as overrides"))
    .argument('<file>')
    .option('--apply', 'write them; without it only what they would be is said')
    .option('--provider <id...>', 'only prices of these providers')
    .option('--model <pattern...>', 'only these models: names, or patterns with *')
    .action((file: string, flags: ImportFlags) => told(() => importFile(file, flags)))
  at(command.command('reprice').description('price a period of history anew (scope admin)'))
    .requiredOption('--from <time>', 'ISO 8601 or now-30d')
    .option('--to <time>', 'ISO 8601 or now', 'now')
    .option('--reason <text>', 'stands in the audit log', '')
    .option('--dry-run', 'say what would change, and change nothing')
    .action((flags: RepriceFlags) => told(() => reprice(flags)))
  return command
}

interface ImportFlags extends Where {
  readonly apply?: boolean
  readonly provider?: string[]
  readonly model?: string[]
}

interface RepriceFlags extends Where {
  readonly from: string
  readonly to: string
  readonly reason: string
  readonly dryRun?: boolean
}

const at = (command: Command): Command =>
  command
    .addOption(flag('--endpoint <url>', 'API of the server').default(`http://127.0.0.1:${SERVE_DEFAULTS.port}`))
    .addOption(flag('--key <key>', 'API key, where the server wants one'))

const told = async (work: () => Promise<void>): Promise<void> => {
  try {
    await work()
  } catch (error) {
    console.error(`recount: ${(error as Error).message}`)
    process.exitCode = 1
  }
}

const list = async (where: Where): Promise<void> => {
  const { book, settings } = await ask<Prices>(where, 'GET', PATHS.prices)
  console.log(`${book.name} ${book.version}: ${book.models} models; wins: ${settings.wins}`)
  for (const {
    provider,
    model,
    serviceTier,
    fromInputTokens,
    validFrom,
    currency,
    perMillionTokens,
  } of settings.overrides)
    console.log(
      [
        `${provider}/${model}`,
        serviceTier,
        fromInputTokens > 0 ? `from ${fromInputTokens} input tokens` : '',
        validFrom ? `since ${validFrom}` : '',
        Object.entries(perMillionTokens)
          .map(([bucket, price]) => `${bucket} ${price}`)
          .join(', '),
        `${currency} per million`,
      ]
        .filter((part) => part !== '')
        .join('  '),
    )
  for (const { tool, usdPerCall } of settings.toolFees) console.log(`tool ${tool}  ${usdPerCall} USD a call`)
  const { items } = await ask<{ items: Unpriced[] }>(where, 'GET', `${PATHS.unpriced}?from=now-30d&limit=500`)
  for (const { provider, model, serviceTier, calls, reason } of items)
    console.log(`no price  ${provider}/${model} ${serviceTier}  ${calls} calls in 30 days: ${reason}`)
}

const importFile = async (file: string, flags: ImportFlags): Promise<void> => {
  const query = new URLSearchParams({ apply: String(flags.apply ?? false) })
  for (const id of flags.provider ?? []) query.append('provider', id)
  for (const pattern of flags.model ?? []) query.append('model', pattern)
  const answer = await ask<PriceImport>(flags, 'POST', `${PATHS.importPrices}?${query}`, await readFile(file))
  for (const { reason, count, examples } of answer.reasons)
    console.log(`skipped ${count}: ${reason}${examples.length > 0 ? ` (${examples.join(', ')})` : ''}`)
  console.log(
    `${answer.overrides} prices beyond the built-in book${answer.applied ? ': they hold now' : '; nothing was written, --apply does'}`,
  )
}

const reprice = async (flags: RepriceFlags): Promise<void> => {
  const { from, to, reason, dryRun = false } = flags
  const body = Buffer.from(JSON.stringify({ from, to, reason, dryRun }))
  let job = await ask<RepriceJob>(flags, 'POST', PATHS.reprice, body)
  while (job.state === 'running') {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    job = await ask<RepriceJob>(flags, 'GET', PATHS.reprice)
  }
  if (job.state !== 'done') throw new Error(job.error || 'the server did not take the job')
  console.log(
    `${job.runsRead} runs looked at, ${job.runsChanged} ${dryRun ? 'would change' : 'changed'} (${job.callsChanged} calls): $${job.beforeUsd} → $${job.afterUsd} in ${job.seconds.toFixed(1)} s`,
  )
  if (!dryRun) console.log(`What was said before: any report with as_of=${job.asOfBefore}`)
}

const ask = async <T>({ endpoint, key }: Where, method: string, path: string, body?: Uint8Array): Promise<T> => {
  const answer = await fetch(new URL(path, endpoint), {
    method,
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
  }).catch((error: Error) => {
    throw new Error(
      `nothing answers at ${endpoint} (${error.message}). Start it with \`recount serve\`, or give --endpoint.`,
    )
  })
  const given = (await answer.json().catch(() => ({}))) as T & { readonly detail?: string }
  if (!answer.ok) throw new Error(given.detail ?? `${endpoint} answered ${answer.status}`)
  return given
}
