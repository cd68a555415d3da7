/**
 * Sums and comparisons of money on the page. The API sends decimal text; doubles would lose cents of large sums, so amounts are added as
 * integers of 10⁻⁹ dollars, as everywhere in Recount.
 */
const DIGITS = 9

/** '12.5' → 12500000000n. What is not an amount is 0n: it comes from the API, which sends amounts. */
export const nanoOf = (usd: string): bigint => {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(usd)
  if (!match) return 0n
  const [, sign, whole = '0', fraction = ''] = match
  const nano = BigInt(whole) * 10n ** BigInt(DIGITS) + BigInt(fraction.slice(0, DIGITS).padEnd(DIGITS, '0'))
  return sign ? -nano : nano
}

/** The other way round, without trailing zeros: 12500000000n → '12.5'. */
export const usdOf = (nano: bigint): string => {
  const size = nano < 0n ? -nano : nano
  const fraction = (size % 10n ** BigInt(DIGITS)).toString().padStart(DIGITS, '0').replace(/0+$/, '')
  return `${nano < 0n ? '-' : ''}${size / 10n ** BigInt(DIGITS)}${fraction ? `.${fraction}` : ''}`
}

export const sumUsd = (amounts: readonly string[]): string =>
  usdOf(amounts.reduce((sum, amount) => sum + nanoOf(amount), 0n))

export const subtractUsd = (a: string, b: string): string => usdOf(nanoOf(a) - nanoOf(b))

/** Which share of a whole an amount is; null where the whole is nothing. A ratio may be a double. */
export const shareOf = (part: string, whole: string): number | null => {
  const total = nanoOf(whole)
  return total === 0n ? null : Number((nanoOf(part) * 1_000_000n) / total) / 1_000_000
}
