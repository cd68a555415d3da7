import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Mapping } from '../../schema/api/mapping.ts'
import { decodeJson } from '../../schema/otlp/decode-json.ts'
import { explain, explainDecoded } from './explain.ts'

const only = (pasted: Readonly<Record<string, unknown>>): Mapping => {
  const [mapping, another] = explain(pasted)
  if (!mapping || another) throw new Error('one record was given')
  return Mapping.parse(mapping)
}
const ruleOf = (mapping: Mapping, key: string) =>
  mapping.attributes.find((attribute) => attribute.key === key)?.rules[0]

describe('explaining a record', () => {
  it('says which of two names was believed, and which lost to it', () => {
    const mapping = only({ attributes: { 'gen_ai.system': 'openai', 'gen_ai.provider.name': 'anthropic' } })
    expect(ruleOf(mapping, 'gen_ai.provider.name')).toMatchObject({ field: 'provider', won: true })
    expect(ruleOf(mapping, 'gen_ai.system')).toMatchObject({
      won: false,
      why: 'gen_ai.provider.name is believed before it',
    })
    expect(mapping.result?.provider).toBe('anthropic')
  })

  it('says why a removed id is not a session, and takes the next best', () => {
    const mapping = only({ attributes: { 'session.id': '***', 'gen_ai.conversation.id': 'conv-1' } })
    expect(ruleOf(mapping, 'session.id')?.why).toContain('no id')
    expect(mapping.result?.session).toBe('conv-1')
  })

  it('says how input and cached tokens were told apart', () => {
    const mapping = only({
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'claude-sonnet-4-5',
        'gen_ai.usage.input_tokens': 12,
        'gen_ai.usage.cache_read.input_tokens': 1000,
      },
    })
    expect(mapping.result?.usage).toMatchObject({ inputUncached: 12, cacheRead: 1000, semantics: 'exclusive:proof' })
    expect(mapping.result?.usage?.explanation).toBe(
      'input leaves out cached tokens: there are more cached tokens than input tokens',
    )
  })

  it('keeps what it does not know, and counts it', () => {
    const mapping = only({ attributes: { 'shop.region': 'eu', 'gen_ai.something.new': 1 } })
    expect(mapping.attributes.map(({ fate }) => fate)).toEqual(['unknown', 'recognised'])
    expect(mapping.unknown).toBe(1)
  })

  it('takes an export request, one OTLP span, one log record, and a plain list', () => {
    const attributes = [{ key: 'gen_ai.request.model', value: { stringValue: 'gpt-5' } }]
    const span = { name: 'chat', attributes }
    const models = [
      { resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }] }] }] },
      span,
      { name: 'chat', attributes: { 'gen_ai.request.model': 'gpt-5' } },
      { eventName: 'gen_ai.client.inference.operation.details', traceId: 'a'.repeat(32), attributes },
    ].map((pasted) => only(pasted).result?.requestModel)
    expect(models).toEqual(['gpt-5', 'gpt-5', 'gpt-5', 'gpt-5'])
  })

  it('refuses what holds no record, and too many at once', () => {
    expect(() => explain({ resourceSpans: [] })).toThrow('no span')
    const spans = Array.from({ length: 51 }, () => ({ name: 'x' }))
    expect(() => explain({ resourceSpans: [{ scopeSpans: [{ spans }] }] })).toThrow('at most 50')
  })
})

/** The fields whose value is the winner's text, unchanged. */
const VERBATIM = {
  session: 'session',
  user: 'user',
  toolCallId: 'toolCallId',
  agentId: 'agentId',
  env: 'environment',
} as const

describe('the explanation', () => {
  const fixtures = join(import.meta.dirname, '../normalise/fixtures')
  it.each(readdirSync(fixtures))('agrees with what the normaliser made of every record of %s', (file) => {
    const mappings = explainDecoded(decodeJson('traces', readFileSync(join(fixtures, file))))
    expect(mappings.length).toBeGreaterThan(0)
    for (const { attributes, result, kind } of mappings) {
      if (!result) continue
      for (const [field, name] of Object.entries(VERBATIM)) {
        const winner = attributes.flatMap(({ value, rules }) =>
          rules.some((r) => r.field === field && r.won) ? [value] : [],
        )
        expect(winner.at(0) ?? '', field).toBe(result[name as keyof typeof result])
      }
      const said = attributes.find(({ rules }) => rules.some((r) => r.field === 'kind' && r.won))
      expect(said?.value ?? '').toBe(kind.raw)
    }
  })
})
