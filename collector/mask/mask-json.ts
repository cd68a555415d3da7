import { isCard } from './detect/numbers.ts'
import type { Reading } from './mask-text.ts'
import { TRIGGER } from './triggers.ts'

/**
 * Ids by which calls and their results find each other inside of messages. Providers are free in what they look like, and the same id stands in
 * attributes that are never touched: masked here, the two would part.
 */
const ID_KEYS: ReadonlySet<string> = new Set(
  ['id', 'tool_call_id', 'toolCallId', 'call_id', 'callId', 'tool_use_id', 'toolUseId'].map((key) => `"${key}"`),
)
const SSN_KEY = /ssn|social_?security/i

/**
 * JSON text with its strings masked one by one, everything else byte for byte as it was: keys that are names stay, numbers keep their digits, space
 * stays. A number that is a card becomes a string. Undefined where the text is no JSON.
 */
export const maskJson = (
  text: string,
  triggers: number,
  mask: (inner: string, reading: Reading) => string,
): string | undefined => {
  if (!isJson(text)) return undefined
  const parts: string[] = []
  const cardNumbers = (triggers & TRIGGER.digits) !== 0
  let from = 0
  let reading: Reading = 'all'
  let key = ''
  const between = (until: number): void => {
    const piece = text.slice(from, until)
    const masked = cardNumbers && piece.length >= DIGITS_MIN && reading === 'all' ? maskNumbers(piece, mask) : piece
    parts.push(masked)
    from = until
  }
  for (let open = text.indexOf('"'); open !== -1; open = text.indexOf('"', from)) {
    between(open)
    const close = closing(text, open)
    const literal = text.slice(open, close + 1)
    const isKey = isFollowedByColon(text, close + 1)
    parts.push(maskLiteral(literal, isKey ? 'all' : reading, key, mask))
    from = close + 1
    reading = isKey && ID_KEYS.has(literal) ? 'id' : 'all'
    key = isKey ? literal : ''
  }
  between(text.length)
  const masked = parts.join('')
  return masked === text ? text : masked
}

const DIGITS_MIN = 13

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const maskLiteral = (
  literal: string,
  reading: Reading,
  key: string,
  mask: (inner: string, reading: Reading) => string,
): string => {
  const inner = literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1)
  const shown = /^\d{9}$/.test(inner) && SSN_KEY.test(key) ? grouped(inner) : inner
  const answer = mask(shown, reading)
  const masked = answer === shown ? inner : answer
  return masked === inner ? literal : JSON.stringify(masked)
}

/** Named by its key, nine digits are a social security number; it is shown to the detector as one writes it. */
const grouped = (digits: string): string => `${digits.slice(0, 3)}-${digits.slice(3, 5)}-${digits.slice(5)}`

const closing = (text: string, open: number): number => {
  for (let close = text.indexOf('"', open + 1); ; close = text.indexOf('"', close + 1)) {
    let slashes = 0
    while (text.charCodeAt(close - 1 - slashes) === BACKSLASH) slashes++
    if (slashes % 2 === 0) return close
  }
}

const BACKSLASH = 0x5c

const isFollowedByColon = (text: string, from: number): boolean => {
  let at = from
  while (' \n\r\t'.includes(text[at] ?? '-')) at++
  return text[at] === ':'
}

const INTEGER = /(?<![\d.eE+-])\d{13,19}(?![\d.eE])/g

const maskNumbers = (piece: string, mask: (inner: string, reading: Reading) => string): string =>
  piece.replaceAll(INTEGER, (digits) => {
    if (!isCard(digits)) return digits
    const masked = mask(digits, 'all')
    return masked === digits ? digits : JSON.stringify(masked)
  })
