import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Overview } from '../schema/api/shapes.ts'
import type { Call, RunTally } from '../schema/model/run.ts'
import { addUsage, bucketBit, emptyUsage, inputTotal, outputTotal } from '../schema/model/usage.ts'
import { adminOf, get, testApp } from '../test/support/api.ts'
import { aCall, aLog, aRun, openTestStore, type TestStore } from '../test/support/rows.ts'
import { usdOf } from './answers/money.ts'

// Runs over three days, tallied again and again, against sums made by hand: for any range, and for filters with and without a rollup.

const HOUR = 3_600_000
const NOW = Date.parse('2026-11-21T12:34:56.789Z')
const pick = <T>(list: readonly T[], seed: number): T => list[Math.abs(Math.trunc(seed)) % list.length]!
const AGENTS = ['support', 'research', 'coder'] as const
const MODELS = ['gpt-4.1', 'claude-sonnet-4-5'] as const
const TOOLS = ['lookup', 'refund', 'shell'] as const
const OUTCOMES = ['success', 'failure', 'pending', 'escalated'] as const

const nanos = (ms: number): bigint => BigInt(Math.round(ms)) * 1_000_000n

const callsFor = (run: number, version: number, startMs: number, lengthMs: number): Call[] =>
  Array.from({ length: 1 + ((run + version) % 4) }, (_, i) => {
    const isTool = (run + i) % 3 === 2
    return aCall({
      spanId: (run * 16 + i).toString(16).padStart(16, '0'),
      traceId: run.toString(16).padStart(32, '0'),
      kind: isTool ? 'tool' : run % 11 === 0 ? 'embedding' : 'llm',
      startNanos: nanos(startMs + (lengthMs * i) / 4),
      durationNanos: nanos(10 + ((run * 7 + i) % 900)),
      agent: pick(AGENTS, i === 1 ? run + 1 : run),
      provider: isTool ? '' : 'openai',
      model: isTool ? '' : pick(MODELS, run + i),
      tool: isTool ? pick(TOOLS, run) : '',
      failed: (run + i) % 7 === 0,
      usage: isTool ? emptyUsage() : { ...emptyUsage(), inputUncached: 100 + run, cacheRead: i, outputText: 7 * i },
      usageReported: isTool ? 0 : bucketBit('inputUncached'),
      costNanoUsd: isTool ? 0n : BigInt(run * 1000 + i),
      costStatus: isTool ? 'free' : run % 13 === 0 ? 'unpriced' : 'computed',
    })
  })

const runAt = (i: number, version: number): RunTally => {
  const startMs = NOW - 72 * HOUR + i * 0.73 * HOUR
  const lengthMs = 60_000 + ((i * 977) % 90) * 60_000
  const calls = callsFor(i, version, startMs, lengthMs)
  const usage = emptyUsage()
  for (const call of calls) addUsage(usage, call.usage)
  const distinct = (values: readonly string[]) => [...new Set(values)].filter((value) => value !== '').sort()
  return aRun({
    runId: i.toString(16).padStart(32, '0'),
    startNanos: nanos(startMs),
    endNanos: nanos(startMs + lengthMs),
    rootAgent: pick(AGENTS, i),
    agents: distinct([pick(AGENTS, i), ...calls.map((call) => call.agent)]),
    models: distinct(calls.map((call) => call.model)),
    tools: distinct(calls.map((call) => call.tool)),
    env: i % 5 === 0 ? 'staging' : 'production',
    team: i % 4 === 0 ? 'payments' : 'support',
    sessionId: i % 3 === 0 ? `conv-${i % 9}` : '',
    userId: i % 2 === 0 ? `user-${i % 6}` : '',
    outcome: pick(OUTCOMES, i + version),
    spanCount: 3 + i + version,
    errorCount: i % 6 === 0 ? 2 : 0,
    guardrailEvaluations: i % 4,
    guardrailHits: i % 4 === 3 ? 1 : 0,
    usage,
    costNanoUsd: calls.reduce((sum, call) => sum + call.costNanoUsd, 0n),
    calls,
  })
}

const RUNS = Array.from({ length: 90 }, (_, i) => i)
const FINAL = RUNS.map((i) => runAt(i, i % 3))

let store: TestStore
let app: Hono

beforeAll(async () => {
  store = await openTestStore()
  // Every run is tallied up to three times; each time takes back what the last one said.
  for (const version of [0, 1, 2]) await store.runs(RUNS.filter((i) => i % 3 >= version).map((i) => runAt(i, version)))
  await store.logs(
    [0, 1, 1].map((id) =>
      aLog({
        logId: id.toString(16).padStart(32, '0'),
        timeNanos: nanos(NOW - 2 * HOUR),
        traceId: '5'.padStart(32, '0'),
      }),
    ),
  )
  app = testApp(store, { nowMs: () => NOW })
})
afterAll(() => store.close())

interface Chosen {
  readonly fromMs: number
  readonly toMs: number
  readonly run?: (run: RunTally) => boolean
  readonly call?: (call: Call) => boolean
}

const byHand = ({ fromMs, toMs, run = () => true, call = () => true }: Chosen) => {
  const inside = (at: bigint) => at >= nanos(fromMs) && at < nanos(toMs)
  const runs = FINAL.filter((one) => inside(one.endNanos) && run(one))
  const calls = FINAL.filter(run).flatMap((one) => one.calls.filter((c) => inside(c.startNanos) && call(c)))
  const usage = emptyUsage()
  for (const c of calls) addUsage(usage, c.usage)
  const models = calls.filter((c) => c.kind === 'llm')
  const tools = calls.filter((c) => c.kind === 'tool')
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
  const ids = (values: readonly string[]) => new Set(values.filter((value) => value !== '')).size
  return {
    runs: runs.length,
    spans: sum(runs.map((one) => one.spanCount)),
    errors: sum(runs.map((one) => one.errorCount)),
    sessions: new Set(runs.map((one) => one.sessionId || one.runId)).size,
    sessionsNamed: ids(runs.map((one) => one.sessionId)),
    users: ids(runs.map((one) => one.userId)),
    modelCalls: models.length,
    failedModelCalls: models.filter((c) => c.failed).length,
    embeddingCalls: calls.filter((c) => c.kind === 'embedding').length,
    toolCalls: tools.length,
    toolErrors: tools.filter((c) => c.failed).length,
    unpricedCalls: calls.filter((c) => c.costStatus === 'unpriced').length,
    inputTotal: inputTotal(usage),
    outputTotal: outputTotal(usage),
    cacheRead: usage.cacheRead,
    costUsd: usdOf(calls.reduce((total, c) => total + c.costNanoUsd, 0n)),
    success: runs.filter((one) => one.outcome === 'success').length,
    pending: runs.filter((one) => one.outcome === 'pending').length,
    hits: sum(runs.map((one) => one.guardrailHits)),
  }
}

const asked = (overview: Overview) => ({
  runs: overview.runs,
  spans: overview.spans,
  errors: overview.errors,
  sessions: overview.sessions,
  sessionsNamed: overview.sessionsNamed,
  users: overview.users,
  modelCalls: overview.modelCalls,
  failedModelCalls: overview.failedModelCalls,
  embeddingCalls: overview.embeddingCalls,
  toolCalls: overview.toolCalls,
  toolErrors: overview.toolErrors,
  unpricedCalls: overview.unpricedCalls,
  inputTotal: overview.usage.inputTotal,
  outputTotal: overview.usage.outputTotal,
  cacheRead: overview.usage.cacheRead,
  costUsd: overview.costUsd,
  success: overview.outcomes.success,
  pending: overview.outcomes.pending,
  hits: overview.guardrails.hits,
})

const RANGES: readonly (readonly [string, number, number])[] = [
  ['the last 24 hours', NOW - 24 * HOUR, NOW],
  ['all three days, to the millisecond', NOW - 80 * HOUR + 1, NOW + 3 * HOUR - 1],
  ['whole hours', Date.parse('2026-11-19T03:00:00Z'), Date.parse('2026-11-21T05:00:00Z')],
  ['seven minutes inside one hour', NOW - 30 * HOUR, NOW - 30 * HOUR + 7 * 60_000],
  ['the edge of an hour', Date.parse('2026-11-20T04:59:59.999Z'), Date.parse('2026-11-20T06:00:00.001Z')],
  ['120 days, in steps of a day', NOW - 118 * 24 * HOUR, NOW + HOUR],
]

const FILTERS: readonly (readonly [string, Pick<Chosen, 'run' | 'call'>])[] = [
  ['', {}],
  ['&env=staging', { run: (run) => run.env === 'staging' }],
  ['&team=payments&env=production', { run: (run) => run.env === 'production' && run.team === 'payments' }],
  ['&agent=support', { run: (run) => run.agents.includes('support'), call: (call) => call.agent === 'support' }],
  [
    '&agent=support&agent=coder',
    { run: (run) => run.agents.some((a) => a !== 'research'), call: (call) => call.agent !== 'research' },
  ],
  ['&model=gpt-4.1', { run: (run) => run.models.includes('gpt-4.1'), call: (call) => call.model === 'gpt-4.1' }],
  ['&tool=lookup', { run: (run) => run.tools.includes('lookup'), call: (call) => call.tool === 'lookup' }],
  ['&outcome=failure&outcome=escalated', { run: (run) => run.outcome === 'failure' || run.outcome === 'escalated' }],
  ['&user=user-2', { run: (run) => run.userId === 'user-2' }],
  ['&session=conv-3', { run: (run) => run.sessionId === 'conv-3' }],
  ['&errors=true', { run: (run) => run.errorCount > 0 }],
  ['&minCostUsd=0.0001', { run: (run) => run.costNanoUsd >= 100_000n }],
]

describe.each(RANGES)('the overview of %s', (_, fromMs, toMs) => {
  const range = `from=${new Date(fromMs).toISOString()}&to=${new Date(toMs).toISOString()}`

  test.each(FILTERS)('counts everything once under "%s"', async (filter, chosen) => {
    const overview = await get<Overview>(app, `/api/overview?${range}${filter}`)
    expect(asked(overview)).toEqual(byHand({ fromMs, toMs, ...chosen }))
    const { series } = overview
    expect(series.length).toBeLessThanOrEqual(120)
    expect(series.reduce((sum, step) => sum + step.runs, 0)).toBe(overview.runs)
    expect(series.reduce((sum, step) => sum + step.modelCalls, 0)).toBe(overview.modelCalls)
  })
})

test('a session that is named needs no range', async () => {
  const overview = await get<Overview>(app, '/api/overview?session=conv-3')
  expect(overview.runs).toBe(FINAL.filter((run) => run.sessionId === 'conv-3').length)
  expect(overview.costUsd).toBe(byHand({ fromMs: 0, toMs: NOW * 2, run: (run) => run.sessionId === 'conv-3' }).costUsd)
})

test('a log record that came twice counts once', async () => {
  expect((await get<Overview>(app, '/api/overview')).logs).toBe(2)
  expect((await get<Overview>(app, '/api/overview?agent=nobody')).logs).toBe(0)
})

test('an empty store answers zeros, not nothing', async () => {
  const overview = await get<Overview>(testApp(store, { principalOf: () => adminOf(99) }), '/api/overview')
  expect(overview).toMatchObject({ runs: 0, spans: 0, costUsd: '0', costStatus: 'complete', slos: [], sampled: false })
})
