import type { UsageItem } from '../../schema/api/shapes.ts'
import type { Database } from '../../schema/clickhouse/database.ts'
import { CHARGE_KINDS, REVIEW_KIND } from '../../schema/model/component.ts'
import { usdOf } from '../answers/money.ts'
import { rateOf } from '../answers/rate.ts'
import { isoOfNanos, msOfNanos } from '../answers/time.ts'
import { usageOf } from '../answers/usage.ts'
import type { BoundedQuestion } from './filter.ts'
import { type CallFigures, type CallReport, callFigures, costStatusOf, histogramQuantile } from './fleet.ts'
import { type MemberRow, runsByMember } from './runs-by-member.ts'

const TOOLS: CallReport = {
  keys: ['tool'],
  callKinds: ['tool'],
  otherKinds: [
    'llm',
    'embedding',
    'rerank',
    'evaluator',
    'retrieval',
    'agent',
    'workflow',
    'step',
    'span',
    'prompt',
    'plan',
    'memory',
    REVIEW_KIND,
    ...CHARGE_KINDS,
  ],
}
/** A roll-up that stands for calls without spans has a kind of its own: its tokens and money are its model's, but it is no call. */
const MODELS: CallReport = {
  keys: ['provider', 'model'],
  callKinds: ['llm', 'embedding', 'rerank', 'evaluator'],
  otherKinds: ['tool', 'retrieval', REVIEW_KIND, ...CHARGE_KINDS],
}

export const toolsReport = async (database: Database, question: BoundedQuestion): Promise<UsageItem[]> => {
  const [figures, members] = await Promise.all([
    callFigures(database, question, TOOLS),
    runsByMember(database, question, 'r.tools'),
  ])
  return [...figures.values()].map((figure) => {
    const judged = figure.valid + figure.invalid
    return {
      ...itemOf(figure, members.get(figure.key.tool ?? '')),
      valid: { ...rateOf(figure.valid, judged), coverage: figure.calls === 0 ? null : judged / figure.calls },
    }
  })
}

export const modelsReport = async (database: Database, question: BoundedQuestion): Promise<UsageItem[]> => {
  const [figures, members] = await Promise.all([
    callFigures(database, question, MODELS),
    runsByMember(database, question, 'r.models'),
  ])
  return [...figures.values()].map((figure) => itemOf(figure, members.get(figure.key.model ?? '')))
}

const itemOf = (figure: CallFigures, member: MemberRow | undefined): UsageItem => {
  return {
    key: figure.key,
    runs: member?.runs ?? 0,
    calls: figure.calls,
    errors: figure.errors,
    failureRate: rateOf(figure.errors, figure.calls),
    p50Ms: quantileMs(figure, 0),
    p95Ms: quantileMs(figure, 1),
    usage: usageOf(figure.usage, member?.usage_unreported ?? 0),
    costUsd: usdOf(figure.costNanoUsd),
    costStatus: costStatusOf(figure.unpriced, figure.costNanoUsd),
    unpricedCalls: figure.unpriced,
    valid: null,
    success: null,
    costPerSuccess: null,
    partOfRuns: null,
    guardrailHits: null,
    guardrailEvaluations: null,
    lastSeen: isoOfNanos(member ? BigInt(member.last_nanos) : figure.lastNanos),
    series: figure.series,
    agents: figure.agents.toSorted(),
    versions: [],
  }
}

const quantileMs = (figure: CallFigures, which: 0 | 1): number | null => {
  const nanos = figure.quantiles?.[which] ?? histogramQuantile(figure.histogram, which === 0 ? 0.5 : 0.95)
  return nanos === undefined ? null : msOfNanos(nanos)
}
