import type { Attributes } from '@opentelemetry/api'
import type { ModelBody } from '../story-model.ts'
import { approvalAttributes, errorType, genAiMessages, genAiOutput, genAiTools, ownAttributes } from './otel-genai.ts'
import { exceptionEvents, type SpanWriter } from './span-writer.ts'

/** Traceloop's OpenLLMetry 0.6x: GenAI names on model spans, `traceloop.*` on the rest, session and user as association properties. */
export const writeOpenLlmetry: SpanWriter = (node, { context, isRoot }) => {
  const { body } = node
  const events = exceptionEvents(node)
  const common: Attributes = {
    'traceloop.workflow.name': context.workflow,
    'traceloop.association.properties.session_id': context.sessionId,
    'traceloop.association.properties.user_id': context.user,
    'traceloop.association.properties.customer_id': context.customer,
    ...errorType(node),
  }
  const entity = (kind: 'agent' | 'task' | 'tool', name: string, input: unknown, output: unknown): Attributes => ({
    ...common,
    'traceloop.span.kind': kind,
    'traceloop.entity.name': name,
    'traceloop.entity.input': JSON.stringify(input),
    'traceloop.entity.output': JSON.stringify(output),
  })
  switch (body.kind) {
    case 'agent':
      return {
        name: `${body.agent.name}.agent`,
        events,
        attributes: {
          ...entity('agent', body.agent.name, { args: [body.input], kwargs: {} }, body.output),
          'gen_ai.agent.name': body.agent.name,
          'gen_ai.agent.version': body.agent.version,
          ...(isRoot ? ownAttributes(context) : {}),
        },
      }
    case 'model':
      return {
        name: `${body.model.provider}.chat`,
        kind: 'client',
        events,
        attributes: { ...common, ...chatAttributes(body) },
      }
    case 'tool':
      return {
        name: `${body.call.name}.tool`,
        events,
        attributes: {
          ...entity('tool', body.call.name, { args: [], kwargs: body.call.arguments }, body.result),
          'gen_ai.tool.name': body.call.name,
          'gen_ai.tool.call.id': body.call.id,
        },
      }
    case 'retrieval':
      return {
        name: `search_${body.source}.task`,
        attributes: {
          ...entity('task', `search_${body.source}`, { args: [body.query], kwargs: {} }, body.documents),
          'gen_ai.operation.name': 'retrieval',
        },
      }
    case 'embedding':
      return {
        name: `${body.model.provider}.embeddings`,
        kind: 'client',
        attributes: {
          ...common,
          'gen_ai.operation.name': 'embeddings',
          'llm.request.type': 'embedding',
          'gen_ai.provider.name': body.model.provider,
          'gen_ai.request.model': body.model.name,
          'gen_ai.usage.input_tokens': body.tokens,
        },
      }
    case 'guardrail':
      return {
        name: `${body.name}.task`,
        events,
        attributes: {
          ...entity(
            'task',
            body.name,
            { args: [body.text], kwargs: {} },
            { verdict: body.verdict, reason: body.explanation },
          ),
          'recount.kind': 'guardrail',
          'recount.guardrail.name': body.name,
          'recount.guardrail.verdict': body.verdict,
          'recount.guardrail.detail': body.explanation,
        },
      }
    case 'approval':
      return { name: `approval ${body.tool}`, attributes: { ...common, ...approvalAttributes(body) } }
  }
}

function chatAttributes({ agent, model, input, output, usage, finishReason, responseId }: ModelBody): Attributes {
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.agent.name': agent.name,
    'gen_ai.provider.name': model.provider,
    'gen_ai.request.model': model.name,
    'gen_ai.is_streaming': false,
    'gen_ai.input.messages': genAiMessages(input),
    ...(agent.tools.length > 0 ? { 'gen_ai.tool.definitions': genAiTools(agent.tools) } : {}),
    ...(output && finishReason
      ? {
          'gen_ai.response.model': model.answersAs,
          'gen_ai.response.id': responseId ?? '',
          'gen_ai.response.finish_reasons': [finishReason === 'tool_calls' ? 'tool_call' : finishReason],
          'gen_ai.output.messages': genAiOutput(output, finishReason),
        }
      : {}),
    ...(usage
      ? {
          'gen_ai.usage.input_tokens': usage.input,
          'gen_ai.usage.output_tokens': usage.output,
          'gen_ai.usage.total_tokens': usage.input + usage.output,
          'gen_ai.usage.cache_read.input_tokens': usage.cacheRead,
          ...(usage.cacheWrite > 0 ? { 'gen_ai.usage.cache_creation.input_tokens': usage.cacheWrite } : {}),
          ...(usage.reasoning > 0 ? { 'gen_ai.usage.reasoning_tokens': usage.reasoning } : {}),
        }
      : {}),
  }
}
