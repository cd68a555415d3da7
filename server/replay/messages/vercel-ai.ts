import type { Message, MessagePart } from '../../../schema/api/shapes.ts'
import type { MessageReader } from './carrier.ts'
import { isObject, parseJson } from './json.ts'
import { messageOf, messagesOf } from './parts.ts'

/** `ai.prompt.messages` on the span of one call, `ai.prompt` on the span around several; answers in fields of their own (dialects.md §4.1). */
export const vercelAi: MessageReader = {
  input: ({ attrs }) => {
    const messages = messagesOf(attrs['ai.prompt.messages'], 'user')
    return messages.length > 0 ? messages : wholePrompt(attrs['ai.prompt'])
  },
  output: ({ attrs }) => {
    const said = (name: string): string => attrs[`ai.response.${name}`] || attrs[`ai.result.${name}`] || ''
    const text = said('text') || said('object')
    const reasoning = said('reasoning')
    const calls = parseJson(said('toolCalls'))
    const parts: MessagePart[] = [
      ...(reasoning === '' ? [] : [{ type: 'reasoning' as const, text: reasoning }]),
      ...(text === '' ? [] : [{ type: 'text' as const, text }]),
      ...(messageOf({ role: 'assistant', tool_calls: calls }, 'assistant')?.parts ?? []),
    ]
    return parts.length === 0 ? [] : [{ role: 'assistant', parts }]
  },
}

/** `{system?, prompt}` or `{system?, messages}` as JSON. */
const wholePrompt = (text: string | undefined): Message[] => {
  const value = parseJson(text)
  if (!isObject(value)) return text ? messagesOf(value ?? text, 'user') : []
  const system = value.system ?? value.instructions
  return [...messagesOf(system, 'system'), ...messagesOf(value.messages ?? value.prompt, 'user')]
}
