import type { Call } from '../../schema/model/run.ts'
import { emptyUsage } from '../../schema/model/usage.ts'
import { validityOf } from './argument-validity.ts'
import { costOf } from './call-cost.ts'
import { type ModelCall, type ModelCalls, modelCallsOf } from './model-calls.ts'
import { byStart } from './order.ts'
import type { PriceBook } from './price-book.ts'
import type { RunTree } from './run-tree.ts'
import type { TallySpan } from './tally-span.ts'
import { type ToolCall, toolCallsOf } from './tool-calls.ts'
import { unreportedOf } from './unreported.ts'

/** Everything of a run that counts, and what only the spans together show of it. */
export interface Counted {
  /** Sorted by (start, span id). A roll-up that stands for calls without spans keeps its own kind, so it is no model call. */
  readonly calls: readonly Call[]
  readonly usageUnreported: number
  readonly missingUsageCalls: number
}

export interface Agents {
  readonly nameOf: (span: TallySpan) => string
  readonly versionOf: (span: TallySpan) => string
}

export const countCalls = (
  tree: RunTree,
  agents: Agents,
  toolDefinitions: ReadonlyMap<string, string>,
  prices: PriceBook,
): Counted => {
  const models = modelCallsOf(tree)
  const tools = toolCallsOf(tree)
  const offers = offersOf(tree, toolDefinitions)
  const calls = [
    ...models.calls.map((call) => fromModel(call, models, agents, prices)),
    ...models.rollups.map((span) => fromRollup(span, agents, prices)),
    ...tools.map((call) => fromTool(call, agents, offers)),
    ...tree.spans.filter((span) => isRetrieval(span, tree)).map((span) => bareCall(span, agents)),
  ].sort(byStart)
  const isMissing = (call: ModelCall): boolean =>
    !call.best.hasUsage && !call.usageFrom && !call.failed && !models.covered.has(call.best)
  return {
    calls,
    usageUnreported: [...models.calls.map(({ best }) => best), ...models.rollups].reduce(
      (mask, span) => mask | unreportedOf(span),
      0,
    ),
    missingUsageCalls: models.calls.filter(isMissing).length,
  }
}

const fromModel = (call: ModelCall, all: ModelCalls, agents: Agents, prices: PriceBook): Call => {
  const { best, members, usageFrom } = call
  const said = <K extends 'provider' | 'model' | 'requestModel' | 'serviceTier' | 'errorType'>(field: K): string =>
    best[field] || members.find((member) => member[field] !== '')?.[field] || ''
  const usage = usageFrom ?? best
  const reported =
    [usage, ...members].find(({ costReportedNanoUsd }) => costReportedNanoUsd > 0n)?.costReportedNanoUsd ?? 0n
  const priced = {
    provider: said('provider'),
    model: servedModel(best, members),
    requestModel: said('requestModel'),
    usage: usage.usage,
    hasUsage: usage.hasUsage,
    serviceTier: said('serviceTier'),
    startNanos: best.startNanos,
    failed: call.failed,
  }
  return {
    ...bareCall(best, agents),
    ...costOf(priced, reported, all.covered.has(best), prices),
    provider: priced.provider,
    model: priced.model,
    serviceTier: priced.serviceTier,
    failed: call.failed,
    errorType: said('errorType'),
    usage: usage.usage,
    usageReported: usage.usageReported,
    ttftNanos: members.find(({ ttftNanos }) => ttftNanos > 0n)?.ttftNanos ?? 0n,
  }
}

/** The model that answered, of whichever span says it; only without one the model that was asked for. */
const servedModel = (best: TallySpan, members: readonly TallySpan[]): string =>
  [best, ...members].find(({ model, requestModel }) => model !== '' && model !== requestModel)?.model ??
  (best.model || members.find(({ model }) => model !== '')?.model || '')

const fromRollup = (span: TallySpan, agents: Agents, prices: PriceBook): Call => ({
  ...bareCall(span, agents),
  ...costOf(span, span.costReportedNanoUsd, false, prices),
  usage: span.usage,
  usageReported: span.usageReported,
})

const fromTool = (call: ToolCall, agents: Agents, offers: readonly Offer[]): Call => {
  const { main } = call
  const offer = offerTo(call, agents, offers)
  const fee = call.members.find(({ toolFeeNanoUsd }) => toolFeeNanoUsd > 0n)?.toolFeeNanoUsd ?? 0n
  return {
    ...bareCall(main, agents),
    tool: call.name,
    model: '',
    provider: '',
    failed: call.failed,
    errorType: main.errorType || call.members.find(({ errorType }) => errorType !== '')?.errorType || '',
    costNanoUsd: fee,
    costStatus: fee > 0n ? 'reported' : 'free',
    validity: offer ? validityOf(call.name, call.arguments, offer.hash, offer.definitions, call.failed) : 'unknown',
  }
}

const bareCall = (span: TallySpan, agents: Agents): Call => ({
  spanId: span.spanId,
  traceId: span.traceId,
  kind: span.kind,
  startNanos: span.startNanos,
  durationNanos: span.durationNanos,
  agent: agents.nameOf(span),
  agentVersion: agents.versionOf(span),
  provider: span.provider,
  model: span.model,
  tool: span.tool,
  serviceTier: span.serviceTier,
  failed: span.failed,
  errorType: span.errorType,
  usage: emptyUsage(),
  usageReported: 0,
  costNanoUsd: 0n,
  costStatus: 'free',
  priceRef: '',
  ttftNanos: span.ttftNanos,
  validity: 'unknown',
})

/** Frameworks nest a retriever's steps, each a retriever span: the outermost is the retrieval. */
const isRetrieval = (span: TallySpan, tree: RunTree): boolean =>
  span.kind === 'retrieval' && ![...tree.ancestorsOf(span)].some(({ kind }) => kind === 'retrieval')

interface Offer {
  readonly hash: string
  readonly definitions: string
  readonly span: TallySpan
}

const offersOf = (tree: RunTree, toolDefinitions: ReadonlyMap<string, string>): readonly Offer[] =>
  tree.spans.flatMap((span) => {
    const definitions = span.toolDefinitionsRef === '' ? undefined : toolDefinitions.get(span.toolDefinitionsRef)
    return definitions === undefined ? [] : [{ hash: span.toolDefinitionsRef, definitions, span }]
  })

/** The tools that the calling agent had last been given before the call; without any of its own, the last that anyone was given. */
const offerTo = ({ main }: ToolCall, agents: Agents, offers: readonly Offer[]): Offer | undefined => {
  const before = offers.filter(({ span }) => span.startNanos <= main.startNanos)
  const agent = agents.nameOf(main)
  return before.findLast(({ span }) => agents.nameOf(span) === agent) ?? before.at(-1) ?? offers[0]
}
