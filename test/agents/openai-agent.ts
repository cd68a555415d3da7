import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai'
import { SpanStatusCode, trace } from '@opentelemetry/api'
import { NodeSDK } from '@opentelemetry/sdk-node'
import OpenAI from 'openai'
import type { ChatCompletionMessageParam, ChatCompletionTool } from 'openai/resources/chat/completions'
import type { FunctionTool, ResponseInput } from 'openai/resources/responses/responses'
import { issueRefund, lookupOrder } from './refund-desk.ts'

/**
 * An agent as its users write it, with the OpenAI SDK and the OpenInference instrumentation and nothing of Recount's: it is told where model and
 * telemetry are by environment variables alone (OPENAI_BASE_URL, OPENAI_API_KEY, OTEL_SERVICE_NAME, OTEL_EXPORTER_OTLP_ENDPOINT).
 * The instrumentation sees model calls; the agent and its tools are spans of the program's own, by OpenInference's conventions.
 *
 *     node --import ./bin/typescript.mjs test/agents/openai-agent.ts chat|responses|stream SESSION USER
 */
const [mode = 'chat', sessionId = 'session', userId = 'user'] = process.argv.slice(2)

const instrumentation = new OpenAIInstrumentation()
const telemetry = new NodeSDK({ instrumentations: [instrumentation] })
telemetry.start()
// The documented way where the SDK is imported as an ES module.
instrumentation.manuallyInstrument(OpenAI)

const openai = new OpenAI()
const tracer = trace.getTracer('refund-desk')
const model = 'gpt-5-mini'
const system = 'You are the refund desk of a shop.'
const question = 'Refund my order A-1042.'

const parameters = (properties: Record<string, { type: string }>) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
})
const TOOLS = {
  lookup_order: parameters({ order_id: { type: 'string' } }),
  issue_refund: parameters({ order_id: { type: 'string' }, amount_usd: { type: 'number' } }),
}

interface ToolCall {
  readonly id: string
  readonly name: string
  readonly arguments: string
}

/** Runs one tool under a TOOL span; what goes wrong is told to the model, and to the span. */
const runTool = ({ id, name, arguments: text }: ToolCall): string =>
  tracer.startActiveSpan(name, (span) => {
    span.setAttributes({
      'openinference.span.kind': 'TOOL',
      'tool.name': name,
      'tool_call.id': id,
      'input.value': text,
      'input.mime_type': 'application/json',
    })
    try {
      const args = JSON.parse(text) as { order_id: string; amount_usd: number }
      const result = JSON.stringify(name === 'lookup_order' ? lookupOrder(args.order_id) : issueRefund(args.amount_usd))
      span.setAttributes({ 'output.value': result, 'output.mime_type': 'application/json' })
      return result
    } catch (error) {
      span.recordException(error as Error)
      span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message })
      return JSON.stringify({ error: (error as Error).message })
    } finally {
      span.end()
    }
  })

const chat = async (stream: boolean): Promise<string> => {
  const tools = Object.entries(TOOLS).map(
    ([name, schema]): ChatCompletionTool => ({
      type: 'function',
      function: { name, parameters: schema },
    }),
  )
  const messages: ChatCompletionMessageParam[] = [
    { role: 'system', content: system },
    { role: 'user', content: question },
  ]
  for (;;) {
    const message = stream
      ? await streamedMessage(messages, tools)
      : (await openai.chat.completions.create({ model, messages, tools })).choices[0]!.message
    messages.push(message)
    const calls = (message.tool_calls ?? []).flatMap((call) => (call.type === 'function' ? [call] : []))
    if (calls.length === 0) return String(message.content)
    for (const { id, function: called } of calls)
      messages.push({ role: 'tool', tool_call_id: id, content: runTool({ id, ...called }) })
  }
}

const streamedMessage = async (messages: ChatCompletionMessageParam[], tools: ChatCompletionTool[]) => {
  const chunks = await openai.chat.completions.create({
    model,
    messages,
    tools,
    stream: true,
    stream_options: { include_usage: true },
  })
  const calls: { id: string; type: 'function'; function: { name: string; arguments: string } }[] = []
  let content = ''
  for await (const { choices } of chunks) {
    const delta = choices[0]?.delta
    content += delta?.content ?? ''
    for (const { index, id, function: called } of delta?.tool_calls ?? []) {
      calls[index] ??= { id: id!, type: 'function', function: { name: called!.name!, arguments: '' } }
      calls[index].function.arguments += called?.arguments ?? ''
    }
  }
  return { role: 'assistant' as const, content, ...(calls.length > 0 ? { tool_calls: calls } : {}) }
}

const responses = async (): Promise<string> => {
  const tools = Object.entries(TOOLS).map(
    ([name, schema]): FunctionTool => ({
      type: 'function',
      name,
      parameters: schema,
      strict: true,
    }),
  )
  const input: ResponseInput = [{ role: 'user', content: question }]
  for (;;) {
    const response = await openai.responses.create({ model, instructions: system, input, tools })
    input.push(...(response.output as ResponseInput))
    const calls = response.output.filter((item) => item.type === 'function_call')
    if (calls.length === 0) return response.output_text
    for (const { call_id, name, arguments: text } of calls)
      input.push({
        type: 'function_call_output',
        call_id,
        output: runTool({ id: call_id, name, arguments: text }),
      })
  }
}

const answer = await tracer.startActiveSpan('refund-desk', async (span) => {
  span.setAttributes({
    'openinference.span.kind': 'AGENT',
    'agent.name': 'refund-desk',
    'session.id': sessionId,
    'user.id': userId,
    'input.value': question,
  })
  const text = mode === 'responses' ? await responses() : await chat(mode === 'stream')
  span.setAttribute('output.value', text)
  span.end()
  return text
})
process.stdout.write(`${answer}\n`)
await telemetry.shutdown()
