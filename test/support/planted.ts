import fc from 'fast-check'
import { KEY_PREFIXES } from '../../collector/mask/api-key-prefixes.ts'
import type { AnyValue, KeyValue } from '../../schema/otlp/wire.ts'

/** Secrets and personal data that are nobody's, and the ways in which agents come to write them down. */
export interface Planted {
  readonly finding: string
  /** What must not be found anywhere afterwards. */
  readonly value: string
}

const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length })
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const characters = (min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...LETTERS), minLength: min, maxLength: max })
const word = fc.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'), minLength: 2, maxLength: 10 })

const luhnDigit = (body: string): string => {
  for (let last = 0; last < 10; last++) {
    const all = body + last
    let sum = 0
    for (let i = 0; i < all.length; i++) {
      const digit = Number(all[all.length - 1 - i])
      sum += i % 2 === 0 ? digit : digit * 2 > 9 ? digit * 2 - 9 : digit * 2
    }
    if (sum % 10 === 0) return all
  }
  throw new Error('unreachable')
}

export const cardArbitrary: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom('4', '51', '55', '34', '37', '6011'), digits(18))
  .map(([issuer, rest]) => luhnDigit((issuer + rest).slice(0, issuer.startsWith('3') ? 14 : 15)))

const grouped = (card: string, gap: string): string =>
  card.length === 15 ? [card.slice(0, 4), card.slice(4, 10), card.slice(10)].join(gap) : card.match(/.{4}/g)!.join(gap)

const iban = fc.tuple(fc.constantFrom('DE22', 'GB22', 'NO15', 'FR27'), digits(18)).map(([country, body]) => {
  const bank = country.startsWith('GB') ? 'NWBK' : ''
  const account = (bank + body + '0'.repeat(10)).slice(0, Number(country.slice(2)) - 4)
  const numbers = `${account}${country.slice(0, 2)}00`.replaceAll(/[A-Z]/g, (l) => String(l.charCodeAt(0) - 55))
  let rest = 0
  for (const digit of numbers) rest = (rest * 10 + Number(digit)) % 97
  return `${country.slice(0, 2)}${String(98 - rest).padStart(2, '0')}${account}`
})

const of = (finding: string, value: fc.Arbitrary<string>): fc.Arbitrary<Planted> =>
  value.map((v) => ({ finding, value: v }))

export const plantedArbitrary: fc.Arbitrary<Planted> = fc.oneof(
  of(
    'pii.email',
    fc
      .tuple(word, word, fc.constantFrom('example.com', 'mail.example.org', 'firma.de', 'a-b.co.uk'))
      .map(([a, b, d]) => `${a}.${b}@${d}`),
  ),
  of('pii.card', cardArbitrary),
  of(
    'pii.card',
    fc.tuple(cardArbitrary, fc.constantFrom(' ', '-')).map(([card, gap]) => grouped(card, gap)),
  ),
  of(
    'pii.ssn',
    fc
      .tuple(fc.integer({ min: 1, max: 665 }), fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 9999 }))
      .map(([a, b, c]) => `${String(a).padStart(3, '0')}-${String(b).padStart(2, '0')}-${String(c).padStart(4, '0')}`),
  ),
  of('pii.iban', iban),
  of(
    'pii.iban',
    iban.map((account) => account.match(/.{1,4}/g)!.join(' ')),
  ),
  of(
    'pii.phone',
    fc
      .tuple(fc.constantFrom('212', '415', '303', '617'), fc.integer({ min: 200, max: 999 }), digits(4))
      .chain(([area, exchange, line]) =>
        fc.constantFrom(
          `+1${area}${exchange}${line}`,
          `+1 ${area} ${exchange} ${line}`,
          `(${area}) ${exchange}-${line}`,
          `${area}-${exchange}-${line}`,
        ),
      )
      .filter((phone) => !/555|[2-9]11\b/.test(phone)),
  ),
  of(
    'secret.api_key',
    fc
      .tuple(fc.constantFrom(...KEY_PREFIXES), characters(60, 90))
      .map(
        ([rule, body]) =>
          rule.prefix + (/AKIA|ASIA/.test(rule.prefix) ? `7A${body.toUpperCase().slice(0, 14)}` : `7a${body}`),
      ),
  ),
  of(
    'secret.jwt',
    fc.tuple(characters(20, 40), characters(20, 60), characters(20, 43)).map(([h, p, s]) => `eyJ${h}.eyJ${p}.${s}`),
  ),
  of(
    'secret.bearer_token',
    characters(30, 50).map((body) => `7${body}`),
  ),
)

/** Ways of writing a value down. */
const DRESSES: readonly ((value: string) => string)[] = [
  (v) => v,
  (v) => `before ${v} after`,
  (v) => `a\n${v}\nb`,
  (v) => `(${v}), "${v}".`,
  (v) => `<b>${v}</b>`,
  (v) => `key=${v}; next`,
  (v) => `${v}.`,
  (v) => `${v}, and ${v}!`,
  (v) => JSON.stringify({ a: v, n: 1.5, list: [null, true] }),
  (v) => JSON.stringify({ [v]: 'as a key' }),
  (v) => JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: `mine is\n${v}\tthanks` }] }], null, 2),
  (v) => JSON.stringify({ arguments: JSON.stringify({ to: v, note: JSON.stringify({ deep: `x\r\n${v}` }) }) }),
  (v) => JSON.stringify({ a: 'é "quoted"', b: `${v} \u2028` }).slice(0, -1),
  (v) => `{"a": "\\u003c${v}\\u003e"}`,
  (v) => `{"a": "\\u003c${v}\\u003e", "cut`,
  (v) => `{'a': '${v}', 'b': None}`,
  (v) => `Result: {"mail": "\\n${v}"} ok`,
  (v) => `| name | ${v} |`,
  (v) => `我的${v}。`,
]

export const dressedArbitrary = (planted: Planted): fc.Arbitrary<string> =>
  fc.constantFrom(...DRESSES).map((dress) => {
    const shown = planted.finding === 'secret.bearer_token' ? `Bearer ${planted.value}` : planted.value
    return dress(shown)
  })

/** How many places for a text a structure has. */
export const placesIn = (value: unknown): number => {
  let count = 0
  replaceAt(value, -1, () => {
    count++
    return undefined
  })
  return count
}

/** The structure with the text at place number `place` replaced; ids and times are no places. */
export const plantAt = (value: unknown, place: number, text: string): unknown => {
  let count = 0
  return replaceAt(value, place, () => (count++ === place ? text : undefined))
}

const UNTOUCHED: ReadonlySet<string> = new Set(['traceId', 'spanId', 'parentSpanId'])

const replaceAt = (value: unknown, place: number, at: () => string | undefined): unknown => {
  if (typeof value === 'string') return at() ?? value
  if (typeof value !== 'object' || value === null) return value
  // Bytes may be text, too.
  if (value instanceof Uint8Array) {
    const text = at()
    return text === undefined ? value : new Uint8Array(Buffer.from(text))
  }
  if (Array.isArray(value)) return value.map((item) => replaceAt(item, place, at))
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, UNTOUCHED.has(name) ? item : replaceAt(item, place, at)]),
  )
}

export const attributes = (values: Readonly<Record<string, AnyValue>>): KeyValue[] =>
  Object.entries(values).map(([key, value]) => ({ key, value }))
