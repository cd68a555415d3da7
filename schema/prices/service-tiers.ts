import type { UsageBucket } from '../model/usage.ts'
import { matchesPattern } from './pattern.ts'
import type { Factor } from './rate.ts'

export const SERVICE_TIERS = ['standard', 'batch', 'flex', 'priority', 'fast'] as const
export type ServiceTier = (typeof SERVICE_TIERS)[number]

/** What providers call their tiers, in lower case. */
const WORDS: Readonly<Record<string, ServiceTier>> = {
  '': 'standard',
  default: 'standard',
  auto: 'standard',
  standard: 'standard',
  standard_only: 'standard',
  on_demand: 'standard',
  batch: 'batch',
  batches: 'batch',
  flex: 'flex',
  priority: 'priority',
  fast: 'fast',
}

/** undefined: a tier that nobody has a price for (capacity that is paid in advance, a word that is new). */
export const serviceTierOf = (said: string): ServiceTier | undefined => WORDS[said.toLowerCase()]

interface TierPrice {
  readonly tier: ServiceTier
  readonly provider: string
  /** Pattern over the model's name. */
  readonly model: string
  /** Of the standard price of every bucket. */
  readonly factor: Factor
  /** Buckets that keep their standard price. */
  readonly except?: readonly UsageBucket[]
  readonly source: string
}

/** The factors below were read from its per-model prices (MIT): *_batches, *_flex and *_priority over the standard ones. */
const LITELLM = "LiteLLM's price file of version 1.106.2"
const HALF: Factor = [1, 2]
const CACHE: readonly UsageBucket[] = ['cacheRead']

const GOOGLE: readonly string[] = ['gcp.gemini', 'gcp.gen_ai', 'gcp.vertex_ai']
const OPENAI: readonly string[] = ['openai', 'azure.ai.openai']

const half = (tier: ServiceTier, provider: string, source: string): TierPrice => ({
  tier,
  provider,
  model: '*',
  factor: HALF,
  source,
})

const prioritised = (provider: string, factor: Factor, ...models: readonly string[]): readonly TierPrice[] =>
  models.map((model) => ({ tier: 'priority', provider, model, factor, source: LITELLM }))

/**
 * What a call at another tier than the standard one costs, as a share of the standard price: the first line that fits counts. The library behind the
 * built-in book knows no service tiers. What is not in here has no price at that tier, rather than a wrong one.
 */
export const TIER_PRICES: readonly TierPrice[] = [
  // "The discounts for cache and batch don't stack": cached input of these models costs the same at every tier.
  ...GOOGLE.flatMap((provider) =>
    (['batch', 'flex'] as const).flatMap((tier) =>
      ['gemini-2.5-*', 'gemini-3-flash-*', 'gemini-3.1-pro-*'].map((model) => ({
        tier,
        provider,
        model,
        factor: HALF,
        except: CACHE,
        source: LITELLM,
      })),
    ),
  ),
  ...[...GOOGLE, ...OPENAI, 'aws.bedrock'].flatMap((provider) => [
    half('batch', provider, LITELLM),
    half('flex', provider, LITELLM),
  ]),
  half('batch', 'anthropic', 'platform.claude.com/docs: batch processing, half of every token price'),
  half('batch', 'mistral_ai', 'docs.mistral.ai: batch inference, half of the standard price'),
  ...['grok-4.20*', 'grok-4.3*'].map(
    (model): TierPrice => ({ tier: 'batch', provider: 'x_ai', model, factor: [4, 5], source: LITELLM }),
  ),
  {
    tier: 'flex',
    provider: 'groq',
    model: '*',
    factor: [1, 1],
    source: 'console.groq.com/docs/flex-processing: pricing matches the on-demand tier',
  },
  ...GOOGLE.flatMap((provider) => prioritised(provider, [9, 5], 'gemini-2.5-*', 'gemini-3*', 'gemini-4-*')),
  ...OPENAI.flatMap((provider) => [
    ...prioritised(provider, [9, 5], 'gpt-5-mini*'),
    ...prioritised(provider, [5, 2], 'gpt-5.5', 'gpt-5.5-2*'),
    ...prioritised(provider, [7, 4], 'gpt-4.1', 'gpt-4.1-2*', 'gpt-4.1-mini*'),
    ...prioritised(provider, [2, 1], 'gpt-5', 'gpt-5-2*', 'gpt-5.1', 'gpt-5.1-2*', 'gpt-5.2', 'gpt-5.2-2*'),
    ...prioritised(provider, [2, 1], 'gpt-5.3-codex*', 'gpt-5.4', 'gpt-5.4-2*', 'gpt-5.4-mini*', 'gpt-5.6*'),
  ]),
  ...prioritised('openai', [2, 1], 'gpt-4.1-nano*', 'gpt-6-*', 'gpt-6.1-sol'),
  ...prioritised('openai', [7, 4], 'o3', 'o3-2*', 'gpt-4o-2024-05-13'),
  ...prioritised('openai', [17, 10], 'gpt-4o', 'gpt-4o-2024-08-06', 'gpt-4o-2024-11-20'),
  ...prioritised('openai', [5, 3], 'gpt-4o-mini', 'gpt-4o-mini-2024-07-18'),
  ...prioritised('openai', [20, 11], 'o4-mini', 'o4-mini-2*'),
  ...prioritised('aws.bedrock', [7, 4], '*amazon.nova-2-lite*', '*amazon.nova-pro*', '*amazon.nova-premier*'),
  ...['claude-opus-4-8*', 'claude-opus-5', 'claude-opus-5-5*'].map(
    (model): TierPrice => ({ tier: 'fast', provider: 'anthropic', model, factor: [2, 1], source: LITELLM }),
  ),
]

const STANDARD: TierPrice = { tier: 'standard', provider: '*', model: '*', factor: [1, 1], source: '' }

/** undefined: nobody said what the model costs at this tier. `models`: names that the model goes by. */
export const tierPriceOf = (tier: ServiceTier, provider: string, models: readonly string[]): TierPrice | undefined =>
  tier === 'standard'
    ? STANDARD
    : TIER_PRICES.find(
        (price) =>
          price.tier === tier &&
          price.provider === provider &&
          models.some((model) => matchesPattern(price.model, model)),
      )
