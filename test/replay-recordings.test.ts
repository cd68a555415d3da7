import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { normalise } from '../collector/normalise/normalise.ts'
import { groupRuns } from '../collector/tally/group-runs.ts'
import { tallyRun } from '../collector/tally/tally-run.ts'
import type { Replay, Step } from '../schema/api/shapes.ts'
import { wholeBodies } from '../schema/model/content-parts.ts'
import type { RunTally } from '../schema/model/run.ts'
import type { Span } from '../schema/model/span.ts'
import { genaiPriceBook } from '../schema/prices/project-price-book.ts'
import { adminOf, get, testApp } from './support/api.ts'
import { CAPTURES, capturesOf, decodedBodies, hasCaptures, type Scenario, scenariosOf } from './support/captures.ts'
import { openTestStore, type TestStore } from './support/rows.ts'

// The same refund, asked of every framework that was recorded: whatever dialect carried it, its replay is the same conversation.

if (!hasCaptures)
  console.warn(`SKIPPED: no recordings at ${CAPTURES}; replays were not checked against real frameworks`)

const BUILT = /OTel GenAI|OpenInference|OpenLLMetry|Vercel AI SDK/
const ANY = (): boolean => true
/** Every call is a trace and a session of its own there: nothing holds the conversation together. */
const SCATTERED = /litellm|otel-openai-v2/
const ANSWER = 'Your refund of $42.50 was issued. Reference R-77.'

let store: TestStore
let app: Hono
let project = 0

beforeAll(async () => {
  store = await openTestStore()
  app = testApp(store, { principalOf: () => adminOf(project) })
})
afterAll(() => store.close())

/** Takes a recording in as a project of its own; gives its runs. */
const record = async (scenario: Scenario): Promise<readonly RunTally[]> => {
  project++
  const context = { projectId: project, receivedAtMs: Date.parse('2027-01-01'), retentionDays: 0 }
  const made = decodedBodies(scenario.directory).map((body) => normalise(body, context))
  const spans = made.flatMap((rows) => rows.spans)
  const contents = made.flatMap((rows) => rows.contents)
  const toolDefinitions = wholeBodies(contents)
  const received = spans.map((span, receivedOrder) => ({ ...span, receivedOrder }))
  const runs = groupRuns(project, received).map((run) =>
    tallyRun(
      { projectId: project, runId: run.runId, spans: run.spans, scores: [], charges: [], rules: [], toolDefinitions },
      prices,
    ),
  )
  const logs = made.flatMap((rows) => rows.logs)
  await store.spans(spans)
  if (logs.length > 0) await store.logs(logs)
  if (contents.length > 0) await store.contents(contents)
  await store.runs(runs)
  await store.traces(
    runs.flatMap((run) =>
      run.traceIds.map((id) =>
        placeOf(
          run,
          id,
          spans.filter((span) => span.traceId === id),
        ),
      ),
    ),
  )
  return runs
}

const prices = genaiPriceBook()

const placeOf = (run: RunTally, traceId: string, spans: readonly Span[]) => {
  const starts = spans.map((span) => span.startNanos)
  const ends = spans.map((span) => span.startNanos + span.durationNanos)
  return {
    projectId: project,
    traceId,
    version: 1n,
    runId: run.runId,
    sessionId: run.sessionId,
    isCallRoot: false,
    runTraces: 1,
    strayResponseIds: [],
    outcomeKeys: [],
    startNanos: starts.reduce((a, b) => (a < b ? a : b)),
    lastStartNanos: starts.reduce((a, b) => (a > b ? a : b)),
    endNanos: ends.reduce((a, b) => (a > b ? a : b)),
    runEndNanos: run.endNanos,
    runVersion: 1n,
    spanCount: spans.length,
    errorCount: 0,
    rootName: run.rootName,
    service: run.service,
    agent: run.rootAgent,
    env: run.env,
  }
}

const textOf = (step: Step): string => step.message?.parts.map((part) => part.text ?? '').join('') ?? ''

describe.skipIf(!hasCaptures)('the refund that every framework was asked for', () => {
  const captures = hasCaptures
    ? capturesOf((dialect) => BUILT.test(dialect)).filter((name) => !SCATTERED.test(name))
    : []
  const scenarios = captures.flatMap((capture) => scenariosOf(capture).filter(({ name }) => name === 'refund'))

  test.each(scenarios.map((scenario) => [scenario.capture, scenario] as const))('%s', async (_, scenario) => {
    const runs = await record(scenario)
    const main = runs.reduce((a, b) => (b.modelCalls > a.modelCalls ? b : a))
    const { steps, session } = await get<Replay>(
      app,
      `/api/sessions/${encodeURIComponent(main.sessionId || main.runId)}/replay`,
    )
    const said = (role: string) => steps.filter((step) => step.message?.role === role)
    const expected = JSON.parse(readFileSync(join(scenario.directory, 'expected.json'), 'utf8')) as {
      expectations: { modelCalls: number }
    }

    expect(said('system').length).toBeLessThanOrEqual(1)
    expect(said('user').filter((step) => textOf(step).includes('Please refund order A-1001.'))).toHaveLength(1)
    expect(said('assistant').filter((step) => textOf(step).includes(ANSWER))).toHaveLength(1)
    expect(steps.filter((step) => step.message?.parts.some((part) => part.type === 'tool_result'))).toEqual([])
    expect(steps.filter((step) => step.kind === 'model_call')).toHaveLength(expected.expectations.modelCalls)
    const tools = steps.flatMap((step) => (step.toolCall ? [step.toolCall] : []))
    expect(tools.map((tool) => tool.name.replace(/^.*\./, '')).sort()).toEqual(
      scenario.capture.includes('anthropic-2.12.0--native') ? ['lookup_order'] : ['issue_refund', 'lookup_order'],
    )
    for (const tool of tools) {
      expect(tool.arguments).toContain('A-1001')
      expect(tool.result).toMatch(/delivered|R-77/)
      expect(tool.ok).toBe(true)
    }
    const last = steps.map((step) => step.totals).at(-1)!
    expect(last.usage.inputTotal).toBe(session.usage.inputTotal)
    expect(last.usage.outputTotal).toBe(session.usage.outputTotal)
    expect(last.costUsd).toBe(session.costUsd)
    expect(last.modelCalls).toBe(session.modelCalls)
  })
})

interface Expectations {
  readonly approvals: readonly { readonly tool: string; readonly decision: string }[]
  readonly sessions: readonly string[] | null
  readonly modelCalls: number
  readonly toolCalls: number | null
}
const expectationsOf = (scenario: Scenario): Expectations =>
  (JSON.parse(readFileSync(join(scenario.directory, 'expected.json'), 'utf8')) as { expectations: Expectations })
    .expectations

const replayOf = async (scenario: Scenario): Promise<readonly Step[]> => {
  const runs = await record(scenario)
  const main = runs.reduce((a, b) => (b.modelCalls > a.modelCalls ? b : a))
  const { steps } = await get<Replay>(app, `/api/sessions/${encodeURIComponent(main.sessionId || main.runId)}/replay`)
  return steps
}

const decisionOf = (word: string): string => (/^(?:approve|accept|grant)/.test(word) ? 'approved' : 'denied')

describe.skipIf(!hasCaptures)('what people were asked', () => {
  const asked = (hasCaptures ? capturesOf(ANY) : [])
    .flatMap(scenariosOf)
    .filter((scenario) => (expectationsOf(scenario).approvals ?? []).length > 0)

  test.each(asked.map((scenario) => [`${scenario.capture}/${scenario.name}`, scenario] as const))(
    '%s: each approval is a step with its decision',
    async (_, scenario) => {
      const steps = await replayOf(scenario)
      const found = steps.flatMap(({ approval }) => (approval ? [`${approval.tool} ${approval.decision}`] : []))
      const { approvals, sessions } = expectationsOf(scenario)
      // The run that goes on after the decision is another trace: without a session nothing says that it is the same conversation.
      const isScattered = (sessions ?? []).length === 0 && new Set(steps.map(({ traceId }) => traceId)).size === 1
      const expected = approvals.map(({ tool, decision }) =>
        isScattered && found.includes(`${tool} pending`) ? `${tool} pending` : `${tool} ${decisionOf(decision)}`,
      )
      expect(found.sort()).toEqual(expected.sort())
    },
  )

  test('nothing that needed nobody is called an approval', async () => {
    const others = (hasCaptures ? capturesOf(ANY) : [])
      .flatMap(scenariosOf)
      .filter(({ name }) => name === 'refund' || name === 'handoff' || name === 'tools')
      .filter((scenario) => (expectationsOf(scenario).approvals ?? []).length === 0)
    for (const scenario of others) {
      const steps = await replayOf(scenario)
      expect(
        steps.filter(({ kind }) => kind === 'approval').map(({ approval }) => approval),
        scenario.directory,
      ).toEqual([])
    }
  })
})

describe.skipIf(!hasCaptures)('a coding agent', () => {
  const scenarios = (hasCaptures ? capturesOf((dialect) => /claude|codex|gemini/i.test(dialect)) : [])
    .flatMap(scenariosOf)
    .filter(({ name }) => name.startsWith('tools'))

  test.each(scenarios.map((scenario) => [`${scenario.capture}/${scenario.name}`, scenario] as const))(
    '%s: prompt, calls, tools with arguments and results',
    async (_, scenario) => {
      const steps = await replayOf(scenario)
      const { modelCalls, toolCalls } = expectationsOf(scenario)
      expect(
        steps.filter(
          (step) => step.message?.role === 'user' && textOf(step).endsWith('List the files and read notes.md'),
        ),
      ).toHaveLength(1)
      expect(steps.filter(({ kind }) => kind === 'model_call')).toHaveLength(modelCalls)
      const tools = steps.flatMap(({ toolCall }) => (toolCall ? [toolCall] : []))
      expect(tools).toHaveLength(toolCalls ?? 0)
      for (const tool of tools) {
        expect(tool.arguments, tool.name).toContain('{')
        expect(tool.ok).toBe(true)
      }
    },
  )
})
