import type { Savings } from '../../../schema/api/costs.ts'
import { emptyUsage, type UsageBucket } from '../../../schema/model/usage.ts'
import type { PriceBook } from '../../../schema/prices/price-book.ts'
import { usdOf } from '../../answers/money.ts'

/** A row of `savings-cache.sql`. */
export interface CacheRow {
  readonly [key: `key_${number}`]: string
  readonly agent: string
  readonly provider: string
  readonly model: string
  readonly service_tier: string
  readonly long: number
  readonly day_ms: number
  readonly input: number
  readonly cache_read: number
  readonly cache_write_5m: number
  readonly cache_write_1h: number
}

interface KeySavings {
  savedNanoUsd: bigint
  readonly hitShare: number | null
}

/**
 * What reading from the cache saved against the uncached price, less what writing it cost more. A provider that charges no extra to write has nothing to be
 * taken off. Rows of models without a price save nothing that we could know of.
 */
export const cacheSavings = (
  rows: readonly CacheRow[],
  keyNames: readonly `key_${number}`[],
  book: PriceBook,
): { readonly cache: Savings['cache']; readonly byKey: Map<string, KeySavings> } => {
  const rates = ratesIn(book)
  const caching = new Set(rows.filter(usesCache).map(modelOf))
  const cached = rows.filter((row) => caching.has(modelOf(row)))
  const keyOf = (row: CacheRow) => JSON.stringify(keyNames.map((name) => row[name]))
  const byKey = new Map<string, KeySavings>()
  for (const [key, same] of grouped(rows, keyOf)) {
    const savedNanoUsd = same.reduce((sum, row) => sum + savedBy(row, rates(row)), 0n)
    byKey.set(key, { savedNanoUsd, hitShare: hitShareOf(same.filter((row) => caching.has(modelOf(row)))) })
  }
  return {
    cache: {
      readTokens: rows.reduce((sum, row) => sum + row.cache_read, 0),
      hitShare: hitShareOf(cached),
      savedUsd: usdOf([...byKey.values()].reduce((sum, { savedNanoUsd }) => sum + savedNanoUsd, 0n)),
      couldSaveUsd: couldSave(cached, rates),
    },
    byKey,
  }
}

/** 10⁻⁹ USD per million tokens; undefined where the book knows no price of the model. */
type Rates = Readonly<Record<'uncached' | 'read' | 'write5m' | 'write1h', bigint>> | undefined

const MILLION = 1_000_000n

const savedBy = (row: CacheRow, rates: Rates): bigint => {
  if (!rates) return 0n
  return (
    (BigInt(row.cache_read) * (rates.uncached - rates.read) -
      BigInt(row.cache_write_5m) * (rates.write5m - rates.uncached) -
      BigInt(row.cache_write_1h) * (rates.write1h - rates.uncached)) /
    MILLION
  )
}

/** Enough input to tell a habit from chance. */
const HABIT_TOKENS = 100_000

/** If every agent read as large a share from the cache as the best agent of the same model: the difference at the price of today's row. */
const couldSave = (rows: readonly CacheRow[], rates: (row: CacheRow) => Rates): string | null => {
  let nanoUsd = 0n
  let known = false
  for (const same of grouped(rows, modelOf).values()) {
    const agents = [...grouped(same, ({ agent }) => agent).values()]
    const habits = agents.filter((own) => sumOf(own, 'input') >= HABIT_TOKENS)
    const best = Math.max(0, ...habits.map((own) => hitShareOf(own) ?? 0))
    for (const own of habits) {
      const more = best - (hitShareOf(own) ?? 0)
      for (const row of own) {
        const price = rates(row)
        if (!price) continue
        known = true
        nanoUsd += (BigInt(Math.round(more * row.input)) * (price.uncached - price.read)) / MILLION
      }
    }
  }
  return known ? usdOf(nanoUsd) : null
}

/** Prices by model, tier, day and length of context, asked of the book once each. */
const ratesIn = (book: PriceBook): ((row: CacheRow) => Rates) => {
  const known = new Map<string, Rates>()
  return (row) => {
    const name = JSON.stringify([row.provider, row.model, row.service_tier, row.day_ms, row.long])
    if (!known.has(name)) known.set(name, askRates(row, book))
    return known.get(name)
  }
}

const askRates = (row: CacheRow, book: PriceBook): Rates => {
  // Few tokens are priced as a short context, a million as a long one.
  const tokens = row.long === 1 ? 1_000_000 : 1000
  const priceOf = (bucket: UsageBucket | undefined): bigint | undefined =>
    book.price({
      provider: row.provider,
      model: row.model,
      serviceTier: row.service_tier,
      startNanos: BigInt(row.day_ms) * 1_000_000n,
      usage: { ...emptyUsage(), ...(bucket ? { [bucket]: tokens } : {}) },
    })?.nanoUsd
  const perRequest = priceOf(undefined) ?? 0n
  const rateOf = (bucket: UsageBucket): bigint | undefined => {
    const price = priceOf(bucket)
    return price === undefined ? undefined : ((price - perRequest) * MILLION) / BigInt(tokens)
  }
  const uncached = rateOf('inputUncached')
  if (uncached === undefined) return undefined
  return {
    uncached,
    read: rateOf('cacheRead') ?? uncached,
    write5m: rateOf('cacheWrite5m') ?? uncached,
    write1h: rateOf('cacheWrite1h') ?? uncached,
  }
}

const usesCache = (row: CacheRow): boolean => row.cache_read + row.cache_write_5m + row.cache_write_1h > 0
const modelOf = ({ provider, model }: CacheRow): string => `${provider}\0${model}`
const sumOf = (rows: readonly CacheRow[], column: 'input' | 'cache_read'): number =>
  rows.reduce((sum, row) => sum + row[column], 0)
const hitShareOf = (rows: readonly CacheRow[]): number | null => {
  const input = sumOf(rows, 'input')
  return input > 0 ? sumOf(rows, 'cache_read') / input : null
}

const grouped = (rows: readonly CacheRow[], keyOf: (row: CacheRow) => string): Map<string, CacheRow[]> => {
  const groups = new Map<string, CacheRow[]>()
  for (const row of rows) {
    const same = groups.get(keyOf(row))
    if (same) same.push(row)
    else groups.set(keyOf(row), [row])
  }
  return groups
}
