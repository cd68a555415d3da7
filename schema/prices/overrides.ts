import { createHash } from 'node:crypto'
import type { PriceOverride } from '../api/prices.ts'
import { PROVIDER_IDS } from '../dialects/providers.ts'
import { USAGE_BUCKETS, type UsageBucket } from '../model/usage.ts'
import { matchesPattern, precisionOf } from './pattern.ts'
import { type Rate, rateOfText } from './rate.ts'
import type { ServiceTier } from './service-tiers.ts'

/** An override, ready to be matched. */
export interface CompiledOverride {
  readonly given: PriceOverride
  readonly provider: string
  /** undefined: since ever. */
  readonly validFromNanos: bigint | undefined
  readonly rates: Readonly<Partial<Record<UsageBucket, Rate>>>
  /** Names this price whatever stands beside it, now and in earlier versions of the settings. */
  readonly id: string
}

export const compileOverride = (given: PriceOverride): CompiledOverride => {
  const rates: Partial<Record<UsageBucket, Rate>> = {}
  for (const bucket of USAGE_BUCKETS) {
    const price = given.perMillionTokens[bucket]
    if (price !== undefined) rates[bucket] = rateOfText(price, given.usdPerUnit)
  }
  return {
    given,
    provider: canonical(given.provider),
    validFromNanos: given.validFrom === undefined ? undefined : nanosOf(given.validFrom),
    rates,
    id: createHash('sha256').update(contentOf(given)).digest('hex').slice(0, 12),
  }
}

export const nanosOf = (time: string): bigint => BigInt(Date.parse(time)) * 1_000_000n

/**
 * Overrides that belong together: one price list of a provider for a model at a tier from a day on, with its context steps. `fit` is how the tier of
 * the call is met: by its own name, by `*`, or by the standard price, which the provider's factor then turns into the tier's.
 */
export interface OverrideGroup {
  readonly fit: 'exact' | 'any' | 'standard'
  readonly validFromNanos: bigint | undefined
  /** Ascending by the input tokens from which they hold. */
  readonly steps: readonly CompiledOverride[]
}

/**
 * What the project says of a model at a tier, the most particular first: its provider by name before `*`, the model by name before a pattern (the
 * longer pattern first; `models` are the names it goes by, the most particular first), the tier by name before `*` before the standard price, the later price before the earlier. Of two that say the same, the one
 * further down the list of settings.
 */
export const groupsFor = (
  overrides: readonly CompiledOverride[],
  call: { readonly provider: string; readonly tier: ServiceTier; readonly models: readonly string[] },
  mayScale: boolean,
): readonly OverrideGroup[] => {
  const groups = new Map<string, { rank: readonly number[]; group: OverrideGroup & { steps: CompiledOverride[] } }>()
  for (const override of overrides) {
    const { given, provider, validFromNanos } = override
    if (provider !== '*' && provider !== call.provider) continue
    const name = call.models.findIndex((model) => matchesPattern(given.model, model))
    if (name < 0) continue
    const fit = fitOf(given.serviceTier, call.tier, mayScale)
    if (!fit) continue
    const key = JSON.stringify([provider, given.model.toLowerCase(), given.serviceTier, String(validFromNanos)])
    const known = groups.get(key)
    if (known) {
      known.group.steps.push(override)
      continue
    }
    const rank = [
      provider === '*' ? 0 : 1,
      precisionOf(given.model) - name,
      FITS.indexOf(fit),
      validFromNanos === undefined ? Number.NEGATIVE_INFINITY : Number(validFromNanos / 1_000_000n),
    ]
    groups.set(key, { rank, group: { fit, validFromNanos, steps: [override] } })
  }
  return [...groups.values()]
    .sort((a, b) => compareRanks(b.rank, a.rank))
    .map(({ group }) => ({ ...group, steps: stepsOf(group.steps) }))
}

/** Those that speak of a provider and a model at all. */
export const overridesOf = (
  overrides: readonly CompiledOverride[],
  provider: string,
  models: readonly string[],
): readonly CompiledOverride[] =>
  overrides.filter(
    (override) =>
      (override.provider === '*' || override.provider === provider) &&
      models.some((model) => matchesPattern(override.given.model, model)),
  )

/** Worst first. */
const FITS = ['standard', 'any', 'exact'] as const

const fitOf = (said: PriceOverride['serviceTier'], asked: ServiceTier, mayScale: boolean) => {
  if (said === asked) return 'exact'
  if (said === '*') return 'any'
  return said === 'standard' && mayScale ? 'standard' : undefined
}

const compareRanks = (a: readonly number[], b: readonly number[]): number => {
  for (const [i, value] of a.entries()) if (value !== b[i]) return value - (b[i] ?? 0)
  return 0
}

const stepsOf = (steps: readonly CompiledOverride[]): readonly CompiledOverride[] => {
  const byStart = new Map(steps.map((step) => [step.given.fromInputTokens, step]))
  return [...byStart.values()].sort((a, b) => a.given.fromInputTokens - b.given.fromInputTokens)
}

const canonical = (provider: string): string => {
  const said = provider.toLowerCase().trim()
  return PROVIDER_IDS[said] ?? said
}

/** The same price written with its keys in another order is the same price. */
const contentOf = ({ perMillionTokens, ...rest }: PriceOverride): string =>
  JSON.stringify([
    Object.entries(rest)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
    USAGE_BUCKETS.map((bucket) => perMillionTokens[bucket] ?? null),
  ])
