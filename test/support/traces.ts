import type { TraceRow } from '../../schema/clickhouse/tables.ts'
import type { Kind } from '../../schema/model/kind.ts'
import type { Call, RunTally } from '../../schema/model/run.ts'
import type { Span } from '../../schema/model/span.ts'
import { addUsage, bucketBit, emptyUsage } from '../../schema/model/usage.ts'
import { aCall, aRun, aSpan } from './rows.ts'

/**
 * A trace drawn as text, one span a line, nesting by two spaces:
 *
 *     agent support 0-1000
 *       llm gpt-4.1 0-400 in=100 out=20 cost=0.001
 *       tool lookup_order 400-500 !TimeoutError id=call_1
 *
 * kind, name (an agent's, a model's, a tool's), start-end in milliseconds, then what it says. `more` adds fields to spans by their name.
 */
export interface DrawnTrace {
  readonly spans: readonly Span[]
  readonly run: RunTally
  readonly place: TraceRow
}

export interface DrawOptions {
  readonly traceId: string
  readonly startMs: number
  readonly run?: Partial<RunTally>
  readonly more?: Readonly<Record<string, Partial<Span>>>
  readonly span?: Partial<Span>
}

export const drawTrace = (
  text: string,
  { traceId, startMs, run = {}, more = {}, span = {} }: DrawOptions,
): DrawnTrace => {
  const origin = BigInt(startMs) * 1_000_000n
  const parents: Span[] = []
  const spans: Span[] = []
  const calls: Call[] = []
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const margin = Math.min(...lines.map((line) => line.search(/\S/)))
  for (const line of lines) {
    const level = (line.search(/\S/) - margin) / 2
    const [kind = '', name = '', times = '', ...words] = line.trim().split(/\s+/)
    const [from = 0, to = 0] = times.split('-').map(Number)
    const said = new Map(words.filter((word) => word.includes('=')).map((word) => word.split('=') as [string, string]))
    const errorType = words.find((word) => word.startsWith('!'))?.slice(1) ?? ''
    const parent = parents[level - 1]
    const usage = {
      ...emptyUsage(),
      inputUncached: Number(said.get('in') ?? 0),
      outputText: Number(said.get('out') ?? 0),
    }
    const hasUsage = said.has('in') || said.has('out')
    const id = (spans.length + 1).toString(16).padStart(4, '0')
    const made = aSpan({
      traceId,
      spanId: `${traceId.slice(0, 12)}${id}`,
      parentSpanId: parent?.spanId ?? '',
      startNanos: origin + BigInt(from) * 1_000_000n,
      durationNanos: BigInt(to - from) * 1_000_000n,
      name: `${kind} ${name}`,
      kind: kind as Kind,
      status: errorType === '' ? 0 : 2,
      failed: errorType !== '',
      errorType,
      statusMessage: errorType === '' ? '' : `${errorType} happened`,
      agent: kind === 'agent' ? name : '',
      model: kind === 'llm' || kind === 'embedding' ? name : '',
      provider: kind === 'llm' || kind === 'embedding' ? 'openai' : '',
      tool: kind === 'tool' ? name : '',
      toolCallId: kind === 'tool' ? (said.get('id') ?? '') : '',
      guardrail: kind === 'guardrail' ? name : '',
      verdict: said.get('verdict') ?? '',
      usage,
      hasUsage,
      usageReported: hasUsage ? bucketBit('inputUncached') | bucketBit('outputText') : 0,
      ...span,
      ...more[name],
    })
    parents[level] = made
    parents.length = level + 1
    spans.push(made)
    if (COUNTED.has(made.kind)) {
      const agent = parents.findLast((up) => up.kind === 'agent')?.agent ?? made.service
      calls.push(callOf(made, agent, BigInt(Math.round(Number(said.get('cost') ?? 0) * 1e9))))
    }
  }
  return finish(traceId, spans, calls, run)
}

const COUNTED: ReadonlySet<Kind> = new Set<Kind>(['llm', 'embedding', 'tool', 'retrieval', 'rerank'])

const callOf = (span: Span, agent: string, costNanoUsd: bigint): Call =>
  aCall({
    spanId: span.spanId,
    traceId: span.traceId,
    kind: span.kind,
    startNanos: span.startNanos,
    durationNanos: span.durationNanos,
    agent,
    provider: span.provider,
    model: span.model,
    tool: span.tool,
    failed: span.failed,
    errorType: span.errorType,
    usage: span.usage,
    usageReported: span.usageReported,
    costNanoUsd,
    costStatus: costNanoUsd > 0n ? 'computed' : span.hasUsage ? 'unpriced' : 'free',
    priceRef: costNanoUsd > 0n ? 'book@1 gpt' : '',
  })

const finish = (
  traceId: string,
  spans: readonly Span[],
  calls: readonly Call[],
  given: Partial<RunTally>,
): DrawnTrace => {
  const start = spans.map((span) => span.startNanos).reduce((a, b) => (a < b ? a : b))
  const end = spans.map((span) => span.startNanos + span.durationNanos).reduce((a, b) => (a > b ? a : b))
  const usage = emptyUsage()
  for (const call of calls) addUsage(usage, call.usage)
  const models = calls.filter((call) => call.kind === 'llm')
  const tools = calls.filter((call) => call.kind === 'tool')
  const checks = spans.filter((span) => span.kind === 'guardrail')
  const agents = [...new Set(spans.map((span) => span.agent).filter((agent) => agent !== ''))]
  const unpriced = calls.filter((call) => call.costStatus === 'unpriced').length
  const run = aRun({
    runId: traceId,
    startNanos: start,
    endNanos: end,
    rootAgent: agents[0] ?? 'shop',
    rootName: spans[0]!.name,
    spanCount: spans.length,
    errorCount: spans.filter((span) => span.status === 2).length,
    modelCalls: models.length,
    failedModelCalls: models.filter((call) => call.failed).length,
    embeddingCalls: calls.filter((call) => call.kind === 'embedding').length,
    toolCalls: tools.length,
    toolErrors: tools.filter((call) => call.failed).length,
    unpricedCalls: unpriced,
    costNanoUsd: calls.reduce((sum, call) => sum + call.costNanoUsd, 0n),
    costStatus: unpriced === 0 ? 'complete' : calls.some((call) => call.costStatus === 'computed') ? 'partial' : 'none',
    usage,
    models: [...new Set(models.map((call) => call.model))],
    tools: [...new Set(tools.map((call) => call.tool))],
    agents,
    guardrails: [...new Set(checks.map((span) => span.guardrail))],
    guardrailEvaluations: checks.length,
    guardrailHits: checks.filter((span) => span.verdict !== 'pass').length,
    calls,
    checks: checks.map((span) => ({
      spanId: span.spanId,
      name: span.guardrail,
      verdict: (span.verdict || 'pass') as 'pass',
      timeNanos: span.startNanos,
      agent: agents[0] ?? 'shop',
      failOpen: false,
      count: 1,
    })),
    ...given,
  })
  const place: TraceRow = {
    projectId: run.projectId,
    traceId,
    version: 1n,
    runId: run.runId,
    sessionId: run.sessionId,
    isCallRoot: false,
    runTraces: 1,
    strayResponseIds: [],
    outcomeKeys: [],
    startNanos: start,
    lastStartNanos: spans.map((span) => span.startNanos).reduce((a, b) => (a > b ? a : b)),
    endNanos: end,
    runEndNanos: run.endNanos,
    runVersion: 1n,
    spanCount: spans.length,
    errorCount: run.errorCount,
    rootName: spans[0]!.name,
    service: spans[0]!.service,
    agent: run.rootAgent,
    env: run.env,
  }
  return { spans, run, place }
}
