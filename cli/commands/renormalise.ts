import { Command } from 'commander'
import type { RenormaliseJob } from '../../schema/api/mapping.ts'
import { PATHS } from '../../schema/api/paths.ts'
import { parseTimeRange } from '../../server/queries/time-range.ts'
import { startCollectorApart } from '../serve/apart.ts'
import { SERVE_DEFAULTS } from '../serve/config.ts'
import { DEFAULT_PROJECT_ID } from '../serve/keys.ts'
import { describeProblem, StartProblem } from '../serve/problems.ts'
import { flag } from './options.ts'

interface Flags {
  readonly from: string
  readonly to: string
  readonly data: string
  readonly clickhouse?: string
  readonly endpoint: string
  readonly key?: string
}

const POLL_MS = 500

/**
 * Reads a range of history again under the present rules. Opens the data directory where nobody has it, and asks the server that runs on it otherwise
 * (scope admin).
 */
export const renormaliseCommand = (): Command =>
  new Command('renormalise')
    .addOption(flag('--from <time>', 'ISO 8601 or now-7d').default('now-30d'))
    .addOption(flag('--to <time>', 'ISO 8601 or now').default('now'))
    .addOption(flag('--data <dir>', 'where data lives').default(SERVE_DEFAULTS.dataDir))
    .addOption(flag('--clickhouse <url>', 'a ClickHouse server instead of the embedded engine'))
    .addOption(
      flag('--endpoint <url>', 'API of the server, where one runs').default(`http://127.0.0.1:${SERVE_DEFAULTS.port}`),
    )
    .addOption(flag('--key <key>', 'API key with scope admin, where the server wants one'))
    .action(async (flags: Flags) => {
      try {
        const job = await run(flags)
        console.log(`${job.read} spans and derived rows read, ${job.changed} of them written anew`)
      } catch (error) {
        console.error(error instanceof StartProblem ? describeProblem(error) : `recount: ${(error as Error).message}`)
        process.exitCode = error instanceof StartProblem ? 2 : 1
      }
    })

const run = async (flags: Flags): Promise<Pick<RenormaliseJob, 'read' | 'changed'>> => {
  const { fromMs = 0, toMs = Date.now() } = parseTimeRange(flags, Date.now(), true)
  try {
    return await apart(flags, { fromMs, toMs })
  } catch (error) {
    if (error instanceof StartProblem && error.code === 'data_directory_in_use') return asked(flags)
    throw error
  }
}

const apart = async (
  flags: Flags,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<Pick<RenormaliseJob, 'read' | 'changed'>> => {
  const { collector, close } = await startCollectorApart({ dataDir: flags.data, clickhouseUrl: flags.clickhouse })
  try {
    const done = await collector.renormalise(
      {
        projectId: DEFAULT_PROJECT_ID,
        fromNanos: BigInt(Math.floor(fromMs)) * 1_000_000n,
        toNanos: BigInt(Math.ceil(toMs)) * 1_000_000n,
      },
      ({ done, windows }) => say(done, windows),
    )
    await collector.settled()
    return done
  } finally {
    await close()
  }
}

const asked = async ({ endpoint, key, from, to }: Flags): Promise<RenormaliseJob> => {
  const ask = async (path: string, body?: unknown): Promise<RenormaliseJob> => {
    const answer = await fetch(new URL(path, endpoint), {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const given = (await answer.json()) as RenormaliseJob & { detail?: string }
    if (!answer.ok) throw new Error(given.detail ?? `${endpoint} answered ${answer.status}`)
    return given
  }
  let job = await ask(PATHS.renormalise, { from, to })
  while (job.state === 'running') {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    job = await ask(PATHS.renormaliseJob)
    say(job.done, job.windows)
  }
  if (job.state !== 'done') throw new Error(job.error || 'the server did not take the job')
  return job
}

const say = (done: number, windows: number): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${windows} stretches of time`)
  if (process.stderr.isTTY && done === windows) process.stderr.write('\n')
}
