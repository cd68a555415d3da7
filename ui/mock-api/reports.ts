import type { Facet, Overview, Rate, UsageItem } from '../../schema/api/shapes.ts'
import { OUTCOMES } from '../../schema/model/kind.ts'
import { UNPRICED_MODELS } from './agents.ts'
import { addUsages, type MockSession, rateOf } from './sessions.ts'

/** What the server's queries compute, over the mock's sessions in memory. */
interface Period {
  readonly fromMs: number
  readonly toMs: number
}
const SETTLED = ['success', 'failure', 'escalated'] as const

const sum = (sessions: readonly MockSession[], of: (session: MockSession) => number) =>
  sessions.reduce((total, session) => total + of(session), 0)
const cost = (sessions: readonly MockSession[]) => sum(sessions, (s) => Number(s.costUsd)).toFixed(6)
const costStatus = (sessions: readonly MockSession[]) => {
  const unpriced = sessions.filter((s) => s.costStatus !== 'complete').length
  return unpriced === 0
    ? ('complete' as const)
    : unpriced === sessions.length
      ? ('none' as const)
      : ('partial' as const)
}
const success = (sessions: readonly MockSession[]): Rate => {
  const settled = sessions.filter((s) => SETTLED.some((o) => o === s.outcome))
  const judged = sessions.filter((s) => s.outcome !== 'pending').length
  return rateOf(
    settled.filter((s) => s.outcome === 'success').length,
    settled.length,
    sessions.length ? judged / sessions.length : null,
  )
}
const costPerSuccess = (sessions: readonly MockSession[]) => {
  const good = sessions.filter((s) => s.outcome === 'success').length
  return good > 0 && costStatus(sessions) !== 'none' ? (Number(cost(sessions)) / good).toFixed(6) : null
}
const percentile = (values: readonly number[], p: number) =>
  values.length === 0
    ? null
    : values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))]!

const stepsOf = ({ fromMs, toMs }: Period, steps: number) => ({
  stepMs: (toMs - fromMs) / steps,
  indexOf: (time: string) => Math.min(steps - 1, Math.floor(((Date.parse(time) - fromMs) / (toMs - fromMs)) * steps)),
})
export const seriesOf = (
  sessions: readonly MockSession[],
  period: Period,
  steps: number,
  of: (s: MockSession) => number = () => 1,
) => {
  const { indexOf } = stepsOf(period, steps)
  const series = Array.from({ length: steps }, () => 0)
  for (const session of sessions) series[indexOf(session.end)]! += of(session)
  return series
}

export const overviewOf = (sessions: readonly MockSession[], period: Period): Overview => {
  const { stepMs } = stepsOf(period, 56)
  const runs = seriesOf(sessions, period, 56)
  const errors = seriesOf(sessions, period, 56, (s) => s.errors)
  const costs = seriesOf(sessions, period, 56, (s) => Number(s.costUsd))
  return {
    from: new Date(period.fromMs).toISOString(),
    to: new Date(period.toMs).toISOString(),
    spans: sum(sessions, (s) => s.spans),
    logs: 0,
    runs: sessions.length,
    sessions: sessions.length,
    sessionsNamed: sessions.filter((s) => s.named).length,
    users: new Set(sessions.map((s) => s.user)).size,
    errors: sum(sessions, (s) => s.errors),
    modelCalls: sum(sessions, (s) => s.modelCalls),
    failedModelCalls: sum(sessions, (s) => s.failedModelCalls),
    embeddingCalls: sum(sessions, (s) => s.embeddingCalls),
    toolCalls: sum(sessions, (s) => s.toolCalls),
    toolErrors: sum(sessions, (s) => s.toolErrors),
    usage: addUsages(sessions.map((s) => s.usage)),
    missingUsageCalls: 0,
    costUsd: cost(sessions),
    costStatus: costStatus(sessions),
    unpricedCalls: sum(sessions, (s) => s.unpricedCalls),
    outcomes: Object.fromEntries(
      OUTCOMES.map((o) => [o, sessions.filter((s) => s.outcome === o).length]),
    ) as Overview['outcomes'],
    guardrails: {
      evaluations: sum(sessions, (s) => s.guardrailEvaluations),
      hits: sum(sessions, (s) => s.guardrailHits),
    },
    slos: [],
    sampled: false,
    series: runs.map((n, i) => ({
      time: new Date(period.fromMs + i * stepMs).toISOString(),
      runs: n,
      errors: errors[i]!,
      modelCalls: n * 3,
      costUsd: costs[i]!.toFixed(6),
    })),
  }
}

export const histogramOf = (sessions: readonly MockSession[], period: Period) => {
  const steps = 84
  const runs = seriesOf(sessions, period, steps)
  const errors = seriesOf(sessions, period, steps, (s) => (s.errors > 0 ? 1 : 0))
  const failures = seriesOf(sessions, period, steps, (s) => (s.outcome === 'failure' ? 1 : 0))
  const { stepMs } = stepsOf(period, steps)
  return {
    stepMs,
    items: runs.map((n, i) => ({
      time: new Date(period.fromMs + i * stepMs).toISOString(),
      runs: n,
      errors: errors[i]!,
      failures: failures[i]!,
    })),
  }
}

const FACET_VALUES: Readonly<Record<string, (session: MockSession) => readonly string[]>> = {
  agent: (s) => [s.agent],
  version: (s) => [s.agentVersion],
  outcome: (s) => [s.outcome],
  model: (s) => s.models,
  tool: (s) => s.tools,
  env: (s) => [s.environment],
  team: (s) => [s.team],
  customer: (s) => [s.customer],
}

export const facetsOf = (sessions: readonly MockSession[]): readonly Facet[] =>
  Object.entries(FACET_VALUES).map(([field, valuesOf]) => {
    const counts = new Map<string, number>()
    for (const session of sessions)
      for (const value of valuesOf(session)) counts.set(value, (counts.get(value) ?? 0) + 1)
    const values = [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count)
    return { field, values }
  })

type Group = 'agent' | 'tool' | 'model'

export const reportOf = (by: Group, sessions: readonly MockSession[], period: Period): readonly UsageItem[] => {
  const namesOf = FACET_VALUES[by]!
  const names = [...new Set(sessions.flatMap(namesOf))]
  return names
    .map((name) =>
      itemOf(
        by,
        name,
        sessions.filter((s) => namesOf(s).includes(name)),
        period,
      ),
    )
    .sort((a, b) => b.runs - a.runs)
}

const itemOf = (by: Group, name: string, sessions: readonly MockSession[], period: Period): UsageItem => {
  const isAgent = by === 'agent'
  const calls = isAgent
    ? sessions.length
    : sum(sessions, (s) => (by === 'tool' ? Math.ceil(s.toolCalls / Math.max(1, s.tools.length)) : s.modelCalls))
  const errors =
    by === 'tool'
      ? sessions.filter((s) => s.toolErrors > 0 && s.tools.at(-1) === name).length
      : sum(sessions, (s) => (isAgent ? s.errors : s.failedModelCalls))
  const scale = isAgent ? 1 : by === 'tool' ? 0.02 : 0.2
  const durations = sessions.map((s) => s.durationMs * scale)
  const wrong = name === 'issue_refund' ? Math.ceil(calls * 0.06) : Math.floor(calls * 0.004)
  return {
    key: { [by]: name, ...(isAgent ? { team: sessions[0]?.team ?? '' } : {}) },
    runs: sessions.length,
    partOfRuns: isAgent ? sessions.length : null,
    calls,
    errors,
    failureRate: rateOf(Math.min(errors, calls), calls),
    p50Ms: percentile(durations, 0.5),
    p95Ms: percentile(durations, 0.95),
    usage: by === 'tool' ? addUsages([]) : addUsages(sessions.map((s) => s.usage)),
    costUsd: by === 'tool' ? '0' : cost(sessions),
    costStatus:
      by === 'tool'
        ? 'complete'
        : by === 'model'
          ? UNPRICED_MODELS.includes(name)
            ? 'none'
            : 'complete'
          : costStatus(sessions),
    unpricedCalls: by === 'model' && !UNPRICED_MODELS.includes(name) ? 0 : sum(sessions, (s) => s.unpricedCalls),
    valid: by === 'tool' ? rateOf(calls - wrong, calls) : null,
    success: isAgent ? success(sessions) : null,
    costPerSuccess: isAgent ? costPerSuccess(sessions) : null,
    guardrailHits: isAgent ? sum(sessions, (s) => s.guardrailHits) : null,
    guardrailEvaluations: isAgent ? sum(sessions, (s) => s.guardrailEvaluations) : null,
    lastSeen: sessions[0]?.end ?? '',
    series: seriesOf(sessions, period, 42),
    agents: [...new Set(sessions.map((s) => s.agent))],
    versions: isAgent ? versionsOf(sessions) : [],
  }
}

const versionsOf = (sessions: readonly MockSession[]): UsageItem['versions'] =>
  [...new Set(sessions.map((s) => s.agentVersion))].map((version) => {
    const own = sessions.filter((s) => s.agentVersion === version)
    return {
      version,
      firstSeen: own.at(-1)!.start,
      runs: own.length,
      success: success(own),
      costUsd: cost(own),
      p95Ms: percentile(
        own.map((s) => s.durationMs),
        0.95,
      ),
    }
  })
