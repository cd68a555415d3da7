import type { BillRow } from '../bills/bill.ts'
import type { CacheBucket } from './causes.ts'
import { modelGroups } from './model-groups.ts'

/** One bill as it is compared: whose, which days it speaks of, and when it came in. */
export interface BillOfMonth {
  readonly provider: string
  readonly format: string
  readonly firstDay: string
  readonly lastDay: string
  readonly importedAtMs: number
  readonly rows: readonly BillRow[]
}

/** Calls of one day, provider, model and tier, as the ledger has them. */
export interface TracedRow {
  readonly day: string
  readonly provider: string
  readonly model: string
  readonly tier: string
  readonly nanoUsd: bigint
  readonly calls: number
  readonly unpriced: number
  readonly cacheTokens: Readonly<Record<CacheBucket, number>>
}

/** What changed of a day's calls: between as_of and now, or after the bill came in. */
export interface ChangeRow {
  readonly day: string
  readonly provider: string
  readonly model: string
  readonly kind: 'late' | 'repriced' | 'after'
  readonly nanoUsd: bigint
  readonly calls: number
}

export interface BilledDay {
  nanoUsd: bigint
  readonly accounts: Map<string, bigint>
  readonly models: Set<string>
  /** The bill's words where they name no model. */
  readonly items: Set<string>
  readonly byTier: Map<string, bigint>
  readonly byClass: Map<string, bigint>
}
export interface TracedDay {
  nanoUsd: bigint
  calls: number
  unpriced: number
  readonly models: Set<string>
  readonly byTier: Map<string, bigint>
  readonly cacheTokens: Record<CacheBucket, number>
}
interface Part {
  nanoUsd: bigint
  calls: number
}

/** One day of one model of one provider, both sides. */
export interface Compared {
  readonly day: string
  readonly provider: string
  readonly group: string
  /** As the bill calls it; as telemetry does where the bill does not. */
  model: string
  /** A name that a price book may know. */
  pricedAs: string
  readonly billed: BilledDay
  readonly traced: TracedDay
  readonly late: Part
  readonly repriced: Part
  readonly after: Part
  readonly billOmitsPriority: boolean
}

/** Telemetry's providers → whose bill they are on, where it is not their own. */
const BILLED_BY: Readonly<Record<string, string>> = {
  'gcp.gen_ai': 'gcp.gemini',
  'gcp.vertex_ai': 'gcp.gemini',
  'azure.ai.inference': 'azure.ai.openai',
}
export const billedBy = (provider: string, bills: ReadonlySet<string>): string =>
  bills.has(provider) ? provider : (BILLED_BY[provider] ?? provider)

/** Reports of providers that leave the priority tier out (Anthropic: "Priority Tier costs … are not included in the cost endpoint"). */
const OMITS_PRIORITY: ReadonlySet<string> = new Set(['anthropic'])

export interface Comparison {
  readonly items: readonly Compared[]
  readonly withoutBill: readonly { readonly provider: string; readonly nanoUsd: bigint; readonly calls: number }[]
}

/** Both sides of a month, brought together. Days that no bill of a provider speaks of are not compared. */
export const compare = (
  bills: readonly BillOfMonth[],
  traced: readonly TracedRow[],
  changes: readonly ChangeRow[],
): Comparison => {
  const providers = new Set(bills.map(({ provider }) => provider))
  const withoutBill = new Map<string, { provider: string; nanoUsd: bigint; calls: number }>()
  const places = new Places(bills, traced, providers)
  for (const bill of bills) for (const row of bill.rows) addBilled(places.of(row.day, bill.provider, row.model), row)
  for (const row of traced) {
    const provider = billedBy(row.provider, providers)
    if (!providers.has(provider)) {
      const without = withoutBill.get(provider) ?? { provider, nanoUsd: 0n, calls: 0 }
      without.nanoUsd += row.nanoUsd
      without.calls += row.calls
      withoutBill.set(provider, without)
    } else if (places.isCovered(row.day, provider)) addTraced(places.of(row.day, provider, row.model), row)
  }
  for (const row of changes) {
    const provider = billedBy(row.provider, providers)
    if (!places.isCovered(row.day, provider)) continue
    const part = places.of(row.day, provider, row.model)[row.kind]
    part.nanoUsd += row.nanoUsd
    part.calls += row.calls
  }
  return { items: places.named(), withoutBill: [...withoutBill.values()] }
}

/** Items by day, provider and group of models. */
class Places {
  readonly #items = new Map<string, Compared>()
  readonly #groups = new Map<string, (name: string) => string>()
  readonly #whole: ReadonlySet<string>
  readonly #bills: readonly BillOfMonth[]

  constructor(bills: readonly BillOfMonth[], traced: readonly TracedRow[], providers: ReadonlySet<string>) {
    this.#bills = bills
    this.#whole = daysWithoutModels(bills)
    for (const provider of providers)
      this.#groups.set(
        provider,
        modelGroups([
          ...bills.filter((bill) => bill.provider === provider).flatMap(({ rows }) => rows.map(({ model }) => model)),
          ...traced.filter((row) => billedBy(row.provider, providers) === provider).map(({ model }) => model),
        ]),
      )
  }

  isCovered(day: string, provider: string): boolean {
    return this.#bills.some((bill) => bill.provider === provider && bill.firstDay <= day && day <= bill.lastDay)
  }

  of(day: string, provider: string, model: string): Compared {
    const group = this.#whole.has(`${provider}\0${day}`) ? '' : (this.#groups.get(provider)?.(model) ?? model)
    const key = `${day}\0${provider}\0${group}`
    const known = this.#items.get(key)
    if (known) return known
    const omits = this.#bills.some((bill) => bill.provider === provider && OMITS_PRIORITY.has(bill.format))
    const item = nothing(day, provider, group, omits)
    this.#items.set(key, item)
    return item
  }

  /** In the order of their keys, each with the name that it goes by. */
  named(): Compared[] {
    for (const item of this.#items.values()) {
      const [billed, traced] = [[...item.billed.models], [...item.traced.models]]
      item.model =
        item.group === '' ? '' : (alone(billed) ?? (billed.length === 0 ? alone(traced) : undefined) ?? item.group)
      item.pricedAs = traced[0] ?? billed[0] ?? item.group
    }
    return [...this.#items].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item)
  }
}

const alone = (names: readonly string[]): string | undefined => (names.length === 1 ? names[0] : undefined)

/** Days on which a bill has one figure for everything: it is compared with everything. */
const daysWithoutModels = (bills: readonly BillOfMonth[]): Set<string> => {
  const [named, whole] = [new Set<string>(), new Set<string>()]
  for (const { provider, rows } of bills)
    for (const row of rows) {
      if (row.model !== '') named.add(`${provider}\0${row.day}`)
      else if (row.item === '' && row.lineClass === '') whole.add(`${provider}\0${row.day}`)
    }
  return new Set([...whole].filter((day) => !named.has(day)))
}

const nothing = (day: string, provider: string, group: string, billOmitsPriority: boolean): Compared => ({
  day,
  provider,
  group,
  model: group,
  pricedAs: group,
  billed: {
    nanoUsd: 0n,
    accounts: new Map(),
    models: new Set(),
    items: new Set(),
    byTier: new Map(),
    byClass: new Map(),
  },
  traced: {
    nanoUsd: 0n,
    calls: 0,
    unpriced: 0,
    models: new Set(),
    byTier: new Map(),
    cacheTokens: { cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 },
  },
  late: { nanoUsd: 0n, calls: 0 },
  repriced: { nanoUsd: 0n, calls: 0 },
  after: { nanoUsd: 0n, calls: 0 },
  billOmitsPriority,
})

const addTo = (sums: Map<string, bigint>, key: string, nanoUsd: bigint): void => {
  sums.set(key, (sums.get(key) ?? 0n) + nanoUsd)
}
const remember = (words: Set<string>, word: string): void => {
  if (word !== '') words.add(word)
}

const addBilled = ({ billed }: Compared, row: BillRow): void => {
  billed.nanoUsd += row.nanoUsd
  addTo(billed.accounts, row.account, row.nanoUsd)
  remember(billed.models, row.model)
  remember(billed.items, row.item)
  addTo(billed.byTier, row.tier, row.nanoUsd)
  addTo(billed.byClass, row.lineClass, row.nanoUsd)
}

const addTraced = ({ traced }: Compared, row: TracedRow): void => {
  traced.nanoUsd += row.nanoUsd
  traced.calls += row.calls
  traced.unpriced += row.unpriced
  remember(traced.models, row.model)
  addTo(traced.byTier, row.tier, row.nanoUsd)
  for (const bucket of ['cacheRead', 'cacheWrite5m', 'cacheWrite1h'] as const)
    traced.cacheTokens[bucket] += row.cacheTokens[bucket]
}
