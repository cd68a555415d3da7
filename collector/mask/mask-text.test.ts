import { describe, expect, it } from 'vitest'
import type { Decoded } from '../../schema/otlp/wire.ts'
import { llm, wireSpan } from '../normalise/build-wire.ts'
import { maskDecoded } from './mask-decoded.ts'
import { Findings, maskText } from './mask-text.ts'
import { compilePolicy, type MaskingPolicy } from './policy.ts'
import { testPolicy } from './test-policy.ts'

const mask = (text: string, policy: MaskingPolicy = testPolicy()): string =>
  maskText(text, policy, new Findings(policy))
const traces = (...spans: ReturnType<typeof wireSpan>[]): Extract<Decoded, { signal: 'traces' }> => ({
  signal: 'traces',
  resourceSpans: [
    { resource: { attributes: [] }, scopeSpans: [{ scope: { name: 's', version: '', attributes: [] }, spans }] },
  ],
  invalidUtf8: 0,
})

describe('what is found', () => {
  it.each([
    ['write to alice@example.com, please', 'write to [email], please'],
    ['?to=alice%40example.com&x', '?to=[email]&x'],
    ['card 4111 1111 1111 1111 ok', 'card [card] ok'],
    ['Nr. 1234 4111 1111 1111 1111', 'Nr. 1234 [card]'],
    ['3782 822463 10005', '[card]'],
    ['078-05-1120 and SSN: 078051120', '[ssn] and SSN: [ssn]'],
    ['DE89 3704 0044 0532 0130 00 IS MINE', '[iban] IS MINE'],
    ['call (415) 555-0132 or +49 30 901820 now', 'call [phone] or [phone] now'],
    ['sk-ant-api03-AbCdEf0123456789AbCdEf0123456789', '[api_key]'],
    ['AKIAIOSFODNN7EXAMPLE ghp_16C7e42F292c6912E7710c838347Ae178B4a', '[api_key] [api_key]'],
    ['Authorization: Bearer abcdef0123456789abcdef', 'Authorization: Bearer [bearer_token]'],
    ['postgres://admin:hunter2@db.example.com/x', 'postgres://admin:[url_password]@db.example.com/x'],
    ['t=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc123-_;', 't=[jwt];'],
    ['a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb', 'a\n[private_key]\nb'],
    ['-----BEGIN PRIVATE KEY-----\nMIIE and then the text was cut', '[private_key]'],
  ])('%j becomes %j', (text, masked) => {
    expect(mask(text)).toBe(masked)
  })
})

describe('what stays as it is', () => {
  it.each([
    ['a version, a picture, a remote', 'pkg@1.2.3 logo@2x.png git@github.com:org/repo user@localhost'],
    ['a fraction of sixteen digits', '{"score": 0.4111111111111111}'],
    ['dates, times, addresses of machines', '2026-11-21 10:00:00.123456789 20-11-2026 192.168.10.255'],
    [
      'words with the beginning of a key',
      'a task-force-for-something-longer-than-twenty sk-learn-pipeline-for-classification',
    ],
    ['a number that fails Luhn', '4111 1111 1111 1112'],
    ['an account with a wrong check', 'DE88 3704 0044 0532 0130 00'],
  ])('%s', (_, text) => {
    expect(mask(text)).toBe(text)
  })

  it('JSON outside of its findings, byte for byte: spaces, number forms, escapes, big integers', () => {
    const around = (value: string): string =>
      `{ "n":1.0, "big": 123456789012345678901,\n "esc":"\\u00e9\\/", "to" : "${value}" ,"list":[1e5,null] }`
    expect(mask(around('alice@example.com'))).toBe(around('[email]'))
    expect(mask('{"card": 4111111111111111, "id": 4111111111111111}')).toBe(
      '{"card": "[card]", "id": 4111111111111111}',
    )
  })

  it('ids that join the parts of a run, in attributes and inside messages', () => {
    const messages = JSON.stringify([
      { role: 'tool', parts: [{ type: 'tool_call_response', id: '4111111111111111', result: '4111111111111111' }] },
    ])
    const span = llm({
      'gen_ai.conversation.id': 'alice@example.com',
      'gen_ai.response.id': '4111111111111111',
      'gen_ai.tool.call.id': '4111111111111111',
      'gen_ai.response.model': 'ft:gpt-4.1:alice@example.com',
      'user.id': 'alice@example.com',
      'gen_ai.input.messages': messages,
    })
    const masked = maskDecoded(traces(span), testPolicy()).decoded as ReturnType<typeof traces>
    const attributes = Object.fromEntries(
      masked.resourceSpans[0]!.scopeSpans[0]!.spans[0]!.attributes.map((a) => [a.key, a.value]),
    )
    expect(attributes).toMatchObject({
      'gen_ai.conversation.id': 'alice@example.com',
      'gen_ai.response.id': '4111111111111111',
      'gen_ai.tool.call.id': '4111111111111111',
      'gen_ai.response.model': 'ft:gpt-4.1:alice@example.com',
      'user.id': '[email]',
      'gen_ai.input.messages': messages.replace('"result":"4111111111111111"', '"result":"[card]"'),
    })
    const strict = maskDecoded(traces(span), testPolicy({ sessionIds: true })).decoded as ReturnType<typeof traces>
    expect(strict.resourceSpans[0]!.scopeSpans[0]!.spans[0]!.attributes).toContainEqual({
      key: 'gen_ai.conversation.id',
      value: '[email]',
    })
  })

  it('a request in which nothing is found: the very same object', () => {
    const clean = traces(llm({ 'gen_ai.input.messages': '[{"role":"user","content":"hello"}]' }), wireSpan({}))
    const { decoded, findings } = maskDecoded(clean, testPolicy())
    expect(decoded).toBe(clean)
    expect(findings).toEqual({})
  })
})

describe('what is done', () => {
  it('hash: equal values stay equal however they are written, and differ by installation and project', () => {
    const policy = testPolicy({ actions: { 'pii.email': 'hash', 'pii.card': 'hash' } })
    const hashed = mask('Alice@Example.com', policy)
    expect(hashed).toMatch(/^\[email:[0-9a-f]{16}\]$/)
    expect(mask('alice@example.com', policy)).toBe(hashed)
    expect(mask('bob@example.com', policy)).not.toBe(hashed)
    expect(mask('4111 1111 1111 1111', policy)).toBe(mask('4111-1111-1111-1111', policy))
    const project = { actions: { 'pii.email': 'hash' } as never, custom: [], phoneCountries: [], sessionIds: false }
    const elsewhere = [
      compilePolicy(project, 1, 'another secret'),
      compilePolicy(project, 2, 'a secret of this installation'),
    ]
    for (const other of elsewhere) expect(mask('alice@example.com', other)).not.toBe(hashed)
  })

  it('drop: the whole text goes, in JSON the one string', () => {
    const policy = testPolicy({ actions: { 'pii.ssn': 'drop' } })
    expect(mask('mine is 078-05-1120, write to a@example.com', policy)).toBe('[dropped: ssn]')
    expect(mask('{"a":"mine is 078-05-1120","b":"x"}', policy)).toBe('{"a":"[dropped: ssn]","b":"x"}')
  })

  it('off: neither looked for nor counted', () => {
    const policy = testPolicy({ actions: { 'pii.email': 'off' } })
    expect(mask('alice@example.com', policy)).toBe('alice@example.com')
    expect(policy.labelOf(0)).not.toContain('pii.email')
  })

  it('patterns of the user come first, and none can hang: RE2 has no backtracking', () => {
    const policy = testPolicy({
      custom: [{ name: 'employee', pattern: 'EMP-[0-9]{6}', when: 'EMP-', action: 'replace' }],
    })
    expect(mask('EMP-123456 emp-123456', policy)).toBe('[employee] emp-123456')
    const evil = testPolicy({ custom: [{ name: 'evil', pattern: '(a+)+$', when: '', action: 'replace' }] })
    expect(mask(`${'a'.repeat(30_000)}b`, evil)).toMatch(/^a+b$/)
  })

  it('metrics: attributes of points and exemplars, descriptions; names and figures stay', () => {
    const attribute = { key: 'user', value: 'a@example.com' }
    const exemplar = { timeUnixNano: 1n, value: 1, traceId: '', spanId: '', attributes: [attribute] }
    const point = {
      attributes: [attribute],
      startTimeUnixNano: 0n,
      timeUnixNano: 1n,
      flags: 0,
      value: 4,
      exemplars: [exemplar],
    }
    const metric = {
      name: 'calls',
      description: 'of a@example.com',
      unit: '1',
      metadata: [],
      type: 'gauge',
      points: [point],
    } as const
    const scope = { name: 's', version: '', attributes: [] }
    const sent: Decoded = {
      signal: 'metrics',
      resourceMetrics: [{ resource: { attributes: [] }, scopeMetrics: [{ scope, metrics: [metric] }] }],
      invalidUtf8: 0,
    }
    const masked = { key: 'user', value: '[email]' }
    expect(maskDecoded(sent, testPolicy()).decoded).toMatchObject({
      resourceMetrics: [
        {
          scopeMetrics: [
            {
              metrics: [
                {
                  name: 'calls',
                  description: 'of [email]',
                  points: [{ value: 4, attributes: [masked], exemplars: [{ attributes: [masked] }] }],
                },
              ],
            },
          ],
        },
      ],
    })
  })

  it('a span says what was looked for on it, and what was found', () => {
    const policy = testPolicy({ actions: { 'pii.phone': 'off', 'pii.iban': 'off' } })
    const { decoded, labels, findings } = maskDecoded(
      traces(llm({ a: 'a@example.com b@example.com' }), wireSpan({})),
      policy,
    )
    const [first, second] = (decoded as ReturnType<typeof traces>).resourceSpans[0]!.scopeSpans[0]!.spans
    expect(labels.get(first!)).toBe(
      'secret.private_key secret.jwt secret.api_key secret.bearer_token secret.url_password pii.email! pii.card pii.ssn',
    )
    expect(labels.get(second!)).not.toContain('!')
    expect(findings).toEqual({ 'pii.email': 2 })
  })
})

describe('texts that were made to be slow', () => {
  const MEGABYTE = 1_000_000
  it.each([
    ['one long word with an @ at its end', `${'a'.repeat(MEGABYTE)}@`],
    ['only @', '@'.repeat(MEGABYTE)],
    ['a@a@a@…', 'a@'.repeat(MEGABYTE / 2)],
    ['beginnings of keys', 'sk-'.repeat(MEGABYTE / 3)],
    ['beginnings of tokens', '-eyJ'.repeat(MEGABYTE / 4)],
    ['beginnings of private keys', '-----BEGIN PRIVATE KEY-----'.repeat(MEGABYTE / 27)],
    ['digits', '1'.repeat(MEGABYTE)],
    ['digits in groups', '1234 '.repeat(MEGABYTE / 5)],
    ['telephone numbers', '+1 415 555 0132 '.repeat(MEGABYTE / 16)],
    ['beginnings of accounts', 'DE89'.repeat(MEGABYTE / 4)],
    ['URLs', '://a:b'.repeat(MEGABYTE / 6)],
    ['quotes', `["${'\\"'.repeat(MEGABYTE / 2)}@a"]`],
    [
      'nested JSON text',
      Array.from({ length: 14 }).reduce<string>((inner) => JSON.stringify([inner]), 'x a@example.com'),
    ],
  ])('%s are read in linear time', (_, text) => {
    // No figure is asserted: a quadratic search would take minutes and meet the test's own limit.
    expect(mask(text).length).toBeGreaterThan(0)
  })
})
