import { type Answer, piecesOf, stepAfter, totalsOf } from './answer.ts'

/** OpenAI chat completions (https://platform.openai.com/docs/api-reference/chat), as much as agents use. */
export interface ChatRequest {
  readonly model: string
  readonly stream?: boolean
  readonly stream_options?: { readonly include_usage?: boolean }
  readonly messages: readonly { readonly role: string; readonly tool_call_id?: string }[]
}

export const chatStep = (request: ChatRequest): number =>
  stepAfter(request.messages.filter(({ role }) => role === 'tool').map((message) => message.tool_call_id))

export const chatCompletion = (answer: Answer): object => ({
  ...envelope(answer, 'chat.completion'),
  choices: [
    {
      index: 0,
      finish_reason: finishReason(answer),
      logprobs: null,
      message: {
        role: 'assistant',
        content: answer.step.text ?? null,
        refusal: null,
        annotations: [],
        ...(answer.toolCalls.length > 0 ? { tool_calls: answer.toolCalls.map(toolCall) } : {}),
      },
    },
  ],
  usage: usage(answer),
})

/** The data lines of the stream, without `data: ` and the closing `[DONE]`. */
export const chatChunks = (answer: Answer, request: ChatRequest): object[] => {
  const chunk = (delta: object, finish: string | null = null): object => ({
    ...envelope(answer, 'chat.completion.chunk'),
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  })
  return [
    chunk({ role: 'assistant', content: answer.step.text === undefined ? null : '', refusal: null }),
    ...piecesOf(answer.step.text ?? '').map((content) => chunk({ content })),
    ...answer.toolCalls.flatMap((call, index) => {
      const { id, type, function: called } = toolCall(call)
      return [
        chunk({ tool_calls: [{ index, id, type, function: { name: called.name, arguments: '' } }] }),
        ...piecesOf(called.arguments).map((text) => chunk({ tool_calls: [{ index, function: { arguments: text } }] })),
      ]
    }),
    chunk({}, finishReason(answer)),
    ...(request.stream_options?.include_usage
      ? [{ ...envelope(answer, 'chat.completion.chunk'), choices: [], usage: usage(answer) }]
      : []),
  ]
}

const envelope = (answer: Answer, object: string): object => ({
  id: `chatcmpl-${answer.id}`,
  object,
  created: answer.createdSeconds,
  model: answer.model,
  service_tier: 'default',
  system_fingerprint: 'fp_scripted',
})

const finishReason = (answer: Answer): string => (answer.toolCalls.length > 0 ? 'tool_calls' : 'stop')

const toolCall = ({ id, name, arguments: args }: Answer['toolCalls'][number]) => ({
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify(args) },
})

const usage = ({ step }: Answer): object => {
  const { input, output, cached, reasoning } = totalsOf(step)
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}
