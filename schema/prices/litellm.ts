import { z } from 'zod'
import { type PriceOverride, PriceSettings } from '../api/prices.ts'
import { PROVIDER_IDS } from '../dialects/providers.ts'
import { emptyUsage, USAGE_BUCKETS, type UsageBucket } from '../model/usage.ts'
import { compileOverride } from './overrides.ts'
import { genaiPriceBook } from './project-price-book.ts'
import type { ServiceTier } from './service-tiers.ts'

/** Stands at the start of `source` of every price that came out of such a file. */
export const LITELLM_SOURCE = 'LiteLLM model_prices_and_context_window.json'

export interface LitellmPrices {
  readonly overrides: readonly PriceOverride[]
  readonly skipped: readonly { readonly reason: string; readonly count: number; readonly examples: string[] }[]
}

/**
 * LiteLLM's price file (BerriAI/litellm, MIT: one flat object, prices in USD per token) as overrides: what it says beyond the built-in book. Prices of
 * models that the book does not know hold since ever; where it says another price than the book, its price holds from the day of the import, because the
 * file has no history. Nothing in the file is trusted: what is no price is skipped, and said.
 */
export const pricesOfLitellm = (file: unknown, nowMs: number): LitellmPrices => {
  const skipped = new Map<string, string[]>()
  const skip = (reason: string, name: string): void => void skipped.set(reason, [...(skipped.get(reason) ?? []), name])
  const taken = new Map<string, PriceOverride>()
  const parsed = z.record(z.string(), z.unknown()).safeParse(file)
  if (!parsed.success) skip('the file is no object of models', '')
  for (const [name, value] of Object.entries(parsed.data ?? {})) {
    const entry = z.record(z.string(), z.unknown()).safeParse(value)
    const result = name === 'sample_spec' || !entry.success ? 'no model' : readModel(name, entry.data, nowMs)
    if (typeof result === 'string') {
      skip(result, name)
      continue
    }
    for (const override of result) {
      const { provider, model, serviceTier, fromInputTokens } = override
      const key = JSON.stringify([provider, model, serviceTier, fromInputTokens])
      if (taken.has(key)) skip('the same model under another name', name)
      else taken.set(key, override)
    }
  }
  return {
    overrides: [...taken.values()],
    skipped: [...skipped]
      .map(([reason, names]) => ({ reason, count: names.length, examples: names.slice(0, EXAMPLES) }))
      .sort((a, b) => b.count - a.count),
  }
}

const EXAMPLES = 5
const NAME_CHARS_MAX = 200
const DAY_MS = 86_400_000

/** Its words for our buckets; without the ends that name a tier or a size of input. */
const FIELDS: Readonly<Record<string, UsageBucket>> = {
  input_cost_per_token: 'inputUncached',
  output_cost_per_token: 'outputText',
  cache_read_input_token_cost: 'cacheRead',
  cache_creation_input_token_cost: 'cacheWrite5m',
  cache_creation_input_token_cost_above_1hr: 'cacheWrite1h',
  input_cost_per_audio_token: 'inputAudio',
  output_cost_per_audio_token: 'outputAudio',
  input_cost_per_image_token: 'inputImage',
  output_cost_per_image_token: 'outputImage',
  output_cost_per_reasoning_token: 'reasoning',
}
const TIERS: Readonly<Record<string, ServiceTier>> = {
  '': 'standard',
  _batches: 'batch',
  _flex: 'flex',
  _priority: 'priority',
}
const FIELD = /^(.+?)(?:_above_(\d{1,5})k_tokens)?(_batches|_flex|_priority)?$/

/** Its provider words that ours do not contain. */
const PROVIDERS: Readonly<Record<string, string>> = {
  azure_ai: 'azure.ai.inference',
  bedrock_mantle: 'aws.bedrock',
  cohere_chat: 'cohere',
  moonshot: 'moonshot_ai',
  'text-completion-openai': 'openai',
}
const FAMILIES: readonly (readonly [start: string, provider: string])[] = [
  ['vertex_ai', 'gcp.vertex_ai'],
  ['fireworks_ai', 'fireworks'],
  ['azure_text', 'azure.ai.openai'],
]

const providerOf = (said: string): string =>
  PROVIDERS[said] ?? FAMILIES.find(([start]) => said.startsWith(start))?.[1] ?? PROVIDER_IDS[said] ?? said

/** The prices of a model, or why there are none. */
const readModel = (
  name: string,
  entry: Readonly<Record<string, unknown>>,
  nowMs: number,
): readonly PriceOverride[] | string => {
  const said = typeof entry.litellm_provider === 'string' ? entry.litellm_provider.toLowerCase() : ''
  if (said === '' || said.length > 100) return 'no provider'
  const provider = providerOf(said)
  const model = modelOf(name, said, provider)
  if (model === undefined) return 'a price of one region, which telemetry does not name'
  if (model.length > NAME_CHARS_MAX || model === '' || model.includes('*')) return 'no name that a call could have'
  const groups = groupsOf(entry)
  if (groups.size === 0) return 'no price per token'
  const prices = [...groups.values()].flatMap((group) => Object.values(group.rates))
  // Its word for "not known" as well as for "free".
  if (prices.every((price) => Number(price) === 0)) return 'every price is 0: free, or not known'
  const overrides = [...groups.values()].map(
    ({ tier, fromInputTokens, rates }): PriceOverride => ({
      provider,
      model,
      serviceTier: tier,
      fromInputTokens,
      currency: 'USD',
      usdPerUnit: '1',
      perMillionTokens: rates,
      source: `${LITELLM_SOURCE}: ${name}`,
    }),
  )
  if (!PriceSettings.safeParse({ overrides }).success) return 'a price that is none'
  const news = overrides.filter((override) => !isKnown(override, nowMs))
  if (news.length === 0) return 'the built-in book says the same'
  const isListed = BUILT_IN.price(probe(provider, model, 'standard', 1, {}, nowMs)) !== undefined
  const validFrom = new Date(Math.floor(nowMs / DAY_MS) * DAY_MS).toISOString()
  return isListed ? news.map((override) => ({ ...override, validFrom })) : news
}

/** Keys are `provider/model`, or with the region between. */
const modelOf = (name: string, said: string, provider: string): string | undefined => {
  const [first = '', ...rest] = name.split('/')
  const isRoute = rest.length > 0 && (first === said || providerOf(first) === provider)
  const model = isRoute ? rest.join('/') : name
  const isRegional = provider === 'aws.bedrock' || provider === 'azure.ai.openai' || provider === 'azure.ai.inference'
  return isRegional && model.includes('/') ? undefined : model
}

interface Group {
  readonly tier: ServiceTier
  readonly fromInputTokens: number
  readonly rates: Partial<Record<UsageBucket, string>>
}

const groupsOf = (entry: Readonly<Record<string, unknown>>): ReadonlyMap<string, Group> => {
  const groups = new Map<string, Group>()
  for (const [key, value] of Object.entries(entry)) {
    const [, field = '', thousands, end = ''] = FIELD.exec(key) ?? []
    const bucket = FIELDS[field]
    const tier = TIERS[end]
    const price = perMillion(value)
    if (!bucket || !tier || price === undefined) continue
    // "above 200k tokens": from the first token after them on.
    const fromInputTokens = thousands === undefined ? 0 : Number(thousands) * 1000 + 1
    const id = `${tier} ${fromInputTokens}`
    const group = groups.get(id) ?? { tier, fromInputTokens, rates: {} }
    group.rates[bucket] = price
    groups.set(id, group)
  }
  return groups
}

/** USD per token, mostly in the notation of small numbers, as decimal text per million. */
const perMillion = (value: unknown): string | undefined => {
  const perToken = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof perToken !== 'number' || !Number.isFinite(perToken) || perToken < 0 || perToken > 0.1) return undefined
  return (perToken * 1e6).toFixed(9).replace(/\.?0+$/, '')
}

const BUILT_IN = genaiPriceBook()

const probe = (
  provider: string,
  model: string,
  serviceTier: string,
  inputTokens: number,
  more: Partial<Record<UsageBucket, number>>,
  nowMs: number,
) => ({
  provider,
  model,
  serviceTier,
  startNanos: BigInt(nowMs) * 1_000_000n,
  usage: { ...emptyUsage(), inputUncached: inputTokens, ...more },
})

/** Whether the built-in book has every price of this override, at its tier and size of input. */
const isKnown = (override: PriceOverride, nowMs: number): boolean => {
  const { provider, model, serviceTier, fromInputTokens } = override
  const { rates } = compileOverride(override)
  const named = USAGE_BUCKETS.filter((bucket) => bucket !== 'inputUncached' && rates[bucket] !== undefined)
  const one = Object.fromEntries(named.map((bucket) => [bucket, 1]))
  const { lines } = BUILT_IN.explain(probe(provider, model, serviceTier, Math.max(1, fromInputTokens), one, nowMs))
  const known = new Map(lines.map((line) => [line.bucket, line.rate]))
  return USAGE_BUCKETS.every((bucket) => rates[bucket] === undefined || known.get(bucket) === rates[bucket])
}
