import type { Message } from '../../../schema/api/shapes.ts'
import type { MessageReader } from './carrier.ts'
import { below, type Flat, field, listUnder, numbered } from './flattened.ts'
import { messageOf } from './parts.ts'

/** `gen_ai.prompt.N.*` and `gen_ai.completion.N.*` (dialects.md §3). */
export const openLlmetry: MessageReader = {
  input: ({ attrs }) => messages(listUnder(attrs, 'gen_ai.prompt.'), 'user'),
  output: ({ attrs }) => messages(listUnder(attrs, 'gen_ai.completion.'), 'assistant'),
}

const messages = (items: readonly Flat[], role: string): Message[] =>
  items.flatMap((item) => {
    const message = messageOf(
      {
        role: field(item, 'role') || role,
        content: field(item, 'content'),
        reasoning_content: field(item, 'reasoning'),
        tool_call_id: field(item, 'tool_call_id'),
        tool_calls: numbered(below(item, 'tool_calls')).map((call) => ({
          id: field(call, 'id'),
          name: field(call, 'name') || field(call, 'function', 'name'),
          arguments: field(call, 'arguments') || field(call, 'function', 'arguments') || '{}',
        })),
      },
      role,
    )
    return message ? [message] : []
  })
