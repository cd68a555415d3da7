/** What a person pastes → what POST /api/mapping takes; a text says what is wrong with it. */
export type Pasted = { readonly record: Readonly<Record<string, unknown>> } | { readonly problem: string }

/** An OTLP/JSON request, one span or log record, a list or an object of attributes, or lines of `key=value`. */
export const readPasted = (text: string): Pasted => {
  const trimmed = text.trim()
  if (trimmed === '') return { problem: 'Paste a span, a log record or some attributes first.' }
  if (!/^[[{]/.test(trimmed)) return fromLines(trimmed)
  let json: unknown
  try {
    json = JSON.parse(trimmed)
  } catch (error) {
    return { problem: `This looks like JSON, but is none: ${(error as Error).message}` }
  }
  if (Array.isArray(json)) return fromList(json)
  const object = json as Readonly<Record<string, unknown>>
  return { record: RECORD_FIELDS.some((field) => field in object) ? object : { attributes: object } }
}

const RECORD_FIELDS = [
  'resourceSpans',
  'resourceLogs',
  'attributes',
  'traceId',
  'spanId',
  'eventName',
  'body',
  'severityNumber',
]

/** `[{key, value}]` is OTLP's own list of attributes; a list of anything else cannot be told. */
const fromList = (list: readonly unknown[]): Pasted =>
  list.length > 0 && list.every((item) => typeof item === 'object' && item !== null && 'key' in item)
    ? { record: { attributes: list } }
    : { problem: 'A list is read as attributes, and these are not: each needs a key and a value.' }

const LINE = /^\s*(?:export\s+)?["']?([^\s"'=:][^"'=:]*?)["']?\s*[=:]\s*(.*?)\s*,?\s*$/

const fromLines = (text: string): Pasted => {
  const attributes: Record<string, unknown> = {}
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '') continue
    // A key of OpenTelemetry may hold dots and colons; the first "=" decides where there is one.
    const [, key, value] = LINE.exec(line) ?? []
    if (key === undefined || value === undefined)
      return { problem: `This line is no attribute: ${line.trim().slice(0, 80)}. Write key=value.` }
    attributes[key] = scalarOf(value)
  }
  return { record: { attributes } }
}

const scalarOf = (text: string): unknown => {
  const quoted = /^(["'])(.*)\1$/s.exec(text)
  if (quoted) return quoted[2]
  if (text === 'true' || text === 'false') return text === 'true'
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

export const PASTE_EXAMPLE = `{
  "name": "chat gpt-5",
  "scope": { "name": "my.instrumentation" },
  "attributes": {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-5",
    "gen_ai.usage.input_tokens": 1200,
    "gen_ai.usage.cache_read.input_tokens": 1000,
    "gen_ai.usage.output_tokens": 340,
    "shop.region": "eu"
  }
}`
