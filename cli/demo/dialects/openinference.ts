import type { Attributes } from '@opentelemetry/api'
import type { DemoMessage, DemoUsage, ModelBody } from '../story-model.ts'
import { approvalAttributes, ownAttributes } from './otel-genai.ts'
import { exceptionEvents, type SpanWriter } from './span-writer.ts'

/** OpenInference as its LangChain and OpenAI Agents instrumentations write it: lists flattened into keys, session and user on every span. */
export const writeOpenInference: SpanWriter = (node, { context, isRoot }) => {
  const { body } = node
  const events = exceptionEvents(node)
  const common = {
    'session.id': context.sessionId,
    'user.id': context.user,
    metadata: JSON.stringify({ 'customer.id': context.customer, workflow: context.workflow }),
  }
  switch (body.kind) {
    case 'agent':
      return {
        name: body.agent.name,
        events,
        attributes: {
          'openinference.span.kind': 'AGENT',
          'agent.name': body.agent.name,
          'gen_ai.agent.version': body.agent.version,
          'graph.node.id': body.agent.name,
          ...io(body.input, body.output),
          ...common,
          ...(isRoot ? ownAttributes(context) : {}),
        },
      }
    case 'model':
      return {
        name: 'ChatCompletion',
        events,
        attributes: { 'openinference.span.kind': 'LLM', ...llmAttributes(body), ...common },
      }
    case 'tool':
      return {
        name: body.call.name,
        events,
        attributes: {
          'openinference.span.kind': 'TOOL',
          'tool.name': body.call.name,
          'tool.id': body.call.id,
          ...(body.definition ? { 'tool.description': body.definition.description } : {}),
          ...io(JSON.stringify(body.call.arguments), body.result, 'application/json'),
          ...common,
        },
      }
    case 'retrieval':
      return {
        name: 'VectorStoreRetriever',
        attributes: {
          'openinference.span.kind': 'RETRIEVER',
          'input.value': body.query,
          ...Object.fromEntries(
            body.documents.flatMap(({ id, score, content }, i) => [
              [`retrieval.documents.${i}.document.id`, id],
              [`retrieval.documents.${i}.document.score`, score],
              [`retrieval.documents.${i}.document.content`, content],
            ]),
          ),
          ...common,
        },
      }
    case 'embedding':
      return {
        name: 'CreateEmbeddings',
        attributes: {
          'openinference.span.kind': 'EMBEDDING',
          'llm.provider': body.model.provider,
          'embedding.model_name': body.model.name,
          'embedding.embeddings.0.embedding.text': body.text,
          'llm.token_count.prompt': body.tokens,
          'llm.token_count.total': body.tokens,
          ...common,
        },
      }
    case 'guardrail':
      return {
        name: body.name,
        events,
        attributes: {
          'openinference.span.kind': 'GUARDRAIL',
          'guardrail.name': body.name,
          'guardrail.verdict': body.verdict,
          'guardrail.message': body.explanation,
          ...io(body.text, JSON.stringify({ verdict: body.verdict, reason: body.explanation })),
          ...common,
        },
      }
    case 'approval':
      return { name: `approval ${body.tool}`, attributes: { ...approvalAttributes(body), ...common } }
  }
}

function io(input: string, output: string, mimeType = 'text/plain'): Attributes {
  return { 'input.value': input, 'input.mime_type': mimeType, 'output.value': output, 'output.mime_type': mimeType }
}

function llmAttributes(body: ModelBody): Attributes {
  const { agent, model, input, output, usage, finishReason } = body
  return {
    'llm.provider': model.provider === 'gcp.gemini' ? 'google' : model.provider,
    'llm.system': model.provider === 'gcp.gemini' ? 'google' : model.provider,
    'llm.model_name': output ? model.answersAs : model.name,
    'llm.invocation_parameters': JSON.stringify({ model: model.name, temperature: 0.2 }),
    'llm.prompt_template.version': agent.prompt.version,
    ...flattened('llm.input_messages', input),
    ...Object.fromEntries(
      agent.tools.map((tool, i) => [
        `llm.tools.${i}.tool.json_schema`,
        JSON.stringify({ type: 'function', function: tool }),
      ]),
    ),
    ...(output ? { ...flattened('llm.output_messages', [output]), 'output.value': output.text ?? '' } : {}),
    ...(finishReason ? { 'llm.finish_reason': finishReason } : {}),
    ...(usage ? tokenCounts(usage) : {}),
  }
}

function flattened(prefix: string, messages: readonly DemoMessage[]): Attributes {
  return Object.fromEntries(messages.flatMap((message, i) => messageEntries(`${prefix}.${i}.message`, message)))
}

function messageEntries(key: string, message: DemoMessage): readonly (readonly [string, string])[] {
  return [
    [`${key}.role`, message.role],
    ...(message.text === undefined ? [] : [[`${key}.content`, message.text] as const]),
    ...(message.callId === undefined ? [] : [[`${key}.tool_call_id`, message.callId] as const]),
    ...(message.toolName === undefined ? [] : [[`${key}.name`, message.toolName] as const]),
    ...(message.toolCalls ?? []).flatMap((call, i) => [
      [`${key}.tool_calls.${i}.tool_call.id`, call.id] as const,
      [`${key}.tool_calls.${i}.tool_call.function.name`, call.name] as const,
      [`${key}.tool_calls.${i}.tool_call.function.arguments`, JSON.stringify(call.arguments)] as const,
    ]),
  ]
}

function tokenCounts(usage: DemoUsage): Attributes {
  return {
    'llm.token_count.prompt': usage.input,
    'llm.token_count.completion': usage.output,
    'llm.token_count.total': usage.input + usage.output,
    'llm.token_count.prompt_details.cache_read': usage.cacheRead,
    ...(usage.cacheWrite > 0 ? { 'llm.token_count.prompt_details.cache_write': usage.cacheWrite } : {}),
    ...(usage.reasoning > 0 ? { 'llm.token_count.completion_details.reasoning': usage.reasoning } : {}),
  }
}
