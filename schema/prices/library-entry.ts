import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { calcPrice, findProvider, type ModelInfo, type ModelPrice, type PriceCalculation } from '@pydantic/genai-prices'
import { USAGE_BUCKETS, type UsageBucket } from '../model/usage.ts'
import { LIBRARY_PROVIDERS } from './library-providers.ts'
import { namesOf } from './pattern.ts'
import { type Rate, rateOfUsd } from './rate.ts'

/** Prices of each bucket for calls with more than so many input tokens; a bucket without a price of its own is absent. */
export interface RateStep {
  /** −1: from the first token. */
  readonly above: number
  readonly rates: Readonly<Partial<Record<UsageBucket, Rate>>>
}

/** A model's prices at one moment. */
export interface LibraryPrices {
  /** Ascending; the first is for every call. */
  readonly steps: readonly RateStep[]
  /** Nano-dollars for each request beside its tokens. */
  readonly requestNanoUsd: bigint
  /** ISO date; null: since ever. */
  readonly validFrom: string | null
}

/** A model of the library: `@pydantic/genai-prices` finds it in some 20 µs, so this is kept by who asks. */
export interface LibraryModel {
  readonly provider: string
  readonly model: string
  readonly source: string
  /** Moments (nanoseconds) at which its prices change. */
  readonly changes: readonly bigint[]
  /** Its prices depend on the time of day as well. */
  readonly dependsOnMinute: boolean
  readonly at: (nanos: bigint) => LibraryPrices
}

export const findLibraryModel = (provider: string, model: string): LibraryModel | undefined => {
  const providerId = LIBRARY_PROVIDERS[provider] ?? provider
  const asked = namesOf(model).find((name) => calculate(name, providerId, 0n) !== undefined)
  const found = asked === undefined ? undefined : calculate(asked, providerId, 0n)
  if (asked === undefined || found === undefined) return undefined
  const constraints = Array.isArray(found.model.prices) ? found.model.prices.map(({ constraint }) => constraint) : []
  return {
    provider: found.provider.id,
    model: found.model.id,
    source: found.provider.pricing_urls?.[0] ?? `@pydantic/genai-prices, ${found.provider.name}`,
    changes: constraints.flatMap((constraint) =>
      constraint?.type === 'start_date' ? [BigInt(Date.parse(constraint.start_date)) * NANOS_PER_MS] : [],
    ),
    dependsOnMinute: constraints.some((constraint) => constraint?.type === 'time_of_date'),
    at: (nanos) => pricesOf(calculate(asked, providerId, nanos) ?? found),
  }
}

/** Models of the library's list for a provider of ours. */
export const libraryModelsOf = (provider: string): readonly ModelInfo[] =>
  findProvider({ providerId: LIBRARY_PROVIDERS[provider] ?? provider })?.models ?? []

/** Every provider that has a list, with ours and the library's id. */
export const LISTED_PROVIDERS: readonly (readonly [ours: string, library: string])[] = Object.entries(LIBRARY_PROVIDERS)

const NANOS_PER_MS = 1_000_000n

/** The library's words for our buckets; per million tokens. */
const PRICE_KEYS: Readonly<Record<UsageBucket, string>> = {
  inputUncached: 'input_mtok',
  cacheRead: 'cache_read_mtok',
  cacheWrite5m: 'cache_write_mtok',
  cacheWrite1h: 'cache_write_1h_mtok',
  inputAudio: 'input_audio_mtok',
  inputImage: 'input_image_mtok',
  outputText: 'output_mtok',
  reasoning: 'output_reasoning_mtok',
  outputAudio: 'output_audio_mtok',
  outputImage: 'output_image_mtok',
}

const calculate = (model: string, providerId: string, nanos: bigint): PriceCalculation | undefined => {
  try {
    return calcPrice({}, model, { providerId, timestamp: new Date(Number(nanos / NANOS_PER_MS)) }) ?? undefined
  } catch {
    // It throws on dates that the calendar does not have.
    return undefined
  }
}

const pricesOf = ({ model, model_price: prices }: PriceCalculation): LibraryPrices => {
  const starts = Object.values(prices).flatMap((price) =>
    typeof price === 'object' ? price.tiers.map(({ start }) => start) : [],
  )
  const entry = Array.isArray(model.prices) ? model.prices.find((one) => one.prices === prices) : undefined
  const perThousand = prices.requests_kcount
  return {
    steps: [-1, ...new Set(starts.sort((a, b) => a - b))].map((above) => ({
      above,
      rates: mended(model.id, ratesOf(prices, above)),
    })),
    requestNanoUsd: typeof perThousand === 'number' ? BigInt(Math.round(perThousand * 1e6)) : 0n,
    validFrom: entry?.constraint?.type === 'start_date' ? entry.constraint.start_date : null,
  }
}

const ratesOf = (prices: ModelPrice, above: number): Partial<Record<UsageBucket, Rate>> => {
  const rates: Partial<Record<UsageBucket, Rate>> = {}
  for (const bucket of USAGE_BUCKETS) {
    const price = prices[PRICE_KEYS[bucket]]
    if (price === undefined) continue
    const usd =
      typeof price === 'number' ? price : (price.tiers.findLast(({ start }) => start <= above)?.price ?? price.base)
    rates[bucket] = rateOfUsd(usd)
  }
  return rates
}

/**
 * Where the list leaves out what the provider does price. An hour of cache costs twice the input with every Claude that caches, on Bedrock and Vertex
 * as at Anthropic (platform.claude.com/docs: prompt caching; LiteLLM's price file has it for all of them).
 */
const mended = (
  model: string,
  rates: Readonly<Partial<Record<UsageBucket, Rate>>>,
): Readonly<Partial<Record<UsageBucket, Rate>>> =>
  model.includes('claude') && rates.cacheWrite5m !== undefined && rates.inputUncached !== undefined
    ? { cacheWrite1h: 2 * rates.inputUncached, ...rates }
    : rates

/** Its package.json is no export, so it is read beside the entry point. */
const libraryVersion = (): string => {
  const entry = createRequire(import.meta.url).resolve('@pydantic/genai-prices')
  const manifest: unknown = JSON.parse(readFileSync(join(entry, '../../package.json'), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}

export const LIBRARY_VERSION = `genai-prices@${libraryVersion()}`
