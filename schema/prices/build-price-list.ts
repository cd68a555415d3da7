import { USAGE_BUCKETS, type UsageBucket } from '../model/usage.ts'
import { LIBRARY_VERSION, type LibraryModel, type LibraryPrices } from './library-entry.ts'
import { type CompiledOverride, groupsFor, type OverrideGroup } from './overrides.ts'
import type { BucketPrice, Entry, PriceList, PriceStep } from './price-list.ts'
import { type Factor, PARENT, type Rate, times } from './rate.ts'
import { type ServiceTier, tierPriceOf } from './service-tiers.ts'

/** What a model costs at a tier at a moment; undefined where nobody said. */
export const buildPriceList = (
  overrides: readonly CompiledOverride[],
  provider: string,
  names: readonly string[],
  tier: ServiceTier,
  model: LibraryModel | undefined,
  nanos: bigint,
): PriceList | undefined => {
  const tierPrice = tierPriceOf(tier, provider, names)
  const groups = groupsFor(overrides, { provider, tier, models: names }, tierPrice !== undefined).filter(
    ({ validFromNanos }) => validFromNanos === undefined || validFromNanos <= nanos,
  )
  const listed = model && tierPrice ? model.at(nanos) : undefined
  const starts = new Set([
    -1,
    ...(listed?.steps ?? []).map(({ above }) => above),
    ...groups.flatMap(({ steps }) => steps.map(({ given }) => given.fromInputTokens - 1)),
  ])
  const steps = [...starts]
    .sort((a, b) => a - b)
    .flatMap((above) => buildStep(above, { groups, listed, model, provider, tier, tierPrice }) ?? [])
  return steps.length === 0 ? undefined : { steps, requestNanoUsd: listed?.requestNanoUsd ?? 0n }
}

interface Sources {
  readonly groups: readonly OverrideGroup[]
  readonly listed: LibraryPrices | undefined
  readonly model: LibraryModel | undefined
  readonly provider: string
  readonly tier: ServiceTier
  readonly tierPrice: ReturnType<typeof tierPriceOf>
}

const buildStep = (above: number, sources: Sources): PriceStep | undefined => {
  const { groups, listed, tierPrice } = sources
  const group = groups.find(({ steps }) => steps.some(({ given }) => given.fromInputTokens <= above + 1))
  const own = group?.steps.filter(({ given }) => given.fromInputTokens <= above + 1) ?? []
  const base = listed?.steps.findLast((step) => step.above <= above)
  const scaled = (bucket: UsageBucket, rate: Rate): Rate =>
    !tierPrice || tierPrice.except?.includes(bucket) ? rate : times(rate, tierPrice.factor)
  /** The price that somebody named for this bucket. */
  const named = (bucket: UsageBucket): Omit<BucketPrice, 'of'> | undefined => {
    const override = own.findLast(({ rates }) => rates[bucket] !== undefined)?.rates[bucket]
    if (override !== undefined)
      return { rate: group?.fit === 'standard' ? scaled(bucket, override) : override, from: 'override' }
    const rate = base?.rates[bucket]
    return rate === undefined ? undefined : { rate: scaled(bucket, rate), from: 'built-in' }
  }
  const buckets = USAGE_BUCKETS.map((bucket) => resolve(bucket, named, sources.model?.model ?? ''))
  if (buckets.every((price) => price === undefined)) return undefined
  const last = own.at(-1)
  const usesList = buckets.some((price) => price?.from === 'built-in')
  return { above, buckets, ref: refOf(last, usesList, sources, group), entry: entryOf(above, last, sources) }
}

/** Models of which the list has the text prices only, although sound costs many times as much. */
const TEXT_ONLY = /-audio-preview/

const resolve = (
  bucket: UsageBucket,
  named: (bucket: UsageBucket) => Omit<BucketPrice, 'of'> | undefined,
  model: string,
): BucketPrice | undefined => {
  for (let of: UsageBucket | undefined = bucket; of !== undefined; of = PARENT[of]) {
    const price = named(of)
    if (price) return { ...price, of }
    if ((of === 'inputAudio' || of === 'outputAudio') && TEXT_ONLY.test(model)) return undefined
  }
  return undefined
}

/** What the ledger keeps beside the cost: which prices it was, so that it can be told and computed again. */
const refOf = (
  override: CompiledOverride | undefined,
  usesList: boolean,
  { model, tierPrice }: Sources,
  group: OverrideGroup | undefined,
): string => {
  const factor = tierPrice && tierPrice.factor[0] !== tierPrice.factor[1] ? `×${factorText(tierPrice.factor)}` : ''
  const list = model && usesList ? `${LIBRARY_VERSION}/${model.provider}/${model.model}${factor}` : ''
  if (!override) return list
  const scaled = group?.fit === 'standard' ? factor : ''
  const own = `override:${override.id}/${override.provider}/${override.given.model}${scaled}`
  return list === '' ? own : `${own} + ${list}`
}

const factorText = ([over, under]: Factor): string => String(Math.round((over / under) * 10_000) / 10_000)

const entryOf = (above: number, override: CompiledOverride | undefined, sources: Sources): Entry => {
  const { model, listed, provider, tier, tierPrice } = sources
  if (override)
    return {
      origin: 'override',
      provider: override.provider,
      model: override.given.model,
      serviceTier: override.given.serviceTier,
      contextTier: override.given.fromInputTokens > 0 ? `≥ ${override.given.fromInputTokens} input tokens` : null,
      currency: override.given.currency,
      usdPerUnit: override.given.usdPerUnit,
      validFrom: override.given.validFrom ?? null,
      source: override.given.source,
    }
  const share =
    tierPrice && tierPrice.source !== '' ? `; ${tier}: ×${factorText(tierPrice.factor)}, ${tierPrice.source}` : ''
  return {
    origin: 'built-in',
    provider: model?.provider ?? provider,
    model: model?.model ?? '',
    serviceTier: tier,
    contextTier: above > 0 ? `> ${above} input tokens` : null,
    currency: 'USD',
    usdPerUnit: '1',
    validFrom: listed?.validFrom ?? null,
    source: `${model?.source ?? ''}${share}`,
  }
}
