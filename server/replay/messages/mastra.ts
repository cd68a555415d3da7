import type { MessageReader } from './carrier.ts'
import { isObject, parseJson } from './json.ts'
import { messageOf, messagesOf } from './parts.ts'

/**
 * Mastra puts what went into and came out of a model step and an agent run into attributes of its own, beside OpenTelemetry's (dialects.md §4.10).
 * Its history retells answers as text ("[tool: lookup]"), so only what people and the prompt said is taken from there.
 */
export const mastra: MessageReader = {
  input: ({ attrs }) => {
    const value = parseJson(attrs['mastra.model_step.input'] ?? attrs['mastra.agent_run.input'])
    return messagesOf(isObject(value) ? value.messages : value, 'user').filter(({ role }) => role !== 'assistant')
  },
  output: ({ attrs }) => {
    const value = parseJson(attrs['mastra.model_step.output'] ?? attrs['mastra.agent_run.output'])
    if (!isObject(value)) return []
    const message = messageOf(
      { role: 'assistant', content: value.text ?? '', tool_calls: value.toolCalls },
      'assistant',
    )
    return message ? [message] : []
  },
}
