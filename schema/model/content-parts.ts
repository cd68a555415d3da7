/**
 * A long body is stored in parts, so that a history which is sent again with every call, each time a little longer, is stored once: the parts of its beginning
 * are the same texts, with the same addresses, every time. The body is its parts, one after the other, and its own rest; nothing is parsed or written
 * anew, so it comes back byte for byte.
 */

/** A part ends behind the first `},` outside of JSON's strings after as many characters: between two messages, mostly. Measured: docs/decisions/0010. */
const PART_CHARS_MIN = 8192

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const BRACE = 0x7d

/**
 * The text cut into parts; the last one is the rest and never empty. A part alone has no cut inside of it, so as a body of its own it is one piece: one
 * address never stands for two ways of storing the same text.
 */
export const partsOf = (text: string): readonly string[] => {
  if (text.length < PART_CHARS_MIN) return [text]
  const parts: string[] = []
  let from = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (inString) {
      if (code === BACKSLASH) i++
      else if (code === QUOTE) inString = false
    } else if (code === QUOTE) inString = true
    else if (
      code === COMMA &&
      i + 1 - from >= PART_CHARS_MIN &&
      text.charCodeAt(i - 1) === BRACE &&
      i + 1 < text.length
    ) {
      parts.push(text.slice(from, i + 1))
      from = i + 1
    }
  }
  return [...parts, text.slice(from)]
}

/** Undefined where a part has expired. */
const wholeOf = (
  rest: string,
  parts: readonly string[],
  bodyOf: (hash: string) => string | undefined,
): string | undefined => {
  let whole = ''
  for (const hash of parts) {
    const part = bodyOf(hash)
    if (part === undefined) return undefined
    whole += part
  }
  return whole + rest
}

export interface StoredBody {
  readonly hash: string
  readonly body: string
  readonly parts: readonly string[]
}

/** Bodies by hash, put together; those of which a part is missing are left out. */
export const wholeBodies = (rows: readonly StoredBody[], more: readonly StoredBody[] = []): Map<string, string> => {
  const stored = new Map([...more, ...rows].map((row) => [row.hash, row.body]))
  return new Map(
    rows.flatMap(({ hash, body, parts }) => {
      const whole = wholeOf(body, parts, (part) => stored.get(part))
      return whole === undefined ? [] : [[hash, whole] as const]
    }),
  )
}

/** Parts that these rows need and that are not among them. */
export const missingParts = (rows: readonly StoredBody[]): readonly string[] => {
  const here = new Set(rows.map(({ hash }) => hash))
  return [...new Set(rows.flatMap(({ parts }) => parts))].filter((part) => !here.has(part))
}
