import { Command } from 'commander'
import { type Ask, applyConfig } from '../config/apply.ts'
import { CONFIG_FILE, readConfigFile } from '../config/config-file.ts'
import { DECLARED } from '../config/declared.ts'
import { SERVE_DEFAULTS } from '../serve/config.ts'
import { describeProblem, StartProblem } from '../serve/problems.ts'
import { flag } from './options.ts'

interface Flags {
  readonly file: string
  readonly dryRun?: boolean
  readonly endpoint: string
  readonly key?: string
}

/** Makes a project as recount.yaml declares it. Exit 0: done, or nothing to do; 1: the server would not; 2: the file is wrong. */
export const applyCommand = (): Command =>
  new Command('apply')
    .addOption(flag('--file <file>', 'what is declared').default(CONFIG_FILE))
    .option('--dry-run', 'say what would change, and change nothing')
    .addOption(flag('--endpoint <url>', 'API of the server').default(`http://127.0.0.1:${SERVE_DEFAULTS.port}`))
    .addOption(flag('--key <key>', 'API key with scope admin, where the server wants one'))
    .action(async (flags: Flags) => {
      try {
        await run(flags)
      } catch (error) {
        console.error(error instanceof StartProblem ? describeProblem(error) : `recount: ${(error as Error).message}`)
        process.exitCode = error instanceof StartProblem ? 2 : 1
      }
    })

const run = async ({ file, dryRun = false, endpoint, key }: Flags): Promise<void> => {
  const applied = await applyConfig(readConfigFile(file), askOf(endpoint, key), dryRun)
  if (applied.length === 0) {
    console.log(`${file} declares none of ${Object.keys(DECLARED).join(', ')}: nothing to apply.`)
    return
  }
  for (const { section, changes } of applied) {
    for (const change of changes) console.log(change)
    if (changes.length === 0) console.log(`${section}: as declared, nothing changed.`)
    else console.log(`${section}: ${changes.length} ${dryRun ? 'would change (dry run)' : 'changed'}.`)
  }
}

const askOf =
  (endpoint: string, key: string | undefined): Ask =>
  async (method, path, body) => {
    const answer = await fetch(new URL(path, endpoint), {
      method,
      headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: Error) => {
      throw new Error(
        `nothing answers at ${endpoint} (${error.message}). Start it with \`recount serve\`, or give --endpoint.`,
      )
    })
    const given = (await answer.json().catch(() => ({}))) as { readonly detail?: string }
    if (!answer.ok) throw new Error(given.detail ?? `${endpoint} answered ${answer.status}`)
    return given
  }
