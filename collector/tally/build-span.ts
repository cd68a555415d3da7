import type { OutcomeRule } from '../../schema/api/outcome-settings.ts'
import type { Charge } from '../../schema/model/charge.ts'
import type { RunTally } from '../../schema/model/run.ts'
import type { Score } from '../../schema/model/span.ts'
import { bucketBit, emptyUsage, USAGE_BUCKETS, type UsageBuckets } from '../../schema/model/usage.ts'
import type { PriceBook } from '../../schema/prices/price-book.ts'
import { tallyRun } from './tally-run.ts'
import type { TallySpan } from './tally-span.ts'

// Spans as the tally reads them, for tests: everything has a value, and a test names only what it is about.

export const TRACE_ID = 'a'.repeat(32)
let made = 0

/** Times are in milliseconds after an arbitrary moment; `used` are the buckets that the span reports. */
export const buildSpan = (
  given: Partial<TallySpan> & {
    readonly startMs?: number
    readonly endMs?: number
    readonly used?: Partial<UsageBuckets>
  },
): TallySpan => {
  const { startMs = 0, endMs = startMs + 1, used, ...fields } = given
  const order = made++
  return {
    projectId: 1,
    traceId: TRACE_ID,
    spanId: (order + 1).toString(16).padStart(16, '0'),
    parentSpanId: '',
    startNanos: at(startMs),
    durationNanos: at(endMs) - at(startMs),
    spanKind: 1,
    status: 0,
    statusMessage: '',
    name: 'step',
    origin: 'span',
    service: 'shop',
    scope: 'test',
    env: '',
    team: '',
    costCenter: '',
    customer: '',
    kind: 'span',
    provider: '',
    model: '',
    requestModel: '',
    responseId: '',
    finishReason: '',
    serviceTier: '',
    agent: '',
    agentVersion: '',
    workflow: '',
    policyVersion: '',
    sessionId: '',
    userId: '',
    tool: '',
    toolCallId: '',
    toolArguments: '',
    toolDefinitionsRef: '',
    guardrail: '',
    verdict: '',
    masking: '',
    usage: { ...emptyUsage(), ...used },
    usageReported: USAGE_BUCKETS.reduce(
      (bits, bucket) => (used && bucket in used ? bits | bucketBit(bucket) : bits),
      0,
    ),
    hasUsage: used !== undefined,
    costReportedNanoUsd: 0n,
    toolFeeNanoUsd: 0n,
    ttftNanos: 0n,
    answered: used !== undefined,
    failed: false,
    errorType: '',
    labels: new Map(),
    inputPreview: '',
    outputPreview: '',
    receivedOrder: order,
    ...fields,
  }
}

export const at = (ms: number): bigint => 1_795_262_400_000_000_000n + BigInt(ms) * 1_000_000n

export const buildModelCall = (given: Parameters<typeof buildSpan>[0]): TallySpan =>
  buildSpan({
    kind: 'llm',
    provider: 'openai',
    model: 'gpt-4.1',
    requestModel: 'gpt-4.1',
    name: 'chat gpt-4.1',
    ...given,
  })

export const buildScore = (given: Partial<Score>): Score => ({
  projectId: 1,
  scoreId: (made++).toString(16).padStart(32, '0'),
  timeNanos: at(0),
  name: 'task.outcome',
  source: 'code',
  evaluator: 'checker',
  evaluatorVersion: '1',
  value: Number.NaN,
  label: 'success',
  explanation: '',
  traceId: TRACE_ID,
  spanId: '',
  sessionId: '',
  responseId: '',
  targetKey: '',
  attrs: new Map(),
  ...given,
})

/** A nano-dollar a token, for every model of OpenAI. */
export const NANO_BOOK: PriceBook = {
  version: 'nano@1',
  price: ({ provider, usage }) =>
    provider === 'openai'
      ? { nanoUsd: BigInt(Object.values(usage).reduce((a, b) => a + b)), ref: 'nano@1/openai' }
      : undefined,
  toolFee: () => undefined,
  reviewNanoUsdPerMinute: 0n,
  wins: 'reported',
}

export const tallied = (
  spans: readonly TallySpan[],
  more: {
    readonly scores?: readonly Score[]
    readonly toolDefinitions?: ReadonlyMap<string, string>
    readonly prices?: PriceBook
    readonly charges?: readonly Charge[]
    readonly rules?: readonly OutcomeRule[]
  } = {},
): RunTally =>
  tallyRun(
    {
      projectId: 1,
      runId: TRACE_ID,
      spans,
      scores: more.scores ?? [],
      charges: more.charges ?? [],
      rules: more.rules ?? [],
      toolDefinitions: more.toolDefinitions ?? new Map(),
    },
    more.prices ?? NANO_BOOK,
  )
