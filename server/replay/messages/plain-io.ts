import type { Message } from '../../../schema/api/shapes.ts'
import type { Carrier } from './carrier.ts'
import { isObject, parseJson } from './json.ts'
import { messagesOf } from './parts.ts'

/** Where frameworks put what went into and came out of any kind of span, in no particular shape (dialects.md §8). */
const INPUT_KEYS = [
  'input.value',
  'traceloop.entity.input',
  'genkit:input',
  'langfuse.observation.input',
  'mlflow.spanInputs',
  'langwatch.input',
  'lmnr.span.input',
]
const OUTPUT_KEYS = [
  'output.value',
  'traceloop.entity.output',
  'genkit:output',
  'langfuse.observation.output',
  'mlflow.spanOutputs',
  'langwatch.output',
  'lmnr.span.output',
]

export const plainInput = ({ attrs }: Carrier): Message[] => fromFirst(attrs, INPUT_KEYS, 'user')
export const plainOutput = ({ attrs }: Carrier): Message[] => fromFirst(attrs, OUTPUT_KEYS, 'assistant')

const fromFirst = (attrs: Carrier['attrs'], keys: readonly string[], role: string): Message[] => {
  const text = keys.map((key) => attrs[key]).find((value) => value !== undefined && value !== '')
  if (text === undefined) return []
  const value = parseJson(text)
  if (value === undefined || typeof value === 'string')
    return [{ role, parts: [{ type: 'text', text: value ?? text }] }]
  const list = isObject(value) ? (value.messages ?? value.message) : value
  const isConversation =
    Array.isArray(list) &&
    list.length > 0 &&
    list.every((item) => isObject(item) && ('role' in item || 'kwargs' in item))
  if (isConversation) return messagesOf(list, role)
  const only = isObject(value) ? onlyText(value) : undefined
  return only === undefined ? [] : [{ role, parts: [{ type: 'text', text: only }] }]
}

/** An object with one text in it is that text; any other is data, not words. */
const onlyText = (value: Readonly<Record<string, unknown>>): string | undefined => {
  const values = Object.values(value)
  return values.length === 1 && typeof values[0] === 'string' ? values[0] : undefined
}
