import type { UsageBucket } from '../model/usage.ts'

/**
 * A price of one token as a whole number of 10⁻¹⁵ USD: what 'USD per million tokens' with nine decimals says. Whole numbers, so that a sum is a sum and
 * the same call costs the same wherever it is computed.
 */
export type Rate = number

/** A rate of 10⁻¹⁵ USD per token is so many per nano-dollar. */
const PER_NANO = 1_000_000
const RATE_DECIMALS = 9

/** What tokens at a rate cost, to the nano-dollar, half a nano-dollar up. */
export const costOfTokens = (tokens: number, rate: Rate): bigint => {
  const product = tokens * rate
  if (product < Number.MAX_SAFE_INTEGER - PER_NANO) {
    const rounded = product + PER_NANO / 2
    // Both are whole numbers below 2⁵³, so the remainder and the quotient are exact; a plain division would not be.
    return BigInt((rounded - (rounded % PER_NANO)) / PER_NANO)
  }
  return (BigInt(tokens) * BigInt(rate) + BigInt(PER_NANO / 2)) / BigInt(PER_NANO)
}

/** A number of the library (USD per million tokens, few digits) as a rate. */
export const rateOfUsd = (usdPerMillion: number): Rate => Math.round(usdPerMillion * 10 ** RATE_DECIMALS)

/** Decimal text (at most nine decimals) in a currency that is worth `usdPerUnit` (decimal text). */
export const rateOfText = (perMillion: string, usdPerUnit: string): Rate => {
  const price = scaled(perMillion)
  const currency = scaled(usdPerUnit)
  const digits = 10n ** BigInt(price.decimals + currency.decimals)
  return Number((price.value * currency.value * 10n ** BigInt(RATE_DECIMALS) + digits / 2n) / digits)
}

/** Decimal US dollars as whole nano-dollars. */
export const nanoUsdOfText = (usd: string): bigint => {
  const { value, decimals } = scaled(usd)
  const digits = 10n ** BigInt(decimals)
  return (value * 1_000_000_000n + digits / 2n) / digits
}

/** A factor as a fraction, because 5/3 has no end as a decimal. */
export type Factor = readonly [over: number, under: number]
export const times = (rate: Rate, [over, under]: Factor): Rate =>
  Number((BigInt(rate) * BigInt(over) + BigInt(under) / 2n) / BigInt(under))

/** A rate per million tokens in a currency of which one unit is `usdPerUnit` (decimal text), without zeros at its end. */
export const perMillionIn = (rate: Rate, usdPerUnit: string): string => {
  const { value, decimals } = scaled(usdPerUnit)
  if (value === 0n) return '0'
  return decimalOf((BigInt(rate) * 10n ** BigInt(decimals) + value / 2n) / value, RATE_DECIMALS)
}

const decimalOf = (value: bigint, decimals: number): string => {
  const digits = String(value).padStart(decimals + 1, '0')
  const fraction = digits.slice(-decimals).replace(/0+$/, '')
  return fraction === '' ? digits.slice(0, -decimals) : `${digits.slice(0, -decimals)}.${fraction}`
}

const scaled = (text: string): { readonly value: bigint; readonly decimals: number } => {
  const [whole = '0', fraction = ''] = text.split('.')
  return { value: BigInt(`${whole}${fraction}`), decimals: fraction.length }
}

/**
 * What a bucket without a price of its own costs: what the bucket costs that it would otherwise have been counted in (providers price these apart only
 * where they differ).
 */
export const PARENT: Readonly<Partial<Record<UsageBucket, UsageBucket>>> = {
  cacheRead: 'inputUncached',
  cacheWrite5m: 'inputUncached',
  cacheWrite1h: 'cacheWrite5m',
  inputAudio: 'inputUncached',
  inputImage: 'inputUncached',
  reasoning: 'outputText',
  outputAudio: 'outputText',
  outputImage: 'outputText',
}
