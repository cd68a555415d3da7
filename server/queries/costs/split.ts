/**
 * An amount in parts by weight, as integers that add up to it: each part is rounded down, and what is left goes one by one to those that lost
 * the most (largest remainder; of equals, to the first). Weights below 0 count as 0. Without any weight there are no parts: undefined.
 */
export const split = (amount: bigint, weights: readonly bigint[]): bigint[] | undefined => {
  const given = weights.map((weight) => (weight > 0n ? weight : 0n))
  const whole = given.reduce((sum, weight) => sum + weight, 0n)
  if (whole === 0n) return undefined
  const sign = amount < 0n ? -1n : 1n
  const magnitude = amount * sign
  const parts = given.map((weight) => (magnitude * weight) / whole)
  const left = Number(magnitude - parts.reduce((sum, part) => sum + part, 0n))
  const lost = given
    .map((weight, i) => ({ i, lost: (magnitude * weight) % whole }))
    .sort((a, b) => (a.lost < b.lost ? 1 : a.lost > b.lost ? -1 : a.i - b.i))
  for (const { i } of lost.slice(0, left)) parts[i]! += 1n
  return parts.map((part) => part * sign)
}
