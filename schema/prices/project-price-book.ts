import { PriceSettings } from '../api/prices.ts'
import { BoundedCache } from '../model/bounded-cache.ts'
import type { UsageBuckets } from '../model/usage.ts'
import { buildPriceList } from './build-price-list.ts'
import { findLibraryModel, LIBRARY_VERSION, type LibraryModel, libraryModelsOf } from './library-entry.ts'
import { LIBRARY_PROVIDERS, WITHOUT_PRICE_LIST } from './library-providers.ts'
import { type CompiledOverride, compileOverride, nanosOf, overridesOf } from './overrides.ts'
import { namesOf } from './pattern.ts'
import type { Price, PriceBook, PricedCall } from './price-book.ts'
import { type Entry, linesOf, type PriceLine, type PriceList, stepOf, sumOf } from './price-list.ts'
import { nanoUsdOfText } from './rate.ts'
import { type ServiceTier, serviceTierOf, tierPriceOf } from './service-tiers.ts'
import { similarModels } from './similar.ts'
import { feeOf } from './tool-fees.ts'

/** Why a call has no price. */
export type NoPriceReason =
  | 'unknown provider'
  | 'unknown model'
  | 'tier without a price'
  | 'bucket without a price'
  | 'no usage'

/** How the price of a call came about. The lines add up to `nanoUsd` exactly. */
export interface Explanation {
  readonly nanoUsd: bigint | undefined
  readonly ref: string
  readonly lines: readonly PriceLine[]
  readonly entry: Entry | undefined
  readonly reason: NoPriceReason | undefined
  /** The reason in a sentence; '' where there is a price. */
  readonly detail: string
}

export interface ProjectPriceBook extends PriceBook {
  readonly explain: (call: PricedCall) => Explanation
  /** All prices of such calls at their time, whatever they used; undefined where nobody said. */
  readonly list: (call: Omit<PricedCall, 'usage'> & { readonly usage?: PricedCall['usage'] }) => PriceList | undefined
  /** Models that the book does know and whose names are like this one. */
  readonly similar: (
    provider: string,
    model: string,
  ) => readonly { readonly provider: string; readonly model: string }[]
}

/** A project's own prices over the built-in book. */
export const priceBookOf = (settings: PriceSettings): ProjectPriceBook => {
  const overrides = settings.overrides.map(compileOverride)
  const families = new BoundedCache<string, Family>(FAMILIES_MAX)
  const fees = settings.toolFees.map((fee) => ({
    ...fee,
    nanoUsd: nanoUsdOfText(fee.usdPerCall),
    validFromNanos: fee.validFrom === undefined ? undefined : nanosOf(fee.validFrom),
  }))
  const familyOf = ({ provider, model, serviceTier }: Omit<PricedCall, 'usage'>): Family =>
    families.get(`${provider}\0${model}\0${serviceTier}`, () => new Family(provider, model, serviceTier, overrides))

  const price = (call: PricedCall): Price | undefined => {
    const list = familyOf(call).at(call.startNanos)
    const step = list && stepOf(list, call.usage)
    if (!list || !step) return undefined
    const nanoUsd = sumOf(step, list.requestNanoUsd, call.usage)
    return nanoUsd === undefined ? undefined : { nanoUsd, ref: step.ref }
  }
  return {
    version: LIBRARY_VERSION,
    price,
    toolFee: (tool, startNanos) => feeOf(fees, tool, startNanos),
    reviewNanoUsdPerMinute: nanoUsdOfText(settings.reviewUsdPerMinute),
    wins: settings.wins,
    explain: (call) => explain(call, familyOf(call)),
    list: (call) => familyOf(call).at(call.startNanos),
    similar: (provider, model) => similarModels(overrides, provider, model),
  }
}

/** The book of a project that has said nothing about prices. */
export const genaiPriceBook = (): ProjectPriceBook => priceBookOf(PriceSettings.parse({}))

const FAMILIES_MAX = 20_000
const NANOS_PER_MINUTE = 60_000_000_000n

/** What a model costs at a tier, over time: one list of prices for every stretch in which nothing changes. */
class Family {
  readonly model: LibraryModel | undefined
  readonly tier: ServiceTier | undefined
  readonly names: readonly string[]
  readonly #provider: string
  readonly #overrides: readonly CompiledOverride[]
  readonly #changes: readonly bigint[]
  readonly #lists = new Map<string | number, PriceList | undefined>()

  constructor(provider: string, model: string, said: string, overrides: readonly CompiledOverride[]) {
    this.#provider = provider
    this.tier = serviceTierOf(said)
    this.model = provider === '' || model === '' ? undefined : findLibraryModel(provider, model)
    this.names = [...new Set([...namesOf(model), ...(this.model ? [this.model.model] : [])])]
    // Only what can hold for this model: a project may have thousands, each from a day of its own.
    this.#overrides = provider === '' || model === '' ? [] : overridesOf(overrides, provider, this.names)
    const moments = this.#overrides.flatMap(({ validFromNanos }) => validFromNanos ?? [])
    this.#changes = [...new Set([...moments, ...(this.model?.changes ?? [])])].sort((a, b) => (a < b ? -1 : 1))
  }

  at(nanos: bigint): PriceList | undefined {
    let stretch = this.#changes.length
    while (stretch > 0 && nanos < this.#changes[stretch - 1]!) stretch--
    const key = this.model?.dependsOnMinute ? `${stretch}:${(nanos / NANOS_PER_MINUTE) % 1440n}` : stretch
    if (this.#lists.has(key)) return this.#lists.get(key)
    const list = this.tier && buildPriceList(this.#overrides, this.#provider, this.names, this.tier, this.model, nanos)
    this.#lists.set(key, list)
    return list
  }

  /** Whether a factor is known for the tier. */
  get hasTier(): boolean {
    return this.tier !== undefined && tierPriceOf(this.tier, this.#provider, this.names) !== undefined
  }
}

const explain = (call: PricedCall, family: Family): Explanation => {
  const hasTokens = (usage: Readonly<UsageBuckets>): boolean => Object.values(usage).some((tokens) => tokens > 0)
  const list = family.at(call.startNanos)
  const step = list && stepOf(list, call.usage)
  if (!list || !step) return { ...NOTHING, ...whyNot(call, family) }
  const lines = linesOf(step, list.requestNanoUsd, call.usage)
  const nanoUsd = sumOf(step, list.requestNanoUsd, call.usage)
  const missing = lines.filter((line) => line.bucket !== null && line.rate === undefined).map(({ bucket }) => bucket)
  return {
    nanoUsd,
    ref: step.ref,
    lines,
    entry: step.entry,
    reason: nanoUsd === undefined ? 'bucket without a price' : hasTokens(call.usage) ? undefined : 'no usage',
    detail: nanoUsd === undefined ? `${step.entry.model} has no price for ${missing.join(', ')}` : '',
  }
}

const NOTHING = { nanoUsd: undefined, ref: '', lines: [], entry: undefined } as const

const whyNot = (call: PricedCall, family: Family): Pick<Explanation, 'reason' | 'detail'> => {
  const { provider, model, serviceTier } = call
  if (model === '' || provider === '')
    return { reason: 'unknown provider', detail: 'telemetry named no provider, or no model' }
  if (family.model && !family.hasTier)
    return { reason: 'tier without a price', detail: `nobody said what ${model} costs at service tier ${serviceTier}` }
  const why = WITHOUT_PRICE_LIST[provider]
  if (why || libraryModelsOf(provider).length === 0)
    return { reason: 'unknown provider', detail: why ?? `the built-in book has no prices of ${provider}` }
  return {
    reason: 'unknown model',
    detail: `no model of ${LIBRARY_PROVIDERS[provider] ?? provider} in the book is called ${model}`,
  }
}
