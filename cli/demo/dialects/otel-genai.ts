import type { Attributes } from '@opentelemetry/api'
import type { DemoContext, DemoMessage, DemoUsage, ModelBody, StoryNode, ToolDefinition } from '../story-model.ts'
import type { SpanWriter } from './span-writer.ts'

/** OpenTelemetry GenAI conventions as of 1.41: what a current instrumentation sends with content capture on. */
export const writeOtelGenai: SpanWriter = (node, { context, isRoot }) => {
  const { body } = node
  const session = { 'gen_ai.conversation.id': context.sessionId }
  switch (body.kind) {
    case 'agent':
      return {
        name: `invoke_agent ${body.agent.name}`,
        attributes: {
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.agent.name': body.agent.name,
          'gen_ai.agent.version': body.agent.version,
          'gen_ai.provider.name': body.agent.model.provider,
          'gen_ai.request.model': body.agent.model.name,
          ...session,
          'gen_ai.input.messages': genAiMessages([{ role: 'user', text: body.input }]),
          'gen_ai.output.messages': genAiOutput({ role: 'assistant', text: body.output }, 'stop'),
          // Agents repeat the sum of their calls; a reader must not add it to them.
          ...usageAttributes(body.usage),
          ...(isRoot ? { 'user.id': context.user, ...ownAttributes(context) } : {}),
          ...errorType(node),
        },
      }
    case 'model':
      return {
        name: `chat ${body.model.name}`,
        kind: 'client',
        attributes: { ...session, ...chatAttributes(body), ...errorType(node) },
      }
    case 'tool':
      return {
        name: `execute_tool ${body.call.name}`,
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': body.call.name,
          'gen_ai.tool.type': 'function',
          'gen_ai.tool.call.id': body.call.id,
          ...(body.definition ? { 'gen_ai.tool.description': body.definition.description } : {}),
          'gen_ai.tool.call.arguments': JSON.stringify(body.call.arguments),
          'gen_ai.tool.call.result': body.result,
          ...errorType(node),
        },
      }
    case 'retrieval':
      return {
        name: `retrieval ${body.source}`,
        kind: 'client',
        attributes: {
          'gen_ai.operation.name': 'retrieval',
          'gen_ai.data_source.id': body.source,
          'gen_ai.retrieval.query.text': body.query,
          'gen_ai.retrieval.documents': JSON.stringify(body.documents),
          'gen_ai.request.top_k': body.documents.length,
        },
      }
    case 'embedding':
      return {
        name: `embeddings ${body.model.name}`,
        kind: 'client',
        attributes: {
          'gen_ai.operation.name': 'embeddings',
          'gen_ai.provider.name': body.model.provider,
          'gen_ai.request.model': body.model.name,
          'gen_ai.usage.input_tokens': body.tokens,
        },
      }
    case 'guardrail':
      return {
        name: `guardrail ${body.name}`,
        attributes: {
          'gen_ai.operation.name': 'guardrail',
          'recount.guardrail.name': body.name,
          'recount.guardrail.verdict': body.verdict,
          'recount.guardrail.checked': body.checked,
          'recount.guardrail.text': body.text,
          'recount.guardrail.detail': body.explanation,
          ...(body.verdict === 'error' ? { 'recount.guardrail.fail_open': true } : {}),
          ...errorType(node),
        },
      }
    case 'approval':
      return { name: `approval ${body.tool}`, attributes: approvalAttributes(body) }
  }
}

export function approvalAttributes(body: Extract<StoryNode['body'], { kind: 'approval' }>): Attributes {
  return {
    'recount.kind': 'approval',
    'gen_ai.tool.name': body.tool,
    'recount.approval.tool': body.tool,
    'recount.approval.decision': body.decision,
    ...(body.by ? { 'recount.approval.by': body.by } : {}),
    ...(body.comment ? { 'recount.approval.comment': body.comment } : {}),
  }
}

/** Attributes of Recount's own that any dialect may carry on its root. */
export function ownAttributes({ customer, workflow, policyVersion, limits, attributes }: DemoContext): Attributes {
  return {
    'customer.id': customer,
    'recount.workflow': workflow,
    ...(policyVersion ? { 'recount.policy.version': policyVersion } : {}),
    ...(limits?.usd === undefined ? {} : { 'recount.limit.usd': limits.usd }),
    ...(limits?.tokens === undefined ? {} : { 'recount.limit.tokens': limits.tokens }),
    ...(limits?.toolCalls === undefined ? {} : { 'recount.limit.tool_calls': limits.toolCalls }),
    ...(limits?.seconds === undefined ? {} : { 'recount.limit.seconds': limits.seconds }),
    ...attributes,
  }
}

export function genAiMessages(messages: readonly DemoMessage[]): string {
  return JSON.stringify(messages.map((message) => ({ role: message.role, parts: parts(message) })))
}

export function genAiOutput(output: DemoMessage, finishReason: string): string {
  const reason = finishReason === 'tool_calls' ? 'tool_call' : finishReason
  return JSON.stringify([{ role: output.role, parts: parts(output), finish_reason: reason }])
}

export function genAiTools(tools: readonly ToolDefinition[]): string {
  return JSON.stringify(tools.map((tool) => ({ type: 'function', ...tool })))
}

export function errorType(node: StoryNode): Attributes {
  return node.error ? { 'error.type': node.error.type } : {}
}

function chatAttributes(body: ModelBody): Attributes {
  const { agent, model, input, output, usage, finishReason, responseId, firstTokenMs } = body
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': model.provider,
    'gen_ai.request.model': model.name,
    'gen_ai.request.temperature': 0.2,
    'gen_ai.prompt.name': agent.prompt.name,
    'gen_ai.prompt.version': agent.prompt.version,
    'gen_ai.system_instructions': JSON.stringify(input.filter(({ role }) => role === 'system').flatMap(parts)),
    'gen_ai.input.messages': genAiMessages(input.filter(({ role }) => role !== 'system')),
    ...(agent.tools.length > 0 ? { 'gen_ai.tool.definitions': genAiTools(agent.tools) } : {}),
    ...(output && finishReason
      ? {
          'gen_ai.response.id': responseId ?? '',
          'gen_ai.response.model': model.answersAs,
          'gen_ai.response.finish_reasons': [finishReason],
          'gen_ai.response.time_to_first_chunk': (firstTokenMs ?? 0) / 1000,
          'gen_ai.output.messages': genAiOutput(output, finishReason),
        }
      : {}),
    ...(usage ? usageAttributes(usage) : {}),
  }
}

function usageAttributes(usage: DemoUsage): Attributes {
  return {
    'gen_ai.usage.input_tokens': usage.input,
    'gen_ai.usage.output_tokens': usage.output,
    'gen_ai.usage.cache_read.input_tokens': usage.cacheRead,
    ...(usage.cacheWrite > 0 ? { 'gen_ai.usage.cache_creation.input_tokens': usage.cacheWrite } : {}),
    ...(usage.reasoning > 0 ? { 'gen_ai.usage.reasoning.output_tokens': usage.reasoning } : {}),
  }
}

function parts(message: DemoMessage): readonly unknown[] {
  if (message.role === 'tool') return [{ type: 'tool_call_response', id: message.callId, response: message.text }]
  return [
    ...(message.reasoning ? [{ type: 'reasoning', content: message.reasoning }] : []),
    ...(message.text ? [{ type: 'text', content: message.text }] : []),
    ...(message.toolCalls ?? []).map(({ id, name, arguments: args }) => ({
      type: 'tool_call',
      id,
      name,
      arguments: args,
    })),
  ]
}
