import type { Rate, Run, SessionItem, Usage } from '../../schema/api/shapes.ts'
import { wilson } from '../util/rate.ts'
import { MOCK_AGENTS, type MockAgent, UNPRICED_MODELS } from './agents.ts'
import { createRandom, type Random } from './random.ts'

/** A session of the mock keeps its durations apart, for percentiles. All of them are one run. */
export type MockSession = SessionItem

const DAY_MS = 86_400_000
const OUTCOME_SOURCES = ['system_of_record', 'human', 'code', 'llm'] as const

/** `count` sessions over the 14 days before `nowMs`, newest first: a week to look at and one to compare it with. */
export const createSessions = (seed: number, nowMs: number, count: number): readonly MockSession[] => {
  const random = createRandom(seed)
  const weights = MOCK_AGENTS.flatMap((agent) => Array.from({ length: Math.round(agent.share / 10) }, () => agent))
  const sessions = Array.from({ length: count }, () => createSession(random, random.pick(weights), nowMs))
  return sessions.sort((a, b) => b.end.localeCompare(a.end))
}

const createSession = (random: Random, agent: MockAgent, nowMs: number): MockSession => {
  // More in the afternoon, fewer at night.
  const ageMs = (Math.floor(random.next() * 14) + (random.next() + random.next()) / 2) * DAY_MS * 0.999
  const endMs = nowMs - ageMs
  const durationMs = agent.seconds * 1000 * (0.25 + random.next() * 0.9) * (random.chance(0.04) ? 4 : 1)
  const isNew = endMs > nowMs - 2.4 * DAY_MS
  const version = isNew || agent.versions.length === 1 ? agent.versions[0]! : agent.versions[1]!
  const settled = ageMs > 0.6 * DAY_MS || random.chance(0.4)
  const ok = random.chance(agent.success + (version === 'v13' ? 0.24 : 0))
  const outcome = !settled
    ? 'pending'
    : ok
      ? 'success'
      : random.pick(['failure', 'failure', 'failure', 'escalated', 'user_abandoned', 'infra_error'] as const)
  const modelCalls = random.int(1, Math.max(2, Math.round(agent.seconds / 9)))
  const toolCalls = random.int(0, agent.tools.length * 2)
  const unpriced = agent.models.some((model) => UNPRICED_MODELS.includes(model))
  const failed = outcome === 'failure' || outcome === 'infra_error'
  const errors = failed ? random.int(1, 3) : random.chance(0.05) ? 1 : 0
  const traceId = random.hex(32)
  const named = random.chance(0.85)
  const cost = agent.usdPerRun * (0.4 + random.next() * 1.2)
  return {
    id: named ? `conv-${random.hex(6)}` : traceId,
    named,
    runCount: 1,
    agent: agent.name,
    agentVersion: version,
    user: String(random.int(1000, 9999)),
    team: agent.team,
    customer: random.pick(['acme-eu', 'acme-us', 'halden', 'brandt', 'lindqvist']),
    environment: random.chance(0.82) ? 'production' : 'staging',
    start: new Date(endMs - durationMs).toISOString(),
    end: new Date(endMs).toISOString(),
    durationMs,
    status: errors > 0 ? 'error' : 'ok',
    outcome,
    outcomeSource: settled ? random.pick(OUTCOME_SOURCES) : '',
    provisional: !settled,
    spans: modelCalls + toolCalls + 2,
    modelCalls,
    failedModelCalls: failed && random.chance(0.2) ? 1 : 0,
    embeddingCalls: agent.models.length > 1 ? 1 : 0,
    toolCalls,
    toolErrors: Math.min(toolCalls, errors),
    errors,
    guardrailEvaluations: random.int(1, 6),
    guardrailHits: random.chance(agent.guardrailRate * 3) ? 1 : 0,
    missingUsageCalls: 0,
    unpricedCalls: unpriced ? modelCalls : 0,
    usage: createUsage(random, modelCalls),
    costUsd: (unpriced ? 0 : cost).toFixed(6),
    costStatus: unpriced ? 'none' : 'complete',
    models: [...agent.models],
    tools: agent.tools.slice(0, toolCalls),
    agents: [agent.name],
    traceIds: [traceId],
    firstInput: agent.ask,
    lastOutput: failed ? '' : agent.answer,
  }
}

const createUsage = (random: Random, calls: number): Usage => {
  const inputTotal = calls * random.int(1800, 6400)
  const cacheRead = Math.floor(inputTotal * random.next() * 0.6)
  const outputTotal = calls * random.int(40, 320)
  return {
    ...NO_USAGE,
    inputTotal,
    cacheRead,
    inputUncached: inputTotal - cacheRead,
    outputTotal,
    outputText: outputTotal,
  }
}

export const NO_USAGE: Usage = {
  inputTotal: 0,
  inputUncached: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  inputAudio: 0,
  inputImage: 0,
  outputTotal: 0,
  outputText: 0,
  reasoning: 0,
  outputAudio: 0,
  outputImage: 0,
  unreported: [],
}

export const addUsages = (usages: readonly Usage[]): Usage => {
  const sum: Record<string, number> = {}
  for (const usage of usages) {
    for (const [key, value] of Object.entries(usage)) {
      if (typeof value === 'number') sum[key] = (sum[key] ?? 0) + value
    }
  }
  return { ...NO_USAGE, ...sum, unreported: [] }
}

export const rateOf = (good: number, valid: number, coverage: number | null = null): Rate => ({
  value: valid > 0 ? good / valid : null,
  good,
  valid,
  interval: wilson(good, valid),
  coverage,
  provisional: coverage !== null && coverage < 0.99,
})

export const runOf = (session: MockSession): Run => {
  const { named: _named, runCount: _runCount, ...shared } = session
  return {
    ...shared,
    id: session.traceIds[0]!,
    sessionId: session.id,
    workflow: '',
    rootName: `invoke_agent ${session.agent}`,
    labels: {},
  }
}
