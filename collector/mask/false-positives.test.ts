import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { seededRandom } from '../../test/support/seeded-random.ts'
import { Findings, maskText } from './mask-text.ts'
import { testPolicy } from './test-policy.ts'

/** What a run is full of and what nobody may mistake for a secret. Each is written alone and inside of the JSON of a tool's answer. */
const policy = testPolicy()
const N = 5_000
const random = seededRandom(7)
const some = (alphabet: string, length: number): string =>
  Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('')
const DIGITS = '0123456789'
const HEX = `${DIGITS}abcdef`
const BASE62 = `${DIGITS}abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ`
const at = (): number => 1_700_000_000_000 + Math.floor(random() * 200_000_000_000)

const mistaken = (make: () => string): number => {
  let wrong = 0
  for (let i = 0; i < N; i++) {
    const value = make()
    for (const text of [value, `the value is ${value}.`, JSON.stringify({ status: 'ok', value, items: [value] })])
      if (maskText(text, policy, new Findings(policy)) !== text) {
        wrong++
        break
      }
  }
  return wrong
}

it.each<[string, () => string]>([
  ['trace ids', () => some(HEX, 32)],
  ['span ids', () => some(HEX, 16)],
  ['UUIDs', () => randomUUID()],
  ['response ids', () => `chatcmpl-${some(BASE62, 29)}`],
  ['ids of responses and messages', () => `${random() < 0.5 ? 'resp_' : 'msg_01'}${some(BASE62, 24)}`],
  ['ids of tool calls', () => `${random() < 0.5 ? 'call_' : 'toolu_01'}${some(BASE62, 22)}`],
  ['SHA-256 sums', () => some(HEX, 64)],
  ['milliseconds', () => String(at())],
  ['microseconds', () => `${at()}${some(DIGITS, 3)}`],
  ['nanoseconds', () => `${at()}${some(DIGITS, 6)}`],
  ['times in words', () => new Date(at()).toISOString()],
  ['dates with time', () => new Date(at()).toISOString().replace('T', ' ').slice(0, 19)],
  ['measured fractions', () => String(random())],
  ['order numbers with a year', () => `ORD-2026-${some(DIGITS, 6)}`],
  ['order numbers of ten digits', () => `1${some(DIGITS, 9)}`],
  ['order numbers of twelve digits', () => some(DIGITS, 12)],
  ['tracking numbers', () => `1Z${some('0123456789ABCDEFGHJKLMNPQRSTUVWXYZ', 16)}`],
  ['amounts', () => `$${some('123456789', 1)},${some(DIGITS, 3)}.${some(DIGITS, 2)}`],
  ['addresses of machines', () => Array.from({ length: 4 }, () => Math.floor(random() * 256)).join('.')],
  ['base64 of a picture', () => `data:image/png;base64,${some(`${BASE62}+/`, 400)}`],
])('%s are left alone', (_, make) => {
  expect(mistaken(make)).toBe(0)
})

it('names of models are left alone', () => {
  const models = [
    'gpt-4.1-2025-04-14',
    'claude-sonnet-4-5-20250929',
    'gemini-2.5-pro',
    'o3-mini',
    'meta-llama/Llama-3.3-70B-Instruct',
    'anthropic.claude-3-7-sonnet-20250219-v1:0',
    'ft:gpt-4o-mini-2024-07-18:acme::9xYzAbCd',
    'accounts/fireworks/models/deepseek-v3p1',
    'text-embedding-3-large',
    'us.amazon.nova-pro-v1:0',
  ]
  for (const model of models) expect(maskText(model, policy, new Findings(policy))).toBe(model)
})

it('of random numbers with as many digits as a card some pass: Luhn’s digit and the issuer’s range leave one in thirty', () => {
  expect(mistaken(() => some(DIGITS, 16)) / N).toBeLessThan(0.05)
})
