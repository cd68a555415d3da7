import type { Message, MessagePart } from '../../../schema/api/shapes.ts'
import { firstPresent, firstString, isObject, type JsonObject, parseJson, textOf } from './json.ts'

/**
 * Messages and their parts in one shape, from the shapes that providers and frameworks use: OpenTelemetry's (dialects.md §1.6), OpenAI's chat
 * and responses, Anthropic's, Bedrock's and Strands', Gemini's, the Vercel AI SDK's, LangChain's.
 */
export const messagesOf = (value: unknown, role: string): Message[] => {
  const list = typeof value === 'string' ? (parseJson(value) ?? value) : value
  const items = Array.isArray(list) ? list : [list]
  return items.flatMap((item) => messageOf(item, role) ?? [])
}

/** Some put the whole list of items that they sent, as JSON text, into the content of one message. */
export const unpacked = (message: Message): Message[] => {
  const [only, another] = message.parts
  if (another || only?.type !== 'text' || !only.text?.startsWith('[{')) return [message]
  const items = parseJson(only.text)
  if (
    !Array.isArray(items) ||
    !items.every((item) => isObject(item) && ('role' in item || 'call_id' in item || 'id' in item))
  )
    return [message]
  return items.flatMap((item) => messageOf(item, message.role) ?? [])
}

export const messageOf = (value: unknown, defaultRole: string): Message | undefined => {
  if (typeof value === 'string') return value === '' ? undefined : { role: defaultRole, parts: partsOf(value) }
  if (!isObject(value)) return undefined
  if (isObject(value.kwargs)) return messageOf({ type: lastOf(value.id), ...value.kwargs }, defaultRole)
  const role = roleOf(value, defaultRole)
  const content = firstPresent(value, 'parts', 'content', 'contents', 'text')
  // An item of a list may be a part itself (OpenAI's responses): a call stands without a message around it.
  const bare = content === undefined || !('role' in value) ? partOf(value) : []
  const isPart = bare.some((part) => part.type !== 'text') && !('role' in value)
  const parts = isPart
    ? bare
    : [
        ...reasoningOf(value),
        ...partsOf(content),
        ...listOf(value.tool_calls ?? value.toolCalls).flatMap(toolCallOf),
        ...(isObject(value.function_call) ? toolCallOf(value.function_call) : []),
      ]
  return settled(role, parts, firstString(value, 'tool_call_id', 'toolCallId', 'id'))
}

/** Parts of a message's content, whatever it is. */
export const partsOf = (content: unknown): MessagePart[] => {
  if (content === undefined || content === null || content === '') return []
  if (typeof content === 'string') {
    const list = /^\s*\[\s*\{/.test(content) ? parseJson(content) : undefined
    return Array.isArray(list) && list.every(looksLikePart) ? list.flatMap(partOf) : [{ type: 'text', text: content }]
  }
  if (Array.isArray(content)) return content.flatMap(partOf)
  return partOf(content)
}

const ROLES: Readonly<Record<string, string>> = {
  human: 'user',
  humanmessage: 'user',
  ai: 'assistant',
  aimessage: 'assistant',
  aimessagechunk: 'assistant',
  model: 'assistant',
  function: 'tool',
  tool: 'tool',
  toolmessage: 'tool',
  function_call_output: 'tool',
  function_call: 'assistant',
  reasoning: 'assistant',
  developer: 'system',
  systemmessage: 'system',
}
const KNOWN_ROLES = ['system', 'user', 'assistant', 'tool']

const roleOf = (value: JsonObject, defaultRole: string): string => {
  const said = firstString(value, 'role') || firstString(value, 'type')
  const role = ROLES[said.toLowerCase()] ?? said.toLowerCase()
  return KNOWN_ROLES.includes(role) ? role : defaultRole
}

/** A message of role tool is one result; one that holds nothing but results is of role tool, whoever was said to have written it. */
const settled = (role: string, parts: readonly MessagePart[], callId: string): Message | undefined => {
  if (role === 'tool' && parts.length > 0 && !parts.some((part) => part.type === 'tool_result')) {
    const result = parts.map((part) => part.text ?? '').join('\n')
    return { role, parts: [{ type: 'tool_result', ...(callId === '' ? {} : { id: callId }), result }] }
  }
  if (parts.length === 0) return undefined
  const filled = parts.filter((part) => part.type !== 'text' || part.text !== '')
  if (filled.length === 0) return { role, parts: parts.slice(0, 1) }
  const onlyResults = filled.every((part) => part.type === 'tool_result')
  return { role: onlyResults ? 'tool' : role, parts: filled }
}

const reasoningOf = (value: JsonObject): MessagePart[] => {
  const text = firstString(value, 'reasoning_content', 'reasoning')
  return text === '' ? [] : [{ type: 'reasoning', text }]
}

const looksLikePart = (item: unknown): boolean =>
  isObject(item) &&
  ('type' in item || 'text' in item || 'toolUse' in item || 'toolResult' in item || 'functionCall' in item)

const partOf = (item: unknown): MessagePart[] => {
  if (typeof item === 'string') return item === '' ? [] : [{ type: 'text', text: item }]
  if (!isObject(item)) return item === null || item === undefined ? [] : [{ type: 'text', text: textOf(item) }]
  const type = firstString(item, 'type').toLowerCase().replaceAll('-', '_')
  const reader = READERS[type] ?? SHAPES.find(([name]) => isObject(item[name]))?.[1] ?? SHAPE_OF_TEXT
  return reader(item)
}

type PartReader = (item: JsonObject) => MessagePart[]

const textPart: PartReader = (item) => {
  const text = firstPresent(item, 'content', 'text', 'output_text', 'refusal')
  if (Array.isArray(text)) return partsOf(text)
  return text === undefined ? [] : [{ type: 'text', text: textOf(text) }]
}

const reasoningPart: PartReader = (item) => {
  const summary = listOf(item.summary).map((part) => (isObject(part) ? firstString(part, 'text') : textOf(part)))
  const text = firstString(item, 'content', 'text', 'thinking', 'reasoning') || summary.join('\n')
  return text === '' ? [] : [{ type: 'reasoning', text }]
}

const toolCallOf = (call: unknown): MessagePart[] => {
  const outer = isObject(call) && isObject(call.tool_call) ? call.tool_call : call
  if (!isObject(outer)) return []
  const fn = isObject(outer.function) ? outer.function : outer
  const name = firstString(fn, 'name', 'toolName', 'tool_name')
  const id = firstString(outer, 'call_id', 'id', 'toolCallId', 'tool_call_id', 'toolUseId', 'tool_use_id')
  const given = firstPresent(fn, 'arguments', 'args', 'input')
  return [
    { type: 'tool_call', ...(id === '' ? {} : { id }), name, arguments: given === undefined ? '{}' : textOf(given) },
  ]
}

const toolResultPart: PartReader = (item) => {
  const id = firstString(item, 'call_id', 'id', 'toolCallId', 'tool_call_id', 'toolUseId', 'tool_use_id')
  const name = firstString(item, 'name', 'toolName', 'tool_name')
  const given = firstPresent(item, 'response', 'result', 'output', 'content')
  return [
    { type: 'tool_result', ...(id === '' ? {} : { id }), ...(name === '' ? {} : { name }), result: resultText(given) },
  ]
}

/** A result that is a list of texts is their text; the AI SDK wraps what a tool gave as {type: json|text, value}. */
const resultText = (value: unknown): string => {
  if (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((part) => isObject(part) && (typeof part.text === 'string' || 'json' in part))
  )
    return value.map((part) => (isObject(part) ? textOf(part.text ?? part.json) : '')).join('\n')
  if (isObject(value) && 'value' in value && typeof value.type === 'string') return textOf(value.value)
  return textOf(value)
}

const blobPart: PartReader = (item) => {
  const nested =
    [item.image_url, item.image, item.source, item.file, item.inlineData, item.inline_data, item.fileData].find(
      isObject,
    ) ?? {}
  const uri =
    firstString(item, 'uri', 'url', 'file_id', 'image_url', 'image', 'audio') ||
    firstString(nested, 'url', 'uri', 'file_id', 'fileUri')
  const data = firstString(item, 'content', 'data') || firstString(nested, 'data', 'bytes')
  const mimeType =
    firstString(item, 'mime_type', 'mimeType', 'mediaType', 'media_type') ||
    firstString(nested, 'media_type', 'mimeType', 'mime_type')
  return [
    {
      type: 'blob',
      ...(mimeType === '' ? {} : { mimeType }),
      ...(uri === '' || uri.startsWith('data:') ? {} : { uri }),
      ...(data === '' ? {} : { bytes: Math.floor((data.length * 3) / 4) }),
    },
  ]
}

/** Asked and answered approvals are steps of their own (`approvals.ts`), not words of a message. */
const nothing: PartReader = () => []

/** A part of a kind that nobody told us of is shown as it came, so that nothing is lost. */
const SHAPE_OF_TEXT: PartReader = (item) => {
  if (typeof item.text === 'string') return textPart(item)
  if (typeof item.content === 'string' || Array.isArray(item.content)) return partsOf(item.content)
  return [{ type: 'text', text: JSON.stringify(item) }]
}

const READERS: Readonly<Record<string, PartReader>> = {
  text: textPart,
  input_text: textPart,
  output_text: textPart,
  refusal: textPart,
  reasoning: reasoningPart,
  thinking: reasoningPart,
  tool_call: toolCallOf,
  tool_use: toolCallOf,
  function_call: toolCallOf,
  server_tool_call: toolCallOf,
  server_tool_use: toolCallOf,
  tool_call_response: toolResultPart,
  tool_result: toolResultPart,
  function_call_output: toolResultPart,
  server_tool_call_response: toolResultPart,
  blob: blobPart,
  file: blobPart,
  uri: blobPart,
  image: blobPart,
  image_url: blobPart,
  input_image: blobPart,
  input_file: blobPart,
  audio: blobPart,
  input_audio: blobPart,
  document: blobPart,
  media: blobPart,
  tool_approval_request: nothing,
  tool_approval_response: nothing,
  redacted_thinking: nothing,
}

/** Parts that say what they are by the name of their one field (Bedrock, Strands, Gemini). */
const SHAPES: readonly (readonly [string, PartReader])[] = [
  ['toolUse', (item) => toolCallOf(item.toolUse)],
  ['toolResult', (item) => toolResultPart(item.toolResult as JsonObject)],
  ['functionCall', (item) => toolCallOf(item.functionCall)],
  ['function_call', (item) => toolCallOf(item.function_call)],
  ['functionResponse', (item) => toolResultPart(item.functionResponse as JsonObject)],
  ['function_response', (item) => toolResultPart(item.function_response as JsonObject)],
  [
    'reasoningContent',
    (item) => reasoningPart(((item.reasoningContent as JsonObject).reasoningText ?? {}) as JsonObject),
  ],
  ['inlineData', blobPart],
  ['inline_data', blobPart],
  ['fileData', blobPart],
  ['image', blobPart],
]

const listOf = (value: unknown): readonly unknown[] => {
  const list = typeof value === 'string' ? parseJson(value) : value
  return Array.isArray(list) ? list : []
}

const lastOf = (value: unknown): string => (Array.isArray(value) ? textOf(value.at(-1)) : '')
