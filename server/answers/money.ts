/** US dollars as ClickHouse's Decimal(…, 9) text and as 10⁻⁹ USD: sums are made in integers, never in doubles. */
export const nanoUsdOf = (text: string): bigint => {
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,9}))?$/.exec(text) ?? []
  const value = BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))
  return sign === '-' ? -value : value
}

export const usdOf = (nanoUsd: bigint): string => {
  const magnitude = nanoUsd < 0n ? -nanoUsd : nanoUsd
  const fraction = (magnitude % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '')
  return `${nanoUsd < 0n ? '-' : ''}${magnitude / 1_000_000_000n}${fraction === '' ? '' : `.${fraction}`}`
}

/** To the nearest nano-dollar. */
export const dividedNanoUsd = (nanoUsd: bigint, by: number): bigint => {
  const [magnitude, sign] = nanoUsd < 0n ? [-nanoUsd, -1n] : [nanoUsd, 1n]
  return sign * ((magnitude + BigInt(by) / 2n) / BigInt(by))
}
