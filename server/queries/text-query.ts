import type { QueryParams } from '../../schema/clickhouse/database.ts'
import { badRequest } from '../problem.ts'
import type { Clause } from './filter.ts'

/** One thing that must, or must not, stand in a text. */
export interface Term {
  readonly text: string
  /** Its words as the text index has them: runs of ASCII letters and digits, and whatever lies beyond ASCII, lower case. */
  readonly tokens: readonly string[]
  /** No more than one word of ASCII letters and digits: the index alone decides. Phrases and other scripts are compared letter by letter as well. */
  readonly isWord: boolean
}

export interface TextQuery {
  readonly include: readonly Term[]
  readonly exclude: readonly Term[]
}

const TERMS_MAX = 20

/** `refund "damaged item" -test`: words and phrases that must stand in one text, whole words, whatever the case; behind `-` what must not. @throws HttpProblem 400 */
export const parseTextQuery = (q: string): TextQuery => {
  const include: Term[] = []
  const exclude: Term[] = []
  for (const [, minus, phrase, word] of q.matchAll(/(-?)(?:"([^"]*)"?|(\S+))/g)) {
    const text = (phrase ?? word ?? '').trim()
    // A dash alone, or only signs: nothing that could be looked for.
    if (!/[\p{L}\p{N}]/u.test(text)) continue
    ;(minus === '-' ? exclude : include).push(termOf(text))
  }
  if (include.length + exclude.length > TERMS_MAX) throw badRequest(`q has more than ${TERMS_MAX} words and phrases.`)
  return { include, exclude }
}

const termOf = (text: string): Term => ({
  text,
  tokens: text.match(/[A-Za-z0-9]+/g)?.map((token) => token.toLowerCase()) ?? [],
  isWord: /^[A-Za-z0-9]+$/.test(text),
})

/**
 * The query over one text column or expression, `name` telling the parameters of several apart. `indexed`: the column has a text index, so its tokens are asked
 * first, and alone where they decide; elsewhere the cheaper comparison of letters goes first.
 */
export const textMatches = (
  column: string,
  { include, exclude }: TextQuery,
  name: string,
  indexed: boolean,
): Clause => {
  const params: Record<string, unknown> = {}
  const holds = (term: Term, i: string): string => {
    const parts: string[] = []
    if (term.tokens.length > 0 && !/[^\x20-\x7f]/.test(term.text)) {
      params[`${name}T${i}`] = term.tokens
      parts.push(`hasAllTokens(${indexed ? column : unescaped(column)}, {${name}T${i}:Array(String)})`)
    }
    if (!indexed || !term.isWord) {
      // Many emitters write JSON in ASCII alone: é is \u00e9 there.
      params[`${name}S${i}`] = [...new Set([term.text, escaped(term.text)])]
      parts.unshift(`multiSearchAnyCaseInsensitiveUTF8(${column}, {${name}S${i}:Array(String)})`)
    }
    if (indexed) parts.reverse()
    return parts.length === 1 ? parts[0]! : `(${parts.join(' AND ')})`
  }
  return {
    sql: [
      ...include.map((term, i) => holds(term, String(i))),
      ...exclude.map((term, i) => `NOT ${holds(term, `X${i}`)}`),
    ].join(' AND '),
    params: params as QueryParams,
  }
}

/** What the index makes of a body before it cuts it into words (migration 0018): in JSON a line begins behind \\n. */
const unescaped = (column: string): string =>
  `lower(replaceAll(replaceAll(replaceAll(${column}, '\\\\n', ' '), '\\\\r', ' '), '\\\\t', ' '))`

const escaped = (text: string): string =>
  text.replaceAll(/[^\x20-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** All texts of a span that stand in its row. */
export const spanText = (s: string): string =>
  `arrayStringConcat(arrayConcat([${s}name, ${s}status_message, ${s}input_preview, ${s}output_preview], mapValues(${s}attrs), ${s}events.attrs), '\\n')`
