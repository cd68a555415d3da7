import type { Attributes } from '@opentelemetry/api'
import type { DemoMessage, DemoUsage, ModelBody, StoryNode } from '../story-model.ts'
import { approvalAttributes, ownAttributes } from './otel-genai.ts'
import { exceptionEvents, type SpanWriter } from './span-writer.ts'

/** Vercel AI SDK 6 with `experimental_telemetry`: an outer `ai.generateText` repeats the usage of its `.doGenerate` steps. */
export const writeVercelAi: SpanWriter = (node, { context, isRoot }) => {
  const { body } = node
  const events = exceptionEvents(node)
  const metadata: Attributes = {
    'ai.telemetry.metadata.sessionId': context.sessionId,
    'ai.telemetry.metadata.userId': context.user,
    'ai.telemetry.metadata.team': context.team,
    'ai.telemetry.metadata.customer.id': context.customer,
  }
  const operation = (id: string, functionId: string): Attributes => ({
    'operation.name': `${id} ${functionId}`,
    'resource.name': functionId,
    'ai.operationId': id,
    'ai.telemetry.functionId': functionId,
    ...metadata,
  })
  switch (body.kind) {
    case 'agent':
      return {
        name: 'ai.generateText',
        events,
        attributes: {
          ...operation('ai.generateText', body.agent.name),
          'gen_ai.agent.version': body.agent.version,
          'ai.model.provider': providerId(body.agent.model.provider),
          'ai.model.id': body.agent.model.name,
          'ai.settings.maxRetries': 2,
          'ai.prompt': JSON.stringify({ system: body.agent.system, prompt: body.input }),
          'ai.response.text': body.output,
          'ai.response.finishReason': 'stop',
          ...usageAttributes(body.usage),
          ...(isRoot ? ownAttributes(context) : {}),
        },
      }
    case 'model':
      return {
        name: 'ai.generateText.doGenerate',
        events,
        attributes: { ...operation('ai.generateText.doGenerate', body.agent.name), ...generateAttributes(body, node) },
      }
    case 'tool':
      return {
        name: 'ai.toolCall',
        events,
        attributes: {
          ...operation('ai.toolCall', 'pr-writer'),
          'ai.toolCall.name': body.call.name,
          'ai.toolCall.id': body.call.id,
          'ai.toolCall.args': JSON.stringify(body.call.arguments),
          ...(node.error ? {} : { 'ai.toolCall.result': body.result }),
        },
      }
    case 'embedding':
      return {
        name: 'ai.embed.doEmbed',
        attributes: {
          ...operation('ai.embed.doEmbed', 'pr-writer'),
          'ai.model.provider': providerId(body.model.provider),
          'ai.model.id': body.model.name,
          'ai.values': [JSON.stringify(body.text)],
          'ai.usage.tokens': body.tokens,
        },
      }
    // The AI SDK has no spans for these; teams write their own beside it.
    case 'retrieval':
      return {
        name: `search ${body.source}`,
        attributes: { ...metadata, 'search.query': body.query, 'search.hits': body.documents.length },
      }
    case 'guardrail':
      return {
        name: `guardrail ${body.name}`,
        events,
        attributes: {
          ...metadata,
          'recount.kind': 'guardrail',
          'recount.guardrail.name': body.name,
          'recount.guardrail.verdict': body.verdict,
          'recount.guardrail.checked': body.checked,
          'recount.guardrail.text': body.text,
          'recount.guardrail.detail': body.explanation,
        },
      }
    case 'approval':
      return { name: `approval ${body.tool}`, attributes: { ...approvalAttributes(body), ...metadata } }
  }
}

function providerId(provider: string): string {
  return provider === 'anthropic' ? 'anthropic.messages' : `${provider}.responses`
}

function generateAttributes(
  { agent, model, input, output, usage, finishReason, responseId }: ModelBody,
  node: StoryNode,
): Attributes {
  const reason = finishReason === 'tool_calls' ? 'tool-calls' : (finishReason ?? 'stop')
  return {
    'ai.model.provider': providerId(model.provider),
    'ai.model.id': model.name,
    'ai.settings.maxRetries': 2,
    'ai.prompt.messages': JSON.stringify(input.map(promptMessage)),
    'ai.prompt.tools': agent.tools.map(({ name, description, parameters }) =>
      JSON.stringify({ type: 'function', name, description, inputSchema: parameters }),
    ),
    'gen_ai.system': providerId(model.provider),
    'gen_ai.request.model': model.name,
    ...(output
      ? {
          'ai.response.finishReason': reason,
          ...(output.text ? { 'ai.response.text': output.text } : {}),
          ...(output.reasoning ? { 'ai.response.reasoning': output.reasoning } : {}),
          ...(output.toolCalls
            ? {
                'ai.response.toolCalls': JSON.stringify(
                  output.toolCalls.map(({ id, name, arguments: args }) => ({
                    toolCallId: id,
                    toolName: name,
                    input: JSON.stringify(args),
                  })),
                ),
              }
            : {}),
          'ai.response.id': responseId ?? '',
          'ai.response.model': model.answersAs,
          'ai.response.timestamp': new Date(Number(node.endNanos / 1_000_000n)).toISOString(),
          'gen_ai.response.finish_reasons': [reason],
          'gen_ai.response.id': responseId ?? '',
          'gen_ai.response.model': model.answersAs,
        }
      : {}),
    ...(usage
      ? {
          ...usageAttributes(usage),
          'gen_ai.usage.input_tokens': usage.input,
          'gen_ai.usage.output_tokens': usage.output,
        }
      : {}),
  }
}

function promptMessage(message: DemoMessage): unknown {
  if (message.role === 'system') return { role: 'system', content: message.text }
  if (message.role === 'tool') {
    const output = { type: 'text', value: message.text }
    return {
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: message.callId, toolName: message.toolName, output }],
    }
  }
  return {
    role: message.role,
    content: [
      ...(message.text ? [{ type: 'text', text: message.text }] : []),
      ...(message.toolCalls ?? []).map(({ id, name, arguments: args }) => ({
        type: 'tool-call',
        toolCallId: id,
        toolName: name,
        input: args,
      })),
    ],
  }
}

function usageAttributes(usage: DemoUsage): Attributes {
  return {
    'ai.usage.inputTokens': usage.input,
    'ai.usage.inputTokenDetails.noCacheTokens': usage.input - usage.cacheRead - usage.cacheWrite,
    'ai.usage.inputTokenDetails.cacheReadTokens': usage.cacheRead,
    ...(usage.cacheWrite > 0 ? { 'ai.usage.inputTokenDetails.cacheWriteTokens': usage.cacheWrite } : {}),
    'ai.usage.outputTokens': usage.output,
    'ai.usage.outputTokenDetails.textTokens': usage.output - usage.reasoning,
    ...(usage.reasoning > 0 ? { 'ai.usage.outputTokenDetails.reasoningTokens': usage.reasoning } : {}),
    'ai.usage.totalTokens': usage.input + usage.output,
  }
}
