import { Ajv, type ValidateFunction } from 'ajv'
import type { ToolCall } from '../../schema/api/shapes.ts'
import { toolDefinitionsOf } from '../queries/spans.ts'

type Errors = ToolCall['validationErrors']
type Definitions = ReturnType<typeof toolDefinitionsOf>

const ERRORS_MAX = 20
const CACHE_MAX = 200
const SCHEMA_CHARS_MAX = 262_144
const PATTERN_CHARS_MAX = 200

/**
 * Why the arguments of a call did not fit what had been offered. Whether they did was decided when the run was tallied; this only
 * explains it. `definitions`: JSON text of the offer, by hash.
 */
export class Offers {
  readonly #texts: ReadonlyMap<string, string>
  readonly #parsed = new Map<string, Definitions>()

  constructor(texts: ReadonlyMap<string, string>) {
    this.#texts = texts
  }

  schemaOf(hash: string, tool: string): unknown {
    return this.#definition(hash, tool)?.parameters ?? undefined
  }

  errorsOf(hash: string, tool: string, argumentsText: string): Errors {
    const definition = this.#definition(hash, tool)
    if (!definition) return [{ path: '', message: `${tool} is not among the tools that were offered` }]
    let value: unknown
    try {
      value = JSON.parse(argumentsText)
    } catch {
      return [{ path: '', message: 'the arguments are not JSON' }]
    }
    const validate = validatorOf(`${hash}\0${tool}`, definition.parameters)
    if (!validate || validate(unwrapped(value))) return []
    return (validate.errors ?? []).slice(0, ERRORS_MAX).map((error) => ({
      path: error.instancePath,
      message: error.message ?? 'does not fit the schema',
    }))
  }

  #definition(hash: string, tool: string): Definitions[number] | undefined {
    let definitions = this.#parsed.get(hash)
    if (!definitions) {
      definitions = toolDefinitionsOf(this.#texts.get(hash) ?? '')
      this.#parsed.set(hash, definitions)
    }
    return definitions.find(({ name }) => plainName(name) === plainName(tool))
  }
}

const validators = new Map<string, ValidateFunction | undefined>()

/** Compiled as the tally compiles it: no other schema is pulled in, and a pattern that could take forever counts as matching. */
const validatorOf = (key: string, schema: unknown): ValidateFunction | undefined => {
  if (validators.has(key)) return validators.get(key)
  if (validators.size >= CACHE_MAX) validators.clear()
  const made = compiled(schema)
  validators.set(key, made)
  return made
}

const compiled = (schema: unknown): ValidateFunction | undefined => {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return undefined
  const { $schema: _draft, $id: _id, ...rest } = schema as Record<string, unknown>
  if (JSON.stringify(rest).length > SCHEMA_CHARS_MAX) return undefined
  try {
    const ajv = new Ajv({
      strict: false,
      allErrors: true,
      addUsedSchema: false,
      validateSchema: false,
      validateFormats: false,
      logger: false,
      code: { regExp },
    })
    return ajv.compile(rest)
  } catch {
    return undefined
  }
}

const REPEATED_GROUP = /\([^)]*[+*}][^)]*\)[+*{]/
const regExp = Object.assign(
  (pattern: string, flags: string): RegExp =>
    pattern.length > PATTERN_CHARS_MAX || REPEATED_GROUP.test(pattern) ? /(?:)/ : new RegExp(pattern, flags),
  { code: 'new RegExp' },
)

/** Decorators record a call as {args: [], kwargs: {…}}: the arguments are the keywords. */
const unwrapped = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const { args, kwargs, ...others } = value as Record<string, unknown>
  const isWrapped = typeof kwargs === 'object' && kwargs !== null && Object.keys(others).length === 0
  return isWrapped && (args === undefined || (Array.isArray(args) && args.length === 0)) ? kwargs : value
}

/** Frameworks show a display name on the span and give the model an identifier. */
const plainName = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')
