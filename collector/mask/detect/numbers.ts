import type { Detector, Found } from '../findings.ts'
import { TRIGGER } from '../triggers.ts'
import { endsHere, isDigit, startsHere } from './boundaries.ts'

/** Space, dash, and their typographic sisters, as people and pages set numbers. */
const GAP = '[ \\-\\u00a0\\u2007\\u2009\\u2010-\\u2013\\u202f]'

/** In groups as on the card (4-4-4-4, 4-6-5), or without gaps. */
const CARD = new RegExp(
  `(?<!\\d)(?:\\d{4}(${GAP})\\d{4}\\1\\d{4}\\1\\d{1,7}|\\d{4}(${GAP})\\d{6}\\2\\d{4,5}|\\d{13,19})`,
  'g',
)

/** Issuer ranges and lengths (ISO/IEC 7812): Luhn's digit alone lets every tenth order number through. */
const ISSUED =
  /^(?:4\d{12}(?:\d{3}){0,2}|(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720|220[0-4])\d{12}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|(?:6011|64[4-9]\d|65\d{2}|62\d{2})\d{12,15}|35(?:2[89]|[3-8]\d)\d{12,15}|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{8,15})$/

export const cards: Detector = {
  finding: 'pii.card',
  triggers: TRIGGER.digits,
  find: (text) => {
    const found: Found[] = []
    CARD.lastIndex = 0
    for (let match = CARD.exec(text); match; match = CARD.exec(text)) {
      const start = match.index + encodedDigits(text, match.index)
      const end = CARD.lastIndex
      const normal = text.slice(start, end).replaceAll(/\D/g, '')
      if (standsAlone(text, start, end) && isCard(normal)) found.push({ start, end, normal })
      // `Nr. 1234 4111 1111 1111 1111`: the card may begin with the second group.
      else CARD.lastIndex = match.index + 1
    }
    return found
  },
}

export const isCard = (digits: string): boolean => ISSUED.test(digits) && isLuhn(digits)

/** ISO/IEC 7812-1, annex B. */
const isLuhn = (digits: string): boolean => {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 0x30
    const doubled = i % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

const SSN = new RegExp(`(?!000|666|9)\\d{3}(${GAP})(?!00)\\d{2}\\1(?!0000)\\d{4}`, 'g')
const NAMED_SSN = /(?:\bssn\b|social[ _-]?security)\D{0,24}(\d{9})(?!\d)/dgi

/** Three groups; nine digits in a row only behind their name, because any number may have nine. */
export const ssns: Detector = {
  finding: 'pii.ssn',
  triggers: TRIGGER.digits,
  find: (text) => {
    const grouped = [...text.matchAll(SSN)].map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
      normal: match[0].replaceAll(/\D/g, ''),
    }))
    const named = [...text.matchAll(NAMED_SSN)].map((match) => {
      const [start, end] = match.indices![1]!
      return { start, end, normal: match[1]! }
    })
    return [...grouped.filter(({ start, end }) => standsAlone(text, start, end)), ...named]
  },
}

/** Not inside a word, a longer number, a fraction or a date. */
const standsAlone = (text: string, start: number, end: number): boolean =>
  startsHere(text, start) && endsHere(text, end) && !joins(text, start - 1, -1) && !joins(text, end, 1)

const joins = (text: string, at: number, step: -1 | 1): boolean =>
  '.-/'.includes(text[at] ?? ' ') && isDigit(text.charCodeAt(at + step))

/** `%204111…`: the two digits of a URL's escape belong to no number. */
const encodedDigits = (text: string, start: number): number =>
  text.charCodeAt(start - 1) === 0x25 && isDigit(text.charCodeAt(start + 1)) ? 2 : 0

/** ISO 13616: how long an account number is, by country. */
const IBAN_LENGTHS: ReadonlyMap<string, number> = new Map(
  (
    'AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28' +
    'HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29' +
    'RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30'
  )
    .match(/[A-Z]{2}\d{2}/g)!
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
)
const IBAN_HEAD = /[A-Z]{2}\d{2}/g

export const ibans: Detector = {
  finding: 'pii.iban',
  triggers: TRIGGER.iban,
  find: (text) => {
    const found: Found[] = []
    for (const match of text.matchAll(IBAN_HEAD)) {
      const length = IBAN_LENGTHS.get(match[0].slice(0, 2))
      if (length === undefined || !startsHere(text, match.index)) continue
      const account = accountAt(text, match.index, length)
      if (account && isIban(account.normal)) found.push(account)
    }
    return found
  },
}

/** So many letters and digits, single spaces or dashes between them. */
const accountAt = (text: string, start: number, length: number): Required<Found> | undefined => {
  let normal = ''
  let end = start
  while (normal.length < length) {
    const char = text[end] ?? ''
    if (/^[A-Z0-9]$/.test(char)) normal += char
    else if (!(/^[ \-\u00a0]$/.test(char) && /^[A-Z0-9]$/.test(text[end + 1] ?? ''))) return undefined
    end++
  }
  return endsHere(text, end) ? { start, end, normal } : undefined
}

/** ISO 7064 MOD 97-10, nine digits at a time. */
const isIban = (account: string): boolean => {
  const digits = (account.slice(4) + account.slice(0, 4)).replaceAll(/[A-Z]/g, (letter) =>
    String(letter.charCodeAt(0) - 0x41 + 10),
  )
  let rest = ''
  for (let i = 0; i < digits.length; i += 7) rest = String(Number(rest + digits.slice(i, i + 7)) % 97)
  return rest === '1'
}
