import { PREFIXES_BY_END } from './api-key-prefixes.ts'

/**
 * One pass over a text that says which detectors are worth their cost: a few tests per character, no allocation. Every condition is necessary for
 * its finding and looks at nothing outside of the value itself (no word boundaries), so that the same pass may be made over raw request bytes, where
 * a protobuf length stands directly before the value. What it lets through may still be nothing; what it stops is nothing.
 */
export const TRIGGER = {
  /** `@` or `%40` between what may be the two sides of an address. */
  at: 1,
  /** Nine digits in groups, thirteen in a row, or nine in a row. */
  digits: 2,
  /** `+` and seven digits. */
  plus: 4,
  /** Two capitals and two digits. */
  iban: 8,
  keyPrefix: 16,
  jwt: 32,
  pem: 64,
  bearer: 128,
  /** JSON's \u0020 … \u007f: any ASCII character may hide there. */
  escape: 256,
} as const

const DIGITS_MIN = 9
const CARD_DIGITS_MIN = 13
const PLUS_DIGITS_MIN = 7
/** `) ` and ` (`: as much may stand between two digits of one number. */
const GAP_MAX = 2

const OTHER = 0
const DIGIT = 1
const SEPARATOR = 2
const MARK = 3
/** Letters beyond ASCII, and the bytes of such spaces and dashes as people paste into numbers: they end nothing. */
const BEYOND = 4
/** For every UTF-16 unit, so that the loop below is one load per character; only its first 128 bytes are warm. */
const CLASSES = new Uint8Array(65_536).fill(BEYOND, 128)
for (const c of '0123456789') CLASSES[c.charCodeAt(0)] = DIGIT
for (const c of ' ()/') CLASSES[c.charCodeAt(0)] = SEPARATOR
for (const c of '@%+-_.JBbKIzx\\') CLASSES[c.charCodeAt(0)] = MARK

export const triggersOf = (text: string): number => {
  const length = text.length
  let bits = 0
  let digits = 0
  let solid = 0
  let gap = 0
  let plus = false
  for (let i = 0; i < length; i++) {
    let code = text.charCodeAt(i)
    let kind = CLASSES[code]
    if (kind === OTHER) {
      if (isNamedLength(solid)) bits |= TRIGGER.digits
      // Words: most of every text.
      do {
        if (++i >= length) return bits
        code = text.charCodeAt(i)
        kind = CLASSES[code]
      } while (kind === OTHER)
      digits = 0
      solid = 0
      gap = 0
      plus = false
    }
    if (kind === BEYOND) continue
    if (kind === DIGIT) {
      digits++
      solid++
      gap = 0
      if (digits === 2 && isCapital(text.charCodeAt(i - 2)) && isCapital(text.charCodeAt(i - 3))) bits |= TRIGGER.iban
      if (digits >= DIGITS_MIN && (digits > solid || solid >= CARD_DIGITS_MIN)) bits |= TRIGGER.digits
      if (plus && digits >= PLUS_DIGITS_MIN) bits |= TRIGGER.plus
      continue
    }
    if (isNamedLength(solid)) bits |= TRIGGER.digits
    solid = 0
    if (kind === MARK) bits |= markAt(text, i, code)
    if (code === PLUS) {
      plus = true
      digits = 0
      gap = 0
    } else if (kind === SEPARATOR || code === DASH || code === DOT) {
      if (++gap > GAP_MAX) {
        digits = 0
        plus = false
      }
    } else {
      digits = 0
      plus = false
    }
  }
  return isNamedLength(solid) ? bits | TRIGGER.digits : bits
}

/** Nine digits in a row may be a number that its text names; in raw bytes a length or a tag may look like one digit more on each side. */
const isNamedLength = (solid: number): boolean => solid >= DIGITS_MIN && solid <= DIGITS_MIN + 2

const PLUS = 0x2b
const DASH = 0x2d
const DOT = 0x2e

const markAt = (text: string, i: number, code: number): number => {
  switch (code) {
    case 0x40:
      return isAddressEnd(text.charCodeAt(i - 1)) && isAddressEnd(text.charCodeAt(i + 1)) ? TRIGGER.at : 0
    case 0x25:
      return text.startsWith('%40', i) ? TRIGGER.at : 0
    case DASH:
      return (text.startsWith('-----BEGIN', i) ? TRIGGER.pem : 0) | keyPrefix(text, i)
    case 0x5f:
    case DOT:
    case 0x4b:
    case 0x49:
    case 0x7a:
    case 0x78:
      return keyPrefix(text, i)
    case 0x4a:
      return text.startsWith('ey', i - 2) ? TRIGGER.jwt : 0
    case 0x42:
    case 0x62:
      return (text.charCodeAt(i + 1) | 0x20) === 0x65 && text.slice(i, i + 6).toLowerCase() === 'bearer'
        ? TRIGGER.bearer
        : 0
    case 0x5c:
      return text.startsWith('u00', i + 1) && isPrintableHigh(text.charCodeAt(i + 4)) ? TRIGGER.escape : 0
    default:
      return 0
  }
}

/** At the last character of a prefix (`sk-`, `AKI` of AKIA …): is all of it there? */
const keyPrefix = (text: string, i: number): number => {
  const pair = text.charCodeAt(i - 1) * 128 + text.charCodeAt(i)
  if (IS_END[pair] !== 1) return 0
  const candidates = PREFIXES_BY_END.get(pair)
  return candidates?.some((prefix) => text.startsWith(prefix, i + 1 - prefix.length)) ? TRIGGER.keyPrefix : 0
}

/** A map costs twenty times as much as this to say no. */
const IS_END = new Uint8Array(128 * 128)
for (const pair of PREFIXES_BY_END.keys()) IS_END[pair] = 1

const isCapital = (code: number): boolean => code >= 0x41 && code <= 0x5a

/** A letter, a digit, or what else may stand beside the `@`; beyond ASCII anything. */
const isAddressEnd = (code: number): boolean =>
  code > 127 ||
  (code >= 0x30 && code <= 0x39) ||
  (code >= 0x41 && code <= 0x5a) ||
  (code >= 0x61 && code <= 0x7a) ||
  code === 0x5f ||
  code === DASH ||
  code === PLUS ||
  code === DOT ||
  code === 0x27 ||
  code === 0x25

/** 2–7: the first digit of an ASCII character that is printed. */
const isPrintableHigh = (code: number): boolean => code >= 0x32 && code <= 0x37
