import { isUtf8 } from 'node:buffer'
import { countReplacements } from './utf8.ts'
import { DecodeError } from './wire.ts'

/** Brackets open at once. An attribute value nested `VALUE_DEPTH_MAX` deep needs 5 per level; real telemetry stays below 30. */
export const JSON_NESTING_MAX = 1000

/**
 * Brackets and commas in one request. Without it 64 MiB of `{},{},` become gigabytes of objects and end the process.
 * An attribute takes four of them in 40 bytes or more, so a full-size honest request stays below.
 */
export const JSON_ELEMENTS_MAX = 8_000_000

/**
 * Different field names in one request. OTLP has some fifty; attribute keys are values, not names. Millions of different names cost
 * `JSON.parse` ten seconds and gigabytes, since it keeps each for ever and a layout for every object.
 */
export const JSON_NAMES_MAX = 4096

/** From this many digits on an integer can be beyond 2⁵³ and `JSON.parse` would round it: nanosecond times sent as numbers have 19. */
const WIDE_DIGITS = 16

export interface ParsedJson {
  readonly json: unknown
  /** Byte sequences that were not UTF-8 and became U+FFFD. */
  readonly invalidUtf8: number
}

/**
 * `JSON.parse` for a body from outside: long integers come back as strings of the same digits (proto3's JSON mapping allows either
 * for 64-bit fields), nesting and size are limited before anything is built. Throws `DecodeError`.
 */
export function parseJson(bytes: Uint8Array): ParsedJson {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const body = all[0] === 0xef && all[1] === 0xbb && all[2] === 0xbf ? all.subarray(3) : all
  const wide = scan(body)
  const text = wide.length === 0 ? body.toString('utf8') : quoted(body, wide)
  const invalidUtf8 = text.includes('\ufffd') && !isUtf8(body) ? countReplacements(text, body) : 0
  try {
    return { json: JSON.parse(text) as unknown, invalidUtf8 }
  } catch (error) {
    throw new DecodeError(`not JSON: ${cut(error instanceof Error ? error.message : String(error))}`)
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const MINUS = 0x2d

/** One pass over the bytes outside of strings: checks the limits, returns start and end of each wide integer. */
function scan(body: Buffer): number[] {
  const wide: number[] = []
  let depth = 0
  let elements = 0
  const names = new NameCounter(body)
  for (let at = 0; at < body.length; at++) {
    const byte = body[at]!
    if (byte === QUOTE) {
      const end = endOfString(body, at + 1)
      names.seen(at + 1, end)
      at = end
    } else if (byte === 0x7b || byte === 0x5b) {
      elements++
      if (++depth > JSON_NESTING_MAX)
        throw new DecodeError(`byte ${at}: nested deeper than ${JSON_NESTING_MAX} brackets`)
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--
    } else if (byte === COMMA) {
      elements++
    } else if (isDigit(byte)) {
      const end = endOfDigits(body, at + 1)
      if (end - at >= WIDE_DIGITS && isWholeNumber(body, at, end)) wide.push(body[at - 1] === MINUS ? at - 1 : at, end)
      at = end - 1
    }
    if (elements > JSON_ELEMENTS_MAX)
      throw new DecodeError(`more than ${JSON_ELEMENTS_MAX} elements in one request; send smaller batches`)
  }
  return wide
}

/** Counts different names by their hash in 2^16 slots, so it can only count too few. */
class NameCounter {
  private readonly slots = new Uint8Array(65_536)
  private readonly body: Buffer
  private count = 0

  constructor(body: Buffer) {
    this.body = body
  }

  /** A string of the text; it is a name if a colon follows. */
  seen(from: number, end: number): void {
    const { body, slots } = this
    let after = end + 1
    while (body[after] === 0x20 || (body[after]! >= 0x09 && body[after]! <= 0x0d)) after++
    if (body[after] !== COLON) return
    let hash = end - from
    for (let at = from; at < end; at++) hash = (Math.imul(hash, 31) + body[at]!) | 0
    const slot = (hash ^ (hash >>> 16)) & 0xffff
    if (slots[slot] === 1) return
    slots[slot] = 1
    if (++this.count > JSON_NAMES_MAX)
      throw new DecodeError(`byte ${from}: more than ${JSON_NAMES_MAX} different field names`)
  }
}

/** Index of the closing quote, or the body's length. */
function endOfString(body: Buffer, from: number): number {
  for (let at = from; at < body.length; at++) {
    const byte = body[at]!
    if (byte === QUOTE) return at
    if (byte === BACKSLASH) at++
  }
  return body.length
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39

function endOfDigits(body: Buffer, from: number): number {
  let at = from
  while (isDigit(body[at])) at++
  return at
}

/** Not the fraction or the exponent of a number, and without one: those are doubles and `JSON.parse` reads them right. */
function isWholeNumber(body: Buffer, start: number, end: number): boolean {
  const after = body[end]
  if (after === 0x2e || after === 0x65 || after === 0x45) return false
  const first = body[start]
  if (first === 0x30) return false // 00000… is not JSON: leave it to the parser to say so
  const before = body[start - 1]
  const sign = body[start - 2]
  if (before === 0x2e || before === 0x65 || before === 0x45 || before === 0x2b) return false
  return !(before === MINUS && (sign === 0x65 || sign === 0x45))
}

function quoted(body: Buffer, wide: readonly number[]): string {
  const parts: string[] = []
  let from = 0
  for (let i = 0; i < wide.length; i += 2) {
    const start = wide[i]!
    const end = wide[i + 1]!
    parts.push(body.toString('utf8', from, start), '"', body.toString('latin1', start, end), '"')
    from = end
  }
  parts.push(body.toString('utf8', from))
  return parts.join('')
}

const cut = (message: string): string => (message.length > 200 ? `${message.slice(0, 200)}…` : message)
