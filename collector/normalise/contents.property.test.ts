import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wholeBodies } from '../../schema/model/content-parts.ts'
import { seededRandom } from '../../test/support/seeded-random.ts'
import { Contents, hashOf } from './contents.ts'

const TRACE = 'a'.repeat(32)

/** Long texts with many places to cut, also in strings, behind escapes, at the very end, and none at all. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom('},', '{"a":"},"},', '"\\"},"', '{}', ',', '"', '\\', '[', 'é退😀', '\ud800', '\n'),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.nat(9000).map((length) => 'x'.repeat(length)),
    ),
    { maxLength: 60 },
  )
  .map((pieces) => pieces.join(''))

describe('a body that is stored in parts', () => {
  it('comes back as it was, whatever it is, and has the address of its whole', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), (texts) => {
        const contents = new Contents(1)
        const addresses = texts.map((one) => contents.add(TRACE, one))
        const whole = wholeBodies(contents.list)
        expect(addresses).toEqual(texts.map(hashOf))
        expect(addresses.map((address) => whole.get(address))).toEqual(texts)
        // One address, one way of storing it.
        expect(new Set(contents.list.map(({ hash }) => hash)).size).toBe(contents.list.length)
      }),
      { numRuns: 500 },
    )
  })

  it('shares its beginning with the next call of a growing history', () => {
    const random = seededRandom(3)
    const messages: object[] = []
    const contents = new Contents(1)
    let sent = 0
    for (let call = 0; call < 100; call++) {
      messages.push({ role: call % 2 ? 'assistant' : 'user', content: `${random()} `.repeat(20 + (call % 30)) })
      const body = JSON.stringify(messages)
      sent += body.length
      contents.add(TRACE, body)
    }
    const stored = contents.list.reduce((sum, { body, parts }) => sum + body.length + parts.length * 16, 0)
    expect(stored).toBeLessThan(sent / 5)
    expect(wholeBodies(contents.list).get(hashOf(JSON.stringify(messages)))).toBe(JSON.stringify(messages))
  })
})
