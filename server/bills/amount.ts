import { LINE_UNITS_MAX } from './bill.ts'

/** Money of bills, exactly: decimal text → 10⁻¹⁸ units as integers, and sums → 10⁻⁹ USD so that the parts add up to the whole. */
const ATTO_DIGITS = 18
const ATTO = 10n ** 18n
const ATTO_PER_NANO = 10n ** 9n
/** Longer is no amount; a double printed in full has at most 25 digits or so. */
const AMOUNT_CHARS_MAX = 60
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/

/** `shift` moves the decimal point: −2 for cents. undefined: not a decimal number. @throws RangeError for more than a billion */
export const attoOf = (given: string | number, shift = 0): bigint | undefined => {
  const text = String(given).trim()
  const [, sign, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(text.slice(0, AMOUNT_CHARS_MAX + 1)) ?? []
  if (text.length > AMOUNT_CHARS_MAX || sign === undefined || whole + fraction === '') return undefined
  const digits = BigInt(whole + fraction)
  if (digits === 0n) return 0n
  const power = ATTO_DIGITS + Number(exponent) + shift - fraction.length
  if (power > ATTO_DIGITS * 3) throw tooLarge()
  const value = power >= 0 ? digits * 10n ** BigInt(power) : dividedHalfUp(digits, 10n ** BigInt(-power))
  if (value > LINE_UNITS_MAX * ATTO) throw tooLarge()
  return sign === '-' ? -value : value
}

const tooLarge = (): RangeError => new RangeError('more than a billion: is the unit right?')

/** At a rate in US dollars per unit, itself in 10⁻¹⁸. */
export const converted = (atto: bigint, rateAtto: bigint): bigint => roundedDivision(atto * rateAtto, ATTO)

/**
 * Sums in 10⁻¹⁸ → 10⁻⁹ USD. Each is rounded together with all before it, so that the parts add up to the rounded whole and none is off by more than one.
 */
export const nanoParts = (attos: readonly bigint[]): bigint[] => {
  let exact = 0n
  let given = 0n
  return attos.map((atto) => {
    exact += atto
    const part = roundedDivision(exact, ATTO_PER_NANO) - given
    given += part
    return part
  })
}

const roundedDivision = (value: bigint, by: bigint): bigint =>
  value < 0n ? -dividedHalfUp(-value, by) : dividedHalfUp(value, by)
const dividedHalfUp = (value: bigint, by: bigint): bigint => (value * 2n + by) / (by * 2n)
