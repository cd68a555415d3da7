/** Letters, digits and `_` of ASCII, as `\w` has them, without a regular expression. */
export const isWord = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === 0x5f

export const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39

/**
 * Whether a value may begin here. Text that is not JSON as a whole often holds JSON or URLs that were cut or quoted, so the letter before may
 * belong to an escape: `\n4111…`, `\u003dsk-…`, `%3D4111…`.
 */
export const startsHere = (text: string, start: number): boolean =>
  start === 0 || !isWord(text.charCodeAt(start - 1)) || escapeBefore(text, start)

const escapeBefore = (text: string, start: number): boolean =>
  (text.charCodeAt(start - 2) === BACKSLASH && 'nrtbf'.includes(text[start - 1]!)) ||
  ENCODED.test(text.slice(Math.max(0, start - 6), start))

export const endsHere = (text: string, end: number): boolean => !isWord(text.charCodeAt(end))

/** How many of the characters from `start` on belong to an escape that begins before it: `nalice@…` after a backslash is `alice@…`. */
export const escapedLength = (text: string, start: number): number => {
  if (text.charCodeAt(start - 1) === BACKSLASH) {
    if (UNICODE.test(text.slice(start, start + 5))) return 5
    return 'nrtbf'.includes(text[start] ?? ' ') ? 1 : 0
  }
  return text.charCodeAt(start - 1) === 0x25 && /^[0-9a-f]{2}/i.test(text.slice(start, start + 2)) ? 2 : 0
}

const BACKSLASH = 0x5c
const ENCODED = /(?:%[0-9a-f]{2}|\\u[0-9a-f]{4})$/i
const UNICODE = /^u[0-9a-f]{4}/i
