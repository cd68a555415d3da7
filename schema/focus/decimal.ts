/** Decimal text as an integer and how many of its digits are decimals; undefined: no number as FOCUS writes them ("NumericFormat"). */
export interface Decimal {
  readonly value: bigint
  readonly decimals: number
}

const NUMERIC = /^(-?)(\d+)(?:\.(\d+))?(?:E(-?\d{1,3}))?$/

export const parseDecimal = (text: string): Decimal | undefined => {
  const match = NUMERIC.exec(text)
  if (!match) return undefined
  const [, sign, whole, fraction = '', exponent = '0'] = match
  const value = BigInt(`${sign}${whole}${fraction}`)
  const decimals = fraction.length - Number(exponent)
  return decimals >= 0 ? { value, decimals } : { value: value * 10n ** BigInt(-decimals), decimals: 0 }
}

export const plus = (a: Decimal, b: Decimal): Decimal => {
  const decimals = Math.max(a.decimals, b.decimals)
  return { value: scaled(a, decimals) + scaled(b, decimals), decimals }
}

export const product = (a: Decimal, b: Decimal): Decimal => ({
  value: a.value * b.value,
  decimals: a.decimals + b.decimals,
})

/** Within a billionth of the larger, or of one unit: what writing either with nine decimals can lose. */
export const matches = (a: Decimal, b: Decimal): boolean => {
  const decimals = Math.max(a.decimals, b.decimals, 9)
  const [x, y] = [scaled(a, decimals), scaled(b, decimals)]
  const unit = 10n ** BigInt(decimals)
  const largest = [abs(x), abs(y), unit].reduce((most, value) => (value > most ? value : most))
  return abs(x - y) * 1_000_000_000n <= largest
}

/** Without zeros at its end. */
export const decimalText = ({ value, decimals }: Decimal): string => {
  const digits = abs(value)
    .toString()
    .padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${whole}${fraction && `.${fraction}`}`
}

const scaled = ({ value, decimals }: Decimal, to: number): bigint => value * 10n ** BigInt(to - decimals)
const abs = (value: bigint): bigint => (value < 0n ? -value : value)
