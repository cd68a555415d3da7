import type { Message } from '../../../schema/api/shapes.ts'
import type { MessageReader } from './carrier.ts'
import { below, type Flat, field, listUnder, numbered } from './flattened.ts'
import { messageOf } from './parts.ts'

/** `llm.input_messages.N.message.*`, and the older prompts and choices (dialects.md §2). */
export const openInference: MessageReader = {
  input: ({ attrs }) => {
    const messages = flattenedMessages(listUnder(attrs, 'llm.input_messages.'), 'user')
    if (messages.length > 0) return messages
    return texts(listUnder(attrs, 'llm.prompts.'), ['prompt', 'text'], 'user')
  },
  output: ({ attrs }) => {
    const messages = flattenedMessages(listUnder(attrs, 'llm.output_messages.'), 'assistant')
    if (messages.length > 0) return messages
    return texts(listUnder(attrs, 'llm.choices.'), ['completion', 'text'], 'assistant')
  },
}

const texts = (items: readonly Flat[], path: readonly string[], role: string): Message[] =>
  items.flatMap((item) => {
    const text = field(item, ...path)
    return text === '' ? [] : [{ role, parts: [{ type: 'text', text }] }]
  })

const flattenedMessages = (items: readonly Flat[], role: string): Message[] =>
  items.flatMap((item) => {
    const message = below(item, 'message') ?? item
    const contents = numbered(below(message, 'contents')).flatMap(contentPart)
    const content = field(message, 'content')
    const functionName = field(message, 'function_call_name')
    return (
      messageOf(
        {
          role: field(message, 'role') || role,
          content: contents.length > 0 ? contents : content,
          tool_call_id: field(message, 'tool_call_id'),
          tool_calls: [
            ...numbered(below(message, 'tool_calls')).map(toolCall),
            ...(functionName === ''
              ? []
              : [{ name: functionName, arguments: field(message, 'function_call_arguments_json') }]),
          ],
        },
        role,
      ) ?? []
    )
  })

const toolCall = (item: Flat) => ({
  id: field(item, 'tool_call', 'id'),
  name: field(item, 'tool_call', 'function', 'name'),
  arguments: field(item, 'tool_call', 'function', 'arguments') || '{}',
})

const contentPart = (item: Flat): object[] => {
  const content = below(item, 'message_content') ?? item
  const type = field(content, 'type')
  const text = field(content, 'text')
  if (type === 'image' || below(content, 'image') !== undefined)
    return [{ type: 'image', url: field(content, 'image', 'image', 'url') || field(content, 'image', 'url') }]
  if (type === 'audio')
    return [{ type: 'audio', url: field(content, 'audio', 'url'), mime_type: field(content, 'audio', 'mime_type') }]
  // Calls inside the content are repeated in tool_calls.
  if (type === 'tool_use') return []
  if (type === 'tool_result')
    return [{ type: 'tool_result', id: field(content, 'tool_use_id') || field(content, 'id'), content: text }]
  return text === '' ? [] : [{ type: type === 'reasoning' ? 'reasoning' : 'text', text }]
}
