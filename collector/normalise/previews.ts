import type { AnyValue, KeyValue } from '../../schema/otlp/wire.ts'
import { isObject, parsedJson, plainOf } from './any-value.ts'

export const PREVIEW_CHARS_MAX = 240

/** Bodies are read for their preview up to this size; of longer ones the beginning is searched. */
const PARSE_CHARS_MAX = 32_768
const DEPTH_MAX = 8

type Side = 'input' | 'output'

/** First text of the user (input) or last text of the assistant (output) in a body of whatever shape, at most 240 characters. */
export const previewOf = (value: AnyValue | undefined, side: Side): string => {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') return cut(found(plainOf(value), side))
  if (!looksLikeJson(value)) return cut(value)
  const body = value.length <= PARSE_CHARS_MAX ? parsedJson(value) : undefined
  if (body === undefined) return cut(searched(value.slice(0, PARSE_CHARS_MAX), side) || value)
  return cut(found(body, side) || (hasText(body) ? value : ''))
}

/** The same for messages flattened into keys: `llm.input_messages.0.message.content`, `gen_ai.prompt.0.content`. */
export const flattenedPreview = (pairs: readonly KeyValue[], side: Side): string => {
  const messages = new Map<number, { role: string; text: string }>()
  for (const { key, value } of pairs) {
    if (typeof value !== 'string') continue
    const isRole = key.endsWith('.role')
    if (!isRole && !key.endsWith('.content') && !key.endsWith('message_content.text')) continue
    const index = indexIn(key)
    const message = messages.get(index) ?? { role: '', text: '' }
    if (isRole) message.role = value
    else if (message.text === '') message.text = value
    messages.set(index, message)
  }
  const sorted = [...messages].sort(([a], [b]) => a - b).map(([, message]) => message)
  const chosen =
    side === 'input'
      ? (sorted.find(({ role, text }) => isUser(role) && text !== '') ?? sorted.find(({ text }) => text !== ''))
      : sorted.findLast(({ text }) => text !== '')
  return cut(chosen?.text ?? '')
}

/** The number of the message: the first part of the key that is all digits. */
const indexIn = (key: string): number => {
  const index = key.split('.').find((part) => part !== '' && Number.isInteger(Number(part)))
  return index === undefined ? 0 : Number(index)
}

const looksLikeJson = (text: string): boolean => {
  const first = text.charCodeAt(0)
  return first === 0x7b || first === 0x5b || first === 0x22
}

/** `{"args": [], "kwargs": {}}` is a body that says nothing. */
const hasText = (body: unknown): boolean =>
  typeof body === 'object' && body !== null ? Object.values(body).some(hasText) : body !== null && body !== ''

const found = (body: unknown, side: Side): string =>
  side === 'input' ? userText(body, 0) : assistantText(body, 0) || requestedTools(body, 0)

const INPUT_NAMES = [
  'messages',
  'prompt',
  'input',
  'contents',
  'kwargs',
  'args',
  'query',
  'question',
  'text',
  'content',
  'parts',
  'message',
] as const
const OUTPUT_NAMES = [
  'text',
  'content',
  'parts',
  'message',
  'messages',
  'choices',
  'output',
  'response',
  'generations',
  'candidates',
  'kwargs',
  'data',
  'result',
  'answer',
  'raw',
  'object',
] as const

const userText = (value: unknown, depth: number): string => {
  if (typeof value === 'string') return value
  if (depth > DEPTH_MAX) return ''
  if (Array.isArray(value)) {
    const users = value.filter((item) => isObject(item) && isUser(roleOf(item)))
    return first(
      users.length > 0 ? users : value.filter((item) => !(isObject(item) && roleOf(item) === 'system')),
      (item) => userText(item, depth + 1),
    )
  }
  return isObject(value) ? first(INPUT_NAMES, (name) => (name in value ? userText(value[name], depth + 1) : '')) : ''
}

const assistantText = (value: unknown, depth: number): string => {
  if (typeof value === 'string') return value
  if (depth > DEPTH_MAX) return ''
  if (Array.isArray(value)) return first(value.toReversed(), (item) => assistantText(item, depth + 1))
  if (!isObject(value) || isUser(roleOf(value))) return ''
  if (value.type === 'tool_call' || value.type === 'reasoning') return ''
  return first(OUTPUT_NAMES, (name) => (name in value ? assistantText(value[name], depth + 1) : ''))
}

/** An answer that is nothing but calls of tools shows which: `lookup_order({"order_id":"A-1001"})`. */
const requestedTools = (value: unknown, depth: number): string => {
  if (depth > DEPTH_MAX || typeof value !== 'object' || value === null) return ''
  if (Array.isArray(value)) {
    const calls = value.map((item) => requestedTools(item, depth + 1)).filter((text) => text !== '')
    return calls.join(', ')
  }
  if (!isObject(value)) return ''
  const call = isObject(value.function) ? value.function : value
  const name = call.name ?? call.toolName
  const given = call.arguments ?? call.args ?? call.input
  if (typeof name === 'string' && given !== undefined)
    return `${name}(${typeof given === 'string' ? given : JSON.stringify(given)})`
  return first(['parts', 'tool_calls', 'toolCalls', 'content', 'message', 'toolUse'], (key) =>
    requestedTools(value[key], depth + 1),
  )
}

const first = <T>(items: readonly T[], read: (item: T) => string): string => {
  for (const item of items) {
    const text = read(item)
    if (text !== '') return text
  }
  return ''
}

const roleOf = (message: Readonly<Record<string, unknown>>): string => {
  const role = message.role ?? message.type ?? (isObject(message.kwargs) ? message.kwargs.type : undefined)
  return typeof role === 'string' ? role : ''
}

const isUser = (role: string): boolean => role === 'user' || role === 'human'

const USER_TEXT = /"role": ?"user".{0,200}?"(?:content|text)": ?"((?:[^"\\]|\\.){1,400})/s
const ANY_TEXT = /"(?:content|text)": ?"((?:[^"\\]|\\.){1,400})/s

const searched = (text: string, side: Side): string => {
  const match = (side === 'input' ? USER_TEXT.exec(text) : undefined) ?? ANY_TEXT.exec(text)
  return (match?.[1] ?? '').replaceAll('\\n', '\n').replaceAll('\\"', '"')
}

/** Never through the middle of a character. */
export const cut = (text: string): string => {
  if (text.length <= PREVIEW_CHARS_MAX) return text
  const last = text.charCodeAt(PREVIEW_CHARS_MAX - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? PREVIEW_CHARS_MAX - 1 : PREVIEW_CHARS_MAX)
}
