import { F } from '../../schema/dialects/compile.ts'
import type { InputSemantics } from '../../schema/dialects/dialect.ts'
import { USAGE_WORDS } from '../../schema/dialects/usage-words.ts'
import { type Kind, MODEL_KINDS } from '../../schema/model/kind.ts'
import { bucketBit, emptyUsage, type UsageBucket, type UsageBuckets } from '../../schema/model/usage.ts'
import { isObject, parsedJson, plainOf } from './any-value.ts'
import { type Facts, TABLE } from './facts.ts'

export interface ReadUsage {
  readonly usage: UsageBuckets
  readonly reported: number
  readonly hasUsage: boolean
  readonly inputSemantics: string
  readonly conflict: boolean
}

const NO_USAGE: ReadUsage = { usage: emptyUsage(), reported: 0, hasUsage: false, inputSemantics: '', conflict: false }

const BIT = Object.fromEntries(
  (
    [
      'inputUncached',
      'cacheRead',
      'cacheWrite5m',
      'cacheWrite1h',
      'inputAudio',
      'inputImage',
      'outputText',
      'reasoning',
      'outputAudio',
      'outputImage',
    ] as const
  ).map((bucket) => [bucket, bucketBit(bucket)]),
) as Record<UsageBucket, number>

/**
 * Token counts in disjoint buckets (semantics.md §1). Emitters disagree whether input holds cached tokens and whether output holds reasoning; it is
 * decided per span, and which rule decided is kept.
 */
export const readUsage = (facts: Facts, kind: Kind, scope: string): ReadUsage => {
  // An agent's whole output may hold its model's usage; what a span did not do itself is not read out of it.
  const isAnthropic = facts.has(F.usageJson) && MODEL_KINDS.includes(kind) && readUsageJson(facts)
  if (facts.has(F.usageDetailJson)) readUsageDetails(facts)
  const input = tokens(facts, F.input)
  const uncached = tokens(facts, F.inputUncached)
  const output = tokens(facts, F.output)
  if (input === undefined && uncached === undefined && output === undefined && !facts.has(F.cacheRead)) return NO_USAGE
  const parts = readParts(facts)
  const counts: Counts = {
    input,
    uncached,
    output,
    outputText: tokens(facts, F.outputText),
    total: tokens(facts, F.totalTokens),
  }
  const rule = isAnthropic || facts.has(F.cacheBeside) ? 'exclusive' : TABLE.inputSemantics(scope)
  const inputs = splitInput(counts, parts, rule)
  const outputs = splitOutput(counts, parts)
  const usage: UsageBuckets = {
    inputUncached: inputs.rest,
    cacheRead: parts.cacheRead ?? 0,
    cacheWrite5m: parts.cacheWrite5m,
    cacheWrite1h: parts.cacheWrite1h,
    inputAudio: parts.inputAudio ?? 0,
    inputImage: parts.inputImage ?? 0,
    outputText: outputs.rest,
    reasoning: parts.reasoning ?? 0,
    outputAudio: parts.outputAudio ?? 0,
    outputImage: parts.outputImage ?? 0,
  }
  const reported = reportedBits(counts, parts)
  // A count of 0 everywhere is what emitters write when they know nothing: no call costs no token.
  const hasUsage = Object.values(usage).some((count) => count > 0)
  return {
    usage,
    reported: hasUsage ? reported : 0,
    hasUsage,
    inputSemantics: hasUsage ? inputs.semantics : '',
    conflict: inputs.conflict || outputs.conflict,
  }
}

interface Counts {
  readonly input: number | undefined
  readonly uncached: number | undefined
  readonly output: number | undefined
  readonly outputText: number | undefined
  readonly total: number | undefined
}

interface Parts {
  readonly cacheRead: number | undefined
  readonly cacheWrite: number | undefined
  readonly cacheWrite5m: number
  readonly cacheWrite1h: number
  readonly knowsLifetime: boolean
  readonly inputAudio: number | undefined
  readonly inputImage: number | undefined
  readonly reasoning: number | undefined
  /** The emitter is known to leave reasoning out of its output. */
  readonly isReasoningBeside: boolean
  readonly outputAudio: number | undefined
  readonly outputImage: number | undefined
}

const readParts = (facts: Facts): Parts => {
  const for5m = tokens(facts, F.cacheWrite5m)
  const for1h = tokens(facts, F.cacheWrite1h)
  const knowsLifetime = for5m !== undefined || for1h !== undefined
  // LangChain puts 0 for the whole where it gives the lifetimes.
  const split = knowsLifetime ? (for5m ?? 0) + (for1h ?? 0) : undefined
  const whole = tokens(facts, F.cacheWrite)
  const written = whole === undefined ? split : Math.max(whole, split ?? 0)
  const cacheWrite1h = Math.min(for1h ?? 0, written ?? 0)
  return {
    cacheRead: tokens(facts, F.cacheRead),
    cacheWrite: written,
    // Of unknown lifetime: 5 minutes, the provider's default.
    cacheWrite5m: (written ?? 0) - cacheWrite1h,
    cacheWrite1h,
    knowsLifetime,
    inputAudio: tokens(facts, F.inputAudio),
    inputImage: tokens(facts, F.inputImage),
    reasoning: tokens(facts, F.reasoning) ?? tokens(facts, F.thoughts),
    isReasoningBeside: !facts.has(F.reasoning) && facts.has(F.thoughts),
    outputAudio: tokens(facts, F.outputAudio),
    outputImage: tokens(facts, F.outputImage),
  }
}

interface Rest {
  readonly rest: number
  readonly semantics: string
  readonly conflict: boolean
}

const splitInput = (counts: Counts, parts: Parts, rule: InputSemantics | undefined): Rest => {
  const cached = (parts.cacheRead ?? 0) + (parts.cacheWrite ?? 0)
  const other = (parts.inputAudio ?? 0) + (parts.inputImage ?? 0)
  if (counts.uncached !== undefined) return rest(counts.uncached - other, 'exclusive:uncached')
  if (counts.input === undefined) return rest(0, '')
  const semantics = inputSemantics(counts, cached, rule)
  return rest(counts.input - other - (semantics.startsWith('inclusive') ? cached : 0), semantics)
}

/** semantics.md §1, in its order: dialect rule, proof, a reported total, default. (An explicit non-cached count was taken before.) */
const inputSemantics = (counts: Counts, cached: number, rule: InputSemantics | undefined): string => {
  const input = counts.input ?? 0
  if (rule) return `${rule}:dialect`
  if (cached === 0) return 'inclusive:default'
  if (cached > input) return 'exclusive:proof'
  if (counts.total !== undefined && counts.output !== undefined) {
    if (counts.total === input + counts.output) return 'inclusive:total'
    if (counts.total === input + cached + counts.output) return 'exclusive:total'
  }
  return 'inclusive:default'
}

const splitOutput = (counts: Counts, parts: Parts): Rest => {
  const reasoning = parts.reasoning ?? 0
  const other = (parts.outputAudio ?? 0) + (parts.outputImage ?? 0)
  if (counts.outputText !== undefined) return rest(counts.outputText, '')
  if (counts.output === undefined) return rest(0, '')
  return rest(counts.output - other - (isReasoningApart(counts, parts, reasoning) ? 0 : reasoning), '')
}

/** Output holds reasoning unless the emitter's words, the numbers or a reported total say otherwise. */
const isReasoningApart = ({ input, output = 0, total }: Counts, parts: Parts, reasoning: number): boolean => {
  if (reasoning === 0) return false
  if (reasoning > output) return true
  if (total === undefined || input === undefined) return parts.isReasoningBeside
  return total === input + output + reasoning || (parts.isReasoningBeside && total !== input + output)
}

/** Never below zero: telemetry that contradicts itself is flagged, and the parts are believed. */
const rest = (count: number, semantics: string): Rest => ({ rest: Math.max(0, count), semantics, conflict: count < 0 })

const reportedBits = (counts: Counts, parts: Parts): number => {
  let bits = 0
  if (counts.input !== undefined || counts.uncached !== undefined) bits |= BIT.inputUncached
  if (parts.cacheRead !== undefined) bits |= BIT.cacheRead
  if (parts.cacheWrite !== undefined) bits |= BIT.cacheWrite5m
  if (parts.knowsLifetime || parts.cacheWrite === 0) bits |= BIT.cacheWrite1h
  if (parts.inputAudio !== undefined) bits |= BIT.inputAudio
  if (parts.inputImage !== undefined) bits |= BIT.inputImage
  if (counts.output !== undefined || counts.outputText !== undefined) bits |= BIT.outputText
  if (parts.reasoning !== undefined) bits |= BIT.reasoning
  if (parts.outputAudio !== undefined) bits |= BIT.outputAudio
  if (parts.outputImage !== undefined) bits |= BIT.outputImage
  return bits
}

/** A count of tokens: a whole number, not negative; everything else is no count. */
const tokens = (facts: Facts, field: number): number | undefined => {
  const number = facts.number(field)
  return number === undefined || number < 0 || number > Number.MAX_SAFE_INTEGER ? undefined : Math.round(number)
}

/** Rank of words inside an object: after every attribute of its own. */
const JSON_RANK = 900_000

/** True if the object is in Anthropic's own words, whose input leaves cached tokens out. */
const readUsageJson = (facts: Facts): boolean => {
  const value = facts.raw(F.usageJson)
  const object = typeof value === 'string' ? parsedJson(value) : plainOf(value ?? null)
  if (!isObject(object)) return false
  readWords(facts, isObject(object.usage) ? object.usage : object, '', JSON_RANK)
  // A framework's summary may leave out the details, and pass on the provider's reply in which they are.
  const reply = isObject(object.raw) && isObject(object.raw.usage) ? object.raw.usage : undefined
  if (reply) readWords(facts, reply, '', JSON_RANK + 1)
  return isAnthropicUsage(reply ?? object)
}

/** OpenAI nests the parts of a total below it; Anthropic has them beside the input and gives no total. */
const isAnthropicUsage = (usage: Readonly<Record<string, unknown>>): boolean =>
  'cache_creation_input_tokens' in usage && 'input_tokens' in usage && !('total_tokens' in usage)

const readWords = (facts: Facts, object: Readonly<Record<string, unknown>>, path: string, rank: number): void => {
  for (const [name, value] of Object.entries(object)) {
    const field = USAGE_WORDS[path + name]
    if (field && typeof value === 'number') facts.set(F[field], value, rank)
    else if (path === '' && isObject(value)) readWords(facts, value, `${name}.`, rank)
  }
}

/** Anthropic's reply as the AI SDK passes it on: the lifetimes of cache writes stand nowhere else. */
const LIFETIME = /"ephemeral_(5m|1h)_input_tokens":(\d{1,12})/g

const readUsageDetails = (facts: Facts): void => {
  const text = facts.text(F.usageDetailJson)
  if (!text.includes('"ephemeral_')) return
  for (const [, lifetime, count] of text.matchAll(LIFETIME)) {
    facts.set(lifetime === '1h' ? F.cacheWrite1h : F.cacheWrite5m, Number(count), JSON_RANK)
  }
}
