import type { Dialect } from './dialect.ts'

/** OpenLLMetry / Traceloop (dialects.md §3): GenAI names on model spans, its own on the rest. */
export const openllmetry: Dialect = {
  id: 'openllmetry',
  marks: ['traceloop.', 'llm.request.', 'llm.usage.', 'llm.is_streaming'],
  kinds: [
    { key: 'traceloop.span.kind', values: { workflow: 'workflow', task: 'step', agent: 'agent', tool: 'tool' } },
    // On model spans only; said last, because proxies put it beside a better word (LiteLLM).
    {
      key: 'llm.request.type',
      values: { chat: 'llm', completion: 'llm', rerank: 'rerank', embedding: 'embedding', embeddings: 'embedding' },
    },
  ],
  aliases: {
    // `llm.…` of request, response and usage: the names before the conventions took the project's over (2024).
    modelResponse: ['llm.response.model'],
    modelRequest: ['llm.request.model'],
    provider: ['llm.vendor'],
    input: ['llm.usage.prompt_tokens'],
    output: ['llm.usage.completion_tokens'],
    finishReason: ['llm.response.finish_reason', 'llm.response.stop_reason'],
    reasoning: ['llm.usage.reasoning_tokens'],
    user: ['llm.user'],
    entityName: ['traceloop.entity.name'],
    workflow: ['traceloop.workflow.name'],
    prompt: ['traceloop.prompt.key'],
    promptVersion: ['traceloop.prompt.version'],
    toolArguments: ['traceloop.entity.input'],
    inputContent: ['traceloop.entity.input'],
    outputContent: ['traceloop.entity.output'],
  },
  families: [
    { prefix: 'llm.request.functions.', family: 'toolDefinitions' },
    { prefix: 'llm.prompts.', family: 'inputMessages' },
    { prefix: 'llm.completions.', family: 'outputMessages' },
  ],
  // traceloop/openllmetry#4449: the Bedrock instrumentor leaves cached tokens out of its input, the Anthropic one folds them in.
  inputSemantics: [
    { scope: 'opentelemetry.instrumentation.bedrock', semantics: 'exclusive' },
    { scope: 'opentelemetry.instrumentation.anthropic', semantics: 'inclusive' },
  ],
}
