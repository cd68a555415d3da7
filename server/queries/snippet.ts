import type { Term, TextQuery } from './text-query.ts'

export interface Snippet {
  readonly text: string
  /** Where the words stand in `text`: start and end, in UTF-16 units. */
  readonly marks: readonly (readonly [number, number])[]
}

const BEFORE_CHARS = 60
const SNIPPET_CHARS_MAX = 240
/** Of longer JSON the text as it is must do. */
const PARSE_CHARS_MAX = 1_000_000

/** The part of one of these texts that shows most of what was looked for; undefined where none shows any. */
export const snippetOf = (
  texts: Iterable<readonly [where: string, text: string]>,
  query: TextQuery,
): (Snippet & { readonly where: string }) | undefined => {
  let best: { where: string; text: string; found: number } | undefined
  for (const [where, text] of texts) {
    const found = termsIn(text, query.include)
    if (found > (best?.found ?? 0)) best = { where, text, found }
    if (best?.found === query.include.length) break
  }
  return best && { where: best.where, ...cutOut(readable(best.text, query.include), query.include) }
}

/** Inside of JSON the string that holds the words, so that nobody reads braces and escapes. */
const readable = (text: string, terms: readonly Term[]): string => {
  if (!/^\s*[[{"]/.test(text) || text.length > PARSE_CHARS_MAX) return text
  try {
    let best = ''
    let most = 0
    for (const string of stringsIn(JSON.parse(text))) {
      const inner = readable(string, terms)
      const found = termsIn(inner, terms)
      if (found > most) [best, most] = [inner, found]
    }
    return most > 0 ? best : text
  } catch {
    return text
  }
}

const stringsIn = function* (value: unknown): Generator<string> {
  const open = [value]
  while (open.length > 0) {
    const next = open.pop()
    if (typeof next === 'string') yield next
    else if (typeof next === 'object' && next !== null) open.push(...Object.values(next).slice(0, 10_000).reverse())
  }
}

const cutOut = (text: string, terms: readonly Term[]): Snippet => {
  const all = terms.flatMap((term) => [...placesOf(term, text)]).sort((a, b) => a[0] - b[0])
  const first = all[0]?.[0] ?? 0
  let start = Math.max(0, first - BEFORE_CHARS)
  // Neither a word nor a character is cut where that can be helped.
  const space = text.indexOf(' ', start)
  if (start > 0 && space !== -1 && space < first) start = space + 1
  else if (isLowSurrogate(text.charCodeAt(start))) start++
  let end = Math.min(text.length, start + SNIPPET_CHARS_MAX)
  if (isLowSurrogate(text.charCodeAt(end))) end--
  const marks: (readonly [number, number])[] = []
  for (const [from, to] of all) {
    const last = marks.at(-1)
    if (to <= end && (!last || from - start >= last[1])) marks.push([from - start, to - start])
  }
  return { text: text.slice(start, end), marks }
}

const isLowSurrogate = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff

const termsIn = (text: string, terms: readonly Term[]): number =>
  terms.filter((term) => !placesOf(term, text).next().done).length

const placesOf = function* (term: Term, text: string): Generator<readonly [number, number]> {
  const literal = term.text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  // What the index takes for one word with it; in JSON as it stands a line begins behind \\n.
  const whole = /[^\x20-\x7f]/.test(term.text)
    ? literal
    : `(?:(?<![A-Za-z0-9\\u0080-\\uffff])|(?<=\\\\[nrt]))${literal}(?![A-Za-z0-9\\u0080-\\uffff])`
  for (const match of text.matchAll(new RegExp(whole, 'giu'))) yield [match.index, match.index + match[0].length]
}
