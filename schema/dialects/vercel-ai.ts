import type { Dialect } from './dialect.ts'

/**
 * Vercel AI SDK, legacy telemetry (`experimental_telemetry`, dialects.md §4.1). An outer operation runs steps and repeats their usage, so it is
 * an agent; its `.do…` children call the model. The new `@ai-sdk/otel` speaks OTel GenAI and needs no rule here.
 */
export const vercelAi: Dialect = {
  id: 'vercel-ai',
  marks: ['ai.operationId', 'ai.model.', 'ai.usage.', 'ai.toolCall.', 'ai.telemetry.', 'ai.prompt', 'ai.response.'],
  kinds: [
    {
      key: 'ai.operationId',
      values: {
        'ai.generatetext': 'agent',
        'ai.streamtext': 'agent',
        'ai.generateobject': 'agent',
        'ai.streamobject': 'agent',
        'ai.generatetext.dogenerate': 'llm',
        'ai.streamtext.dostream': 'llm',
        'ai.generateobject.dogenerate': 'llm',
        'ai.streamobject.dostream': 'llm',
        'ai.embed': 'embedding',
        'ai.embedmany': 'embedding',
        'ai.embed.doembed': 'embedding',
        'ai.embedmany.doembed': 'embedding',
        'ai.rerank': 'rerank',
        'ai.rerank.dorerank': 'rerank',
        'ai.toolcall': 'tool',
      },
    },
  ],
  aliases: {
    modelResponse: ['ai.response.model'],
    modelRequest: ['ai.model.id'],
    provider: ['ai.model.provider'],
    responseId: ['ai.response.id'],
    finishReason: ['ai.response.finishReason', 'ai.finishReason'],
    input: ['ai.usage.inputTokens', 'ai.usage.promptTokens', 'ai.usage.tokens'],
    inputUncached: ['ai.usage.inputTokenDetails.noCacheTokens'],
    cacheRead: ['ai.usage.inputTokenDetails.cacheReadTokens', 'ai.usage.cachedInputTokens'],
    cacheWrite: ['ai.usage.inputTokenDetails.cacheWriteTokens'],
    output: ['ai.usage.outputTokens', 'ai.usage.completionTokens'],
    outputText: ['ai.usage.outputTokenDetails.textTokens'],
    reasoning: ['ai.usage.outputTokenDetails.reasoningTokens', 'ai.usage.reasoningTokens'],
    totalTokens: ['ai.usage.totalTokens'],
    // The only place of the 5 minute / 1 hour split of Anthropic's cache writes.
    usageDetailJson: ['ai.response.providerMetadata'],
    agent: ['ai.telemetry.functionId'],
    prompt: ['ai.telemetry.metadata.langfusePrompt'],
    toolName: ['ai.toolCall.name'],
    toolCallId: ['ai.toolCall.id'],
    toolArguments: ['ai.toolCall.args', 'ai.toolCall.input'],
    toolDefinitions: ['ai.prompt.tools'],
    ttft: [{ key: 'ai.response.msToFirstChunk', scale: 1e6 }],
    inputContent: ['ai.prompt.messages', 'ai.prompt', 'ai.value', 'ai.values', 'ai.toolCall.args'],
    outputContent: [
      'ai.response.text',
      'ai.response.object',
      'ai.response.toolCalls',
      'ai.result.text',
      'ai.toolCall.result',
    ],
    answer: ['ai.response.text', 'ai.response.object', 'ai.response.toolCalls', 'ai.result.text'],
  },
}
