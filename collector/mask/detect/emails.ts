import type { Detector, Found } from '../findings.ts'
import { TRIGGER } from '../triggers.ts'
import { escapedLength, isWord } from './boundaries.ts'

/** RFC 5321 §4.5.3.1. */
const LOCAL_CHARS_MAX = 64
const DOMAIN_CHARS_MAX = 255

/**
 * Addresses, found from their `@` outwards: a regular expression would try every letter of a long word as a beginning. Also `alice%40example.com`.
 * Not: what has no dot in its domain, versions (`pkg@1.2`), pictures (`logo@2x.png`), `git@host:path`, and `//user:password@host`.
 */
export const emails: Detector = {
  finding: 'pii.email',
  triggers: TRIGGER.at,
  find: (text) => {
    const found: Found[] = []
    let from = 0
    for (const { at, end } of signs(text)) {
      if (at < from) continue
      const start = localStart(text, at, from)
      const stop = domainEnd(text, end)
      if (start === at || stop === end || isSomethingElse(text, start, at, end, stop)) continue
      found.push({ start, end: stop, normal: `${text.slice(start, at)}@${text.slice(end, stop)}`.toLowerCase() })
      from = stop
    }
    return found
  },
}

const signs = function* (text: string): Generator<{ readonly at: number; readonly end: number }> {
  const encoded = text.includes('%40')
  for (let i = 0; i < text.length; ) {
    const plain = text.indexOf('@', i)
    const hidden = encoded ? text.indexOf('%40', i) : -1
    if (plain === -1 && hidden === -1) return
    const isPlain = hidden === -1 || (plain !== -1 && plain < hidden)
    const at = isPlain ? plain : hidden
    const end = at + (isPlain ? 1 : 3)
    yield { at, end }
    i = end
  }
}

const localStart = (text: string, at: number, from: number): number => {
  let start = at
  const first = Math.max(from, at - LOCAL_CHARS_MAX)
  while (start > first && isLocal(text.charCodeAt(start - 1))) start--
  start += escapedLength(text, start)
  // `'alice@…`, `..alice@…`: an address begins with a letter or a digit.
  while (start < at && !isWord(text.charCodeAt(start)) && !isLetter(text.charCodeAt(start))) start++
  return start
}

const domainEnd = (text: string, from: number): number => {
  let end = from
  const last = Math.min(text.length, from + DOMAIN_CHARS_MAX)
  while (end < last && isDomain(text.charCodeAt(end))) end++
  while (end > from && (text.charCodeAt(end - 1) === DOT || text.charCodeAt(end - 1) === DASH)) end--
  const labels = text.slice(from, end).split('.')
  // `bob@example.com.Then …`: an ending that is no top level belongs to the next sentence.
  while (labels.length > 1 && !isTopLevel(labels.at(-1)!)) labels.pop()
  if (labels.length < 2 || labels.some((label) => label === '')) return from
  return from + labels.join('.').length
}

const isTopLevel = (label: string): boolean =>
  /^(?:[a-z]{2,24}|xn--[a-z0-9-]{2,59}|[\u00c0-\u052f]{2,24})$/i.test(label)

const isSomethingElse = (text: string, start: number, at: number, end: number, stop: number): boolean =>
  /^\d(?:\.\d)?x\./.test(text.slice(end, stop)) ||
  // A password before its host.
  (text[start - 1] === ':' && /:\/\/[^\s:@/]*:$/.test(text.slice(Math.max(0, start - 80), start))) ||
  (text.slice(start, at) === 'git' && text.charCodeAt(stop) === 0x3a)

const isLocal = (code: number): boolean =>
  isWord(code) || code === DOT || code === DASH || code === 0x2b || code === 0x27 || code === 0x25 || isLetter(code)

const isDomain = (code: number): boolean =>
  (isWord(code) && code !== 0x5f) || code === DOT || code === DASH || isLetter(code)

/** Latin, Greek and Cyrillic; in Chinese and Japanese a sentence may stand directly before an address. */
const isLetter = (code: number): boolean => (code >= 0xc0 && code <= 0x24f) || (code >= 0x370 && code <= 0x52f)

const DASH = 0x2d
const DOT = 0x2e
