import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/min'
import type { Detector, Found } from '../findings.ts'
import { TRIGGER } from '../triggers.ts'
import { endsHere, isDigit, startsHere } from './boundaries.ts'

const GAP = '[ .\\-/()\\u00a0\\u2009\\u2010-\\u2013\\u202f]'
/** `+` and up to fifteen digits (E.164). */
const INTERNATIONAL = new RegExp(`\\+\\d(?:${GAP}{0,3}\\d){6,14}`, 'g')
/** In groups: a row of digits without gaps may be any number. */
const NATIONAL = new RegExp(`\\(?\\d{2,5}\\)?${GAP}{1,2}\\d{2,5}(?:${GAP}\\d{2,5}){1,3}`, 'g')

/** A validation takes some microseconds; whoever sends more candidates than this in one text gets all of them masked unseen. */
const VALIDATIONS_MAX = 2_000

/**
 * Telephone numbers: shapes by regular expression, judged by libphonenumber's tables (numbering plans of all countries). Numbers without `+` are read as
 * numbers of the countries given.
 */
export const phonesOf = (countries: readonly string[]): Detector => ({
  finding: 'pii.phone',
  triggers: TRIGGER.plus | (countries.length > 0 ? TRIGGER.digits : 0),
  find: (text) => {
    let validations = 0
    const read = (candidate: string, country?: string): string | undefined => {
      if (++validations > VALIDATIONS_MAX) return candidate
      const phone = parsePhoneNumberFromString(candidate, country as CountryCode | undefined)
      return phone?.isValid() ? phone.number : undefined
    }
    const found: Found[] = []
    const take = (pattern: RegExp, judge: (candidate: string) => string | undefined): void => {
      for (const match of text.matchAll(pattern)) {
        const start = match.index
        const end = start + match[0].length
        if (!standsAlone(text, start, end)) continue
        const normal = judge(match[0])
        if (normal !== undefined) found.push({ start, end, normal })
      }
    }
    if (text.includes('+')) take(INTERNATIONAL, (candidate) => read(candidate))
    if (countries.length > 0)
      take(NATIONAL, (candidate) => {
        if (isDateOrAddress(candidate)) return undefined
        for (const country of countries) {
          const normal = read(candidate, country)
          if (normal !== undefined) return normal
        }
        return undefined
      })
    return found
  },
})

/** Dates and addresses of machines have the shape of numbers that some country gives out. */
const isDateOrAddress = (text: string): boolean =>
  /^(?:19|20)\d\d[-/. ](?:0\d|1[0-2])[-/. ][0-3]\d|^[0-3]\d[-/. ](?:0\d|1[0-2])[-/. ](?:19|20)\d\d|^\d{1,3}(?:\.\d{1,3}){3}$/.test(
    text,
  )

const standsAlone = (text: string, start: number, end: number): boolean =>
  (text[start] === '+' || startsHere(text, start)) &&
  endsHere(text, end) &&
  !('.-/+:'.includes(text[start - 1] ?? ' ') && (start < 2 || isDigit(text.charCodeAt(start - 2)))) &&
  !('.-/:'.includes(text[end] ?? ' ') && isDigit(text.charCodeAt(end + 1)))
