import { createHash } from 'node:crypto'
import type { Attributes } from '@opentelemetry/api'
import type { TelemetryLog, TelemetryResource, TelemetrySpan } from '../otlp/telemetry.ts'
import {
  caseKey,
  evaluationIdKey,
  evaluationSourceKey,
  evaluationSubjectKey,
  evaluatorNameKey,
  evaluatorVersionKey,
  exitCodeKey,
  originalStartKey,
  sourceIdKey,
  syntheticTimingKey,
  trialKey,
  unansweredKey,
} from './attributes.ts'
import { conversationViews } from './conversation-views.ts'
import type { Author, RecordedAnswer, RecordedMessage, RecordedToolCall } from './recorded-run.ts'
import type { TimedRun } from './times.ts'

/** One run as telemetry: what an instrumented agent would have sent, and the verdicts that came afterwards. */
export interface RecordedTrace {
  readonly traceId: string
  readonly sessionId: string
  readonly sourceId: string
  readonly spans: readonly TelemetrySpan[]
  readonly evaluations: readonly TelemetryLog[]
}

export interface TraceContext {
  /** Hash of the file's content: with the run's place in the file it decides every id. */
  readonly fileDigest: string
  readonly index: number
  readonly trial: number
  /** recount.experiment.*, recount.suite: set on the resource and on the root. */
  readonly experiment: Attributes
  readonly resource: TelemetryResource
}

/** First `digits` hex digits of a hash of the parts. */
export function hashId(digits: number, ...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, digits)
}

export function runToTrace(timed: TimedRun, context: TraceContext): RecordedTrace {
  const { run } = timed
  const traceId = hashId(32, 'recount-import', context.fileDigest, context.index)
  const sessionId = run.conversationId ?? `${run.agent}-${traceId.slice(0, 12)}`
  const builder = new TraceBuilder(timed, context, traceId, sessionId)
  return {
    traceId,
    sessionId,
    sourceId: run.sourceId,
    spans: builder.spans(),
    evaluations: builder.evaluations(),
  }
}

class TraceBuilder {
  readonly #timed: TimedRun
  readonly #context: TraceContext
  readonly #traceId: string
  readonly #sessionId: string

  constructor(timed: TimedRun, context: TraceContext, traceId: string, sessionId: string) {
    this.#timed = timed
    this.#context = context
    this.#traceId = traceId
    this.#sessionId = sessionId
  }

  spans(): readonly TelemetrySpan[] {
    const { messages } = this.#timed.run
    const views = conversationViews(messages)
    const simulator = this.#simulatorSpan()
    const spans = [this.#rootSpan(views.unheard), ...(simulator ? [simulator] : [])]
    messages.forEach((message, i) => {
      if (message.call) spans.push(this.#chatSpan(message, i, views.inputOf(i), views.outputOf(i)))
      for (const { call, answerIndex, span } of this.#toolCalls(message, i))
        spans.push(this.#toolSpan(call, message, i, answerIndex, span))
    })
    return spans
  }

  evaluations(): readonly TelemetryLog[] {
    const { run, endNanos } = this.#timed
    return run.evaluations.map((evaluation, i) => ({
      eventName: 'gen_ai.evaluation.result',
      timeNanos: endNanos,
      traceId: this.#traceId,
      spanId: this.#spanId('root'),
      resource: this.#context.resource,
      attributes: {
        'gen_ai.evaluation.name': evaluation.name,
        'gen_ai.evaluation.score.label': evaluation.label,
        ...(evaluation.value === undefined ? {} : { 'gen_ai.evaluation.score.value': evaluation.value }),
        ...(evaluation.explanation === undefined ? {} : { 'gen_ai.evaluation.explanation': evaluation.explanation }),
        [evaluationIdKey]: hashId(32, this.#traceId, 'evaluation', i),
        [evaluationSourceKey]: evaluation.source,
        ...(evaluation.subject === undefined ? {} : { [evaluationSubjectKey]: evaluation.subject }),
        [evaluatorNameKey]: evaluation.evaluator.name,
        ...(evaluation.evaluator.version === undefined ? {} : { [evaluatorVersionKey]: evaluation.evaluator.version }),
        ...evaluation.attributes,
      },
    }))
  }

  #spanId(label: string): string {
    return hashId(16, this.#traceId, label)
  }

  #parentOf(author: Author): string {
    return this.#spanId(author === 'agent' ? 'root' : 'user_simulator')
  }

  #rootSpan(unheard: Attributes): TelemetrySpan {
    const { run, startNanos, endNanos, synthetic, originalStartNanos } = this.#timed
    return {
      ...this.#common('root', `invoke_agent ${run.agent}`, startNanos, endNanos),
      ...(run.failure ? { error: { message: run.failure.message } } : {}),
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': run.agent,
        'gen_ai.agent.version': run.version,
        'gen_ai.conversation.id': this.#sessionId,
        ...(run.provider ? { 'gen_ai.provider.name': run.provider } : {}),
        ...(run.model ? { 'gen_ai.request.model': run.model } : {}),
        ...unheard,
        ...(run.failure ? { 'error.type': run.failure.type } : {}),
        ...this.#context.experiment,
        [caseKey]: run.case,
        [trialKey]: this.#context.trial,
        [sourceIdKey]: run.sourceId,
        ...(synthetic ? { [syntheticTimingKey]: true } : {}),
        ...(originalStartNanos === undefined ? {} : { [originalStartKey]: nanosToIso(originalStartNanos) }),
        ...run.attributes,
      },
    }
  }

  /** The simulated customer is an agent of its own beside the one under test, so that a filter by agent tells them apart. */
  #simulatorSpan(): TelemetrySpan | undefined {
    const own = this.#timed.run.messages.flatMap((message, i) => {
      const time = this.#timed.messages[i]
      return time && message.author === 'user_simulator' && (message.call || message.answer) ? [time] : []
    })
    const [first, last] = [own.at(0), own.at(-1)]
    if (!first || !last) return undefined
    return {
      ...this.#common('user_simulator', 'invoke_agent user_simulator', first.startNanos, last.endNanos, 'root'),
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': 'user_simulator',
        'gen_ai.conversation.id': this.#sessionId,
      },
    }
  }

  #chatSpan(message: RecordedMessage, i: number, input: string, output: string): TelemetrySpan {
    const { call } = message
    const time = this.#timed.messages[i]!
    const { toolDefinitions } = this.#timed.run
    return {
      ...this.#common(`message-${i}`, call?.model ? `chat ${call.model}` : 'chat', time.startNanos, time.endNanos),
      kind: 'client',
      parentSpanId: this.#parentOf(message.author),
      attributes: {
        'gen_ai.operation.name': 'chat',
        ...(call?.provider ? { 'gen_ai.provider.name': call.provider } : {}),
        ...(call?.model ? { 'gen_ai.request.model': call.model } : {}),
        ...(call?.responseModel ? { 'gen_ai.response.model': call.responseModel } : {}),
        'gen_ai.response.id': call?.responseId ?? `import-${this.#traceId.slice(0, 16)}-${i}`,
        ...(call?.finishReason ? { 'gen_ai.response.finish_reasons': [call.finishReason] } : {}),
        'gen_ai.conversation.id': this.#sessionId,
        ...usageAttributes(message),
        ...(toolDefinitions && message.author === 'agent'
          ? { 'gen_ai.tool.definitions': JSON.stringify(toolDefinitions) }
          : {}),
        'gen_ai.input.messages': input,
        'gen_ai.output.messages': output,
      },
    }
  }

  /** The calls of one message, each with the message that answers it. Answers come in any order, before the next call. */
  #toolCalls(message: RecordedMessage, i: number): readonly PairedCall[] {
    const { messages } = this.#timed.run
    return message.toolCalls.map((call, place) => {
      const answerIndex = messages.findIndex((other, at) => at > i && other.answer?.callId === call.id)
      return { call, answerIndex: answerIndex < 0 ? undefined : answerIndex, span: `message-${i}-tool-${place}` }
    })
  }

  #toolSpan(
    call: RecordedToolCall,
    asked: RecordedMessage,
    i: number,
    answerIndex: number | undefined,
    label: string,
  ): TelemetrySpan {
    const answer = answerIndex === undefined ? undefined : this.#timed.run.messages[answerIndex]?.answer
    const askedAt = this.#timed.messages[i]!.endNanos
    const time = (answerIndex === undefined ? undefined : this.#timed.messages[answerIndex]) ?? {
      startNanos: askedAt,
      endNanos: askedAt,
    }
    return {
      ...this.#common(label, `execute_tool ${call.name}`, time.startNanos, time.endNanos),
      parentSpanId: this.#parentOf(asked.author),
      ...(answer?.error ? { error: { message: answer.error.message } } : {}),
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': call.name,
        'gen_ai.tool.type': 'function',
        'gen_ai.tool.call.id': call.id,
        'gen_ai.tool.call.arguments':
          typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments ?? {}),
        'gen_ai.conversation.id': this.#sessionId,
        ...answerAttributes(answer),
      },
    }
  }

  #common(label: string, name: string, startNanos: bigint, endNanos: bigint, parent?: string) {
    const spanId = this.#spanId(label)
    const parentSpanId = parent === undefined ? undefined : this.#spanId(parent)
    return {
      traceId: this.#traceId,
      spanId,
      parentSpanId,
      name,
      startNanos,
      endNanos,
      resource: this.#context.resource,
    }
  }
}

interface PairedCall {
  readonly call: RecordedToolCall
  readonly answerIndex: number | undefined
  readonly span: string
}

function usageAttributes({ call }: RecordedMessage): Attributes {
  const usage = call?.usage
  return {
    ...(usage ? { 'gen_ai.usage.input_tokens': usage.input, 'gen_ai.usage.output_tokens': usage.output } : {}),
    ...(usage?.cacheRead === undefined ? {} : { 'gen_ai.usage.cache_read.input_tokens': usage.cacheRead }),
    ...(usage?.reasoning === undefined ? {} : { 'gen_ai.usage.reasoning.output_tokens': usage.reasoning }),
    // A cost of 0 beside usage says "no price known", not "free" (fine-tuned and local models).
    ...(call?.costUsd !== undefined && call.costUsd > 0 ? { 'gen_ai.usage.cost': call.costUsd } : {}),
  }
}

function answerAttributes(answer: RecordedAnswer | undefined): Attributes {
  if (!answer) return { [unansweredKey]: true }
  return {
    'gen_ai.tool.call.result': answer.result,
    ...(answer.error ? { 'error.type': answer.error.type } : {}),
    ...(answer.exitCode === undefined ? {} : { [exitCodeKey]: answer.exitCode }),
  }
}

function nanosToIso(nanos: bigint): string {
  const micros = ((nanos / 1_000n) % 1_000_000n).toString().padStart(6, '0')
  return new Date(Number(nanos / 1_000_000n)).toISOString().replace(/\.\d+Z$/, `.${micros}Z`)
}
