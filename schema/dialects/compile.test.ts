import { describe, expect, it } from 'vitest'
import { compileDialects, F } from './compile.ts'
import { DIALECTS } from './dialects.ts'

const table = compileDialects(DIALECTS)
const fieldsOf = (key: string): readonly number[] => table.lookup(key).meanings.map(({ field }) => field)

describe('the table of all dialects', () => {
  it('knows one key’s meanings, its dialect and its family', () => {
    expect(fieldsOf('gen_ai.usage.input_tokens')).toEqual([F.input])
    expect(table.dialectIds[table.lookup('traceloop.entity.name').dialect]).toBe('openllmetry')
    expect(table.lookup('llm.input_messages.12.message.role').family).toBe('inputMessages')
    expect(table.lookup('http.route')).toMatchObject({ meanings: [], family: '', dialect: Number.POSITIVE_INFINITY })
  })

  it('finds what users attached under every carrier', () => {
    expect(fieldsOf('ai.telemetry.metadata.userId')).toEqual([F.user])
    expect(fieldsOf('traceloop.association.properties.thread_id')).toEqual([F.session])
    expect(table.carried.get('customer_id')).toBe(F.customer)
  })

  it('believes Recount’s own names before all, and what people attach before bare names nobody owns', () => {
    const rank = (key: string): number => table.lookup(key).meanings[0]?.rank ?? Number.NaN
    expect(rank('session.id')).toBeLessThan(rank('gen_ai.conversation.id'))
    expect(rank('gen_ai.request.model')).toBeLessThan(rank('model'))
    expect(rank('model')).toBeGreaterThanOrEqual(table.bareRank)
  })

  it('holds no key that two fields of one dialect claim at the same rank', () => {
    for (const dialect of DIALECTS) {
      for (const [field, aliases] of Object.entries(dialect.aliases)) {
        const keys = aliases.map((alias) => (typeof alias === 'string' ? alias : alias.key))
        expect(new Set(keys).size, `${dialect.id} ${field}`).toBe(keys.length)
      }
    }
  })

  it('does not grow with keys that somebody makes up', () => {
    for (let i = 0; i < 50_000; i++) table.lookup(`made.up.${i}`)
    expect(fieldsOf('gen_ai.usage.output_tokens')).toEqual([F.output])
  })
})
