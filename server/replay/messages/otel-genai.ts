import type { Message } from '../../../schema/api/shapes.ts'
import { type Carrier, type MessageReader, OPERATION_DETAILS } from './carrier.ts'
import { decoded, isObject, parseJson } from './json.ts'
import { messageOf, messagesOf, partsOf } from './parts.ts'

/** Current conventions: three attributes, on the span or on an event of the same content (dialects.md §1.6). */
export const otelAttributes: MessageReader = {
  input: (carrier) => firstFilled(sourcesOf(carrier), inputOf),
  output: (carrier) =>
    firstFilled(sourcesOf(carrier), (source) => messagesOf(source['gen_ai.output.messages'], 'assistant')),
}

type Source = Readonly<Record<string, unknown>>

const sourcesOf = ({ attrs, events, logs }: Carrier): Source[] => [
  attrs,
  ...events.filter((event) => event.name === OPERATION_DETAILS).map((event) => event.attributes),
  ...logs.filter((log) => nameOf(log) === OPERATION_DETAILS).map((log) => ({ ...bodyOf(log.body), ...log.attrs })),
]

const inputOf = (source: Source): Message[] => {
  const messages = messagesOf(source['gen_ai.input.messages'], 'user')
  const instructions = partsOf(decoded(source['gen_ai.system_instructions']))
  if (instructions.length === 0 || messages.some((message) => message.role === 'system')) return messages
  return [{ role: 'system', parts: instructions }, ...messages]
}

/** Conventions until 1.36: one event per message, as span events with attributes or as log records with a body (dialects.md §1.4). */
export const otelEvents: MessageReader = {
  input: (carrier) =>
    messageEvents(carrier).flatMap(({ name, content }) => {
      const role = ROLE_OF_EVENT[name]
      const message = role === undefined ? undefined : messageOf({ ...content, role: content.role ?? role }, role)
      return message && message.parts.length > 0 ? [message] : []
    }),
  output: (carrier) =>
    messageEvents(carrier).flatMap(({ name, content }) => {
      if (name !== 'gen_ai.choice') return []
      const inner = decoded(content.message ?? content.content)
      const whole = isObject(inner)
        ? { ...inner, tool_calls: inner.tool_calls ?? content.tool_calls }
        : { ...content, content: inner }
      const message = messageOf({ ...whole, role: 'assistant' }, 'assistant')
      return message && message.parts.length > 0 ? [message] : []
    }),
}

const ROLE_OF_EVENT: Readonly<Record<string, string>> = {
  'gen_ai.system.message': 'system',
  'gen_ai.user.message': 'user',
  'gen_ai.assistant.message': 'assistant',
  'gen_ai.tool.message': 'tool',
}

const messageEvents = ({ events, logs }: Carrier): { name: string; content: Source }[] => [
  ...events.map((event) => ({ name: event.name, content: event.attributes })),
  ...logs.map((log) => ({ name: nameOf(log), content: { ...log.attrs, ...bodyOf(log.body) } })),
]

/** Before 1.27 and beside it: the whole prompt and answer as JSON or text, as attributes or in two events. */
export const otelPromptAndCompletion: MessageReader = {
  input: (carrier) => promptSources(carrier, 'gen_ai.prompt', 'user'),
  output: (carrier) => promptSources(carrier, 'gen_ai.completion', 'assistant'),
}

const promptSources = (
  { attrs, events }: Carrier,
  key: 'gen_ai.prompt' | 'gen_ai.completion',
  role: string,
): Message[] =>
  firstFilled([attrs, ...events.map((event) => event.attributes)], (source) => messagesOf(source[key], role))

const nameOf = (log: Carrier['logs'][number]): string => log.event_name || (log.attrs['event.name'] ?? '')

const bodyOf = (body: string): Source => {
  const value = parseJson(body)
  return isObject(value) ? value : body === '' ? {} : { content: body }
}

const firstFilled = <S>(sources: readonly S[], read: (source: S) => Message[]): Message[] => {
  for (const source of sources) {
    const messages = read(source)
    if (messages.length > 0) return messages
  }
  return []
}
