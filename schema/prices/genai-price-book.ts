import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { calcPrice, type ModelPrice, type PriceCalculation, type Usage } from '@pydantic/genai-prices'
import { BoundedCache } from '../model/bounded-cache.ts'
import { inputTotal, USAGE_BUCKETS, type UsageBucket, type UsageBuckets } from '../model/usage.ts'
import type { Price, PriceBook, PricedCall, Rates } from './price-book.ts'

/**
 * `@pydantic/genai-prices` as a price book. Finding a model and its price costs the library some 20 µs, so the rates of a (provider, model, day) are
 * found once by pricing a thousand tokens of each bucket; they hold up to the size of input at which the model's next price tier begins, and
 * calls beyond it are priced one by one.
 */
export const genaiPriceBook = (): PriceBook => {
  const version = `genai-prices@${libraryVersion()}`
  const entries = new BoundedCache<string, Entry | undefined>(ENTRIES_MAX)
  const entryOf = (call: PricedCall): Entry | undefined => {
    const day = call.startNanos / NANOS_PER_DAY
    const key = `${call.provider}\0${call.model}\0${day}`
    return entries.get(key, () => findEntry(call))
  }
  const price = (call: PricedCall): Price | undefined => {
    const factor = tierFactor(call.serviceTier)
    const entry = factor === undefined ? undefined : entryOf(call)
    if (factor === undefined || entry === undefined) return undefined
    const nanoUsd =
      entry.isLinear && inputTotal(call.usage) <= entry.tierStart
        ? linear(call.usage, entry.rates)
        : exact(call, entry.providerId)
    if (nanoUsd === undefined) return undefined
    const tier = factor === 1 ? '' : `×${factor}`
    return { nanoUsd: BigInt(Math.round(nanoUsd * factor)), ref: `${version}/${entry.name}${tier}` }
  }
  return { version, price, toolFee: () => undefined, reviewNanoUsdPerMinute: 0n, wins: 'reported' }
}

const ENTRIES_MAX = 20_000
const NANOS_PER_DAY = 86_400_000_000_000n
const PROBE_TOKENS = 1000

interface Entry {
  readonly providerId: string
  /** Matched provider and model, as the library calls them. */
  readonly name: string
  readonly rates: Rates
  /** Input tokens up to which the rates hold. */
  readonly tierStart: number
  /** False where the price depends on the time of day. */
  readonly isLinear: boolean
}

/** Our provider ids → the library's. What is not in here is asked for by its own name. */
const LIBRARY_PROVIDERS: Readonly<Record<string, string>> = {
  'gcp.gemini': 'google',
  'gcp.gen_ai': 'google',
  'gcp.vertex_ai': 'google',
  'aws.bedrock': 'aws',
  'azure.ai.openai': 'azure',
  'azure.ai.inference': 'azure',
  x_ai: 'x-ai',
  mistral_ai: 'mistral',
  moonshot_ai: 'moonshotai',
  together_ai: 'together',
  hugging_face: 'huggingface',
}

/**
 * The library knows no service tiers. Batch and flex are half price at every provider that has them; what priority and fast cost differs by
 * model, so such a call has no price here rather than a wrong one.
 */
const tierFactor = (tier: string): number | undefined => {
  const word = tier.toLowerCase()
  if (word === 'batch' || word === 'flex') return 0.5
  return word === 'priority' || word === 'fast' ? undefined : 1
}

const findEntry = (call: PricedCall): Entry | undefined => {
  if (call.provider === '' || call.model === '') return undefined
  const providerId = LIBRARY_PROVIDERS[call.provider] ?? call.provider
  const probe = (usage: Usage): PriceCalculation | undefined =>
    calculate(usage, call.model, providerId, call.startNanos)
  const found = probe({ input_tokens: PROBE_TOKENS })
  if (!found) return undefined
  const rates: Partial<Record<UsageBucket, number>> = {}
  for (const bucket of USAGE_BUCKETS) {
    const usd = probe(libraryUsage({ [bucket]: PROBE_TOKENS }))?.total_price
    // Prices are given per million tokens with few digits: rounding takes away what the division left behind.
    if (usd !== undefined) rates[bucket] = Math.round((usd / PROBE_TOKENS) * 1e15) / 1e6
  }
  return {
    providerId,
    name: `${found.provider.id}/${found.model.id}`,
    rates,
    tierStart: firstTier(found.model_price),
    isLinear: !dependsOnTimeOfDay(found),
  }
}

const calculate = (
  usage: Usage,
  model: string,
  providerId: string,
  startNanos: bigint,
): PriceCalculation | undefined => {
  const timestamp = new Date(Number(startNanos / 1_000_000n))
  try {
    // Proxies write provider/model; the library wants the model.
    return (
      calcPrice(usage, model, { providerId, timestamp }) ??
      calcPrice(usage, model.slice(model.indexOf('/') + 1), { providerId, timestamp }) ??
      undefined
    )
  } catch {
    // It throws on usage that a model has no price for and on usage that contradicts itself.
    return undefined
  }
}

/** The library wants totals that include their parts. */
const libraryUsage = (usage: Readonly<Partial<UsageBuckets>>): Usage => {
  const { inputUncached = 0, cacheRead = 0, cacheWrite5m = 0, cacheWrite1h = 0, inputAudio = 0, inputImage = 0 } = usage
  const { outputText = 0, reasoning = 0, outputAudio = 0, outputImage = 0 } = usage
  return {
    input_tokens: inputUncached + cacheRead + cacheWrite5m + cacheWrite1h + inputAudio + inputImage,
    cache_read_tokens: cacheRead,
    cache_write_tokens: cacheWrite5m + cacheWrite1h,
    cache_write_1h_tokens: cacheWrite1h,
    input_audio_tokens: inputAudio,
    input_image_tokens: inputImage,
    output_tokens: outputText + reasoning + outputAudio + outputImage,
    output_reasoning_tokens: reasoning,
    output_audio_tokens: outputAudio,
    output_image_tokens: outputImage,
  }
}

const firstTier = (prices: ModelPrice): number => {
  let start = Number.POSITIVE_INFINITY
  for (const price of Object.values(prices)) {
    const tiers = typeof price === 'object' ? price.tiers : []
    for (const tier of tiers) start = Math.min(start, tier.start)
  }
  return start
}

const dependsOnTimeOfDay = ({ model }: PriceCalculation): boolean =>
  Array.isArray(model.prices) && model.prices.some(({ constraint }) => constraint?.type === 'time_of_date')

const linear = (usage: Readonly<UsageBuckets>, rates: Rates): number | undefined => {
  let nanoUsd = 0
  for (const bucket of USAGE_BUCKETS) {
    const count = usage[bucket]
    if (count === 0) continue
    const rate = rates[bucket]
    if (rate === undefined) return undefined
    nanoUsd += count * rate
  }
  return nanoUsd
}

const exact = (call: PricedCall, providerId: string): number | undefined => {
  const usd = calculate(libraryUsage(call.usage), call.model, providerId, call.startNanos)?.total_price
  return usd === undefined ? undefined : usd * 1e9
}

/** Its package.json is no export, so it is read beside the entry point. */
const libraryVersion = (): string => {
  const entry = createRequire(import.meta.url).resolve('@pydantic/genai-prices')
  const manifest: unknown = JSON.parse(readFileSync(join(entry, '../../package.json'), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}
