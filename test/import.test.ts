import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ImportFormat, runImport } from '../cli/import/run-import.ts'
import { SERVE_DEFAULTS } from '../cli/serve/config.ts'
import { type Recount, startRecount } from '../cli/serve/start.ts'
import type { Overview, Replay, SessionItem } from '../schema/api/shapes.ts'

/**
 * Recordings of real agents, all the way: import → OTLP → spool → ClickHouse → tally → API, held against a second, independent reading of the
 * files. The importer by itself is tested beside it (cli/import/trajectories.test.ts).
 */
const FOLDER = fileURLToPath(new URL('../../shared/trajectories', import.meta.url))
const present = existsSync(FOLDER)
if (!present) console.warn(`SKIPPED: no recordings at ${FOLDER}; imports were checked on the small fixtures only`)

// biome-ignore lint/suspicious/noExplicitAny: the independent reading takes the files as they are
type Json = any
const textOf = (path: string): string => gunzipSync(readFileSync(path)).toString('utf8')
const filesOf = (folder: string): string[] =>
  present
    ? readdirSync(join(FOLDER, folder))
        .filter((name) => name.endsWith('.gz'))
        .map((name) => join(FOLDER, folder, name))
    : []
const named = (folder: string): [string, string][] => filesOf(folder).map((path) => [experimentOf(path), path])
const linesOf = (path: string): Json[] =>
  textOf(path)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0)
const experimentOf = (path: string): string =>
  path
    .split('/')
    .at(-1)!
    .replace(/(\.jsonl?)?\.gz$/, '')

const dataDir = mkdtempSync(join(tmpdir(), 'recount-import-'))
let recount: Recount

const get = async <T>(path: string): Promise<T> => {
  const answer = await fetch(recount.urls.api + path)
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}
const load = async (format: ImportFormat, files: readonly string[]): Promise<void> => {
  const report = await runImport({ format, files, endpoint: recount.urls.otlpHttp })
  expect(report.rejected).toMatchObject({ spans: 0, logs: 0 })
  await recount.settled()
}
const overviewOf = (path: string, filter = ''): Promise<Overview> =>
  get<Overview>(`/api/overview?experiment=${encodeURIComponent(experimentOf(path))}${filter}`)

const FORMATS = ['tau2', 'tau-bench', 'agentdojo', 'mini-swe-agent'] as const
const FOLDERS = {
  tau2: 'tau2-bench',
  'tau-bench': 'tau-bench',
  agentdojo: 'agentdojo',
  'mini-swe-agent': 'mini-swe-agent',
} as const

describe.skipIf(!present)('recordings of real agents, imported and asked for', () => {
  beforeAll(async () => {
    recount = await startRecount({
      ...SERVE_DEFAULTS,
      dataDir,
      port: 0,
      otlpHttpPort: 0,
      minFreeDiskBytes: 0,
      log: () => undefined,
    })
    for (const format of FORMATS) await load(format, filesOf(FOLDERS[format]))
  }, 300_000)
  afterAll(async () => {
    await recount?.close(0)
    rmSync(dataDir, { recursive: true, force: true })
  })

  test.each(named('tau2-bench'))(
    'τ²-bench %s: sessions, tools, tokens, cost and outcomes equal the file',
    async (_name, path) => {
      const { simulations } = JSON.parse(textOf(path))
      const messages: Json[] = simulations.flatMap((simulation: Json) => simulation.messages)
      const calls = messages.filter((message) => message.usage)
      const tools = messages.flatMap((message) => message.tool_calls ?? [])
      const overview = await overviewOf(path)
      expect(overview).toMatchObject({
        runs: simulations.length,
        sessions: simulations.length,
        sessionsNamed: simulations.length,
        modelCalls: calls.length,
        toolCalls: tools.length,
        usage: {
          inputTotal: sum(calls, ({ usage }) => usage.prompt_tokens),
          outputTotal: sum(calls, ({ usage }) => usage.completion_tokens),
        },
      })
      expect(overview.outcomes.success).toBe(
        simulations.filter(({ reward_info }: Json) => reward_info.reward === 1).length,
      )
      const agentCost = sum(simulations, ({ agent_cost }: Json) => agent_cost ?? 0)
      const cost = agentCost + sum(simulations, ({ user_cost }: Json) => user_cost ?? 0)
      const unpriced = calls.filter(({ cost: reported }) => !reported).length
      expect(overview.unpricedCalls).toBe(unpriced)
      expect(overview.costStatus).toBe(unpriced === 0 ? 'complete' : unpriced === calls.length ? 'none' : 'partial')
      expect(Math.abs(Number(overview.costUsd) - cost)).toBeLessThan(1e-6)

      const agent = (await get<{ items: SessionItem[] }>(`/api/sessions?experiment=${experimentOf(path)}&limit=1`))
        .items[0]!.agent
      expect(agent).not.toBe('user_simulator')
      const alone = await overviewOf(path, `&agent=${encodeURIComponent(agent)}`)
      const agentCalls = calls.filter(({ role }) => role === 'assistant')
      expect(alone).toMatchObject({
        modelCalls: agentCalls.length,
        toolCalls: tools.filter(({ requestor }) => requestor !== 'user').length,
        usage: {
          inputTotal: sum(agentCalls, ({ usage }) => usage.prompt_tokens),
          outputTotal: sum(agentCalls, ({ usage }) => usage.completion_tokens),
        },
      })
      expect(Math.abs(Number(alone.costUsd) - agentCost)).toBeLessThan(1e-6)
    },
  )

  test("three sessions of every τ² file: the replay's messages equal the file's, in order", async () => {
    for (const path of filesOf('tau2-bench')) {
      const { simulations } = JSON.parse(textOf(path))
      for (const simulation of [simulations[0], simulations[Math.floor(simulations.length / 2)], simulations.at(-1)]) {
        const expected = (simulation.messages as Json[])
          .filter(({ role, content }) => role !== 'tool' && content)
          .map(({ role, content }) => `${role}: ${content}`)
        const { steps } = await get<Replay>(`/api/sessions/${simulation.id}/replay`)
        const shown = steps
          .filter(({ kind, message }) => kind === 'message' && message?.role !== 'system')
          .map(
            ({ message }) =>
              `${message!.role}: ${message!.parts.map((part) => (part.type === 'text' ? part.text : '')).join('')}`,
          )
          .filter((line) => !line.endsWith(': '))
        expect(shown, `${path} ${simulation.id}`).toEqual(expected)
        const toolCalls = (simulation.messages as Json[]).flatMap(({ tool_calls }) => tool_calls ?? [])
        expect(
          steps
            .filter(({ kind }) => kind === 'tool_call')
            .map(({ toolCall }) => toolCall!.name)
            .sort(),
        ).toEqual(toolCalls.map(({ name }: Json) => name).sort())
      }
    }
  })

  test('imported twice, nothing changes', async () => {
    const [path] = filesOf('tau2-bench')
    const before = await overviewOf(path!)
    await load('tau2', [path!])
    const { from, to, series, ...after } = await overviewOf(path!)
    expect(before).toMatchObject(after)
  })

  test.each(named('tau-bench'))(
    'tau-bench %s: sessions, calls, tools and outcomes equal the file',
    async (_name, path) => {
      const runs: Json[] = JSON.parse(textOf(path))
      const messages: Json[] = runs.flatMap(({ traj }) => traj)
      const overview = await overviewOf(path)
      expect(overview).toMatchObject({
        sessions: runs.length,
        modelCalls: messages.filter(({ role }) => role === 'assistant').length,
        toolCalls: sum(messages, ({ tool_calls }) => tool_calls?.length ?? 0),
      })
      expect(overview.outcomes.success).toBe(runs.filter(({ reward }) => reward === 1).length)
    },
  )

  test.each(named('agentdojo'))(
    'AgentDojo %s: sessions, calls, tools and outcomes equal the file',
    async (_name, path) => {
      const runs = linesOf(path)
      const messages: Json[] = runs.flatMap((run) => run.messages)
      const overview = await overviewOf(path)
      expect(overview).toMatchObject({
        sessions: runs.length,
        modelCalls: messages.filter(({ role }) => role === 'assistant').length,
        toolCalls: sum(messages, ({ tool_calls }) => tool_calls?.length ?? 0),
      })
      expect(overview.outcomes.success).toBe(runs.filter(({ utility }) => utility).length)
    },
  )

  test.each(named('mini-swe-agent'))(
    'mini-swe-agent %s: sessions, calls, tools, tokens by bucket and cost equal the file',
    async (_name, path) => {
      const runs = linesOf(path)
      const calls: Json[] = runs.flatMap((run) => run.messages.filter(({ role }: Json) => role === 'assistant'))
      const usage = (of: (usage: Json) => number | undefined): number =>
        sum(calls, ({ extra }) => of(extra.response.usage) ?? 0)
      const overview = await overviewOf(path)
      expect(overview).toMatchObject({
        sessions: runs.length,
        modelCalls: calls.length,
        toolCalls: sum(calls, ({ tool_calls }) => tool_calls?.length ?? 0),
        usage: {
          inputTotal: usage(({ prompt_tokens }) => prompt_tokens),
          cacheRead: usage(({ prompt_tokens_details }) => prompt_tokens_details?.cached_tokens),
          outputTotal: usage(({ completion_tokens }) => completion_tokens),
          reasoning: usage(({ completion_tokens_details }) => completion_tokens_details?.reasoning_tokens),
        },
      })
      expect(Math.abs(Number(overview.costUsd) - sum(runs, ({ info }) => info.model_stats.instance_cost))).toBeLessThan(
        1e-6,
      )
      expect(overview.outcomes.infra_error).toBe(
        runs.filter(({ info }) => ['InternalServerError', 'Timeout'].includes(info.exit_status)).length,
      )
    },
  )
})
