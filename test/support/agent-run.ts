import { encodeTraces } from '../../schema/otlp/encode-protobuf.ts'
import type { AnyValue, KeyValue, WireSpan } from '../../schema/otlp/wire.ts'

/** Small agent runs as wire spans, a pure function of their number: what tests send when they need many runs whose figures are known. */
export interface RunShape {
  readonly number: number
  readonly endMs: number
  /** Conversation; runs may share one. */
  readonly session?: string
  /** Every call a trace of its own without an agent span, so that only the session holds the run together. */
  readonly bareCalls?: boolean
}

export const hexId = (number: number, salt: string, digits: number): string => {
  let id = ''
  for (let i = 0; id.length < digits; i++) {
    let h = 0x811c9dc5 ^ i
    for (const char of `${salt}:${number}`) h = Math.imul(h ^ char.charCodeAt(0), 0x01000193) >>> 0
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) >>> 0
    id += ((h ^ (h >>> 13)) >>> 0).toString(16).padStart(8, '0')
  }
  return id.slice(0, digits)
}

const MODELS: readonly (readonly [string, string])[] = [
  ['openai', 'gpt-4.1'],
  ['anthropic', 'claude-sonnet-4-5'],
  ['openai', 'gpt-4.1-mini'],
]

/** A root agent whose span repeats its calls' usage, a framework call with the provider SDK's own span below it, tools, a failed call. */
export const runSpans = ({ number, endMs, session, bareCalls = false }: RunShape): WireSpan[] => {
  const traceId = hexId(number, 'trace', 32)
  const calls = 2 + (number % 3)
  const stepMs = 400
  const startMs = endMs - (calls * 2 + 1) * stepMs
  const root = hexId(number, 'root', 16)
  const [provider, model] = MODELS[number % MODELS.length]!
  const spans: WireSpan[] = []
  let inputs = 0
  let outputs = 0
  const common = {
    ...(session === undefined ? {} : { 'gen_ai.conversation.id': session }),
    'user.id': `user-${number % 7}`,
  }
  for (let i = 0; i < calls; i++) {
    const trace = bareCalls ? hexId(number * 100 + i, 'bare', 32) : traceId
    const parent = bareCalls ? '' : root
    const input = 1000 + number * 13 + i * 101
    const output = 100 + number * 7 + i * 11
    const failed = number % 5 === 4 && i === 0
    if (!failed) {
      inputs += input
      outputs += output
    }
    const chat = hexId(number * 100 + i, 'chat', 16)
    const usage: Readonly<Record<string, AnyValue>> = failed
      ? { 'error.type': '500' }
      : {
          'gen_ai.usage.input_tokens': input,
          'gen_ai.usage.output_tokens': output,
          'gen_ai.usage.cache_read.input_tokens': 128 * i,
          'gen_ai.response.id': `resp-${number}-${i}`,
          'gen_ai.response.model': model,
        }
    const call = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': provider,
      'gen_ai.request.model': model,
      ...usage,
      ...common,
    }
    const from = startMs + i * 2 * stepMs
    spans.push(span(trace, chat, parent, `chat ${model}`, from, stepMs, call, failed))
    if (i === 1)
      spans.push(
        span(trace, hexId(number * 100 + i, 'sdk', 16), chat, 'openai.chat', from + 5, stepMs - 10, call, failed),
      )
    const tool = {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': `tool_${i % 2}`,
      'gen_ai.tool.call.id': `call-${number}-${i}`,
      ...common,
    }
    if (!bareCalls)
      spans.push(
        span(
          traceId,
          hexId(number * 100 + i, 'tool', 16),
          root,
          `execute_tool tool_${i % 2}`,
          from + stepMs,
          stepMs / 2,
          tool,
          number % 11 === 3,
        ),
      )
  }
  if (!bareCalls)
    spans.push(
      span(traceId, root, '', 'invoke_agent support', startMs, endMs - startMs, {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': `agent-${number % 3}`,
        'gen_ai.agent.version': 'v1',
        'gen_ai.usage.input_tokens': inputs,
        'gen_ai.usage.output_tokens': outputs,
        team: `team-${number % 2}`,
        ...(number % 4 === 0 ? { 'recount.outcome': number % 8 === 0 ? 'success' : 'failure' } : {}),
        ...common,
      }),
    )
  return spans
}

const span = (
  traceId: string,
  spanId: string,
  parentSpanId: string,
  name: string,
  startMs: number,
  durationMs: number,
  attributes: Readonly<Record<string, AnyValue>>,
  failed = false,
): WireSpan => ({
  traceId,
  spanId,
  parentSpanId,
  traceState: '',
  flags: 1,
  name,
  kind: 1,
  startTimeUnixNano: BigInt(Math.round(startMs)) * 1_000_000n,
  endTimeUnixNano: BigInt(Math.round(startMs + durationMs)) * 1_000_000n,
  attributes: attributesOf(attributes),
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
  events: [],
  links: [],
  status: { code: failed ? 2 : 0, message: failed ? 'failed' : '' },
})

export const attributesOf = (values: Readonly<Record<string, AnyValue>>): KeyValue[] =>
  Object.entries(values).map(([key, value]) => ({ key, value }))

/** One export request with these spans, as protobuf. */
export const traceRequest = (spans: readonly WireSpan[], service = 'test-service'): Uint8Array<ArrayBuffer> =>
  encodeTraces([
    {
      resource: { attributes: attributesOf({ 'service.name': service, 'deployment.environment.name': 'test' }) },
      scopeSpans: [{ scope: { name: 'test', version: '1', attributes: [] }, spans }],
    },
  ])

/** Sends one request; the status, and how long to wait where it was not taken. */
export const postTraces = async (
  otlpHttp: string,
  body: Uint8Array<ArrayBuffer>,
): Promise<{ readonly status: number; readonly retryAfterSeconds: number }> => {
  const answer = await fetch(`${otlpHttp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body,
  })
  await answer.arrayBuffer()
  return { status: answer.status, retryAfterSeconds: Number(answer.headers.get('retry-after') ?? 0) }
}
