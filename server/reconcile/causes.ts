import type { CAUSE_BASES, VARIANCE_CAUSES } from '../../schema/api/reconciliation.ts'
import { usdOf } from '../answers/money.ts'
import type { BilledDay, Compared, TracedDay } from './compare.ts'

/**
 * Why what was billed differs from what was traced. Causes are looked for in one order, each takes its part of what is left, and what is left at the end is
 * `unattributed`: so the parts are the variance, to the nano-dollar (docs/reconciliation.md has the order and the thresholds for readers).
 * `measured`: both sides name it. `inferred`: the figures have its pattern; it never takes more than what is left.
 */
export type CauseName = (typeof VARIANCE_CAUSES)[number]
export interface Cause {
  readonly cause: CauseName
  readonly nanoUsd: bigint
  readonly basis: (typeof CAUSE_BASES)[number] | null
  readonly detail: string
}

/** Fewer days have no pattern; of those that are compared so many must have it; nearer to 1 than this is no drift, and so near to the median is the same ratio. */
export const DRIFT_DAYS_MIN = 3
const DRIFT_DAYS_SHARE = 0.8
const DRIFT_TOLERANCE = 0.005
/** Below this a ratio is noise of rounding. */
const DRIFT_DAY_NANO_MIN = 10_000_000n
/** What may be left over on a day, per account. */
export const ROUNDING_NANO_MAX = 10_000_000n

/** What a million tokens cost by the project's price book; undefined where it does not know. */
export type ListPrices = (
  provider: string,
  model: string,
  day: string,
  bucket: 'inputUncached' | CacheBucket,
  tier: string,
) => bigint | undefined
export type CacheBucket = 'cacheRead' | 'cacheWrite5m' | 'cacheWrite1h'
const CACHE_BUCKETS: readonly CacheBucket[] = ['cacheRead', 'cacheWrite5m', 'cacheWrite1h']

/** The causes of every item, in the order of the items; the sum of an item's is its variance. */
export const explain = (items: readonly Compared[], prices: ListPrices): Cause[][] => {
  const open = items.map((item) => new Open(item))
  for (const item of open) {
    lateData(item)
    untraced(item)
    priority(item)
    unpriced(item)
    discounts(item, prices)
  }
  for (const series of grouped(open, ({ item }) => `${item.provider}\0${item.group}`)) drift(series)
  for (const day of grouped(open, ({ item }) => `${item.provider}\0${item.day}`)) rounding(day)
  return open.map(unattributed)
}

/** An item while its causes are found. */
class Open {
  readonly item: Compared
  readonly causes: Cause[] = []
  left: bigint

  constructor(item: Compared) {
    this.item = item
    this.left = item.billed.nanoUsd - item.traced.nanoUsd
  }

  take(cause: CauseName, nanoUsd: bigint, basis: Cause['basis'], detail: string): void {
    if (nanoUsd === 0n) return
    this.causes.push({ cause, nanoUsd, basis, detail })
    this.left -= nanoUsd
  }

  /** An inferred part goes no further than what is left, and in its direction. */
  takeAtMost(cause: CauseName, nanoUsd: bigint, detail: string): void {
    if (nanoUsd > 0n !== this.left > 0n) return
    this.take(cause, smaller(nanoUsd, this.left), 'inferred', detail)
  }
}

const size = (nano: bigint): bigint => (nano < 0n ? -nano : nano)
const smaller = (a: bigint, b: bigint): bigint => (size(a) < size(b) ? a : b)
const someOf = (words: ReadonlySet<string>): string => [...words].slice(0, 3).join('; ')
const dollars = (nano: bigint): string => `$${usdOf(nano)}`

const lateData = (open: Open): void => {
  const { late, repriced, after } = open.item
  open.take(
    'late_data',
    late.nanoUsd,
    'measured',
    `${late.calls} calls of the day were tallied, or taken back, after as_of`,
  )
  open.take(
    'price_book_drift',
    repriced.nanoUsd,
    'measured',
    `${repriced.calls} calls of the day were priced anew after as_of`,
  )
  open.take(
    'late_data',
    -after.nanoUsd,
    'measured',
    `${after.calls} calls began after the bill was imported, so they are not on it`,
  )
}

const untraced = (open: Open): void => {
  const { traced, billed, late, model } = open.item
  if (traced.calls + late.calls > 0 || open.left <= 0n) return
  const what = model === '' && billed.items.size > 0 ? someOf(billed.items) : 'this day and model'
  open.take('untraced_traffic', open.left, 'measured', `the bill has ${what}; no call of it was traced`)
}

const PRIORITY_TIERS = ['priority', 'fast']
const DISCOUNT_TIERS = ['batch', 'flex']
const ofTiers = (side: BilledDay | TracedDay, tiers: readonly string[]): bigint =>
  tiers.reduce((sum, tier) => sum + (side.byTier.get(tier) ?? 0n), 0n)

const priority = (open: Open): void => {
  const { traced, billed, billOmitsPriority } = open.item
  if (traced.calls === 0) return
  const [on, seen] = [ofTiers(billed, PRIORITY_TIERS), ofTiers(traced, PRIORITY_TIERS)]
  if (billOmitsPriority)
    open.take(
      'priority_tier',
      -seen,
      'measured',
      'priority calls were traced; this report of the provider leaves them out',
    )
  else if (on !== 0n)
    open.take(
      'priority_tier',
      on - seen,
      'measured',
      `the bill has ${dollars(on)} of priority tier, traced is ${dollars(seen)}`,
    )
}

const unpriced = (open: Open): void => {
  const { traced } = open.item
  if (traced.unpriced === 0 || open.left <= 0n) return
  const priced = traced.calls - traced.unpriced
  if (priced <= 0) {
    open.take('unpriced_model', open.left, 'measured', `none of the ${traced.unpriced} traced calls has a price`)
    return
  }
  const estimate = (traced.nanoUsd * BigInt(traced.unpriced)) / BigInt(priced)
  open.takeAtMost(
    'unpriced_model',
    estimate,
    `${traced.unpriced} of ${traced.calls} traced calls have no price; at the mean of the others they cost ${dollars(estimate)}`,
  )
}

/** What the bill names and telemetry did not, so that it was priced as plain input at the standard tier: batch and flex, tokens from and into the cache. */
const discounts = (open: Open, prices: ListPrices): void => {
  const { traced, billed, provider, day, pricedAs } = open.item
  if (traced.calls === 0) return
  const plain = prices(provider, pricedAs, day, 'inputUncached', '')
  const found: string[] = []
  let extra = 0n
  const add = (paid: bigint, price: bigint | undefined, what: string): void => {
    if (paid <= 0n || plain === undefined || price === undefined || price === 0n) return
    extra -= (paid * (plain - price)) / price
    found.push(
      `${dollars(paid)} of ${what} on the bill were traced without saying so: the list price of plain input is ${(Number(plain) / Number(price)).toFixed(2)} times that`,
    )
  }
  for (const tier of DISCOUNT_TIERS)
    add(ofTiers(billed, [tier]) - ofTiers(traced, [tier]), prices(provider, pricedAs, day, 'inputUncached', tier), tier)
  for (const bucket of CACHE_BUCKETS)
    if (traced.cacheTokens[bucket] === 0)
      add(billed.byClass.get(bucket) ?? 0n, prices(provider, pricedAs, day, bucket, ''), bucket)
  if (extra !== 0n) open.takeAtMost('cache_or_batch_discount', extra, found.join('; '))
}

/** One ratio of billed to traced on most days of a model: its price is another than the book's. */
const drift = (series: readonly Open[]): void => {
  const days = series.filter(
    ({ item, left }) =>
      item.traced.nanoUsd >= DRIFT_DAY_NANO_MIN && item.traced.nanoUsd + left > 0n && item.billed.nanoUsd > 0n,
  )
  const ratios = days.map(({ item, left }) => Number(item.traced.nanoUsd + left) / Number(item.traced.nanoUsd))
  const median = ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? 1
  const like = days.filter((_, i) => Math.abs(ratios[i]! / median - 1) <= DRIFT_TOLERANCE)
  if (like.length < DRIFT_DAYS_MIN || like.length < days.length * DRIFT_DAYS_SHARE) return
  if (Math.abs(median - 1) <= DRIFT_TOLERANCE) return
  const scaled = BigInt(Math.round((median - 1) * 1e9))
  for (const open of like)
    open.takeAtMost(
      'price_book_drift',
      (open.item.traced.nanoUsd * scaled) / 1_000_000_000n,
      `billed is ${median.toFixed(4)} times traced on ${like.length} of ${days.length} days of this model`,
    )
}

/** The smallest leftovers of a provider's day, together at most a cent per account. */
const rounding = (day: readonly Open[]): void => {
  const accounts = new Set(day.flatMap(({ item }) => [...item.billed.accounts.keys()]))
  let room = ROUNDING_NANO_MAX * BigInt(Math.max(accounts.size, 1))
  const candidates = day
    .filter(({ item, left }) => left !== 0n && item.traced.calls > 0 && item.billed.accounts.size > 0)
    .toSorted((a, b) => (size(a.left) < size(b.left) ? -1 : 1))
  for (const open of candidates) {
    if (size(open.left) > room) return
    room -= size(open.left)
    open.take(
      'rounding',
      open.left,
      'inferred',
      'together with the other leftovers of the day at most a cent per account',
    )
  }
}

const unattributed = (open: Open): Cause[] => {
  const { billed, traced } = open.item
  const credit = traced.calls === 0 && billed.nanoUsd < 0n
  const detail = credit
    ? `a credit${billed.items.size > 0 ? `: ${someOf(billed.items)}` : ''}`
    : billed.accounts.size === 0
      ? 'traced, and not on the bill'
      : 'no cause was found'
  open.take('unattributed', open.left, null, detail)
  return open.causes
}

const grouped = (items: readonly Open[], key: (open: Open) => string): Open[][] => {
  const groups = new Map<string, Open[]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group) group.push(item)
    else groups.set(key(item), [item])
  }
  return [...groups.values()]
}
