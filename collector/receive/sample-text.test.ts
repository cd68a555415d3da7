import { expect, test } from 'vitest'
import { SAMPLE_CHARS_MAX, sampleText } from './sample-text.ts'

test.each([
  'trace id "4bf92f3577b34da6a3ce929d0e0e47" is not 16 bytes other than zero',
  'start time 1763712000000000000 ns is more than 24 h ahead',
  'Content-Type "application/x-ndjson" is not supported; supported: application/x-protobuf, application/json',
  'no such path: "/v1/spans"; OTLP/HTTP is taken at POST /v1/traces and /v1/logs',
])('what a person needs to mend a sender is left as it is: %s', (text) => expect(sampleText(text)).toBe(text))

test.each([
  ['key sk-proj-9f8A7b6C5d4E3f2G1h0I9j8K', 'key (32 characters)'],
  ['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P', 'token (81 characters)'],
  ['mail jane.doe+agents@example.co.uk now', 'mail (e-mail) now'],
  ['card 4111 1111 1111 1111', 'card (number)'],
  [
    'not JSON: Unexpected token \'<\', ..."ord":"hunter2<"... is not valid JSON',
    "not JSON: Unexpected token '<', (text left out) is not valid JSON",
  ],
  ['call +49 30 901820 12', 'call +(number)'],
])('what looks like a secret or a person goes: %s', (text, expected) => expect(sampleText(text)).toBe(expected))

test('a hostile text is one short line', () => {
  const text = sampleText(`a\u0000b\u202ec\nd\ud800 ${'<script>alert(1)</script> '.repeat(100)}`)
  expect(text.length).toBeLessThanOrEqual(SAMPLE_CHARS_MAX)
  expect(text).toMatch(/^a b c d <script>/)
  expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
})
