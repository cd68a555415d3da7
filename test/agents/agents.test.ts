import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { calcPrice } from '@pydantic/genai-prices'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SERVE_DEFAULTS } from '../../cli/serve/config.ts'
import { type Recount, startRecount } from '../../cli/serve/start.ts'
import type { SessionItem } from '../../schema/api/shapes.ts'
import { REFUND_SCRIPT } from '../support/model-server/script.ts'
import { type LedgerEntry, startModelServer } from '../support/model-server/server.ts'

// Unmodified SDKs and instrumentations from npm, told by environment variables alone where the model and where Recount is. What the
// sessions list says of their runs is held against what the model server wrote down.

let dataDir: string
let recount: Recount
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'recount-agents-'))
  recount = await startRecount({
    ...SERVE_DEFAULTS,
    dataDir,
    port: 0,
    otlpHttpPort: 0,
    minFreeDiskBytes: 0,
    log: () => undefined,
  })
})
afterAll(async () => {
  await recount?.close(1_000)
  await rm(dataDir, { recursive: true, force: true })
})

interface AgentRun {
  readonly program: 'vercel-ai-agent' | 'openai-agent'
  readonly mode: 'chat' | 'responses' | 'stream'
}

describe('an agent from npm, pointed at Recount by environment variables', () => {
  it.each<AgentRun & { readonly seesRefusals: boolean }>([
    // The AI SDK retries above its spans: a refused request is a failed call. OpenAI's SDK retries below the instrumentation.
    { program: 'vercel-ai-agent', mode: 'responses', seesRefusals: true },
    { program: 'vercel-ai-agent', mode: 'chat', seesRefusals: true },
    { program: 'vercel-ai-agent', mode: 'stream', seesRefusals: true },
    { program: 'openai-agent', mode: 'chat', seesRefusals: false },
    { program: 'openai-agent', mode: 'responses', seesRefusals: false },
  ])('$program ($mode): calls, tokens by bucket, tools and cost are the model’s', async ({ seesRefusals, ...run }) => {
    const { session, ledger } = await runAgent(run)
    const answered = ledger.filter(({ status }) => status === 200)
    const refused = seesRefusals ? ledger.length - answered.length : 0
    expect(answered.length).toBe(3)
    expect(session).toMatchObject({
      named: true,
      runCount: 1,
      user: 'ada',
      modelCalls: answered.length + refused,
      failedModelCalls: refused,
      missingUsageCalls: 0,
      unpricedCalls: 0,
      costStatus: 'complete',
      models: modelsOf(seesRefusals ? ledger : answered),
      lastOutput: expect.stringContaining('$49.90'),
    })
    expectTools(session, ledger)
    const expected = totals(ledger)
    expect(session.usage).toMatchObject({
      ...expected,
      inputTotal: expected.inputUncached + expected.cacheRead,
      outputTotal: expected.outputText + expected.reasoning,
    })
    expect(Number(session.costUsd)).toBeCloseTo(costUsd(ledger), 8)
    expect(costUsd(ledger)).toBeGreaterThan(0.0005)
  })

  it('openai-agent (stream): usage that the instrumentation does not report is called missing, not made up', async () => {
    const { session, ledger } = await runAgent({ program: 'openai-agent', mode: 'stream' })
    const answered = ledger.filter(({ status }) => status === 200)
    expect(session).toMatchObject({
      modelCalls: answered.length,
      failedModelCalls: 0,
      missingUsageCalls: answered.length,
      usage: { inputTotal: 0, outputTotal: 0 },
      costUsd: expect.stringMatching(/^0(\.0+)?$/),
    })
    expectTools(session, ledger)
  })
})

/** Each call that the model asked for was run once; the refund above the limit failed. */
const expectTools = (session: SessionItem, ledger: readonly LedgerEntry[]): void => {
  const asked = ledger.flatMap(({ toolCalls }) => toolCalls)
  expect(session).toMatchObject({ toolCalls: asked.length, toolErrors: 1 })
  expect([...session.tools].sort()).toEqual([...new Set(asked)].sort())
}

/** The model that answered, else the one that was asked. */
const modelsOf = (ledger: readonly LedgerEntry[]): string[] =>
  [...new Set(ledger.map(({ responseModel, requestModel }) => responseModel || requestModel))].sort()

const totals = (ledger: readonly LedgerEntry[]) => {
  const sum = { inputUncached: 0, cacheRead: 0, outputText: 0, reasoning: 0 }
  for (const { usage } of ledger)
    if (usage) for (const bucket of Object.keys(sum) as (keyof typeof sum)[]) sum[bucket] += usage[bucket]
  return sum
}

/** By the same public price list that Recount uses, but from the model's own numbers and call by call. */
const costUsd = (ledger: readonly LedgerEntry[]): number =>
  ledger.reduce((sum, { usage, responseModel }) => {
    if (!usage) return sum
    const tokens = {
      input_tokens: usage.inputUncached + usage.cacheRead,
      cache_read_tokens: usage.cacheRead,
      output_tokens: usage.outputText + usage.reasoning,
    }
    return sum + calcPrice(tokens, responseModel, { providerId: 'openai' })!.total_price
  }, 0)

const runAgent = async ({ program, mode }: AgentRun): Promise<{ session: SessionItem; ledger: LedgerEntry[] }> => {
  const model = await startModelServer(REFUND_SCRIPT)
  const sessionId = `${program}-${mode}`
  try {
    // Only what is given here may tell the agent where to send.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(OTEL|OPENAI)_/.test(name)))
    const child = spawn(
      process.execPath,
      ['--import', file('../../bin/typescript.mjs'), file(`./${program}.ts`), mode, sessionId, 'ada'],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...env,
          OPENAI_BASE_URL: model.baseUrl,
          OPENAI_API_KEY: 'scripted',
          OTEL_SERVICE_NAME: 'shop',
          OTEL_EXPORTER_OTLP_ENDPOINT: recount.urls.otlpHttp,
        },
      },
    )
    const [said, complained] = await Promise.all([text(child.stdout), text(child.stderr)])
    expect(said, complained).toContain('$49.90')
    return { session: await sessionOf(sessionId), ledger: [...model.ledger] }
  } finally {
    await model.stop()
  }
}

const sessionOf = async (id: string): Promise<SessionItem> => {
  await recount.settled()
  const response = await fetch(`${recount.urls.api}/api/sessions`)
  expect(response.status).toBe(200)
  const { items } = (await response.json()) as { items: SessionItem[] }
  const found = items.find((item) => item.id === id)
  if (!found) throw new Error(`${id} is not in the sessions list: ${items.map((item) => item.id)}`)
  return found
}

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
