import type { AnyValue, KeyValue } from '../../schema/otlp/wire.ts'
import { isObject, parsedJson, plainOf } from './any-value.ts'

/** What the tally checks arguments against: one array whatever the emitter's shape was. */
interface ToolDefinition {
  readonly name: string
  readonly description: string
  readonly parameters: unknown
}

const CACHE_MAX = 500
/** The same definitions come with every call of an agent. */
const cache = new Map<string, string>()

/** Tool definitions as one canonical JSON array of {name, description, parameters}, sorted by name; '' where nothing was offered. */
export const canonicalTools = (value: AnyValue | undefined, flattened: readonly KeyValue[]): string => {
  if (value === undefined && flattened.length === 0) return ''
  const key = cacheKey(value, flattened)
  const known = cache.get(key)
  if (known !== undefined) return known
  const tools = (value === undefined ? fromFlattened(flattened) : fromValue(value)).toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  )
  const canonical = tools.length === 0 ? '' : JSON.stringify(tools)
  if (cache.size >= CACHE_MAX) cache.clear()
  cache.set(key, canonical)
  return canonical
}

/** The same for the one tool that a span runs, whose schema stands on the span. */
export const canonicalTool = (name: string, schema: string): string => {
  const parsed = parsedJson(schema)
  if (!isObject(parsed)) return ''
  const named = definitionOf(parsed)[0]
  return JSON.stringify([named ?? { name, description: '', parameters: isObject(parsed.json) ? parsed.json : parsed }])
}

const cacheKey = (value: AnyValue | undefined, flattened: readonly KeyValue[]): string => {
  if (typeof value === 'string') return value
  if (value !== undefined) return JSON.stringify(plainOf(value))
  return flattened
    .map(({ key, value: text }) => `${key}=${typeof text === 'string' ? text : JSON.stringify(plainOf(text))}`)
    .join('\n')
}

const fromValue = (value: AnyValue): readonly ToolDefinition[] => {
  const plain = typeof value === 'string' ? parsedJson(value) : plainOf(value)
  const list = Array.isArray(plain) ? plain : isObject(plain) ? [plain] : []
  return list.flatMap((item) => (typeof item === 'string' ? fromText(item) : definitionOf(item)))
}

/** A definition as JSON text (AI SDK), or no more than a name (Mastra). */
const fromText = (text: string): readonly ToolDefinition[] => {
  const parsed = parsedJson(text)
  return parsed === undefined ? [{ name: text, description: '', parameters: null }] : definitionOf(parsed)
}

/** OpenAI nests under `function`; Anthropic says input_schema, the AI SDK inputSchema, Gemini a list of functionDeclarations. */
const definitionOf = (item: unknown): readonly ToolDefinition[] => {
  if (!isObject(item)) return []
  const declared = item.functionDeclarations ?? item.function_declarations
  if (Array.isArray(declared)) return declared.flatMap(definitionOf)
  const tool = isObject(item.function) ? item.function : item
  if (typeof tool.name !== 'string' || tool.name === '') return []
  const schema =
    tool.parameters ??
    tool.input_schema ??
    tool.inputSchema ??
    tool.parameters_json_schema ??
    tool.parametersJsonSchema ??
    tool.schema ??
    null
  return [
    {
      name: tool.name,
      description: typeof tool.description === 'string' ? tool.description : '',
      parameters: typeof schema === 'string' ? (parsedJson(schema) ?? null) : schema,
    },
  ]
}

/** `llm.tools.N.tool.json_schema` (OpenInference, one JSON text each) and `llm.request.functions.N.{name,description,parameters}`. */
const fromFlattened = (pairs: readonly KeyValue[]): readonly ToolDefinition[] => {
  const byIndex = new Map<string, Record<string, unknown>>()
  for (const { key, value } of pairs) {
    const dot = key.lastIndexOf('.')
    const name = key.slice(dot + 1)
    const owner = key.slice(0, dot)
    const tool = byIndex.get(owner) ?? {}
    if (name === 'json_schema' && typeof value === 'string')
      Object.assign(tool, definitionOf(parsedJson(value))[0] ?? {})
    else tool[name] = plainOf(value)
    byIndex.set(owner, tool)
  }
  return [...byIndex.values()].flatMap(definitionOf)
}
