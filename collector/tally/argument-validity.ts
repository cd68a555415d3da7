import { Ajv, type ValidateFunction } from 'ajv'
import { BoundedCache } from '../../schema/model/bounded-cache.ts'
import type { Validity } from '../../schema/model/run.ts'

/**
 * Whether a tool call was one that had been offered (semantics.md §4, `tool_call_validity`): its name is registered and its arguments fit the JSON
 * Schema. Computed, not self-reported; `unknown` where telemetry does not hold what is needed.
 */
export const validityOf = (
  tool: string,
  argumentsText: string,
  definitionsHash: string,
  definitions: string,
  failed: boolean,
): Validity => {
  const offered = toolsets.get(definitionsHash, () => parseTools(definitions))
  const schema = offered.get(plainName(tool))
  // Frameworks run tools of their own that they never offer; only one that failed too was made up by the model.
  if (!offered.has(plainName(tool))) return failed && offered.size > 0 ? 'invalid' : 'unknown'
  if (schema === undefined || argumentsText === '' || argumentsText.length >= ARGUMENTS_CHARS_MAX) return 'unknown'
  const parsed = parseArguments(argumentsText)
  if (parsed === undefined) return 'unknown'
  if (parsed === BROKEN) return 'invalid'
  const check = validators.get(`${definitionsHash}\0${plainName(tool)}`, () => compile(schema))
  if (!check) return 'unknown'
  return check(parsed) === true ? 'valid' : 'invalid'
}

const TOOLSETS_MAX = 500
const VALIDATORS_MAX = 1_000
const SCHEMA_CHARS_MAX = 262_144
/** Arguments of this length were cut on their way in (`TOOL_ARGUMENTS_BYTES_MAX`). */
const ARGUMENTS_CHARS_MAX = 65_536
const PATTERN_CHARS_MAX = 200

type Schema = Readonly<Record<string, unknown>>

const toolsets = new BoundedCache<string, ReadonlyMap<string, Schema | undefined>>(TOOLSETS_MAX)
const validators = new BoundedCache<string, ValidateFunction | undefined>(VALIDATORS_MAX)

/** Frameworks show a display name on the span and give the model an identifier. */
const plainName = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')

const parseTools = (definitions: string): ReadonlyMap<string, Schema | undefined> => {
  const tools: unknown = definitions === '' ? [] : JSON.parse(definitions)
  const named = new Map<string, Schema | undefined>()
  for (const tool of Array.isArray(tools) ? tools : []) {
    if (isObject(tool) && typeof tool.name === 'string')
      named.set(plainName(tool.name), isObject(tool.parameters) ? tool.parameters : undefined)
  }
  return named
}

/**
 * A validator compiles to code and stays: neither a schema's own id nor its draft may pull in another, and patterns that could take
 * exponential time on a hostile argument count as matching.
 */
const compile = (schema: Schema): ValidateFunction | undefined => {
  const { $schema: _draft, $id: _id, ...rest } = schema
  if (JSON.stringify(rest).length > SCHEMA_CHARS_MAX) return undefined
  try {
    return new Ajv({
      strict: false,
      addUsedSchema: false,
      validateSchema: false,
      validateFormats: false,
      logger: false,
      code: { regExp },
    }).compile(rest)
  } catch {
    return undefined
  }
}

const REPEATED_GROUP = /\([^)]*[+*}][^)]*\)[+*{]/
const MATCHES_ALL = /(?:)/

const regExp = Object.assign(
  (pattern: string, flags: string): RegExp =>
    pattern.length > PATTERN_CHARS_MAX || REPEATED_GROUP.test(pattern) ? MATCHES_ALL : new RegExp(pattern, flags),
  { code: 'new RegExp' },
)

const BROKEN = Symbol('broken')

/** The arguments themselves: decorators record `{args: [], kwargs: {…}}`; Python's own notation and positional arguments cannot be checked. */
const parseArguments = (text: string): unknown => {
  if (!text.startsWith('{')) return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return text.includes("'") ? undefined : BROKEN
  }
  if (!isObject(parsed) || !isObject(parsed.kwargs)) return parsed
  const others = Object.keys(parsed).filter((key) => key !== 'kwargs' && key !== 'args')
  if (others.length > 0) return parsed
  return Array.isArray(parsed.args) && parsed.args.length > 0 ? undefined : withoutObjects(parsed.kwargs)
}

/** Frameworks add arguments of their own to what the model said; the decorator records them as they print. */
const withoutObjects = (kwargs: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(kwargs).filter(
      ([, value]) => !(typeof value === 'string' && /^<.{1,300} object at 0x[0-9a-f]+>$/.test(value)),
    ),
  )

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
