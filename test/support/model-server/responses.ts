import { type Answer, piecesOf, stepAfter, totalsOf } from './answer.ts'

/** OpenAI Responses API (https://platform.openai.com/docs/api-reference/responses), as much as agents use. */
export interface ResponsesRequest {
  readonly model: string
  readonly stream?: boolean
  readonly input: string | readonly { readonly type?: string; readonly call_id?: string }[]
  /** Conversations kept by the server are not built: send the whole input. */
  readonly previous_response_id?: string | null
}

export const responsesStep = ({ input }: ResponsesRequest): number =>
  typeof input === 'string'
    ? 0
    : stepAfter(input.filter(({ type }) => type === 'function_call_output').map((item) => item.call_id))

export const responseObject = (answer: Answer): object => ({
  ...envelope(answer, 'completed'),
  output: outputItems(answer, 'completed'),
  usage: usage(answer),
})

/** The stream's events; `event:` lines repeat their `type`. */
export const responseEvents = (answer: Answer): StreamEvent[] => {
  const items = outputItems(answer, 'completed')
  const begun = { ...envelope(answer, 'in_progress'), output: [], usage: null }
  const events = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...items.flatMap((item, index) => itemEvents(item, index)),
    { type: 'response.completed', response: responseObject(answer) },
  ]
  return events.map((event, sequence_number) => ({ ...event, sequence_number }))
}

export interface StreamEvent {
  readonly type: string
  readonly [field: string]: unknown
}

type Item = ReturnType<typeof outputItems>[number]

const itemEvents = (item: Item, output_index: number): StreamEvent[] => {
  const at = { output_index, item_id: item.id }
  const added = (begun: object) => ({ type: 'response.output_item.added', output_index, item: begun })
  const done = { type: 'response.output_item.done', output_index, item }
  if (item.type === 'reasoning') return [added(item), done]
  if (item.type === 'function_call')
    return [
      added({ ...item, status: 'in_progress', arguments: '' }),
      ...piecesOf(item.arguments).map((delta) => ({ type: 'response.function_call_arguments.delta', ...at, delta })),
      { type: 'response.function_call_arguments.done', ...at, name: item.name, arguments: item.arguments },
      done,
    ]
  const [part] = item.content
  const inPart = { ...at, content_index: 0 }
  return [
    added({ ...item, status: 'in_progress', content: [] }),
    { type: 'response.content_part.added', ...inPart, part: { ...part, text: '' } },
    ...piecesOf(part.text).map((delta) => ({ type: 'response.output_text.delta', ...inPart, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...inPart, text: part.text, logprobs: [] },
    { type: 'response.content_part.done', ...inPart, part },
    done,
  ]
}

const outputItems = ({ id, step, toolCalls }: Answer, status: string) => [
  ...(step.usage.reasoning > 0 ? [{ type: 'reasoning' as const, id: `rs_${id}`, summary: [] as object[] }] : []),
  ...(step.text === undefined
    ? []
    : [
        {
          type: 'message' as const,
          id: `msg_${id}`,
          role: 'assistant',
          status,
          content: [{ type: 'output_text', text: step.text, annotations: [], logprobs: [] }] as const,
        },
      ]),
  ...toolCalls.map((call, index) => ({
    type: 'function_call' as const,
    id: `fc_${id}_${index}`,
    call_id: call.id,
    name: call.name,
    arguments: JSON.stringify(call.arguments),
    status,
  })),
]

const envelope = (answer: Answer, status: string): object => ({
  id: `resp_${answer.id}`,
  object: 'response',
  created_at: answer.createdSeconds,
  status,
  error: null,
  incomplete_details: null,
  instructions: null,
  max_output_tokens: null,
  metadata: {},
  model: answer.model,
  parallel_tool_calls: true,
  previous_response_id: null,
  reasoning: { effort: 'medium', summary: null },
  service_tier: 'default',
  store: true,
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
  truncation: 'disabled',
})

const usage = ({ step }: Answer): object => {
  const { input, output, cached, reasoning } = totalsOf(step)
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  }
}
