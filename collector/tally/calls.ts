import type { Call } from '../../schema/model/run.ts'
import { emptyUsage, type UsageBuckets } from '../../schema/model/usage.ts'
import type { PriceBook } from '../../schema/prices/price-book.ts'
import { validityOf } from './argument-validity.ts'
import { type CallCost, costOf, FREE } from './call-cost.ts'
import { type ModelCall, type ModelCalls, modelCallsOf } from './model-calls.ts'
import { byStart } from './order.ts'
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

/** Nearest enclosing agent of a span and its version; '' where none encloses it. */
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
  const offers = offersOf(tree, agents, toolDefinitions)
  const rollups = new Set(models.rollups)
  const retrievals = tree.spans.filter((span) => isRetrieval(span, tree))
  // A tool or retrieval that reports usage of its own is one call with that usage, not two.
  const named = new Set([...tools.flatMap(({ members }) => members), ...retrievals])
  const calls = [
    ...models.calls.map((call) => fromModel(call, models, agents, prices)),
    ...models.rollups.filter((span) => !named.has(span)).map((span) => fromRollup(span, agents, prices)),
    ...tools.map((call) => fromTool(call, agents, offers, rollups, prices)),
    ...retrievals.map((span) => (rollups.has(span) ? fromRollup(span, agents, prices) : fromRetrieval(span, agents))),
  ].sort(byStart)
  const isMissing = (call: ModelCall): boolean =>
    !call.best.hasUsage && !call.usageFrom && !call.failed && !models.covered.has(call.best)
  return {
    calls,
    usageUnreported: [...models.calls.map(({ best, usageFrom }) => usageFrom ?? best), ...models.rollups].reduce(
      (mask, span) => mask | unreportedOf(span),
      0,
    ),
    missingUsageCalls: models.calls.filter(isMissing).length,
  }
}

const fromModel = (call: ModelCall, all: ModelCalls, agents: Agents, prices: PriceBook): Call => {
  const { best, members, usageFrom } = call
  const usage = usageFrom ?? best
  const priced = {
    provider: said('provider', best, members),
    model: servedModel(best, members),
    requestModel: said('requestModel', best, members),
    usage: usage.usage,
    hasUsage: usage.hasUsage,
    serviceTier: said('serviceTier', best, members),
    startNanos: best.startNanos,
    failed: call.failed,
  }
  const cost = costOf(priced, reportedCost(usage, members), all.covered.has(best), prices)
  return callOf(best, agents, {
    agent: agentOf([best, ...members], agents),
    provider: priced.provider,
    model: priced.model,
    requestModel: priced.requestModel,
    tool: '',
    serviceTier: priced.serviceTier,
    failed: call.failed,
    errorType: said('errorType', best, members),
    usage: usage.usage,
    usageReported: usage.usageReported,
    cost,
    ttftNanos: members.find(({ ttftNanos }) => ttftNanos > 0n)?.ttftNanos ?? 0n,
    validity: 'unknown',
  })
}

/** The agent that any of the spans is inside of (a provider's SDK may report its span apart); without one the service (semantics.md §0). */
const agentOf = (spans: readonly TallySpan[], agents: Agents): string => {
  for (const span of spans) {
    const name = agents.nameOf(span)
    if (name !== '') return name
  }
  return spans[0]?.service ?? ''
}

type Said = 'provider' | 'requestModel' | 'serviceTier' | 'errorType'

const said = (field: Said, best: TallySpan, members: readonly TallySpan[]): string =>
  best[field] || members.find((member) => member[field] !== '')?.[field] || ''

const reportedCost = (usage: TallySpan, members: readonly TallySpan[]): bigint => {
  if (usage.costReportedNanoUsd > 0n) return usage.costReportedNanoUsd
  return members.find(({ costReportedNanoUsd }) => costReportedNanoUsd > 0n)?.costReportedNanoUsd ?? 0n
}

/** The model that answered, of whichever span says it; only without one the model that was asked for. */
const servedModel = (best: TallySpan, members: readonly TallySpan[]): string =>
  [best, ...members].find(({ model, requestModel }) => model !== '' && model !== requestModel)?.model ??
  (best.model || members.find(({ model }) => model !== '')?.model || '')

const fromRollup = (span: TallySpan, agents: Agents, prices: PriceBook): Call =>
  callOf(span, agents, { ...asSpanSays(span, agents), cost: costOf(span, span.costReportedNanoUsd, false, prices) })

const fromTool = (
  call: ToolCall,
  agents: Agents,
  offers: Offers,
  rollups: ReadonlySet<TallySpan>,
  prices: PriceBook,
): Call => {
  const { main, members } = call
  const offer = offerTo(call, agents, offers)
  const spender = members.find((member) => rollups.has(member))
  const model = spender ? costOf(spender, spender.costReportedNanoUsd, false, prices) : FREE
  return callOf(main, agents, {
    agent: agentOf([main, ...members], agents),
    provider: spender?.provider ?? '',
    model: spender?.model ?? '',
    requestModel: spender?.requestModel ?? '',
    tool: call.name,
    serviceTier: spender?.serviceTier ?? '',
    failed: call.failed,
    errorType: said('errorType', main, members),
    usage: spender?.usage ?? NO_USAGE,
    usageReported: spender?.usageReported ?? 0,
    cost: withFee(model, feeOf(call, prices)),
    ttftNanos: 0n,
    validity: offer ? validityOf(call.name, call.arguments, offer.hash, offer.definitions, call.failed) : 'unknown',
  })
}

/** What telemetry says that this call of the tool cost, else what the project's table says. */
const feeOf = ({ main, members, name }: ToolCall, prices: PriceBook): CallCost => {
  const said = members.find(({ toolFeeNanoUsd }) => toolFeeNanoUsd > 0n)?.toolFeeNanoUsd ?? 0n
  const fee = prices.toolFee(name, main.startNanos)
  const both = {
    costReportedNanoUsd: said,
    costComputedNanoUsd: fee?.nanoUsd ?? 0n,
    priceRef: fee?.ref ?? '',
  }
  if (said > 0n) return { ...both, costNanoUsd: said, costStatus: 'reported' }
  return fee ? { ...both, costNanoUsd: fee.nanoUsd, costStatus: 'computed' } : FREE
}

/** A tool that asks a model costs both; what has no price stays without one, whatever the fee. */
const withFee = (model: CallCost, fee: CallCost): CallCost => {
  if (fee === FREE) return model
  if (model === FREE) return fee
  return {
    costNanoUsd: model.costNanoUsd + fee.costNanoUsd,
    costReportedNanoUsd: model.costReportedNanoUsd + fee.costReportedNanoUsd,
    costComputedNanoUsd: model.costComputedNanoUsd + fee.costComputedNanoUsd,
    costStatus: model.costStatus === 'unpriced' ? 'unpriced' : fee.costStatus,
    priceRef: [model.priceRef, fee.priceRef].filter((ref) => ref !== '').join(' + '),
  }
}

const fromRetrieval = (span: TallySpan, agents: Agents): Call =>
  callOf(span, agents, { ...asSpanSays(span, agents), usage: NO_USAGE, usageReported: 0 })

type CallFacts = Pick<
  Call,
  | 'agent'
  | 'provider'
  | 'model'
  | 'requestModel'
  | 'tool'
  | 'serviceTier'
  | 'failed'
  | 'errorType'
  | 'usage'
  | 'usageReported'
  | 'ttftNanos'
  | 'validity'
> & { readonly cost: CallCost }

const asSpanSays = (span: TallySpan, agents: Agents): CallFacts => ({
  agent: agentOf([span], agents),
  provider: span.provider,
  model: span.model,
  requestModel: span.requestModel,
  tool: span.tool,
  serviceTier: span.serviceTier,
  failed: span.failed,
  errorType: span.errorType,
  usage: span.usage,
  usageReported: span.usageReported,
  cost: FREE,
  ttftNanos: span.ttftNanos,
  validity: 'unknown',
})

const NO_USAGE: Readonly<UsageBuckets> = Object.freeze(emptyUsage())

const callOf = (span: TallySpan, agents: Agents, facts: CallFacts): Call => ({
  spanId: span.spanId,
  traceId: span.traceId,
  kind: span.kind,
  startNanos: span.startNanos,
  durationNanos: span.durationNanos,
  agent: facts.agent,
  agentVersion: agents.versionOf(span),
  provider: facts.provider,
  model: facts.model,
  requestModel: facts.requestModel === facts.model ? '' : facts.requestModel,
  tool: facts.tool,
  serviceTier: facts.serviceTier,
  failed: facts.failed,
  errorType: facts.errorType,
  usage: facts.usage,
  usageReported: facts.usageReported,
  costNanoUsd: facts.cost.costNanoUsd,
  costReportedNanoUsd: facts.cost.costReportedNanoUsd,
  costComputedNanoUsd: facts.cost.costComputedNanoUsd,
  costStatus: facts.cost.costStatus,
  priceRef: facts.cost.priceRef,
  ttftNanos: facts.ttftNanos,
  validity: facts.validity,
})

/** Frameworks nest a retriever's steps, each a retriever span: the outermost is the retrieval. */
const isRetrieval = (span: TallySpan, tree: RunTree): boolean =>
  span.kind === 'retrieval' && ![...tree.ancestorsOf(span)].some(({ kind }) => kind === 'retrieval')

interface Offer {
  readonly hash: string
  readonly definitions: string
  readonly startNanos: bigint
}

/** Tools that were offered, in order of time: to each agent, to anyone, and by the span of the tool itself. */
interface Offers {
  readonly byAgent: ReadonlyMap<string, readonly Offer[]>
  readonly all: readonly Offer[]
  readonly own: ReadonlyMap<TallySpan, Offer>
}

const offersOf = (tree: RunTree, agents: Agents, toolDefinitions: ReadonlyMap<string, string>): Offers => {
  const byAgent = new Map<string, Offer[]>()
  const all: Offer[] = []
  const own = new Map<TallySpan, Offer>()
  for (const span of tree.spans) {
    const definitions = span.toolDefinitionsRef === '' ? undefined : toolDefinitions.get(span.toolDefinitionsRef)
    if (definitions === undefined) continue
    const offer = { hash: span.toolDefinitionsRef, definitions, startNanos: span.startNanos }
    own.set(span, offer)
    if (span.kind === 'tool') continue
    all.push(offer)
    const agent = agents.nameOf(span)
    const mine = byAgent.get(agent)
    if (mine) mine.push(offer)
    else byAgent.set(agent, [offer])
  }
  return { byAgent, all, own }
}

/** The tools that the calling agent had last been given before the call; without any of its own, the last that anyone was given. */
const offerTo = ({ main, members }: ToolCall, agents: Agents, offers: Offers): Offer | undefined => {
  const own = members.find((member) => offers.own.has(member))
  if (own) return offers.own.get(own)
  const mine = offers.byAgent.get(agents.nameOf(main)) ?? []
  return lastUntil(mine, main.startNanos) ?? lastUntil(offers.all, main.startNanos) ?? offers.all[0]
}

/** Binary search: the last of a sorted list that does not start after the moment. */
const lastUntil = (offers: readonly Offer[], nanos: bigint): Offer | undefined => {
  let low = 0
  let high = offers.length
  while (low < high) {
    const middle = (low + high) >> 1
    const offer = offers[middle]
    if (offer && offer.startNanos <= nanos) low = middle + 1
    else high = middle
  }
  return offers[low - 1]
}
