import { KEY_PREFIXES, type KeyPrefix } from '../api-key-prefixes.ts'
import type { Detector, Found } from '../findings.ts'
import { TRIGGER } from '../triggers.ts'
import { isDigit, isWord, startsHere } from './boundaries.ts'

/**
 * Keys and tokens. Each search runs forward over the text once: what has been read as one candidate is not read again as the beginning of
 * another, so that no text, however it was made, takes more than linear time.
 */

const PREFIX = new RegExp(
  KEY_PREFIXES.map(({ prefix }) => prefix.replaceAll('.', '\\.'))
    .sort((a, b) => b.length - a.length)
    .join('|'),
  'g',
)
const BY_PREFIX: ReadonlyMap<string, KeyPrefix> = new Map(KEY_PREFIXES.map((rule) => [rule.prefix, rule]))

export const apiKeys: Detector = {
  finding: 'secret.api_key',
  triggers: TRIGGER.keyPrefix,
  find: (text) => {
    const found: Found[] = []
    PREFIX.lastIndex = 0
    for (let match = PREFIX.exec(text); match; match = PREFIX.exec(text)) {
      const start = match.index
      const rule = BY_PREFIX.get(match[0])!
      const end = runEnd(text, start + match[0].length, rule)
      if (startsHere(text, start) && isKey(text.slice(start + match[0].length, end), rule)) {
        found.push({ start, end })
        PREFIX.lastIndex = end
      } else if (!startsHere(text, start)) PREFIX.lastIndex = start + 1
      // What was too short or no key is none from its middle on either, but for a longer prefix's shorter sister.
      else PREFIX.lastIndex = Math.max(end, start + match[0].length)
    }
    return found
  },
}

const runEnd = (text: string, from: number, { plain = false, dots = false }: KeyPrefix): number => {
  let end = from
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end)
    const belongs = plain
      ? isWord(code) && code !== UNDERSCORE
      : isWord(code) || code === DASH || (dots && code === DOT)
    if (!belongs) break
  }
  while (end > from && text.charCodeAt(end - 1) === DOT) end--
  return end
}

const isKey = (body: string, { min, stretch = 0 }: KeyPrefix): boolean =>
  body.length >= min &&
  /\d/.test(body) &&
  /[A-Za-z]/.test(body) &&
  (stretch === 0 || body.split(/[-_]/).some((part) => part.length >= stretch))

const DASH = 0x2d
const DOT = 0x2e
const UNDERSCORE = 0x5f
const JWT_PART_MIN = 10

/** `header.payload.signature`, and the two further parts of an encrypted one. */
export const jwts: Detector = {
  finding: 'secret.jwt',
  triggers: TRIGGER.jwt,
  find: (text) => {
    const found: Found[] = []
    for (let start = text.indexOf('eyJ'); start !== -1; ) {
      const header = base64End(text, start)
      const payload = text.charCodeAt(header) === DOT ? base64End(text, header + 1) : header
      const isToken =
        startsHere(text, start) &&
        header - start >= JWT_PART_MIN &&
        payload - header > JWT_PART_MIN &&
        text.charCodeAt(payload) === DOT
      if (isToken) {
        let end = base64End(text, payload + 1)
        while (text.charCodeAt(end) === DOT && base64End(text, end + 1) > end + 1) end = base64End(text, end + 1)
        found.push({ start, end })
        start = text.indexOf('eyJ', end)
      } else start = text.indexOf('eyJ', startsHere(text, start) ? Math.max(header, start + 3) : start + 3)
    }
    return found
  },
}

const base64End = (text: string, from: number): number => {
  let end = from
  while (end < text.length && (isWord(text.charCodeAt(end)) || text.charCodeAt(end) === DASH)) end++
  return end
}

const PEM_HEAD = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
const PEM_FOOT = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g

/** From its head to its foot; without a foot (a text that was cut) all that follows. */
export const privateKeys: Detector = {
  finding: 'secret.private_key',
  triggers: TRIGGER.pem,
  find: (text) => {
    const found: Found[] = []
    PEM_HEAD.lastIndex = 0
    for (let head = PEM_HEAD.exec(text); head; head = PEM_HEAD.exec(text)) {
      PEM_FOOT.lastIndex = PEM_HEAD.lastIndex
      const foot = PEM_FOOT.exec(text)
      const end = foot ? PEM_FOOT.lastIndex : text.length
      found.push({ start: head.index, end })
      PEM_HEAD.lastIndex = end
    }
    return found
  },
}

const BEARER = /bearer(?:[ \t]|%20|\+)+/gi
const BEARER_MIN = 16

/** What follows the word in a header that was logged: sixteen characters, one of them a digit. */
export const bearerTokens: Detector = {
  finding: 'secret.bearer_token',
  triggers: TRIGGER.bearer,
  find: (text) => {
    const found: Found[] = []
    BEARER.lastIndex = 0
    for (let match = BEARER.exec(text); match; match = BEARER.exec(text)) {
      const start = BEARER.lastIndex
      let end = start
      let digits = 0
      for (; end < text.length && isTokenCharacter(text.charCodeAt(end)); end++)
        if (isDigit(text.charCodeAt(end))) digits++
      if (end - start >= BEARER_MIN && digits > 0) found.push({ start, end })
      BEARER.lastIndex = Math.max(end, start)
    }
    return found
  },
}

/** token68 of RFC 9110. */
const isTokenCharacter = (code: number): boolean =>
  isWord(code) || code === DASH || code === DOT || code === 0x7e || code === 0x2b || code === 0x2f || code === 0x3d

const IN_URL = /:\/\/[^\s:@/?#"'\\<>]*:([^\s@/"'\\<>]+)@/dg

/** `postgres://user:password@host`: the password alone. */
export const urlPasswords: Detector = {
  finding: 'secret.url_password',
  triggers: TRIGGER.at,
  find: (text) =>
    [...text.matchAll(IN_URL)].map((match) => {
      const [start, end] = match.indices![1]!
      return { start, end }
    }),
}
