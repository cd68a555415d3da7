import type { OutcomeRule } from '../../schema/api/outcome-settings.ts'
import type { Charge } from '../../schema/model/charge.ts'
import type { Call, CostStatus, RunTally } from '../../schema/model/run.ts'
import type { Score } from '../../schema/model/span.ts'
import { addUsage, emptyUsage, type UsageBuckets } from '../../schema/model/usage.ts'
import type { PriceBook } from '../../schema/prices/price-book.ts'
import { countCalls } from './calls.ts'
import { chargeCallsOf } from './charge-calls.ts'
import { checksOf, isHit } from './guardrail-checks.ts'
import { maskingChecksOf } from './masking-checks.ts'
import { byStart } from './order.ts'
import { outcomeOf } from './outcome.ts'
import { ruledOutcomes } from './outcome-rules.ts'
import { reviewCallsOf } from './review.ts'
import { RunIdentity } from './run-identity.ts'
import { RunTree } from './run-tree.ts'
import type { TallySpan } from './tally-span.ts'

export interface RunInput {
  readonly projectId: number
  readonly runId: string
  /** Every version of every span of every trace that was assigned to this run, in any order. */
  readonly spans: readonly TallySpan[]
  /** Of its traces, and those that name its session or its key. */
  readonly scores: readonly Score[]
  /** Money posted later that this run bears. */
  readonly charges: readonly Charge[]
  /** Outcomes that follow from what is in the run. */
  readonly rules: readonly OutcomeRule[]
  /** Hash → JSON array of {name, description, parameters}, for the hashes that the spans' `toolDefinitionsRef` name. */
  readonly toolDefinitions: ReadonlyMap<string, string>
}

/** All that is counted of one run, from its spans and scores alone: the same telemetry gives the same tally in whatever order it came. */
export const tallyRun = (input: RunInput, prices: PriceBook): RunTally => {
  const tree = new RunTree(input.spans)
  const identity = new RunIdentity(tree)
  const counted = countCalls(tree, identity, input.toolDefinitions, prices)
  const agentOf = (span: TallySpan): string => identity.nameOf(span) || span.service
  const guardrails = checksOf(tree, agentOf)
  const masking = maskingChecksOf(tree, new Set(counted.calls.map(({ spanId }) => spanId)), agentOf)
  const checks = masking.length === 0 ? guardrails : [...guardrails, ...masking]
  const who = whoAndWhat(tree, identity)
  const calls = withLateCalls(counted.calls, [
    ...reviewCallsOf(tree, who.labels, { agentOf, versionOf: (span) => identity.versionOf(span) }, prices),
    ...(input.charges.length === 0 ? [] : chargeCallsOf(input.charges, who, prices)),
  ])
  const judged = input.rules.length === 0 ? [] : ruledOutcomes(input.projectId, input.rules, { ...who, calls, checks })
  const { outcome, source, evaluator } = outcomeOf([...input.scores, ...judged])
  return {
    projectId: input.projectId,
    runId: input.runId,
    ...who,
    outcome,
    outcomeSource: source,
    outcomeEvaluator: evaluator,
    ...sumsOf(calls),
    missingUsageCalls: counted.missingUsageCalls,
    usageUnreported: counted.usageUnreported,
    guardrailEvaluations: checks.reduce((sum, { count }) => sum + count, 0),
    guardrailHits: checks.filter(isHit).reduce((sum, { count }) => sum + count, 0),
    // Masking looks at every run: where it found nothing, its names would choose all of them.
    guardrails: distinct([...guardrails, ...masking.filter(isHit)].map(({ name }) => name)),
    scoreNames: distinct([...input.scores, ...judged].map(({ name }) => name)),
    calls,
    checks,
  }
}

/** In the order of calls; of two at one moment the one that telemetry told of comes first. */
const withLateCalls = (calls: readonly Call[], late: readonly Call[]): readonly Call[] =>
  late.length === 0 ? calls : [...calls, ...late].sort(byStart)

const whoAndWhat = (tree: RunTree, identity: RunIdentity) => {
  // A row that was derived from a log is no span, and the log was written after what it tells of began.
  const spans = tree.spans.filter(({ origin }) => origin === 'span')
  const timed = spans.length > 0 ? spans : tree.spans
  return {
    traceIds: distinct(tree.spans.map(({ traceId }) => traceId)),
    sessionId: identity.first('sessionId'),
    sessionIds: identity.all('sessionId'),
    userId: identity.first('userId'),
    userIds: identity.all('userId'),
    rootAgent: identity.rootAgent,
    agentVersion: identity.first('agentVersion'),
    service: identity.first('service'),
    team: identity.first('team'),
    costCenter: identity.first('costCenter'),
    customer: identity.first('customer'),
    env: identity.first('env'),
    workflow: identity.first('workflow'),
    policyVersion: identity.first('policyVersion'),
    rootName: identity.roots[0]?.name ?? '',
    startNanos: timed[0]?.startNanos ?? 0n,
    endNanos: timed.reduce((end, span) => max(end, span.startNanos + span.durationNanos), 0n),
    status: identity.status,
    spanCount: spans.length,
    errorCount: spans.filter(({ status }) => status === 2).length,
    agents: distinct(tree.spans.filter(({ kind }) => kind !== 'span').map(({ agent }) => agent)),
    firstInput: identity.firstInput,
    lastOutput: identity.lastOutput,
    labels: identity.labels,
  }
}

interface Sums {
  readonly modelCalls: number
  readonly failedModelCalls: number
  readonly embeddingCalls: number
  readonly toolCalls: number
  readonly toolErrors: number
  readonly unpricedCalls: number
  readonly usage: UsageBuckets
  readonly costNanoUsd: bigint
  readonly costStatus: CostStatus
  readonly models: readonly string[]
  readonly tools: readonly string[]
}

const sumsOf = (calls: readonly Call[]): Sums => {
  const usage = emptyUsage()
  for (const call of calls) addUsage(usage, call.usage)
  const models = calls.filter(({ kind }) => kind === 'llm' || kind === 'evaluator')
  const tools = calls.filter(({ kind }) => kind === 'tool')
  return {
    modelCalls: models.length,
    failedModelCalls: models.filter(({ failed }) => failed).length,
    embeddingCalls: calls.filter(({ kind }) => kind === 'embedding').length,
    toolCalls: tools.length,
    toolErrors: tools.filter(({ failed }) => failed).length,
    unpricedCalls: calls.filter(({ costStatus }) => costStatus === 'unpriced').length,
    usage,
    costNanoUsd: calls.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n),
    costStatus: statusOf(calls),
    models: distinct(calls.filter(({ kind }) => kind !== 'tool').map(({ model }) => model)),
    tools: distinct(tools.map(({ tool }) => tool)),
  }
}

export const statusOf = (calls: readonly Pick<Call, 'costStatus'>[]): CostStatus => {
  const unpriced = calls.filter(({ costStatus }) => costStatus === 'unpriced').length
  if (unpriced === 0) return 'complete'
  return calls.some(({ costStatus }) => costStatus === 'reported' || costStatus === 'computed') ? 'partial' : 'none'
}

const distinct = (values: readonly string[]): readonly string[] =>
  [...new Set(values)].filter((value) => value !== '').sort()

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b)
